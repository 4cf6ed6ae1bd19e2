"""Rungs: how long before its date a clock is told of, by the ladders that stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from django.db.models import F, Value

from notifications.models import Deadline, DeadlineVersion, Ladder, Preference
from notifications.models.preferences import usual_hours

LADDER: Final = (90, 60, 30, 14, 7, 3, 1)  # days before the date, where no ladder says others
HOURS: Final = tuple(usual_hours())  # hours before the instant at which a clock in hours ends
_PERSONAL: Final = ""  # beside the kinds of clock: a ladder of a single person


@dataclass(frozen=True)
class Ladders:
    """The days before its date on which a clock is told of, by the kind of clock.

    ``hours`` are those of clocks in hours; ``personal`` the days on the ladders of single persons.
    """

    days: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    hours: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    personal: frozenset[int] = frozenset()

    def of(self, version: DeadlineVersion) -> tuple[int, ...]:
        """Of its own kind, else the one for all, else ``LADDER``."""
        own = self.days.get(kind_of(version))
        return own or self.days.get(Ladder.AppliesTo.ALL) or LADDER

    def hours_of(self, version: DeadlineVersion) -> tuple[int, ...]:
        """The same of a clock in hours, else ``HOURS``."""
        own = self.hours.get(kind_of(version))
        return own or self.hours.get(Ladder.AppliesTo.ALL) or HOURS

    def extra_of(self, version: DeadlineVersion) -> frozenset[int]:
        """Those that only single persons asked for; a replay has no people with wishes."""
        is_live = version.deadline.case.is_live
        return self.personal - set(self.of(version)) if is_live else frozenset()


def read_ladders() -> Ladders:
    """The ladders as they stand, those of single persons with them: one query."""
    own = Preference.objects.exclude(ladder=[]).annotate(whose=Value(_PERSONAL), same=F("ladder"))
    rows = Ladder.objects.values_list("applies_to", "stages", "hours")
    found = list(rows.union(own.values_list("whose", "ladder", "same")))
    personal = frozenset(rung for kind, days, _hours in found if kind == _PERSONAL for rung in days)
    of_kinds = [row for row in found if row[0] != _PERSONAL]
    return Ladders(
        days={kind: tuple(days) for kind, days, _hours in of_kinds},
        hours={kind: tuple(hours) for kind, _days, hours in of_kinds},
        personal=personal,
    )


def kind_of(version: DeadlineVersion) -> str:
    """Which ladder is for a clock: by what its clause yields, or that of an answer asked for."""
    if version.deadline.origin == Deadline.Origin.RESPOND_BY or version.clause_version is None:
        return Ladder.AppliesTo.ANSWER
    return str(version.clause_version.rule["yields"])
