"""The way to a date in words: trace steps, and the sentences that are made of them.

A trace keeps kinds and parameters, so that it can be told again in another language; every text is
a msgid of ``messages.py``, put together after translation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from notifications.acts import ACTS
from notifications.clauses.instants import Moment, clock_of, day_of
from notifications.clauses.messages import (
    BETWEEN,
    DAY_OF_YEAR,
    FIRST_OF_MONTH,
    INSTANT,
    MESSAGES,
    MONTHS,
    ORIGINS,
    UNDER,
    UNDER_ARTICLE,
    UNITS,
    WEEKDAYS,
)
from notifications.clauses.periods import period_of

# Steps that move the date: their sentence ends with the date they reach.
_MOVING = frozenset(
    {
        "add",
        "add-clipped",
        "subtract",
        "subtract-clipped",
        "next-day",
        "next-month",
        "start-month",
        "until",
        "after",
        "term",
        "term-notice",
        "roll-weekend",
        "roll-holiday",
        "soft",
        "later-of",
        "earlier-of",
        "earlier-of-known",
        "named-later",
        "limit-set",
        "stopped",
        "extended-by",
        "extended-to",
        "overridden",
        "after-armed-conflict",
    }
)
# Steps that say the date reached: the step before need not.
_RESULTS = frozenset({"opens", "closes", "effect", "duty", "lapse", "right", "branch"})
# What follows upon these is another way, told after a pause.
_ENDING = frozenset({"opens", "branch"})
# Parameters that are dates, and those that are periods of their own.
_DATES = frozenset({"named", "claimed", "from", "until", "made", "since", "lawful", "limit"})
_PERIODS = frozenset(
    {"add", "add-clipped", "subtract", "subtract-clipped", "soft", "stopped", "extended-by"}
)
_LENGTHS = frozenset({"first", "every", "notice", "length"})
# How an article is cited by its number alone, as XV(2) or 126(2); not "Ch. III, para 16.1".
_NUMBERED = re.compile(r"(?:[0-9]+[a-z]?|[IVXLCDM]+)\b")

Params = Mapping[str, str | int]


@dataclass(frozen=True)
class TraceStep:
    """One step of a count: its kind, the date or instant before and after, and its English words.

    The first step of a trace is the fact taken; ``params`` fill the message of the kind. ``kept``
    are the words of a stored step; others are told when they are asked for.
    """

    kind: str
    before: Moment | None
    after: Moment | None
    params: dict[str, str | int]
    kept: str = field(default="", compare=False)

    @property
    def words(self) -> str:
        """The step in English; parties stand in it by their codes."""
        return self.kept or sentences([self])[0]

    def as_data(self) -> dict[str, object]:
        """The step as plain JSON data."""
        return {
            "kind": self.kind,
            "before": self.before.isoformat() if self.before else None,
            "after": self.after.isoformat() if self.after else None,
            "params": dict(self.params),
            "words": self.words,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, object]) -> TraceStep:
        """The step of ``as_data()``."""
        params = data["params"]
        return cls(
            kind=str(data["kind"]),
            before=_moment(data["before"]),
            after=_moment(data["after"]),
            params=dict(params) if isinstance(params, Mapping) else {},
            kept=str(data["words"]),
        )


def _moment(text: object) -> Moment | None:
    if not isinstance(text, str):
        return None
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def trace_step(
    kind: str, before: Moment | None, after: Moment | None, **params: str | int
) -> TraceStep:
    """A step whose words are told when they are asked for."""
    return TraceStep(kind, before, after, params)


def identity(text: str) -> str:
    return text


def english_plural(singular: str, plural: str, number: int) -> str:
    return singular if number == 1 else plural


def full_date(day: date) -> str:
    """A date as "22 May 2020"."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def sentences(
    trace: Iterable[TraceStep],
    translate: Callable[[str], str] = identity,
    format_date: Callable[[date], str] = full_date,
    party_name: Callable[[str], str] = identity,
    translate_plural: Callable[[str, str, int], str] = english_plural,
) -> list[str]:
    """One sentence a step, such as "+ 6 months → 22 November 2020".

    ``translate`` and ``translate_plural`` have the shapes of gettext and ngettext.
    """
    teller = _Teller(translate, format_date, party_name, translate_plural)
    return [" → ".join(teller.pieces(step)) for step in trace]


def one_sentence(
    trace: Iterable[TraceStep],
    translate: Callable[[str], str] = identity,
    format_date: Callable[[date], str] = full_date,
    party_name: Callable[[str], str] = identity,
    translate_plural: Callable[[str, str, int], str] = english_plural,
) -> str:
    """The whole way: "22 May 2020, received by CAN → + 6 months → 22 November 2020, 00:00 UTC"."""
    teller = _Teller(translate, format_date, party_name, translate_plural)
    text, between = "", translate(BETWEEN)
    reached: str | None = None  # the date of the last step, left out where the result repeats it
    for step in trace:
        if reached is not None and step.kind not in _RESULTS:
            text += f" → {reached}"
        step_words, *dates = teller.pieces(step)
        text += f" → {step_words}" if text and not text.endswith(between) else step_words
        reached = dates[0] if dates else None
        if step.kind in _ENDING:
            text += between
    return text if reached is None else f"{text} → {reached}"


def is_numbered(article: str) -> bool:
    """Whether it is cited by its number alone, as XV(2) or 126(2); not "Ch. III, para 16.1"."""
    return _NUMBERED.match(article) is not None


def _label_of(name: str, act: str) -> str:
    """The label of a field, where the act has one of the name."""
    found = ACTS[act].field(name) if act in ACTS else None
    return found.label if found else name.replace("_", " ")


# Parameters that stand for a text of their own.
_MESSAGE_OF: Final[dict[str, Callable[[str, Params], str]]] = {
    "act": lambda kind, _params: ACTS[kind].title,
    "field": lambda name, params: _label_of(name, str(params.get("of_act"))),
    "of": lambda kind, _params: ORIGINS[kind],
    "weekday": lambda number, _params: WEEKDAYS[int(number)],
}


@dataclass(frozen=True)
class _Teller:
    """Renders steps in one language."""

    translate: Callable[[str], str]
    format_date: Callable[[date], str]
    party_name: Callable[[str], str]
    translate_plural: Callable[[str, str, int], str]

    def pieces(self, step: TraceStep) -> list[str]:
        """What the step does and, where it moves the date, the date it reaches."""
        words = self.translate(MESSAGES[step.kind]) % self._values(step)
        if step.kind in _MOVING and step.after:
            return [words, self._said(step.after, step.params)]
        return [words]

    def _values(self, step: TraceStep) -> dict[str, str | int]:
        values = {name: self._value(name, value, step) for name, value in step.params.items()}
        if step.after:
            values["date"] = self._date(step)
        if step.kind in _PERIODS:
            values["duration"] = self._length(step.params)
        if "article" in step.params:
            values["under"] = self._under(str(step.params["article"]))
        if step.kind in {"until", "after"}:
            values["day"] = self._day_of_year(int(step.params["month"]), int(step.params["day"]))
        return values

    def _value(self, name: str, value: str | int, step: TraceStep) -> str | int:
        """A parameter as it is said: a date, a length, a name in the language."""
        if name in _DATES:
            return self.format_date(date.fromisoformat(str(value)))
        if name in _LENGTHS:
            return self._length(period_of(str(value)).units)
        if name in _MESSAGE_OF:
            return self.translate(_MESSAGE_OF[name](str(value), step.params))
        return self.party_name(str(value)) if name == "party" else value

    def _under(self, article: str) -> str:
        pattern = UNDER_ARTICLE if is_numbered(article) else UNDER
        return self.translate(pattern) % {"article": article}

    def _date(self, step: TraceStep) -> str:
        """The date reached; the results say the time of day beside it themselves."""
        if step.kind in _RESULTS and step.kind != "branch" and isinstance(step.after, datetime):
            return self.format_date(day_of(step.after, str(step.params["zone"])))
        return self._said(step.after, step.params) if step.after else ""

    def _said(self, moment: Moment, params: Params) -> str:
        if not isinstance(moment, datetime):
            return self.format_date(moment)
        zone = str(params.get("zone", "UTC"))
        said = {"date": self.format_date(day_of(moment, zone)), "time": clock_of(moment, zone)}
        return self.translate(INSTANT) % {**said, "zone": zone}

    def _day_of_year(self, month: int, day: int) -> str:
        pattern = FIRST_OF_MONTH if day == 1 else DAY_OF_YEAR
        said = {"day": day, "month": self.translate(MONTHS[month - 1])}
        return self.translate(pattern) % said

    def _length(self, params: Params) -> str:
        return ", ".join(
            self.translate_plural(singular, plural, int(params[unit])) % {"number": params[unit]}
            for unit, (singular, plural) in UNITS.items()
            if params.get(unit)
        )
