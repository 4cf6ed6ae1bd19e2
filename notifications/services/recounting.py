"""The clocks of one act counted anew, with what counts since and what counts no more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from django.db.models import Q

from notifications.clauses.compute import Result
from notifications.clauses.explain import TraceStep
from notifications.clauses.facts import Facts
from notifications.clauses.reading import parse_clause
from notifications.clauses.schema import Clause as Rule
from notifications.lifecycle import UNFINISHED, UNTIMELY
from notifications.models import (
    ClauseVersion,
    Deadline,
    DeadlineVersion,
    Fact,
    Notification,
    members_of,
    taken_back,
)
from notifications.services.clause_facts import completed
from notifications.services.computing import Clock
from notifications.services.counting import Counting, ordered
from notifications.services.deadlines import Around, begun, limit_of
from notifications.services.entries import Ledger
from notifications.services.facts import about

# The keys of a clause that say something of it, and count nothing.
_WORDS: Final = frozenset({"article", "summary", "source", "confidence", "basis"})


@dataclass
class Recount:
    """The clocks of one act computed anew: those that changed, those whose clause counts no more.

    ``new`` are clocks of clauses that count since a fact was recorded, not inserted yet.
    """

    notification: Notification
    ledger: Ledger
    changed: list[Clock] = field(default_factory=list)
    gone: list[Deadline] = field(default_factory=list)
    new: list[Clock] = field(default_factory=list)

    def run(
        self, facts: Facts, versions: Mapping[int, ClauseVersion], states: Iterable[str]
    ) -> None:
        """In the order in which clauses start from one another."""
        found = self._found(states)
        of_clause: dict[int, ClauseVersion] = {}
        for deadline in found:
            version = self._rule_of(deadline, versions)
            if version is None:
                self._note(deadline, limit_of(self.notification, self.ledger, deadline), None)
            else:
                of_clause.setdefault(version.pk, version)
        known = {version.clause_id for version in of_clause.values()}
        is_void = any(deadline.status == "void" for deadline in found)
        for version in self._choosing_by_facts(is_void):
            if version.clause_id not in known:
                of_clause[version.pk] = version
        rules = {key: parse_clause(version.rule) for key, version in of_clause.items()}
        facts = completed(facts, rules.values(), about(self.notification))
        treaty = self.notification.treaty_id
        counting = Counting(facts, list(rules.values()), treaty, self.ledger)
        for version, rule in ordered((of_clause[key], rule) for key, rule in rules.items()):
            own = [deadline for deadline in found if self._rule_of(deadline, versions) == version]
            for deadline in own:
                self._recount(deadline, version, rule, counting)
            if not own:
                self._open(version, rule, counting)
        self.changed.sort(key=lambda clock: clock.deadline.pk)

    def _choosing_by_facts(self, is_void: bool) -> list[ClauseVersion]:
        """The clauses on the act, where a conflict on record can decide which of them counts.

        ``is_void``: a clock is void, so such a fact may have decided before.
        """
        conflicts = any(fact.kind == Fact.Kind.ARMED_CONFLICT for fact in self.ledger.facts)
        if not (conflicts or is_void):
            return []
        act = self.notification
        governing = list(ClauseVersion.objects.governing(act.treaty, act.act))
        is_open = any("fact" in version.rule.get("when", {}) for version in governing)
        return governing if is_open else []

    def _open(self, version: ClauseVersion, rule: Rule, counting: Counting) -> None:
        """Clocks of a clause that counts now, for those who have none."""
        act = self.notification
        senders = [party for party in act.senders.order_by("code") if party.pk in self._standing]
        if act.is_void or not senders:
            return
        members = list(members_of(act.case, act.given_on).order_by("code"))
        around = Around(senders, list(act.addressees()), members)
        served = Deadline.objects.filter(notification=act, clause=version.clause)
        but = set(served.values_list("bearer", flat=True))
        self.new.extend(begun((version, rule), act, counting, around=around, but=but))

    def _found(self, states: Iterable[str]) -> list[Deadline]:
        whose = Q(origin=Deadline.Origin.CLAUSE)
        if self.ledger.facts:  # the limit that a sender set moves by the ledger alone
            whose |= Q(origin=Deadline.Origin.RESPOND_BY)
        own = Q(notification=self.notification)
        found = list(
            Deadline.objects.filter(own, (whose & Q(status__in=states)) | Q(status="void"))
            .select_for_update(of=("self",))
            .with_reasons()
            .order_by("pk")
        )
        for deadline in found:  # known: no query
            deadline.notification, deadline.case = self.notification, self.notification.case
        return [deadline for deadline in found if self._can_count(deadline)]

    def _rule_of(
        self, deadline: Deadline, versions: Mapping[int, ClauseVersion]
    ) -> ClauseVersion | None:
        """The rule that counts for a clock: the newer one where there is one, or if it is void."""
        known = versions.get(deadline.clause_id or 0)
        if known is None and deadline.status == "void":
            known = self._newest.get(deadline.clause_id or 0)
        return known or deadline.version.clause_version

    @cached_property
    def _newest(self) -> dict[int, ClauseVersion]:
        """The rules of today, by their clause."""
        clauses = Deadline.objects.filter(notification=self.notification).values("clause")
        newest = ClauseVersion.objects.current().filter(clause__in=clauses)
        return {row.clause_id: row for row in newest.select_related("clause")}

    def _can_count(self, deadline: Deadline) -> bool:
        """A void clock counts again only where the act stands, and has had no effect meanwhile."""
        if deadline.status != "void":
            return True
        if deadline.clause_id is None or not self._standing or self._has_effect:
            return False
        return deadline.owed_by != Deadline.OwedBy.NOTIFIER or deadline.bearer_id in self._standing

    @cached_property
    def _standing(self) -> set[int]:
        """Who gave the act and has not taken it back."""
        act = self.notification
        senders = set(act.sender_rows.values_list("party", flat=True))
        return senders - {party for _act, party in taken_back([act.pk])}

    @cached_property
    def _has_effect(self) -> bool:
        return Deadline.objects.filter(notification=self.notification, status="effective").exists()

    def _recount(
        self, deadline: Deadline, version: ClauseVersion, rule: Rule, counting: Counting
    ) -> None:
        result = counting.result(deadline, rule)
        if result is None:
            if deadline.status in (*UNFINISHED, *UNTIMELY):
                self.gone.append(deadline)
        elif deadline.status == "void" and result.status != "not-permitted":
            before = deadline.version
            again = Clock(deadline, result, version, before=before, is_reopened=True)
            self.changed.append(again)
        elif result.status != "not-permitted":
            self._note(deadline, result, version)

    def _note(self, deadline: Deadline, result: Result, version: ClauseVersion | None) -> None:
        before = deadline.version
        if _differs(result, before) or _counts_otherwise(version, before.clause_version):
            self.changed.append(Clock(deadline, result, version, before=before))


def _differs(result: Result, version: DeadlineVersion) -> bool:
    """Whether the result, a day or a step is another one; words alone make no difference."""
    before = (version.result, version.opens_on, version.due_on, version.due_at)
    if (result.status, result.opens_on, result.due_on, result.due_at) != before:
        return True
    return list(result.trace) != [TraceStep.from_data(step) for step in version.trace]


def _counts_otherwise(version: ClauseVersion | None, before: ClauseVersion | None) -> bool:
    """Whether a newer rule may come to another day with a later fact; its words alone do not."""
    if version is None or before is None or version == before:
        return False
    return _without_words(version.rule) != _without_words(before.rule)


def _without_words(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in rule.items() if key not in _WORDS}
