"""The way to a date in words: trace steps, and the sentences that are made of them.

A trace keeps kinds and parameters, so that it can be told again in another language; every text is
a msgid of ``MESSAGES``, ``UNITS`` or ``MONTHS``, put together after translation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

MESSAGES = {
    "given-note": "%(date)s, the date of the note",
    "received": "%(date)s, received by %(party)s",
    "received-last": "%(date)s, last received by %(party)s",
    "deposited": "%(date)s, deposited with %(party)s",
    "deposited-last": "%(date)s, last deposited with %(party)s",
    "circulated": "%(date)s, circulated by the depositary",
    "awaiting-received": "not yet received",
    "awaiting-deposited": "not yet deposited",
    "awaiting-circulated": "not yet circulated",
    "registered": "%(date)s, registered by the depositary",
    "registered-receipt": (
        "%(date)s, deposited with %(party)s; no other day of registration is recorded"
    ),
    "awaiting-registered": "not yet registered",
    "informed": "%(date)s, the depositary informed %(party)s",
    "awaiting-informed": "not yet informed by the depositary",
    "consented": "%(date)s, %(party)s consented to be bound",
    "awaiting-consented": "no consent to be bound is recorded",
    "in-force": "%(date)s, the treaty came into force",
    "awaiting-in-force": "the treaty is not in force yet",
    "in-force-for-party": "%(date)s, the treaty came into force for %(party)s",
    "in-force-earliest": (
        "%(date)s, the treaty came into force; for %(party)s no day is recorded, and this is the "
        "earliest it can be"
    ),
    "awaiting-in-force-for-party": "the treaty is not in force for the party yet",
    "receipt-disputed": "this date is disputed: the other side states %(claimed)s",
    "stopped": "stopped from %(from)s to %(until)s, %(duration)s: %(reason)s",
    "stopped-still": "stopped from %(from)s: %(reason)s",
    "extended-by": "extended by %(duration)s on %(made)s: %(reason)s",
    "extended-to": "extended on %(made)s: %(reason)s",
    "overridden": "the depositary registered another date on %(made)s: %(reason)s",
    "objected": "%(party)s objects to this date: %(reason)s",
    "open-armed-conflict": "armed conflict since %(from)s: no end while it lasts",
    "after-armed-conflict": "armed conflict from %(from)s to %(until)s: not before its end",
    "not-permitted": "the treaty admits no such act",
    "add": "+ %(duration)s",
    "add-clipped": "+ %(duration)s, to the last day of a shorter month",
    "next-day": "the following day",
    "next-month": "the first day of the following month",
    "until": "until %(day)s",
    "named-later": "the later date that the notice names",
    "named-earlier": "the notice names %(named)s, earlier than the clause allows",
    "named-fixed": "the notice names %(named)s, but the clause fixes the date",
    "limit-set": "the limit that the note sets",
    "opens": "opens %(date)s, %(time)s %(zone)s",
    "closes": "closes %(date)s, %(time)s %(zone)s",
    "effect": "%(date)s, %(time)s %(zone)s",
    "duty": "%(date)s, %(time)s %(zone)s",
    "lapse": "%(date)s, %(time)s %(zone)s",
    "right": "%(date)s, %(time)s %(zone)s",
}

UNITS = {
    "years": ("%(number)d year", "%(number)d years"),
    "months": ("%(number)d month", "%(number)d months"),
    "weeks": ("%(number)d week", "%(number)d weeks"),
    "days": ("%(number)d day", "%(number)d days"),
}

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

DAY_OF_YEAR = "%(day)d %(month)s"
FIRST_OF_MONTH = "1 %(month)s"
# Between the opening of a window and its close.
BETWEEN = "; "

# Steps that move the date: their sentence ends with the date they reach.
_MOVING = frozenset(
    {
        "add",
        "add-clipped",
        "next-day",
        "next-month",
        "until",
        "named-later",
        "limit-set",
        "stopped",
        "extended-by",
        "extended-to",
        "overridden",
        "after-armed-conflict",
    }
)
_RESULTS = frozenset({"opens", "closes", "effect", "duty", "lapse", "right"})
_DATES = ("named", "claimed", "from", "until", "made")  # parameters that are dates
_PERIODS = frozenset({"add", "add-clipped", "stopped", "extended-by"})

Params = Mapping[str, str | int]


@dataclass(frozen=True)
class TraceStep:
    """One step of a count: its kind, the date before and after, and its English words.

    The first step of a trace is the fact taken; ``params`` fill the message of the kind.
    """

    kind: str
    before: date | None
    after: date | None
    params: dict[str, str | int]
    words: str

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
        before, after, params = data["before"], data["after"], data["params"]
        return cls(
            kind=str(data["kind"]),
            before=date.fromisoformat(before) if isinstance(before, str) else None,
            after=date.fromisoformat(after) if isinstance(after, str) else None,
            params=dict(params) if isinstance(params, Mapping) else {},
            words=str(data["words"]),
        )


def trace_step(
    kind: str, before: date | None, after: date | None, **params: str | int
) -> TraceStep:
    """A step with its English words; parties stand in them by their codes."""
    bare = TraceStep(kind, before, after, params, "")
    return TraceStep(kind, before, after, params, sentences([bare])[0])


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
        if step.kind == "opens":
            text += between
    return text if reached is None else f"{text} → {reached}"


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
            return [words, self.format_date(step.after)]
        return [words]

    def _values(self, step: TraceStep) -> dict[str, str | int]:
        values: dict[str, str | int] = dict(step.params)
        if step.after:
            values["date"] = self.format_date(step.after)
        if "party" in values:
            values["party"] = self.party_name(str(values["party"]))
        for name in _DATES:
            if name in values:
                values[name] = self.format_date(date.fromisoformat(str(values[name])))
        if step.kind in _PERIODS:
            values["duration"] = self._duration(step.params)
        if step.kind == "until":
            month = self.translate(MONTHS[int(step.params["month"]) - 1])
            pattern = FIRST_OF_MONTH if step.params["day"] == 1 else DAY_OF_YEAR
            values["day"] = self.translate(pattern) % {
                "day": step.params["day"],
                "month": month,
            }
        return values

    def _duration(self, params: Params) -> str:
        return ", ".join(
            self.translate_plural(singular, plural, int(params[unit])) % {"number": params[unit]}
            for unit, (singular, plural) in UNITS.items()
            if params.get(unit)
        )
