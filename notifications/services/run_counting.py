"""Recurring clauses: which there are, who bears them on a day, and what a run of them comes to."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from notifications.clauses.compute import Result, compute
from notifications.clauses.explain import TraceStep
from notifications.clauses.facts import Facts
from notifications.clauses.instants import day_of
from notifications.clauses.reading import parse_clause
from notifications.clauses.schema import Clause as Rule
from notifications.clauses.vocabulary import NONE
from notifications.errors import BadFileError
from notifications.models import ClauseVersion, Deadline, Participation, Party, Treaty
from notifications.services.counting import owed

logger = logging.getLogger(__name__)

# A joint run is borne by no party of its own.
JOINTLY: Final = None
_RECURRING: Final = frozenset({"yearly", "every"})


class Member(NamedTuple):
    """A party to a treaty from a day to a day; ``exit_on`` is the first day on which it is none.

    ``entered_on`` is the day of its own entry into force, where it is known and not assumed.
    """

    party: Party
    in_force_on: date
    exit_on: date | None
    entered_on: date | None
    consent_on: date | None

    def covers(self, day: date) -> bool:
        """Whether the treaty is in force for it on the day."""
        return self.in_force_on <= day and (self.exit_on is None or self.exit_on > day)


@dataclass(frozen=True)
class Recurring:
    """A recurring clause as it counts now, with the parties of its treaty.

    ``rule`` is None where the clause recurs no more: nobody bears it then.
    """

    version: ClauseVersion
    rule: Rule | None
    members: Sequence[Member] = ()

    @property
    def treaty(self) -> Treaty:
        """The treaty of the clause."""
        return self.version.clause.treaty

    @property
    def owed_by(self) -> str:
        """Who bears its runs; what nobody alone does is borne by the parties."""
        by = owed(self.rule) if self.rule else ""
        known = (Deadline.OwedBy.EACH_PARTY, Deadline.OwedBy.DEPOSITARIES)
        return by if by in known else Deadline.OwedBy.PARTIES

    def bearers(self, day: date) -> dict[int | None, Member | None]:
        """Who bears a run on the day, by the key of the party: each party, or one None for all.

        Nobody where the treaty has no party left, as far as is known; no party alone where the list
        of the parties is not complete, because nobody knows then who is bound.
        """
        here = [member for member in self.members if member.covers(day)]
        in_force_on = self.treaty.in_force_on
        if self.rule is None or not here or (in_force_on is not None and in_force_on > day):
            return {}
        if self.owed_by != Deadline.OwedBy.EACH_PARTY:
            return {JOINTLY: None}
        if not self.treaty.participants_complete:
            return {}
        return {member.party.pk: member for member in here}

    def run(self, bearer: Member | None, run_from: date) -> Result | None:
        """What the run comes to that can end from a day on; None where it comes to no date."""
        if self.rule is None:
            return None
        result = compute(self.rule, self._facts(bearer, run_from))
        return result if result.status == "computed" and result.due_at is not None else None

    def coming_run(
        self, bearer: Member | None, run_from: date, now: datetime
    ) -> tuple[date, Result] | None:
        """The first run that is not over yet, and from which day on it can end."""
        result = self.run(bearer, run_from)
        while result is not None and result.due_at is not None and result.due_at <= now:
            run_from = day_after(result.trace, result.zone)
            result = self.run(bearer, run_from)
        return None if result is None else (run_from, result)

    def _facts(self, bearer: Member | None, run_from: date) -> Facts:
        code = bearer.party.code if bearer else ""
        consent = {code: bearer.consent_on} if bearer and bearer.consent_on else {}
        return Facts(
            given_on=run_from,
            zone=self.treaty.zone,
            depositaries=frozenset(),
            addressees=None,
            sender=code,
            bearer=code,
            in_force_on=self.treaty.in_force_on,
            entries={code: bearer.entered_on} if bearer and bearer.entered_on else {},
            consents=consent,
            lists={name: tuple(codes) for name, codes in self.treaty.lists.items()},
            run_from=run_from,
        )


def day_after(trace: Iterable[TraceStep], zone: str) -> date:
    """The first day on which the next run can end: after the date from which this one counts.

    That date is the one of the year, or the end of the period, before any step: so that no run is
    left out and none comes twice, however long the steps are.
    """
    start = next(iter(trace))
    if start.after is None:
        raise ValueError("the trace of a run begins with its date")
    return day_of(start.after, zone) + timedelta(days=1)


def recurring_clauses() -> list[Recurring]:
    """Every clause that recurs now: two queries."""
    found = [
        version
        for version in ClauseVersion.objects.current()
        .filter(governs=NONE)
        .select_related("clause__treaty")
        .order_by("clause")
        if _recurs(version)
    ]
    members = _members({version.clause.treaty_id for version in found})
    return [
        Recurring(version, rule, members.get(version.clause.treaty_id, ()))
        for version in found
        if (rule := _readable(version)) is not None
    ]


def as_recurring(version: ClauseVersion) -> Recurring:
    """One version of a clause, whether it recurs or not: one query where it does."""
    if version.governs != NONE or not _recurs(version):
        return Recurring(version, None)
    treaty = version.clause.treaty_id
    return Recurring(version, parse_clause(version.rule), _members({treaty}).get(treaty, ()))


def _readable(version: ClauseVersion) -> Rule | None:
    """Its rule; None where it cannot be read any more, which holds up no other clause."""
    try:
        return parse_clause(version.rule)
    except BadFileError:
        logger.exception("the rule of a recurring clause cannot be read: %s", version.pk)
        return None


def _recurs(version: ClauseVersion) -> bool:
    starts = version.rule.get("starts")
    return isinstance(starts, dict) and bool(_RECURRING & set(starts))


def _members(treaties: Iterable[int]) -> dict[int, list[Member]]:
    found: dict[int, list[Member]] = defaultdict(list)
    rows = Participation.objects.filter(treaty__in=treaties, in_force_on__isnull=False)
    for row in rows.select_related("party").order_by("party__code", "in_force_on"):
        if row.in_force_on is not None:
            own = None if row.assumed_on == row.in_force_on else row.in_force_on
            member = Member(row.party, row.in_force_on, row.exit_on, own, row.consent_on)
            found[row.treaty_id].append(member)
    return found
