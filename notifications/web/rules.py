"""The rule of a clause in words: what starts the clock, how it counts, what comes at its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
        summary=rule.summary,
        sentences=_sentences(rule),
        source=rule.source,
        confidence=rule.confidence,
        version=version,
    )


def _sentences(rule: Clause) -> list[str]:
    if rule.yields == "not-permitted":
        return [gettext("The treaty admits no such act.")]
    told = [gettext("Counts from: %(fact)s.") % {"fact": _start(rule)}]
    if rule.opens is not None and rule.closes is not None:
        told.append(gettext("Opens: %(steps)s.") % {"steps": _steps(rule.opens)})
        told.append(gettext("Closes: %(steps)s.") % {"steps": _steps(rule.closes)})
    else:
        told.append(gettext("Counts: %(steps)s.") % {"steps": _steps(rule.count or ())})
    return [*told, *_end(rule)]


def _start(rule: Clause) -> str:
    starts: Mapping[str, str] = {
        "given": gettext("the first recorded receipt, else the date of the note"),
        "received": gettext("the receipt of the note"),
        "deposited": gettext("the deposit with the depositary"),
        "circulated": gettext("the circulation by the depositary"),
    }
    fact = starts[rule.starts]
    return gettext("%(fact)s (the last one)") % {"fact": fact} if rule.which == "last" else fact


def _end(rule: Clause) -> list[str]:
    if rule.yields == "effect":
        told = [gettext("Then the act takes effect, at the start of that day.")]
        if rule.minimum:
            told.append(gettext("The notice may name a later day, not an earlier one."))
    elif rule.duty is not None:
        duty: dict[str, Any] = {
            "bearer": gettext(BEARERS[rule.duty.bearer]),
            "act": words.act_title(rule.duty.act).lower(),
        }
        told = [gettext("By the end of that day it is due: %(act)s, owed by %(bearer)s.") % duty]
    else:
        told = [gettext("With the end of that day the right ends.")]
    if rule.requires:
        told.append(gettext("The notice must hold a statement of reasons."))
    return told


def _(message: str) -> str:
    """Mark a message id for translation at the page."""
    return message


BEARERS = {
    "notifier": _("the notifying party"),
    "depositaries": _("the depositaries, jointly"),
    "addressee": _("the addressee"),
    "each-party": _("each party"),
    "parties": _("the parties"),
}


def _steps(steps: tuple[Step, ...]) -> str:
    if not steps:
        return gettext("the same day")
    return gettext(", then ").join(_step(step) for step in steps)


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
            return gettext("until %(day)d %(month)s") % {"day": step.day, "month": month}
