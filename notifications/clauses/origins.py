"""From what a clock can start, other than a single recorded fact: as a file writes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from notifications.clauses.periods import Period

# A month and a day of every year.
CalendarDate = tuple[int, int]


@dataclass(frozen=True)
class ClauseStart:
    """The date that another clause of the treaty yielded for this act, or for the one it names."""

    clause: str

    def as_data(self) -> dict[str, object]:
        return {"clause": self.clause}


@dataclass(frozen=True)
class FieldStart:
    """A date or an instant among the fields of the act itself."""

    field: str

    def as_data(self) -> dict[str, object]:
        return {"field": self.field}


@dataclass(frozen=True)
class CountOf:
    """The day on which enough acts of a kind, referring to this one, have come in.

    ``reaches`` is a number, ``all``, ``last``, ``majority`` or a fraction of the parties, rounded
    up. Those that come ``within`` a period of the fact ``of`` count, where one is set.
    """

    act: str
    reaches: int | str
    within: Period | None = None
    of: str = ""

    def as_data(self) -> dict[str, object]:
        data: dict[str, object] = {"count_of": self.act, "reaches": self.reaches}
        if self.within is not None:
            data |= {"within": self.within.iso, "of": self.of}
        return data

    @property
    def is_share(self) -> bool:
        """Whether the number depends on how many parties there are."""
        return isinstance(self.reaches, str) and self.reaches != "last"

    def needed(self, parties: int) -> int:
        """How many it takes among so many parties; of ``last`` one."""
        if isinstance(self.reaches, int):
            return self.reaches
        if self.reaches == "last":
            return 1
        if self.reaches == "majority":
            return parties // 2 + 1
        share = Fraction(1) if self.reaches == "all" else Fraction(self.reaches)
        return max(1, ceil(parties * share))


@dataclass(frozen=True)
class Yearly:
    """Runs that end on fixed dates of every year."""

    dates: tuple[CalendarDate, ...]

    def as_data(self) -> dict[str, object]:
        return {"yearly": [calendar_text(day) for day in self.dates]}


@dataclass(frozen=True)
class Every:
    """Runs that end ``first`` after a fact, and then after each further period."""

    every: Period
    of: str
    first: Period

    def as_data(self) -> dict[str, object]:
        return {"every": self.every.iso, "from": self.of, "first": self.first.iso}


Origin = ClauseStart | FieldStart | CountOf | Yearly | Every
Start = str | Origin


def start_data(start: Start) -> object:
    """A start as a file writes it."""
    return start if isinstance(start, str) else start.as_data()


def facts_of(start: Start) -> Iterator[str]:
    """The single recorded facts that a start is counted from."""
    match start:
        case str():
            yield start
        case CountOf() | Every():
            if start.of:
                yield start.of
        case _:
            return


def calendar_text(day: CalendarDate) -> str:
    """A date of every year as files write it, as in 12-31."""
    return f"{day[0]:02d}-{day[1]:02d}"
