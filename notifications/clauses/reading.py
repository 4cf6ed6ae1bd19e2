"""A clause read from a file and checked: every fault with its key, and one sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from notifications.clauses import vocabulary as words
from notifications.clauses.checking import check_clause
from notifications.clauses.documents import key_name
from notifications.clauses.periods import parse_period
from notifications.clauses.reading_steps import parse_start, parse_steps
from notifications.clauses.schema import Admissible, Branch, Clause, Duty, OpenWhile, Steps, Window
from notifications.clauses.sections import Section
from notifications.clauses.steps import Add
from notifications.errors import BadFileError, Problem

_WHEN_KEY: Final = re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*")


def slug_of(article: str) -> str:
    """The id of an article: lower case, each run of other characters one hyphen."""
    return re.sub(r"[^a-z0-9]+", "-", article.lower()).strip("-")


def parse_clause(data: Mapping[str, object]) -> Clause:
    """The clause of a stored rule (``Clause.as_data()``). Raises BadFileError."""
    section = Section(data, (), [])
    clause = read_clause(section)
    if section.faults:
        name = f"clause {data.get('id', '')}".strip()
        raise BadFileError(
            [
                Problem(name, None, key_name(data, fault.at), fault.sentence)
                for fault in section.faults
            ]
        )
    return clause


def read_clause(section: Section) -> Clause:
    """The clause in a mapping; where faults are noted, what could be read of it."""
    faults_before = len(section.faults)
    section.admit_keys(words.CLAUSE_KEYS)
    section.require("id", "article", "governs", "yields")
    clause = Clause(
        id=_read_id(section),
        article=section.text("article"),
        governs=section.choice("governs", (*words.ACTS, words.NONE)),
        yields=section.choice("yields", words.YIELDS),
        summary=section.text("summary"),
        when=_read_when(section),
        starts=parse_start(section, "starts") if section.has("starts") else "",
        count=parse_steps(section, "count"),
        opens=parse_steps(section, "opens"),
        closes=parse_steps(section, "closes"),
        later_of=_read_branches(section, "later_of"),
        earlier_of=_read_branches(section, "earlier_of"),
        minimum=section.flag("minimum"),
        is_at_end=section.choice("at", ("start", "end")) == "end",
        addressees=section.texts("addressees"),
        duty=_read_duty(section),
        requires=section.texts("requires"),
        which=section.choice("which", ("first", "last")) or "first",
        zone=section.zone("zone") or None,
        admissible=_read_admissible(section),
        open_while=_read_open_while(section),
        cascades=section.texts("cascades"),
        survives=_read_survives(section),
        silence=section.choice("silence", words.SILENCES),
        override=section.choice("override", words.OVERRIDES),
        source=section.text("source"),
        confidence=section.choice("confidence", words.CONFIDENCES),
        basis=section.choice("basis", words.BASES),
    )
    check_clause(section, clause, faults_before)
    return clause


def _read_id(section: Section) -> str:
    clause_id, article = section.text("id", at_most=80), section.data.get("article")
    if clause_id and isinstance(article, str) and article.strip():
        expected = slug_of(article)
        if not expected:
            section.fault(f'"{article}" holds neither a letter nor a number.', "article")
        elif clause_id != expected:
            section.fault(f'The id of the article {article} is "{expected}".', "id")
    return clause_id


def _read_when(section: Section) -> dict[str, tuple[str, ...]]:
    """The values to which acts are limited: one, or several of which one must hold."""
    part = section.section("when") if section.has("when") else None
    if part is None:
        return {}
    if not part.data:
        section.fault("This key has no value.", "when")
    found: dict[str, tuple[str, ...]] = {}
    for key in part.data:
        if not _WHEN_KEY.fullmatch(key):
            part.fault(f'"{key}" is no name of a field, such as mode.', key)
        elif values := _read_values(part, key):
            found[key] = values
    for index, kind in enumerate(found.get("fact", ())):
        if kind not in words.LASTING_FACTS:
            at = ("fact", index) if isinstance(part.data["fact"], list) else ("fact",)
            part.fault(f'"{kind}" is none of: {", ".join(words.LASTING_FACTS)}.', *at)
    return found


def _read_values(part: Section, key: str) -> tuple[str, ...]:
    value = part.data[key]
    if isinstance(value, bool):
        return ("true" if value else "false",)
    if isinstance(value, int):  # a format that is a number
        return (str(value),)
    if not isinstance(value, list):
        text = part.text(key)
        return (text,) if text else ()
    if not value:
        part.fault("Name at least one value.", key)
    return part.texts(key)


def _read_branches(section: Section, key: str) -> tuple[Branch, ...]:
    found = []
    items = section.items(key)
    for index in range(len(items)):
        part = section.section(key, index)
        if part is not None:
            found.append(_read_branch(part))
    if isinstance(section.data.get(key), list) and len(items) < 2:
        section.fault("Two ways or more stand here, each with its starts and its count.", key)
    return tuple(found)


def _read_branch(part: Section, *required: str) -> Branch:
    """One way to a date; of a condition the steps may be left out: the same day."""
    part.admit_keys(words.BRANCH_KEYS)
    part.require(*(required or words.BRANCH_KEYS))
    starts = parse_start(part, "starts") if part.has("starts") else ""
    return Branch(starts, parse_steps(part, "count") or ())


def _read_duty(section: Section) -> Duty | None:
    duty = section.section("duty") if section.has("duty") else None
    if duty is None:
        return None
    duty.admit_keys(words.DUTY_KEYS)
    duty.require("bearer", "act")
    return Duty(
        duty.choice("bearer", words.BEARERS),
        duty.choice("act", words.FULFILLING_ACTS),
        soft=parse_period(duty, "soft"),
        on_lapse=duty.choice("on_lapse", words.FULFILLING_ACTS),
    )


def _read_admissible(section: Section) -> Admissible | None:
    part = section.section("admissible") if section.has("admissible") else None
    if part is None:
        return None
    part.admit_keys(words.ADMISSIBLE_KEYS)
    if not part.data:
        section.fault("This key has no value.", "admissible")
    limits = {}
    for key in ("not_before", "not_after"):
        limit = part.section(key) if part.has(key) else None
        limits[key] = _read_branch(limit, "starts") if limit is not None else None
    window = part.section("window") if part.has("window") else None
    return Admissible(
        limits["not_before"],
        limits["not_after"],
        _read_window(window) if window is not None else None,
    )


def _read_window(part: Section) -> Window | None:
    part.admit_keys(words.WINDOW_KEYS)
    part.require(*words.WINDOW_KEYS)
    starts = part.choice("starts", words.STARTS)
    first, every, length = (
        parse_period(part, key, calendar_only=True) for key in ("first", "every", "for")
    )
    if not (starts and first and every and length):
        return None
    return Window(starts, first, every, length)


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


def _read_survives(section: Section) -> Steps:
    """A period, or steps from the effect to the end of what outlasts it."""
    if not section.has("survives"):
        return ()
    if isinstance(section.data["survives"], str):
        period = parse_period(section, "survives", calendar_only=True)
        return (Add(period),) if period else ()
    return parse_steps(section, "survives") or ()
