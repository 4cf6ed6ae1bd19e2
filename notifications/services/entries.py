"""The ledger of a case as the engine takes it: what stops, extends or moves each clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from notifications.clauses.facts import Extension, Facts, Lasting, Objection, Override, Stop
from notifications.models import Case, Deadline, Fact

# What begins on a day and lasts until another one.
SPELLS: Final = (Fact.Kind.STOP, Fact.Kind.ARMED_CONFLICT)


def is_lasting(fact: Fact, today: date) -> bool:
    """Whether it has begun and is not over on the day, whatever is said of its end."""
    return fact.on <= today and (fact.until is None or fact.until > today)


def is_awaited(fact: Fact, today: date) -> bool:
    """Whether it begins on a later day."""
    return fact.kind in SPELLS and fact.on > today


@dataclass(frozen=True)
class Ledger:
    """The standing facts of one case on a day, in the treaty's zone.

    A stop or a conflict that is to end on a later day lasts until that day has come: only then is
    it known by how much the dates move.
    """

    facts: tuple[Fact, ...] = ()
    today: date = date.min

    def of(self, deadline: Deadline, known: Facts) -> Facts:
        """The facts of one clock: those of its act, and its own ledger besides."""
        own = [fact for fact in self.facts if self._concerns(fact, deadline)]
        if not own:
            return known
        return replace(
            known,
            stops=tuple(
                Stop(fact.on, self._until(fact), _line(fact.reason))
                for fact in _of(own, Fact.Kind.STOP)
            ),
            extended_to=tuple(
                Extension(fact.on, fact.until, _line(fact.reason), fact.days)
                for fact in _of(own, Fact.Kind.EXTENSION)
                if fact.until is not None
            ),
            overridden_to=tuple(
                Override(fact.on, fact.until, _line(fact.reason))
                for fact in _of(own, Fact.Kind.OVERRIDE)
                if fact.until is not None
            ),
            objections=_objections(own),
            lasting=tuple(
                Lasting(
                    fact.kind, fact.on, self._until(fact), fact.party.code if fact.party else ""
                )
                for fact in _of(own, Fact.Kind.ARMED_CONFLICT)
            ),
        )

    def _concerns(self, fact: Fact, deadline: Deadline) -> bool:
        is_mine = fact.deadline_id is None or fact.deadline_id == deadline.pk
        return is_mine and not is_awaited(fact, self.today)

    def _until(self, fact: Fact) -> date | None:
        return None if is_lasting(fact, self.today) else fact.until


def ledger_of(case: Case, today: date) -> Ledger:
    """The ledger of a case on a day: one query."""
    standing = Fact.objects.standing().filter(case=case).select_related("party")
    return Ledger(tuple(standing.order_by("on", "pk")), today)


def _of(facts: Iterable[Fact], kind: Fact.Kind) -> list[Fact]:
    return [fact for fact in facts if fact.kind == kind]


def _objections(facts: Iterable[Fact]) -> tuple[Objection, ...]:
    """Those to the date that the depositary registered last."""
    registered = [fact.pk for fact in facts if fact.kind == Fact.Kind.OVERRIDE]
    return tuple(
        Objection(fact.party.code, fact.on, _line(fact.reason))
        for fact in _of(facts, Fact.Kind.OBJECTION)
        if fact.party is not None and fact.pk > max(registered, default=0)
    )


def _line(reason: str) -> str:
    """A reason as it stands within a trace."""
    return " ".join(reason.split())
