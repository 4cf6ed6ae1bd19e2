"""The rule of a clause in words: what starts the clock, how it counts, what comes at its end."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext, ngettext

from notifications.clauses.explain import MONTHS, UNITS
from notifications.clauses.schema import Clause, parse_clause
from notifications.clauses.steps import Add, Next, Step, Until
from notifications.models import ClauseVersion
from notifications.web import words


@dataclass(frozen=True)
class RuleInWords:
    """A clause for a page: its article, its summary, its rule in sentences, its source."""

    article: str
    act: str
    summary: str
    sentences: list[str]
    source: str
    confidence: str
    version: ClauseVersion


def in_words(version: ClauseVersion) -> RuleInWords:
    """The stored rule of a clause, told."""
    rule = parse_clause(version.rule)
    return RuleInWords(
        article=rule.article,
        act=words.act_title(rule.governs),
        summary=words.library_words(rule.summary),
        sentences=_sentences(rule),
        source=rule.source,
        confidence=rule.confidence,
        version=version,
    )


def _sentences(rule: Clause) -> list[str]:
    if rule.yields == "not-permitted":
        return [gettext("The treaty admits no such act.")]
    told = [*_span(rule), *_end(rule), *_modified(rule)]
    if rule.requires:
        told.append(gettext("The notice must hold a statement of reasons."))
    return told


def _span(rule: Clause) -> list[str]:
    """From when to when, where the clause sets a window; a single end is told by ``_end``."""
    if rule.opens is None or rule.closes is None:
        return []
    span = {"opens": _after(rule.opens, rule), "closes": _after(rule.closes, rule)}
    return [gettext("Opens %(opens)s; closes %(closes)s.") % span]


def _end(rule: Clause) -> list[str]:
    when = {"when": _after(rule.count or (), rule)}
    if rule.yields == "right":
        return [gettext("The right begins with the day %(when)s.") % when]
    if rule.yields == "effect":
        told = [gettext("The act takes effect at the start of the day %(when)s.") % when]
        if rule.minimum:
            told.append(gettext("The notice may name a later day, not an earlier one."))
        return told
    is_window = rule.closes is not None
    if rule.duty is not None:
        act = DUTIES.get(rule.duty.act)
        owed = {"act": gettext(act) if act else words.within(words.act_title(rule.duty.act))}
        told = [gettext(OWED[rule.duty.bearer]) % owed]
        if not is_window:
            told.append(gettext("It is due by the end of the day %(when)s.") % when)
        return told
    if is_window:
        return [gettext("When it closes, the right ends.")]
    return [gettext("The right ends with the day %(when)s.") % when]


def _modified(rule: Clause) -> list[str]:
    """What silence means, what keeps the date open, whether another one may be registered."""
    told = []
    if rule.starts == "informed":
        told.append(
            gettext("It runs for each party, from the day on which that party was informed.")
        )
    if rule.silence:
        told.append(gettext(SILENCES[rule.silence]))
    if rule.open_while is not None:
        told.append(gettext(OPEN[rule.open_while.fact][rule.open_while.at]))
    if rule.override:
        told.append(gettext("The depositary may register another date, with its reasons."))
    return told


def _(message: str) -> str:
    """Mark a message id for translation at the page."""
    return message


SILENCES = {
    "acceptance": _(
        "Whoever says nothing by then is proposed as having accepted; the depositary decides."
    ),
    "no-consent": _(
        "Whoever says nothing by then is proposed as not consenting; the depositary decides."
    ),
}
OPEN = {
    "armed-conflict": {
        "yield": _("It does not end while the party is in an armed conflict on that day."),
        "notice": _("It does not end while an armed conflict of the day of notice lasts."),
    },
}

OWED = {
    "notifier": _("The notifying party owes %(act)s."),
    "depositaries": _("The depositaries jointly owe %(act)s."),
    "addressee": _("The addressee owes %(act)s."),
    "each-party": _("Each party owes %(act)s."),
    "parties": _("The parties owe %(act)s."),
}
DUTIES = {
    "conference": _("a conference"),
    "response": _("a response"),
    "acknowledgement": _("an acknowledgement"),
}
STARTS = {
    "given": _("the first recorded receipt or, without one, the date of the note"),
    "received": _("receipt"),
    "deposited": _("deposit with the depositary"),
    "circulated": _("circulation by the depositary"),
    "registered": _("registration by the depositary"),
    "informed": _("the information of the party by the depositary"),
    "consented": _("the consent of the party to be bound"),
    "in_force": _("the entry into force of the treaty"),
    "in_force_for_party": _("the entry into force of the treaty for the party"),
}
LAST_STARTS = {
    "given": _("the last recorded receipt or, without one, the date of the note"),
    "received": _("the last receipt"),
    "deposited": _("the last deposit with a depositary"),
    "circulated": _("the last circulation by a depositary"),
}


def _after(steps: tuple[Step, ...], rule: Clause) -> str:
    """Steps with what they start from, as "30 days after receipt"."""
    starts = {**STARTS, **(LAST_STARTS if rule.which == "last" else {})}
    start = {"start": gettext(starts[rule.starts])}
    if not steps:
        return gettext("on the day of %(start)s") % start
    first, *others = [_step(step) for step in steps]
    if isinstance(steps[0], Add):
        counted = gettext("%(period)s after %(start)s") % {**start, "period": first}
    else:
        counted = gettext("after %(start)s, on %(day)s") % {**start, "day": first}
    return gettext(", then ").join([counted, *others])


def _step(step: Step) -> str:
    match step:
        case Add():
            numbers = {"years": step.years, "months": step.months, "weeks": step.weeks}
            return ", ".join(
                ngettext(*UNITS[unit], number) % {"number": number}
                for unit, number in {**numbers, "days": step.days}.items()
                if number
            )
        case Next():
            if step.unit == "day":
                return gettext("the following day")
            return gettext("the first day of the following month")
        case Until():
            month = gettext(MONTHS[step.month - 1])
            if step.day == 1:
                return gettext("the next 1 %(month)s") % {"month": month}
            return gettext("the next %(day)d %(month)s") % {"day": step.day, "month": month}
