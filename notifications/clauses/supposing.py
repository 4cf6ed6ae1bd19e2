"""What a clause would yield were certain facts so, for a person who tries one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Final

from notifications.clauses.choosing import DEFAULT_EXIT, disputed_exit, in_order, key_holds
from notifications.clauses.compute import compute
from notifications.clauses.explain import trace_step
from notifications.clauses.facts import Facts, Lasting, ReceiptFact, ReferringAct
from notifications.clauses.instants import Moment, day_of
from notifications.clauses.origins import ClauseStart, CountOf
from notifications.clauses.results import Result
from notifications.clauses.schema import Clause
from notifications.clauses.setting import Setting
from notifications.clauses.starts import goes_to_a_party, starting_fact
from notifications.clauses.steps import Add, Subtract

# Who is meant where nobody is named; each reads in English as it stands.
THE_PARTY: Final = "the party"
THE_ADDRESSEE: Final = "the addressee"
ANOTHER: Final = "party "

# A day from which nothing is counted, for an act of which no day at all is supposed.
_NO_DAY: Final = date(2000, 1, 1)


@dataclass(frozen=True)
class Supposed:
    """What is supposed of one act; a moment is a date in the clause's zone or an instant.

    ``received`` holds by code who received it when; the empty code is whoever has to. ``acts`` are
    the acts that count towards a threshold, by their kind. ``party`` is whose act and clock it is,
    ``parties`` how many there are, where that matters. ``yielded`` holds the dates of other clauses
    that are not to be counted, by the clause's id. ``run_from`` is the day from which the next run
    of a recurring clause is looked for.
    """

    given: Moment | None = None
    received: Mapping[str, Moment] = field(default_factory=dict)
    registered: Moment | None = None
    circulated: Moment | None = None
    informed: Moment | None = None
    consented: Moment | None = None
    in_force: Moment | None = None
    in_force_for_party: Moment | None = None
    effective: Moment | None = None
    has_reasons: bool = False
    fields: Mapping[str, str] = field(default_factory=dict)
    stated: Mapping[str, Moment] = field(default_factory=dict)
    acts: tuple[tuple[str, Moment], ...] = ()
    lasting: tuple[Lasting, ...] = ()
    party: str = ""
    parties: int | None = None
    yielded: Mapping[str, Moment] = field(default_factory=dict)
    run_from: date | None = None

    @property
    def moments(self) -> Iterator[Moment]:
        """What was done with this act itself, in the order in which it is usually done."""
        for moment in (self.given, *self.received.values(), self.registered, self.circulated):
            if moment is not None:
                yield moment


def suppose(setting: Setting, clause: Clause, supposed: Supposed) -> Result:
    """What the clause yields: its ``when`` is taken to hold, as it was chosen.

    Clauses from whose dates it starts are counted first, from the same facts. Raises OverflowError
    or ValueError where the dates leave the calendar.
    """
    known: dict[str, Moment | None] = dict(supposed.yielded)
    awaiting = ""
    for other in needed(setting, clause):
        if other.id not in known:
            result = _counted(setting, other, supposed, known)
            known[other.id] = result.moment
            awaiting = awaiting or result.awaiting
    result = _counted(setting, clause, supposed, known)
    if clause.id == DEFAULT_EXIT.id and clause not in setting.clauses:
        return disputed_exit(result)
    if result.awaiting == "clause" and awaiting:
        return replace(result, awaiting=awaiting)
    return result


def needed(setting: Setting, clause: Clause) -> list[Clause]:
    """The other clauses from whose dates it starts, or they do: those first that others need."""
    found: dict[str, Clause] = {}
    waiting = [clause]
    while waiting:
        for start in waiting.pop().all_starts:
            other = setting.clause(start.clause) if isinstance(start, ClauseStart) else None
            if other is not None and other.id not in {clause.id, *found}:
                found[other.id] = other
                waiting.append(other)
    return in_order(found.values())


def facts_supposed(setting: Setting, clause: Clause, supposed: Supposed) -> Facts:
    """The facts for one clause."""
    zone = clause.zone or setting.zone

    def day(moment: Moment | None) -> date | None:
        return None if moment is None else day_of(moment, zone)

    given_on = min((day_of(moment, zone) for moment in supposed.moments), default=_NO_DAY)
    if supposed.given is not None:
        given_on = day_of(supposed.given, zone)
    party = supposed.party or THE_PARTY
    entry = setting.entry_of(party, given_on)
    entered = day(supposed.in_force_for_party) or setting.entered_on(party, given_on)
    consented = day(supposed.consented) or (entry.consented if entry else None)
    informed, acts = day(supposed.informed), _acts(supposed, zone)
    facts = Facts(
        given_on=given_on,
        given_at=_instant(supposed.given),
        zone=setting.zone,
        depositaries=frozenset(setting.depositaries),
        addressees=None,
        circulated_on=day(supposed.circulated),
        circulated_at=_instant(supposed.circulated),
        effective_on=day(supposed.effective),
        has_reasons=supposed.has_reasons,
        sender=party,
        bearer=party,
        informed={party: informed} if informed else {},
        registered_on=day(supposed.registered),
        consents={party: consented} if consented else {},
        in_force_on=day(supposed.in_force) or setting.in_force_on,
        entries={party: entered} if entered else {},
        lasting=supposed.lasting,
        fields=supposed.fields,
        stated=supposed.stated,
        parties=_parties(setting, supposed, given_on),
        lists=setting.lists,
        referring=acts,
        articles={other.id: other.article for other in setting.clauses},
        run_from=supposed.run_from,
    )
    return replace(facts, receipts=_receipts(clause, facts, supposed, zone))


def contradicts(setting: Setting, clause: Clause, supposed: Supposed) -> list[str]:
    """The keys of the clause's ``when`` that what is supposed does not agree with."""
    facts = facts_supposed(setting, clause, supposed)
    by_party = {"party", "list", *setting.lists} if supposed.party else set()
    stated = {*supposed.fields, *by_party}
    return [
        key
        for key, values in clause.when.items()
        if key in stated and not key_holds(key, values, facts)
    ]


def shares(clause: Clause) -> list[CountOf]:
    """Its thresholds that are a share of the parties."""
    starts = clause.all_starts
    return [start for start in starts if isinstance(start, CountOf) and start.is_share]


def _counted(
    setting: Setting, clause: Clause, supposed: Supposed, known: Mapping[str, Moment | None]
) -> Result:
    facts = replace(facts_supposed(setting, clause, supposed), yielded=known)
    if supposed.given is None and _needs_note(clause, facts):
        zone = clause.zone or setting.zone
        trace = (trace_step("awaiting-given", None, None),)
        return Result("awaiting", zone, awaiting="given", trace=trace)
    return compute(clause, facts)


def _needs_note(clause: Clause, facts: Facts) -> bool:
    """Whether the date of the note would be taken, of which nothing is supposed."""
    if "given" not in clause.facts:
        return False
    return starting_fact("given", clause, facts).kind == "given-note"


def _receipts(
    clause: Clause, facts: Facts, supposed: Supposed, zone: str
) -> tuple[ReceiptFact, ...]:
    """One receipt for each code; a date for whoever has to receive it is that of all of these."""
    received = dict(supposed.received)
    general = received.pop("", None)
    if general is not None:
        is_party = goes_to_a_party(clause, facts)
        for code in [THE_ADDRESSEE] if is_party else sorted(facts.depositaries):
            received.setdefault(code, general)
    return tuple(
        ReceiptFact(code, day_of(moment, zone), at=_instant(moment))
        for code, moment in received.items()
    )


def _acts(supposed: Supposed, zone: str) -> tuple[ReferringAct, ...]:
    """Each of them by another party."""
    ordered = sorted((day_of(moment, zone), kind) for kind, moment in supposed.acts)
    return tuple(
        ReferringAct(kind, f"{ANOTHER}{number}", on)
        for number, (on, kind) in enumerate(ordered, start=1)
    )


def _parties(setting: Setting, supposed: Supposed, on: date) -> frozenset[str]:
    """As many as are supposed, else as many as are on record where the record is complete."""
    number = supposed.parties
    if number is None:
        number = len(setting.parties_on(on)) if setting.is_complete else 0
    return frozenset(f"{ANOTHER}{one}" for one in range(1, number + 1))


def _instant(moment: Moment | None) -> datetime | None:
    return moment.astimezone(UTC) if isinstance(moment, datetime) else None


def counts_hours(clause: Clause) -> bool:
    """Whether it counts in hours from some fact, so that the time of day matters."""
    ways = [clause.count, clause.opens, clause.closes, *(way.count for way in clause.branches)]
    return any(
        isinstance(step, Add | Subtract) and step.period.has_hours
        for steps in ways
        for step in steps or ()
    )
