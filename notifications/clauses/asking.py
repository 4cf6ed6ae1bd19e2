"""Which facts a clause counts from, so that a person is asked for these and no others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from notifications.clauses.origins import CountOf, FieldStart
from notifications.clauses.schema import Clause
from notifications.clauses.setting import Setting
from notifications.clauses.starts import goes_to_a_party
from notifications.clauses.supposing import Supposed, counts_hours, facts_supposed, needed, shares

_OF_RECEIPT = frozenset({"given", "received", "deposited", "registered"})


@dataclass(frozen=True)
class Asked:
    """What to ask for: ``facts`` by the names of starts, ``fields`` of the act, ``acts`` counted.

    ``receivers`` are the codes of those whose receipt counts, an empty one for whoever it is;
    ``clauses`` the other clauses from whose dates it starts.
    """

    facts: frozenset[str]
    receivers: tuple[str, ...]
    fields: tuple[str, ...]
    acts: tuple[str, ...]
    clauses: tuple[Clause, ...]
    has_hours: bool
    has_shares: bool
    has_reasons: bool
    names_date: bool
    lasts: bool
    recurs: bool

    @property
    def of_party(self) -> bool:
        """Whether it matters which party it is: what is on record of it can be counted from."""
        return bool(self.facts & {"in_force_for_party", "consented"})


def asked(setting: Setting, clause: Clause) -> Asked:
    """What a clause, and those from whose dates it starts, count from."""
    others = tuple(needed(setting, clause))
    rules = (clause, *others)
    starts = list(chain.from_iterable(rule.all_starts for rule in rules))
    facts = frozenset[str]().union(*(rule.facts for rule in rules))
    return Asked(
        facts=facts,
        receivers=_receivers(setting, rules) if facts & _OF_RECEIPT else (),
        fields=_once(start.field for start in starts if isinstance(start, FieldStart)),
        acts=_once(start.act for start in starts if isinstance(start, CountOf)),
        clauses=others,
        has_hours=any(counts_hours(rule) for rule in rules),
        has_shares=any(shares(rule) for rule in rules),
        has_reasons=bool(clause.requires),
        names_date=clause.yields == "effect",
        lasts=any(rule.open_while is not None for rule in rules),
        recurs=any(rule.is_recurring for rule in rules),
    )


def _receivers(setting: Setting, rules: Iterable[Clause]) -> tuple[str, ...]:
    """The depositaries by their codes where they are several, else whoever has to receive it."""
    nothing = Supposed()
    is_party = [goes_to_a_party(rule, facts_supposed(setting, rule, nothing)) for rule in rules]
    if len(setting.depositaries) > 1 and not any(is_party):
        return setting.depositaries
    return ("",)


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
