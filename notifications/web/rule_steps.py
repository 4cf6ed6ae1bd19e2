"""From what a clause counts, and its steps, as adverbs of time: "60 days after receipt"."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext, gettext_noop, ngettext

from notifications.acts import ACTS
from notifications.clauses.explain import identity
from notifications.clauses.messages import DAY_OF_YEAR, FIRST_OF_MONTH, MONTHS, UNITS
from notifications.clauses.origins import (
    CalendarDate,
    ClauseStart,
    CountOf,
    Every,
    FieldStart,
    Start,
    Yearly,
)
from notifications.clauses.periods import Period
from notifications.clauses.schema import Clause, Steps
from notifications.clauses.steps import Add, Next, Step, Subtract, Term, Until
from notifications.web import words


@dataclass(frozen=True)
class Around:
    """What the words of a rule name besides itself.

    ``rules`` are the treaty's clauses, ``lists`` the codes of its own lists by their name,
    ``treaties`` other treaties by their id; ``party_name`` names a party as running text does.
    """

    zone: str = "UTC"
    has_depositary: bool = True
    rules: tuple[Clause, ...] = ()
    lists: Mapping[str, Iterable[str]] = field(default_factory=dict)
    party_name: Callable[[str], str] = identity
    treaties: Mapping[str, str] = field(default_factory=dict)

    def article(self, clause_id: str) -> str:
        """The article of another clause; its id where the treaty has no such clause."""
        articles = {rule.id: rule.article for rule in self.rules}
        return articles.get(clause_id, clause_id)


STARTS: Final = {
    "given": gettext_noop("the first recorded receipt or, without one, the date of the note"),
    "received": gettext_noop("receipt"),
    "deposited": gettext_noop("deposit with the depositary"),
    "circulated": gettext_noop("circulation by the depositary"),
    "registered": gettext_noop("registration by the depositary"),
    "informed": gettext_noop("the information of the party by the depositary"),
    "consented": gettext_noop("the consent of the party to be bound"),
    "in_force": gettext_noop("the entry into force of the treaty"),
    "in_force_for_party": gettext_noop("the entry into force of the treaty for the party"),
}
LAST_STARTS: Final = {
    "given": gettext_noop("the last recorded receipt or, without one, the date of the note"),
    "received": gettext_noop("the last receipt"),
    "deposited": gettext_noop("the last deposit with a depositary"),
    "circulated": gettext_noop("the last circulation by a depositary"),
}
# By whom, where that is plain.
RECEIVED_BY: Final = {
    "depositary": gettext_noop("receipt by the depositary"),
    "addressee": gettext_noop("receipt by the addressee"),
}
# What brings acts of a kind to their number.
REACHED: Final = {
    "all": gettext_noop("the act (%(act)s) by which every party has given one"),
    "last": gettext_noop("the last recorded act (%(act)s)"),
    "majority": gettext_noop("the act (%(act)s) by which a majority of the parties has given one"),
}

# What the first step makes of the start, and what further ones make of the day reached.
FIRST: Final = {
    "add": gettext_noop("%(period)s after %(start)s"),
    "subtract": gettext_noop("%(period)s before %(start)s"),
    "next-day": gettext_noop("on the day after %(start)s"),
    "next-month": gettext_noop("on the first day of the month after %(start)s"),
    "start": gettext_noop("on the first day of the month of %(start)s"),
    "until": gettext_noop("on the first %(day)s on or after %(start)s"),
    "after": gettext_noop("on the first %(day)s after %(start)s"),
    "term": gettext_noop("at the first end of a term on or after %(start)s"),
    "term-notice": gettext_noop(
        "at the first end of a term not less than %(notice)s after %(start)s"
    ),
    "roll": gettext_noop("on the first working day on or after %(start)s"),
}
LATER: Final = {
    "add": gettext_noop("%(period)s later"),
    "subtract": gettext_noop("%(period)s earlier"),
    "next-day": gettext_noop("the following day"),
    "next-month": gettext_noop("the first day of the following month"),
    "start": gettext_noop("the first day of that month"),
    "until": gettext_noop("the first %(day)s on or after that day"),
    "after": gettext_noop("the first %(day)s after that day"),
    "term": gettext_noop("the first end of a term on or after that day"),
    "term-notice": gettext_noop("the first end of a term not less than %(notice)s after that day"),
    "roll": gettext_noop("the first working day on or after that day"),
}


def when(start: Start, steps: Steps, rule: Clause, around: Around) -> str:
    """Where the steps lead from a start, as "30 days after receipt"."""
    return counted(noun(start, rule, around), steps, is_date=_is_date(start))


def counted(start: str, steps: Steps, *, is_date: bool = False) -> str:
    """The same from a start in words; ``is_date`` where these words say a date themselves."""
    if not steps:
        template = gettext("at %(start)s") if is_date else gettext("on the day of %(start)s")
        return template % {"start": start}
    first = gettext(FIRST[_kind(steps[0])]) % {"start": start, **_values(steps[0])}
    later = [gettext(LATER[_kind(step)]) % _values(step) for step in steps[1:]]
    return gettext(", then ").join([first, *later])


def length(period: Period) -> str:
    """A period in words, as "1 year and 6 months"."""
    return words.listed(
        [
            ngettext(*UNITS[unit], number) % {"number": number}
            for unit, number in period.units.items()
        ]
    )


def calendar_day(day: CalendarDate) -> str:
    """A date of every year in words, as "31 December"."""
    month, number = day
    pattern = FIRST_OF_MONTH if number == 1 else DAY_OF_YEAR
    return gettext(pattern) % {"day": number, "month": gettext(MONTHS[month - 1])}


def noun(start: Start, rule: Clause, around: Around) -> str:
    """From what it counts, as a noun that stands after "after"."""
    match start:
        case ClauseStart():
            return _under(around.article(start.clause))
        case FieldStart():
            return _stated(start, rule)
        case CountOf():
            return _reached(start)
        case Yearly() | Every():
            return gettext("each of these days")
    if start == "received":
        return _received(rule, around)
    known = {**STARTS, **(LAST_STARTS if rule.which == "last" else {})}
    return gettext(known[start])


def _under(article: str) -> str:
    """The date of another clause."""
    is_numbered = words.is_numbered(article)
    template = (
        gettext("the date under Article %(article)s")
        if is_numbered
        else gettext("the date under “%(article)s”")
    )
    return template % {"article": article}


def _received(rule: Clause, around: Around) -> str:
    """Receipt, by whom where the clause leaves no doubt."""
    if rule.which == "last":
        return gettext(LAST_STARTS["received"])
    is_owed_by_addressee = rule.duty is not None and rule.duty.bearer == "addressee"
    if is_owed_by_addressee or not around.has_depositary:
        return gettext(RECEIVED_BY["addressee"])
    if not rule.addressees:
        return gettext(STARTS["received"])
    is_kept = "depositaries" in rule.addressees
    return gettext(RECEIVED_BY["depositary"] if is_kept else STARTS["received"])


def _stated(start: FieldStart, rule: Clause) -> str:
    """A date or an instant that the act states, with the label of its field."""
    act = ACTS.get(rule.governs)
    known = act.field(start.field) if act else None
    label = gettext(known.label) if known else start.field.replace("_", " ")
    if known is not None and known.kind == "date":
        return gettext("the date that the notification states (“%(field)s”)") % {"field": label}
    return gettext("the time that the notification states (“%(field)s”)") % {"field": label}


def _reached(start: CountOf) -> str:
    """The act with which enough acts of its kind have come in."""
    said = {"act": words.within(words.act_title(start.act)), "number": start.reaches}
    if isinstance(start.reaches, str):
        if start.reaches in REACHED:
            return gettext(REACHED[start.reaches]) % said
        template = gettext("the act (%(act)s) by which %(number)s of the parties have given one")
        return template % said
    if start.reaches == 1:
        return gettext("the first such act (%(act)s)") % said
    return gettext("the act (%(act)s) that brings their number to %(number)d") % said


def _is_date(start: Start) -> bool:
    return isinstance(start, ClauseStart | FieldStart)


def _kind(step: Step) -> str:
    """Which words tell the step."""
    match step:
        case Next():
            return f"next-{step.unit}"
        case Term(notice=Period()):
            return "term-notice"
    return next(iter(step.as_data()))


def _values(step: Step) -> dict[str, str]:
    match step:
        case Add() | Subtract():
            return {"period": length(step.period)}
        case Until():
            return {"day": calendar_day(step.date)}
        case Term(notice=Period() as notice):
            return {"notice": length(notice)}
    return {}
