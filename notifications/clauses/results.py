"""What a clause yields for an act: dates, instants, and the way there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from notifications.clauses.explain import TraceStep
from notifications.clauses.instants import Moment

Status = Literal[
    "computed",
    "awaiting",
    "open",
    "suspended",
    "disputed",
    "premature",
    "too-late",
    "not-permitted",
]


@dataclass(frozen=True)
class Result:
    """What a clause yields for an act.

    Dates are read in ``zone``; ``opens_at`` and ``due_at`` are aware instants in UTC. An effect or
    a right comes when ``due_on`` begins, a duty or a lapse when it ends; what was counted in hours
    (``is_exact``) comes at its instant. ``awaiting`` names the missing fact. ``earliest_on`` is the
    earliest lawful date, where the notice may or did name one. ``survives_on`` is the date on which
    the obligations end that outlast the effect.

    Of a clock that is ``suspended``, the dates are those counted so far: the stop that lasts moves
    them when it ends. An ``open`` one has no date as long as a fact lasts; a ``disputed`` one has
    that of the depositary. A ``premature`` or ``too-late`` one has none: ``lawful_on`` is the first
    day on which the act is admitted, or was the last.
    """

    status: Status
    zone: str
    opens_on: date | None = None
    due_on: date | None = None
    opens_at: datetime | None = None
    due_at: datetime | None = None
    awaiting: str = ""
    earliest_on: date | None = None
    lawful_on: date | None = None
    survives_on: date | None = None
    is_exact: bool = False
    flags: tuple[str, ...] = ()
    trace: tuple[TraceStep, ...] = ()

    @property
    def moment(self) -> Moment | None:
        """What another clause can count from: the date, or the instant where it is exact."""
        return self.due_at if self.is_exact else self.due_on
