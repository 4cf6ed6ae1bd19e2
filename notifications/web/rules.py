"""The rule of a clause in words: for what it counts, from what and how, what comes at its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext, gettext_noop

from notifications.clauses.origins import CountOf, Every, Start, Yearly
from notifications.clauses.reading import parse_clause
from notifications.clauses.schema import Clause, Steps
from notifications.clauses.steps import Add, Roll, Subtract, Term
from notifications.models import ClauseVersion
from notifications.web import words
from notifications.web.rule_conditions import admission, contents, limits, short_limit
from notifications.web.rule_ends import after_it, at_its_end
from notifications.web.rule_steps import Around, calendar_day, counted, length, noun, when

BASES: Final = {
    "text": gettext_noop("Known from the text."),
    "secondary": gettext_noop("Known from a secondary source."),
    "recollection": gettext_noop(
        "From recollection: check it against the text before you rely on it."
    ),
}
CONFIDENCES: Final = {
    "high": gettext_noop("Confidence: high."),
    "medium": gettext_noop("Confidence: medium."),
    "low": gettext_noop("Confidence: low."),
}


@dataclass(frozen=True)
class RuleInWords:
    """A clause for a page: its article, its summary, its rule in sentences, how it is known.

    ``governs`` is the act's kind, ``limit`` the message or the like to which it is limited, and
    ``anchor`` the place of the clause on the page.
    """

    anchor: str
    article: str
    governs: str
    limit: str
    summary: str
    sentences: list[str]
    source: str
    known: str
    is_doubtful: bool
    version: ClauseVersion

    @property
    def act(self) -> str:
        """The act in words."""
        return words.act_title(self.governs)


def in_words(version: ClauseVersion, around: Around) -> RuleInWords:
    """The stored rule of a clause, told."""
    rule = parse_clause(version.rule)
    return RuleInWords(
        anchor=f"clause-{rule.id}",
        article=words.cited(rule.article),
        governs=rule.governs,
        limit=short_limit(rule),
        summary=words.library_words(rule.summary),
        sentences=sentences(rule, around),
        source=rule.source,
        known=_known(rule),
        is_doubtful=rule.basis == "recollection" or rule.confidence == "low",
        version=version,
    )


def sentences(rule: Clause, around: Around) -> list[str]:
    """The rule, a sentence a thought."""
    told = limits(rule, around)
    if rule.yields == "not-permitted":
        return [*told, gettext("The treaty admits no such act.")]
    told += admission(rule, around)
    told += _recurring(rule, around)
    told += _branches(rule, around)
    told += at_its_end(rule, _when(rule, around), _span(rule, around))
    told += _explained(rule, around)
    told += contents(rule)
    return [*told, *after_it(rule, around)]


def _known(rule: Clause) -> str:
    """How the rule is known, and how surely."""
    said = [BASES.get(rule.basis, ""), CONFIDENCES.get(rule.confidence, "")]
    return " ".join(gettext(sentence) for sentence in said if sentence)


def _when(rule: Clause, around: Around) -> str:
    """The day to which the steps lead; of a window, nothing."""
    if rule.closes is not None:
        return ""
    steps = rule.count or ()
    if rule.duty is not None and rule.duty.soft is not None:
        steps = (*steps, Add(rule.duty.soft))
    if rule.branches:
        return gettext("on that day") if not steps else counted(gettext("that day"), steps)
    if rule.is_recurring and not steps:
        return gettext("on each of these days")
    return when(rule.starts, steps, rule, around)


def _span(rule: Clause, around: Around) -> str:
    """From when to when, where the clause sets a window."""
    if rule.opens is None or rule.closes is None:
        return ""
    span = {
        "opens": when(rule.starts, rule.opens, rule, around),
        "closes": when(rule.starts, rule.closes, rule, around),
    }
    return gettext("Opens %(opens)s; closes %(closes)s.") % span


def _branches(rule: Clause, around: Around) -> list[str]:
    """The ways of which the later or the earlier date counts."""
    if not rule.branches:
        return []
    ways = [when(branch.starts, branch.count, rule, around) for branch in rule.branches]
    said = {"ways": gettext("; ").join(ways)}
    if rule.later_of:
        return [gettext("The later of these days counts: %(ways)s.") % said]
    return [gettext("The earlier of these days counts, as far as they are known: %(ways)s.") % said]


def _recurring(rule: Clause, around: Around) -> list[str]:
    """When its runs end."""
    start = rule.starts
    if isinstance(start, Yearly):
        days = words.listed([calendar_day(day) for day in sorted(start.dates)])
        return [gettext("It recurs every year: %(days)s.") % {"days": days}]
    if isinstance(start, Every):
        said = {"start": noun(start.of, rule, around), **_runs(start)}
        template = gettext(
            "It recurs: first %(first)s after %(start)s, then at intervals of %(every)s."
        )
        return [template % said]
    return []


def _runs(run: Every | Term) -> dict[str, str]:
    return {"first": length(run.first), "every": length(run.every)}


def _explained(rule: Clause, around: Around) -> list[str]:
    """What its words take for granted: terms, working days, hours, zones, how acts are counted."""
    told = [said for start in rule.starting for said in _how_counted(start, rule, around)]
    steps = [step for way in _ways(rule) for step in way]
    for step in steps:
        if isinstance(step, Term):
            said = {"start": noun(step.of, rule, around), **_runs(step)}
            template = gettext(
                "A term ends %(first)s after %(start)s, and again at intervals of %(every)s."
            )
            told.append(template % said)
        elif isinstance(step, Roll):
            template = gettext("Not counted as working days: %(days)s.")
            told.append(template % {"days": words.enumerated(_idle(step))})
    zone = rule.zone or around.zone
    if any(isinstance(step, Add | Subtract) and step.period.has_hours for step in steps):
        template = gettext(
            "Hours count from the exact instant; of a fact whose day alone is known, from 00:00 "
            "%(zone)s."
        )
        told.append(template % {"zone": zone})
    elif rule.zone and rule.zone != around.zone:
        told.append(gettext("Its days are read in the zone %(zone)s.") % {"zone": zone})
    return list(dict.fromkeys(told))


def _ways(rule: Clause) -> list[Steps]:
    ways = [rule.count, rule.opens, rule.closes, *(branch.count for branch in rule.branches)]
    return [steps for steps in ways if steps]


def _how_counted(start: Start, rule: Clause, around: Around) -> list[str]:
    if start == "informed":
        return [gettext("It runs for each party, from the day on which that party was informed.")]
    if not isinstance(start, CountOf):
        return []
    told = []
    if start.within is not None:
        template = gettext("Such acts count where they come in within %(within)s after %(start)s.")
        said = {"within": length(start.within), "start": noun(start.of, rule, around)}
        told.append(template % said)
    if start.reaches != "last":
        told.append(gettext("Of each party one act counts, its first."))
    return told


def _idle(step: Roll) -> list[str]:
    idle = [gettext("Saturdays and Sundays")] if step.weekend else []
    if step.calendar:
        template = gettext("the public holidays of the calendar %(calendar)s")
        idle.append(template % {"calendar": step.calendar})
    return idle
