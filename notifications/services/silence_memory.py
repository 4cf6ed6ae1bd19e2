"""What the pages show of the silence alarm: a look of this process, which it keeps for minutes.

A look reads all that had to be said in a day; pages that are asked for often do not repeat it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from notifications.services.silence_alarm import Silence, look_for_silence

KEPT_FOR: Final = timedelta(minutes=2)

_kept: tuple[datetime, Silence] | None = None


def last_look(*, now: datetime) -> Silence:
    """The last look, or a new one where that is two minutes old."""
    global _kept  # noqa: PLW0603 - one memory a process, like that of a broker that is away
    if _kept is None or not timedelta() <= now - _kept[0] < KEPT_FOR:
        _kept = (now, look_for_silence(now=now))
    return _kept[1]
