"""The clauses of one act counted one after another: which of them count, for whom, from what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from notifications.clauses.choosing import counts, disputed_exit, in_order
from notifications.clauses.compute import Result, compute
from notifications.clauses.facts import Facts
from notifications.clauses.instants import Moment
from notifications.clauses.schema import Clause as Rule
from notifications.models import ClauseVersion, Deadline, Notification, Party
from notifications.services.entries import Ledger

Ruled = tuple[ClauseVersion, Rule]


@dataclass
class Counting:
    """Counts the clauses of an act; each knows what those before it came to, for its bearer.

    ``rules`` are all that govern the act. ``treaty`` is its key: a clause of another treaty is the
    one that counts where the treaty itself says nothing (VCLT 56(2)).
    """

    facts: Facts
    rules: Sequence[Rule]
    treaty: int
    ledger: Ledger = field(default_factory=Ledger)
    yielded: dict[tuple[str, str], Moment | None] = field(default_factory=dict)

    def result(self, deadline: Deadline, rule: Rule) -> Result | None:
        """What the clause yields for the bearer of a clock; None where it does not count."""
        known = self.ledger.of(deadline, facts_for(self.facts, deadline))
        code = deadline.bearer.code if deadline.bearer else ""
        known = replace(known, yielded=self._yielded(code))
        if not counts(rule, self.rules, known):
            self.yielded[rule.id, code] = None
            return None
        result = compute(rule, known)
        if deadline.clause is not None and deadline.clause.treaty_id != self.treaty:
            result = disputed_exit(result)
        self.yielded[rule.id, code] = result.moment
        return result

    def _yielded(self, code: str) -> dict[str, Moment | None]:
        """What other clauses came to: for the same bearer, else for whoever bears them."""
        found = dict(self.facts.yielded)
        for (clause, _bearer), moment in reversed(self.yielded.items()):
            found[clause] = moment
        own = {clause: at for (clause, bearer), at in self.yielded.items() if bearer == code}
        return found | own


def facts_for(facts: Facts, deadline: Deadline) -> Facts:
    """The facts for the party whose clock it is."""
    if deadline.bearer is None:
        return facts
    code = deadline.bearer.code
    if deadline.owed_by == Deadline.OwedBy.NOTIFIER:
        return replace(facts, sender=code, senders=frozenset({code}), bearer=code)
    if deadline.owed_by == Deadline.OwedBy.ADDRESSEE:
        return replace(facts, addressees=frozenset({code}), bearer=code)
    return replace(facts, bearer=code)


def ordered(ruled: Iterable[Ruled]) -> list[Ruled]:
    """The clauses with those first from whose dates others start."""
    of_rule: dict[str, list[Ruled]] = {}
    for version, rule in ruled:  # of one clause two versions can count for clocks of one act
        of_rule.setdefault(rule.id, []).append((version, rule))
    first = in_order(pairs[0][1] for pairs in of_rule.values())
    return [pair for rule in first for pair in of_rule[rule.id]]


def owed(rule: Rule) -> str:
    """Who bears a clause's clock (clauses.md, duty; an effect falls on the notifier).

    What runs from the day on which each party was informed runs for each party (VCLT 78(c)).
    """
    bearer = rule.duty.bearer if rule.duty else ""
    if "informed" in rule.starting and bearer != Deadline.OwedBy.ADDRESSEE:
        return Deadline.OwedBy.EACH_PARTY
    if bearer:
        return bearer
    return Deadline.OwedBy.NOTIFIER if rule.yields == "effect" else Deadline.OwedBy.PARTIES


def bearers_of(
    owed_by: str,
    notification: Notification,
    *,
    senders: Sequence[Party],
    asked: Sequence[Party],
    members: Sequence[Party],
    addressees: Sequence[Party],
) -> Sequence[Party | None]:
    """The parties with a clock each, or one None where the clock is borne jointly."""
    if owed_by == Deadline.OwedBy.NOTIFIER:
        return senders
    if owed_by == Deadline.OwedBy.ADDRESSEE:
        return asked
    if owed_by == Deadline.OwedBy.EACH_PARTY:
        others = [party for party in members if party not in senders]
        if notification.visibility != Notification.Visibility.RESTRICTED:
            return others
        return [party for party in others if party in addressees]
    return [None]
