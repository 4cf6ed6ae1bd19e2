"""What a treaty file says, checked: treaties, their parties and their clauses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from notifications.clauses import vocabulary as words
from notifications.clauses.documents import key_name
from notifications.clauses.sections import LAST_YEAR, Section
from notifications.clauses.steps import Step, parse_steps, run
from notifications.errors import BadFileError, Problem

# Two years, one of them a leap year: enough to see a window close before it opens.
_SAMPLE_DAYS = tuple(date(2023, 1, 1) + timedelta(days=number) for number in range(731))
_LATEST_START = date(LAST_YEAR, 12, 31)

_COUNTING_KEYS = (
    "starts",
    "count",
    "opens",
    "closes",
    "minimum",
    "duty",
    "requires",
    "which",
    "silence",
    "open_while",
    "override",
)

# Who cannot bear a clock of which there is one for each party.
_BORNE_ONCE = ("notifier", "depositaries")


@dataclass(frozen=True)
class Duty:
    """Who owes something, and the act that fulfils it."""

    bearer: str
    act: str


@dataclass(frozen=True)
class OpenWhile:
    """What keeps a date open as long as it lasts; ``at`` is the date on which that is tested."""

    fact: str
    at: Literal["yield", "notice"] = "yield"

    def as_data(self) -> str | dict[str, str]:
        """The key as a file writes it."""
        return self.fact if self.at == "yield" else {"fact": self.fact, "at": self.at}


@dataclass(frozen=True)
class Clause:
    """One provision that starts a clock (or, ``not-permitted``, that admits no such act).

    Either ``count`` or both of ``opens`` and ``closes`` are set; an empty ``count`` is the same
    day. ``zone`` is None where the treaty's zone holds. ``silence`` says what it means that a right
    lapsed unused; ``override`` is ``allowed`` where the depositary may register another date.
    """

    id: str
    article: str
    governs: str
    yields: str
    summary: str = ""
    starts: str = ""
    count: tuple[Step, ...] | None = None
    opens: tuple[Step, ...] | None = None
    closes: tuple[Step, ...] | None = None
    minimum: bool = False
    addressees: tuple[str, ...] = ()
    duty: Duty | None = None
    requires: tuple[str, ...] = ()
    which: str = "first"
    zone: str | None = None
    source: str = ""
    confidence: str = ""
    silence: str = ""
    open_while: OpenWhile | None = None
    override: str = ""

    def as_data(self) -> dict[str, object]:
        """The clause as plain JSON data, in the keys of the file; ``parse_clause`` reads it back.

        Keys that say no more than their absence are left out.
        """
        data: dict[str, object] = {"id": self.id, "article": self.article, "governs": self.governs}
        for key in ("summary", "starts", "yields", "zone", "source", "confidence"):
            data[key] = getattr(self, key)
        data["silence"], data["override"] = self.silence, self.override
        data["open_while"] = self.open_while.as_data() if self.open_while else None
        for key in ("count", "opens", "closes"):
            steps: tuple[Step, ...] | None = getattr(self, key)
            data[key] = None if steps is None else [step.as_data() for step in steps]
        data["minimum"] = self.minimum or None
        data["addressees"] = list(self.addressees) or None
        data["duty"] = {"bearer": self.duty.bearer, "act": self.duty.act} if self.duty else None
        data["requires"] = list(self.requires) or None
        data["which"] = None if self.which == "first" else self.which
        return {key: value for key, value in data.items() if value not in (None, "")}


@dataclass(frozen=True)
class PartyEntry:
    """One party: when the treaty came into force for it, and the first day it was no longer one.

    ``signed``, ``consent`` (how) and ``consented`` (when) say how it came to be bound, ``succeeds``
    whose participation it took over. Who ``is_pending`` has signed or consented, and the treaty is
    not in force for it.
    """

    party: str
    in_force: date | None
    until: date | None = None
    source: str = ""
    signed: date | None = None
    consent: str = ""
    consented: date | None = None
    succeeds: str = ""

    @property
    def is_pending(self) -> bool:
        """Whether it has done something, and nothing is in force for it."""
        return self.in_force is None and bool(self.signed or self.consented)


@dataclass(frozen=True)
class TreatyFile:
    """One treaty file, whole and checked; ``file`` is its name without the directory."""

    id: str
    title: str
    short_name: str
    depositaries: tuple[str, ...]
    zone: str
    adopted: date | None
    signed: date | None
    in_force: date | None
    subject: str
    participants_complete: bool
    parties: tuple[PartyEntry, ...]
    clauses: tuple[Clause, ...]
    source: str
    registration: str = ""
    parent: str = ""
    authentic_languages: tuple[str, ...] = ()
    file: str = ""


def slug_of(article: str) -> str:
    """The id of an article: lower case, each run of other characters one hyphen."""
    return re.sub(r"[^a-z0-9]+", "-", article.lower()).strip("-")


def parse_clause(data: Mapping[str, object]) -> Clause:
    """The clause of a stored rule (``Clause.as_data()``). Raises BadFileError."""
    section = Section(data, (), [])
    clause = read_clause(section)
    if clause is None or section.faults:
        name = f"clause {data.get('id', '')}".strip()
        raise BadFileError(
            [
                Problem(name, None, key_name(data, fault.at), fault.sentence)
                for fault in section.faults
            ]
        )
    return clause


def read_clause(section: Section) -> Clause | None:
    """The clause in a mapping, or None where its faults leave no clause."""
    faults_before = len(section.faults)
    section.admit_keys(words.CLAUSE_KEYS, words.LATER_CLAUSE_KEYS)
    section.require("id", "article", "governs", "yields")
    clause = Clause(
        id=_read_id(section),
        article=section.text("article"),
        governs=section.choice("governs", words.ACTS, words.LATER_GOVERNS),
        yields=section.choice("yields", words.YIELDS),
        summary=section.text("summary"),
        starts=_read_start(section),
        count=parse_steps(section, "count"),
        opens=parse_steps(section, "opens"),
        closes=parse_steps(section, "closes"),
        minimum=section.flag("minimum"),
        addressees=section.texts("addressees"),
        duty=_read_duty(section),
        requires=section.texts("requires"),
        which=section.choice("which", ("first", "last")) or "first",
        zone=section.zone("zone") or None,
        source=section.text("source"),
        confidence=section.choice("confidence", ("low", "medium", "high")),
        silence=section.choice("silence", words.SILENCES),
        open_while=_read_open_while(section),
        override=section.choice("override", words.OVERRIDES),
    )
    _check_counting(section, clause)
    if len(section.faults) == faults_before:
        _check_dates(section, clause)
    return clause if len(section.faults) == faults_before else None


def _read_id(section: Section) -> str:
    clause_id, article = section.text("id", at_most=80), section.data.get("article")
    if clause_id and isinstance(article, str) and article.strip():
        expected = slug_of(article)
        if not expected:
            section.fault(f'"{article}" holds neither a letter nor a number.', "article")
        elif clause_id != expected:
            section.fault(f'The id of the article {article} is "{expected}".', "id")
    return clause_id


def _read_start(section: Section) -> str:
    value = section.data.get("starts")
    if isinstance(value, Mapping):
        for key in value:
            section.fault(f'"{key}" is not counted yet.', "starts", key)
        if not value:
            section.fault("This key has no value.", "starts")
        return ""
    return section.choice("starts", words.STARTS)


def _read_duty(section: Section) -> Duty | None:
    duty = section.section("duty") if section.has("duty") else None
    if duty is None:
        return None
    duty.admit_keys(words.DUTY_KEYS, words.LATER_DUTY_KEYS)
    duty.require("bearer", "act")
    return Duty(duty.choice("bearer", words.BEARERS), duty.choice("act", words.FULFILLING_ACTS))


def _read_open_while(section: Section) -> OpenWhile | None:
    if not section.has("open_while"):
        return None
    if not isinstance(section.data["open_while"], Mapping):
        return OpenWhile(section.choice("open_while", words.LASTING_FACTS))
    part = section.section("open_while")
    if part is None:
        return None
    part.admit_keys(("fact", "at"))
    part.require("fact")
    at = part.choice("at", ("yield", "notice"))
    fact = part.choice("fact", words.LASTING_FACTS)
    return OpenWhile(fact, "notice" if at == "notice" else "yield")


def _check_counting(section: Section, clause: Clause) -> None:
    if clause.yields == "not-permitted":
        for key in _COUNTING_KEYS:
            if section.has(key):
                section.fault("A clause that admits no such act counts nothing.", key)
        return
    later = any(section.has(key) for key in words.LATER_CLAUSE_KEYS)
    if not later:
        section.require("starts")
        _check_steps(section, clause)
    _check_yield(section, clause)


def _check_steps(section: Section, clause: Clause) -> None:
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
    if clause.yields in {"duty", "lapse", "right"} and clause.minimum:
        section.fault("Only an effect can be a minimum.", "minimum")
    if section.has("silence") and clause.yields != "lapse":
        section.fault("Silence has a meaning only where a right lapses.", "silence")
    if section.has("open_while") and clause.opens is not None:
        section.fault("One date is held open: write count.", "open_while")
    if clause.starts == "informed" and clause.duty and clause.duty.bearer in _BORNE_ONCE:
        sentence = "Every party has a clock of its own: the bearer is each-party or addressee."
        section.fault(sentence, "duty", "bearer")


def _check_dates(section: Section, clause: Clause) -> None:
    if any(
        _leaves_calendar(steps) for steps in (clause.count, clause.opens, clause.closes) if steps
    ):
        section.fault("The steps lead past the year 9999.")
        return
    opens, closes = clause.opens, clause.closes
    if opens is None or closes is None:
        return
    if any(run(closes, day) < run(opens, day) for day in _SAMPLE_DAYS):
        section.fault("The window closes before it opens.", "closes")


def _leaves_calendar(steps: tuple[Step, ...]) -> bool:
    try:
        return run(steps, _LATEST_START).year >= date.max.year
    except (OverflowError, ValueError):
        return True
