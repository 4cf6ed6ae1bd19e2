"""Whether an alert still tells the truth when its turn has come."""

from __future__ import annotations

from notifications.models import Alert


def is_moot(alert: Alert) -> bool:
    """Whether the alert must not go out any more.

    It was voided; or its deadline has moved to another day, was met, voided, or is over. Two stages
    tell of an end: the day on which an effect came, and what follows a lapse. What was computed
    anew for the same days is told as planned; what a replay has expanded was true on its own clock,
    however late it goes out. The alert's ``case`` and
    ``deadline_version__deadline__current_version`` must be joined.
    """
    if alert.state == Alert.State.VOID:
        return True
    version = alert.deadline_version
    is_settled = alert.state == Alert.State.EXPANDED and not alert.case.is_live
    if version is None or is_settled:
        return False
    deadline = version.deadline
    if not version.has_days_of(deadline.version):
        return True
    if alert.stage.startswith("after-"):
        return deadline.status != "lapsed"
    if alert.stage == "day" and deadline.status == "effective":
        return False
    return deadline.status != "running"
