"""What the keys of one clause must agree in; faults go into the section."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from typing import Final

from notifications.clauses import vocabulary as words
from notifications.clauses.explain import TraceStep, trace_step
from notifications.clauses.instants import instant_of
from notifications.clauses.origins import CountOf, Every, Yearly
from notifications.clauses.schema import Clause, Steps
from notifications.clauses.sections import FIRST_YEAR, LAST_YEAR, Section
from notifications.clauses.steps import Add, Around, Next, Roll, Step, Subtract, run

# Two years, one of them a leap year: enough to see a window close before it opens.
_SAMPLE_DAYS: Final = tuple(date(2023, 1, 1) + timedelta(days=number) for number in range(731))
_EARLIEST_START: Final = date(FIRST_YEAR, 1, 1)
_LATEST_START: Final = date(LAST_YEAR, 12, 31)
_SAMPLE_ORIGIN: Final = trace_step("in-force", None, date(2000, 1, 1))

# What has no place in a clause that admits no such act.
COUNTING_KEYS: Final = (
    "starts",
    "count",
    "opens",
    "closes",
    "later_of",
    "earlier_of",
    "minimum",
    "at",
    "duty",
    "requires",
    "which",
    "silence",
    "admissible",
    "open_while",
    "cascades",
    "survives",
    "override",
)
_WAYS: Final = ("later_of", "earlier_of")

# Facts of an act: what recurs is counted from none of them.
_OF_AN_ACT: Final = ("given", "received", "deposited", "registered", "circulated", "informed")

# Who cannot bear a clock of which there is one for each party.
_BORNE_ONCE: Final = ("notifier", "depositaries")


def check_clause(section: Section, clause: Clause, faults_before: int) -> None:
    """Note what does not agree; dates are tried out only where nothing else is wrong."""
    if clause.yields == "not-permitted":
        for key in COUNTING_KEYS:
            if section.has(key):
                section.fault("A clause that admits no such act counts nothing.", key)
        if clause.governs == words.NONE:
            section.fault("Name the act that the treaty does not admit.", "governs")
        return
    _check_ways(section, clause)
    _check_yield(section, clause)
    _check_effect_alone(section, clause)
    _check_recurring(section, clause)
    _check_runs(section, clause)
    _check_rolls(section, clause)
    if len(section.faults) == faults_before:
        _check_dates(section, clause)


def _check_ways(section: Section, clause: Clause) -> None:
    """One way with its steps, a window, or several ways: never two of these."""
    ways = [key for key in _WAYS if section.has(key)]
    if ways:
        for key in ("count", "opens", "closes", *ways[1:]):
            if section.has(key):
                section.fault(f'"{ways[0]}" stands in its place.', key)
        return
    section.require("starts")
    window = [key for key in ("opens", "closes") if section.has(key)]
    if section.has("count") and window:
        section.fault("A clause has either count, or opens and closes.", "count")
    elif len(window) == 1:
        section.fault("A window needs both opens and closes.", window[0])
    elif window and clause.yields == "effect":
        section.fault("An effect comes on one date: write count.", "opens")
    elif window and clause.yields == "right":
        section.fault("A right begins on one date: write count.", "opens")
    elif not window and not section.has("count"):
        section.fault("This key is required (or opens and closes in its place).", "count")


def _check_yield(section: Section, clause: Clause) -> None:
    if clause.yields == "duty" and not section.has("duty"):
        section.fault("A clause that yields a duty says who owes what: {bearer, act}.", "duty")
    if clause.yields == "effect" and section.has("duty"):
        section.fault("A clause that yields an effect has no duty.", "duty")
    if clause.yields == "right" and section.has("duty"):
        section.fault("A right that begins is no duty.", "duty")
    if section.has("silence") and clause.yields != "lapse":
        section.fault("Silence has a meaning only where a right lapses.", "silence")
    if section.has("open_while") and clause.opens is not None:
        section.fault("One date is held open: write count.", "open_while")
    if clause.duty and clause.duty.soft and clause.opens is not None:
        section.fault("A target is one date: write count.", "duty", "soft")
    if "informed" in clause.starting and clause.duty and clause.duty.bearer in _BORNE_ONCE:
        sentence = "Every party has a clock of its own: the bearer is each-party or addressee."
        section.fault(sentence, "duty", "bearer")


def _check_effect_alone(section: Section, clause: Clause) -> None:
    """What only an effect can have."""
    if clause.yields == "effect" or not clause.yields:
        return
    if clause.minimum:
        section.fault("Only an effect can be a minimum.", "minimum")
    if section.has("at") and not (clause.is_at_end and clause.yields != "right"):
        # A duty and a right that lapses end with their date anyway.
        section.fault("Only an effect can come at the start or at the end of its date.", "at")
    sentences = {
        "cascades": "Only an effect carries over to other treaties.",
        "survives": "Only an effect is outlasted by obligations.",
    }
    for key, sentence in sentences.items():
        if section.has(key):
            section.fault(sentence, key)


def _check_recurring(section: Section, clause: Clause) -> None:
    if clause.is_recurring and clause.governs and clause.governs != words.NONE:
        section.fault("What recurs is started by no act: write governs: none.", "governs")
    if clause.governs != words.NONE:
        return
    if not clause.is_recurring:
        if clause.facts & set(_OF_AN_ACT):
            sentence = "Without an act to start it, a clock recurs: write yearly, or every."
            section.fault(sentence, "starts")
        return
    if clause.yields in {"effect", "right"}:
        section.fault("What recurs is a duty, or a time that ends.", "yields")
    for key in ("when", "requires", "admissible", "minimum"):
        if section.has(key):
            section.fault("This belongs to an act, and what recurs has none.", key)


def _check_runs(section: Section, clause: Clause) -> None:
    """Runs follow upon one another from no act, and stand for themselves."""
    start = clause.starts
    if isinstance(start, Every) and start.of in _OF_AN_ACT:
        sentence = f'"{start.of}" is a fact of an act, and what recurs is started by none.'
        section.fault(sentence, "starts", "from")
    sentence = "What recurs stands for itself: it is neither one of several ways nor a condition."
    for key in _WAYS:
        for index, branch in enumerate(getattr(clause, key)):
            if isinstance(branch.starts, Yearly | Every):
                section.fault(sentence, key, index, "starts")
    for key in ("not_before", "not_after"):
        limit = getattr(clause.admissible, key, None)
        if limit is not None and isinstance(limit.starts, Yearly | Every):
            section.fault(sentence, "admissible", key, "starts")


def _check_rolls(section: Section, clause: Clause) -> None:
    if clause.yields not in {"effect", "right"}:
        return
    for number, step in enumerate(clause.count or ()):
        if isinstance(step, Roll):
            sentence = "An effect moves for no holiday: only an act to be done does."
            section.fault(sentence, "count", number)
    for key in _WAYS:
        for index, branch in enumerate(getattr(clause, key)):
            if any(isinstance(step, Roll) for step in branch.count):
                sentence = "An effect moves for no holiday: only an act to be done does."
                section.fault(sentence, key, index)


def _check_dates(section: Section, clause: Clause) -> None:
    if any(_leaves_calendar(steps) for steps in _all_ways(clause) if steps):
        section.fault("The steps lead out of the calendar (the years 1 to 9999).")
        return
    if clause.is_at_end and _ends_in_hours(clause):
        section.fault("What is counted in hours comes at its instant.", "at")
    opens, closes = clause.opens, clause.closes
    if opens is not None and closes is not None and _is_crossed(opens, closes):
        section.fault("The window closes before it opens.", "closes")
    rule = clause.admissible
    first, last = (rule.not_before, rule.not_after) if rule else (None, None)
    if first and last and first.starts == last.starts and _is_crossed(first.count, last.count):
        sentence = "The time in which the act is admitted ends before it begins."
        section.fault(sentence, "admissible", "not_after")


def _all_ways(clause: Clause) -> Iterator[Steps | None]:
    """Every way that is counted, each length that repeats as the way of a step."""
    yield from (clause.count, clause.opens, clause.closes, clause.survives)
    yield from (branch.count for branch in clause.branches)
    if clause.duty and clause.duty.soft:
        yield (Add(clause.duty.soft),)
    if isinstance(clause.starts, Every):
        yield Add(clause.starts.first), Add(clause.starts.every)
    yield from ((Add(start.within),) for start in _thresholds(clause) if start.within)
    rule = clause.admissible
    if rule is not None:
        yield from (limit.count for limit in (rule.not_before, rule.not_after) if limit)
    if rule is not None and rule.window is not None:
        yield Add(rule.window.first), Add(rule.window.every), Add(rule.window.length)
        yield (Subtract(rule.window.length),)


def _thresholds(clause: Clause) -> Iterator[CountOf]:
    yield from (start for start in clause.all_starts if isinstance(start, CountOf))


def _ends_in_hours(clause: Clause) -> bool:
    ways = [branch.count for branch in clause.branches] or [clause.count or ()]
    last = [steps[-1] for steps in ways if steps]
    return any(isinstance(step, Add | Subtract) and step.period.has_hours for step in last)


@cache
def _is_crossed(first: Steps, last: Steps) -> bool:
    """Whether the last day can lie before the first; days and hours alone are as long always."""
    is_even = all(_is_even(step) for step in (*first, *last))
    days = _SAMPLE_DAYS[:1] if is_even else _SAMPLE_DAYS
    return any(_instant(last, day) < _instant(first, day) for day in days)


def _is_even(step: Step) -> bool:
    if not isinstance(step, Add | Subtract):
        return isinstance(step, Next) and step.unit == "day"
    return not (step.period.years or step.period.months)


def _around() -> Around:
    return Around("UTC", _sample_fact)


def _sample_fact(_name: str) -> TraceStep:
    return _SAMPLE_ORIGIN


def _instant(steps: Steps, day: date) -> datetime:
    reached = run(steps, day, _around())[1]
    return instant_of(reached or day, "UTC")


def _leaves_calendar(steps: Steps) -> bool:
    try:
        _instant(steps, _EARLIEST_START)
        return _instant(steps, _LATEST_START).year >= date.max.year
    except (OverflowError, ValueError):
        return True
