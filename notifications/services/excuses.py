"""Why a person need not have been told yet: wishes of their own (``Preference``)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from notifications.models import Alert, Preference

_RUNG: Final = "before-"


def is_excused(wish: Preference | None, alert: Alert, *, now: datetime) -> bool:
    """Whether the person rightly was not told a stage, or not yet, at the instant ``now``.

    A ladder of one's own leaves out rungs before the date; a snooze and quiet hours put reminders
    off. An act, and the day itself, come at once all the same. The wish's ``user`` must be joined.
    """
    if wish is None or alert.kind != Alert.Kind.DEADLINE or alert.stage == "day":
        return False
    return _is_left_out(wish, alert.stage) or _waits_until(wish, alert.due_at) > now


def _is_left_out(wish: Preference, stage: str) -> bool:
    """Whether it is a rung of days that stands not on the person's own ladder."""
    days = stage.removeprefix(_RUNG)
    is_rung = stage.startswith(_RUNG) and days.isdigit()
    return bool(wish.ladder) and is_rung and int(days) not in wish.ladder


def _waits_until(wish: Preference, at: datetime) -> datetime:
    """When a reminder of the instant ``at`` may go out: after the snooze, then the quiet hours."""
    if wish.snooze_until is not None and wish.snooze_until > at:
        at = wish.snooze_until
    if wish.quiet_from is None or wish.quiet_to is None:
        return at
    local = at.astimezone(ZoneInfo(wish.user.zone))
    begins, ends, hour = wish.quiet_from, wish.quiet_to, local.time()
    is_over_night = begins > ends
    is_quiet = (hour >= begins or hour < ends) if is_over_night else begins <= hour < ends
    if not is_quiet:
        return at
    day = local.date() + timedelta(days=1 if is_over_night and hour >= begins else 0)
    return datetime.combine(day, ends, tzinfo=local.tzinfo)
