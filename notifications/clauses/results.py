"""What a clause yields for an act: dates, instants, and the way there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from notifications.clauses.explain import TraceStep

Status = Literal["computed", "awaiting", "open", "suspended", "disputed", "not-permitted"]


@dataclass(frozen=True)
class Result:
    """What a clause yields for an act.

    Dates are read in ``zone``; ``opens_at`` and ``due_at`` are aware instants in UTC. An effect or
    a right comes when ``due_on`` begins, a duty or a lapse when it ends. ``awaiting`` names the
    missing fact. ``earliest_on`` is the earliest lawful date, where the notice may or did name one.

    Of a clock that is ``suspended``, the dates are those counted so far: the stop that lasts moves
    them when it ends. An ``open`` one has no date as long as a fact lasts; a ``disputed`` one has
    that of the depositary.
    """

    status: Status
    zone: str
    opens_on: date | None = None
    due_on: date | None = None
    opens_at: datetime | None = None
    due_at: datetime | None = None
    awaiting: str = ""
    earliest_on: date | None = None
    flags: tuple[str, ...] = ()
    trace: tuple[TraceStep, ...] = ()
