"""A rule tried on an act that is made up: what it would compute, and nothing is stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from notifications.clauses.facts import Lasting
from notifications.clauses.instants import Moment
from notifications.clauses.origins import CountOf, FieldStart
from notifications.clauses.results import Result
from notifications.clauses.schema import Clause as Rule
from notifications.clauses.setting import Setting
from notifications.clauses.supposing import Supposed, needed, suppose
from notifications.clauses.vocabulary import LASTING_FACTS
from notifications.models import Treaty
from notifications.services.supposing import registered_setting


@dataclass(frozen=True)
class Occasion:
    """The act on which a rule is tried; days and dates are in the treaty's zone.

    It is received on the day on which it is given, unless ``received_on`` says otherwise, and
    everything else that the rule may count from is taken as done on the day of receipt. ``states``
    stands for every date and instant among the act's own fields; ``effective_on`` is the date that
    the notice names. ``in_conflict``: an armed conflict of the party lasts since the day of notice.
    """

    given_on: date
    received_on: date | None = None
    states: Moment | None = None
    effective_on: date | None = None
    in_conflict: bool = False

    @property
    def on(self) -> date:
        """The day of receipt."""
        return self.received_on or self.given_on


def preview_rule(rule: Rule, *, treaty: Treaty, occasion: Occasion) -> Result:
    """What a rule computes for an act of a kind to which it is limited, of a party of the treaty.

    The treaty's and the party's own dates are the recorded ones, where there are any. What other
    clauses yield from which it starts is counted on the same act. Raises OverflowError or
    ValueError where the dates leave the calendar.
    """
    recorded = registered_setting(treaty)
    others = (other for other in recorded.clauses if other.id != rule.id)
    setting = replace(recorded, clauses=(*others, rule))
    return suppose(setting, rule, _supposed(setting, rule, occasion))


def _supposed(setting: Setting, rule: Rule, occasion: Occasion) -> Supposed:
    on, party = occasion.on, _party(setting, rule, occasion.given_on)
    entry = setting.entry_of(party, occasion.given_on)
    rules = (rule, *needed(setting, rule))
    starts = [start for each in rules for start in each.all_starts]
    parties = max(1, len(setting.parties_on(occasion.given_on)))
    stated = [start.field for start in starts if isinstance(start, FieldStart)]
    return Supposed(
        given=occasion.given_on,
        received={"": on},
        registered=on,
        circulated=on,
        informed=on,
        consented=(entry.consented if entry else None) or on,
        in_force=setting.in_force_on or on,
        effective=occasion.effective_on,
        has_reasons=True,
        fields={key: values[0] for key, values in rule.when.items()},
        stated=dict.fromkeys(stated, occasion.states or on),
        acts=tuple((act, on) for act in _acts(starts, parties)),
        lasting=_lasting(rule, occasion),
        party=party,
        parties=parties,
    )


def _party(setting: Setting, rule: Rule, on: date) -> str:
    """Whose act it is: one to whom the clause is limited, else any party on the day, else none."""
    named = (*rule.when.get("party", ()), *rule.when.get("list", ()))
    limited = [code for name in named for code in setting.lists.get(name, (name,))]
    found = limited or sorted(setting.parties_on(on)) or [entry.party for entry in setting.parties]
    return found[0] if found else ""


def _acts(starts: Iterable[object], parties: int) -> list[str]:
    """As many acts of each kind as reach what the clause counts."""
    found: dict[str, int] = {}
    for start in starts:
        if isinstance(start, CountOf):
            found[start.act] = max(found.get(start.act, 0), start.needed(parties))
    return [act for act, number in found.items() for _one in range(number)]


def _lasting(rule: Rule, occasion: Occasion) -> tuple[Lasting, ...]:
    """A conflict that lasts; that of a clause limited to one is over on the next day."""
    on = occasion.given_on
    if occasion.in_conflict:
        return tuple(Lasting(kind, on, None) for kind in LASTING_FACTS)
    over = on + timedelta(days=1)
    return tuple(Lasting(kind, on, over) for kind in rule.when.get("fact", ()))
