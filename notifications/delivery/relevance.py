"""Whether an alert still tells the truth when its turn has come."""

from __future__ import annotations

from notifications.models import Alert


def is_moot(alert: Alert) -> bool:
    """Whether the alert must not go out any more.

    It was voided; or its deadline was computed anew, met, voided, or is over. Two stages tell of an
    end: the day on which an effect came, and what follows a lapse. The alert's
    ``deadline_version__deadline`` must be joined.
    """
    if alert.state == Alert.State.VOID:
        return True
    version = alert.deadline_version
    if version is None:
        return False
    deadline = version.deadline
    if deadline.current_version_id != version.pk:
        return True
    if alert.stage.startswith("after-"):
        return deadline.status != "lapsed"
    if alert.stage == "day" and deadline.status == "effective":
        return False
    return deadline.status != "running"
