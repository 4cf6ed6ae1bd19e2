"""Scenario files read strictly: every problem of a file in one report, with line and key."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from notifications.clauses.documents import Document, KeyPath, scan_yaml
from notifications.clauses.participants import Undated, read_party_entries
from notifications.clauses.sections import Fault, Section
from notifications.clauses.treaty import PartyEntry
from notifications.errors import BadFileError
from notifications.register import canonical, digest_of
from notifications.services.scenarios import words
from notifications.services.scenarios.acts import ActReader
from notifications.services.scenarios.content import Moment, Scenario, ScenarioAct, instant_of
from notifications.services.scenarios.expectations import read_expectation
from notifications.services.scenarios.moments import read_id, read_moment

LONGEST_TITLE: Final = 300
EMPTY: Final = "At least one must stand here."


@dataclass(frozen=True)
class Known:
    """What a scenario may name.

    ``zones`` are those of the treaties by their ids, ``parties`` the codes of all parties,
    ``undated`` the ids of the treaties that have no date of their own. ``stated`` holds, by treaty,
    the dates of an act from which a clause counts, by the name of their field.
    """

    zones: Mapping[str, str]
    parties: Collection[str]
    undated: Collection[str] = ()
    stated: Mapping[str, frozenset[str]] = field(default_factory=dict)


def read_scenario(path: Path, *, known: Known) -> Scenario:
    """Read one scenario file.

    Raises BadFileError with all problems of the file.
    """
    document = scan_yaml(path)
    faults: list[Fault] = []
    scenario = None
    if isinstance(document.data, dict):
        scenario = _read(Section(document.data, (), faults), document, known)
    else:
        faults.append(Fault((), "A scenario file holds keys with values."))
    # A value that is no YAML date was read as none: what was said of it is not said twice.
    told = {(problem.line, problem.key) for problem in document.problems}
    found = (document.problem(fault.at, fault.sentence) for fault in faults)
    problems = [*document.problems, *(p for p in found if (p.line, p.key) not in told)]
    if problems or scenario is None:
        unique = dict.fromkeys(problems)
        raise BadFileError(sorted(unique, key=lambda problem: problem.line or 0))
    return scenario


def _read(section: Section, document: Document, known: Known) -> Scenario | None:
    section.admit_keys(words.FILE_KEYS)
    section.require("id", "treaty", "until", "acts")
    zone = _zone_of_treaty(section, known)
    until = read_moment(section, "until")
    parties = _read_parties(section, known)
    parts = _parts(section, "acts")
    ids = _ids(parts)
    stated = known.stated.get(str(section.data.get("treaty")), frozenset())
    notifications = frozenset(ids.values()) - {""}
    reader = ActReader(frozenset(ids), notifications, known.parties, zone, stated)
    acts = _read_acts(parts, document, reader)
    _check_order(section, acts, until, zone)
    expected = [
        read_expectation(
            part,
            line=document.line_of(part.at),
            notifications=reader.notifications,
            parties=known.parties,
        )
        for part in _parts(section, "expect")
    ]
    scenario_id, title = read_id(section), section.text("title")
    if len(title) > LONGEST_TITLE:
        section.fault(f"At most {LONGEST_TITLE} characters may stand here.", "title")
    if until is None or section.faults:
        return None
    return Scenario(
        id=scenario_id,
        title=title or scenario_id,
        treaty=section.text("treaty"),
        zone=zone,
        until=until,
        acts=tuple(sorted(acts, key=lambda act: (instant_of(act.at, zone), act.index))),
        expect=tuple(item for item in expected if item is not None),
        digest=digest_of(canonical(_plain(section.data))),
        parties=parties,
    )


def _read_parties(section: Section, known: Known) -> tuple[PartyEntry, ...] | None:
    """Who is a party in this case, or None where the library says it."""
    if not section.has("parties"):
        return None
    if section.data["parties"] == []:
        section.fault(EMPTY, "parties")
    undated: Undated = "codes" if section.data.get("treaty") in known.undated else "all"
    return read_party_entries(
        section,
        known_parties=known.parties,
        in_force=None,
        undated=undated,
        with_history=True,
    )


def _zone_of_treaty(section: Section, known: Known) -> str:
    slug = section.text("treaty")
    if slug and slug not in known.zones:
        section.fault(f'The treaty "{slug}" is not in the library.', "treaty")
    return known.zones.get(slug, "UTC")


def _parts(section: Section, key: str) -> list[Section]:
    """The mappings of a list; whatever else stands there is a fault, and so is an empty list."""
    if section.data.get(key) == []:
        section.fault(EMPTY, key)
    found = (section.section(key, index) for index in range(len(section.items(key))))
    return [part for part in found if part is not None]


def _ids(parts: list[Section]) -> dict[str, str]:
    """Every id of an act; its value repeats it where the act is one that others may refer to."""
    ids: dict[str, str] = {}
    for part in parts:
        given, kind = part.data.get("id"), part.data.get("act")
        if not isinstance(given, str):
            continue
        if given in ids:
            part.fault(f'Another act has the id "{given}" too.', "id")
        ids[given] = "" if kind in words.RECORDS else given
    return ids


def _read_acts(parts: list[Section], document: Document, reader: ActReader) -> list[ScenarioAct]:
    acts = [reader.read(part, line=document.line_of(part.at)) for part in parts]
    return [act for act in acts if act is not None]


def _check_order(
    section: Section, acts: list[ScenarioAct], until: Moment | None, zone: str
) -> None:
    """An act refers to an earlier one, and happens before the clock stops."""
    known = {act.ref: act for act in acts}
    for act in acts:
        here: KeyPath = ("acts", act.index)
        at = instant_of(act.at, zone)
        target = known.get(act.to)
        if target is not None and (instant_of(target.at, zone), target.index) >= (at, act.index):
            sentence = f'It refers to "{act.to}", which comes no earlier.'
            section.faults.append(Fault((*here, "to"), sentence))
        if until is None:
            continue
        end = instant_of(until, zone)
        if at > end:
            section.faults.append(Fault((*here, "at"), "It lies after the day of until."))
        if any(instant_of(day, zone) > end for day in act.way.moments):
            sentence = "It is received, circulated or made known after the day of until."
            section.faults.append(Fault(here, sentence))


def _plain(value: Any) -> Any:
    """The content of a file without its layout: a date reads the same quoted or not."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date | datetime) else value
