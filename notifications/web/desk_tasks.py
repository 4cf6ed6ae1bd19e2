"""One thing that waits for a person: what, why, by when, and the steps that do it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

URGENT_DAYS = 7


@dataclass(frozen=True)
class Step:
    """One thing to do: its verb, where, and for which party, where a click does it at once."""

    verb: str
    url: str
    party: str = ""


@dataclass(frozen=True)
class Due:
    """A last day in a zone, and how many days are left to it in that zone."""

    on: date
    zone: str
    days: int


@dataclass(frozen=True)
class Task:
    """What waits for the person: what, under which treaty, the steps, why, by when."""

    what: str
    treaty: str
    steps: tuple[Step, ...]
    page: str
    reason: str
    due: Due | None = None
    rank: int = 0

    @property
    def verb(self) -> str:
        """What is to be done first."""
        return self.steps[0].verb

    @property
    def order(self) -> tuple[int, date]:
        """What ends within a week comes first, then by kind, then by date."""
        if self.due is None:
            return (1 + self.rank, date.max)
        return (0 if self.due.days <= URGENT_DAYS else 1 + self.rank, self.due.on)
