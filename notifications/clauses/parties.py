"""The file of parties: states, territories and organisations, those that are no more included."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from notifications.clauses.documents import Document
from notifications.clauses.sections import Fault, Section
from notifications.clauses.sorting import UN_LANGUAGES, sort_key_of

KINDS: Final = ("state", "organisation", "territory")
STANDINGS: Final = ("member", "observer")
SUCCESSIONS: Final = ("continuation", "succession", "union", "renaming")
LONGEST_NAME: Final = 200
LONGEST_IN_TEXT: Final = 220
LONGEST_CODE: Final = 40

# Alpha-3 of ISO 3166-1 or 3166-3; alpha-4 of 3166-3 where another one has the alpha-3 today.
_COUNTRY: Final = re.compile(r"[A-Z]{3,4}")
_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

_KEYS: Final = (
    "code",
    "kind",
    "un",
    "names",
    "sort",
    "in_text",
    "from",
    "to",
    "successors",
    "source",
)


@dataclass(frozen=True)
class SuccessionRecord:
    """Who took the place of a party, on which day, and how."""

    new: str
    on: date
    kind: str
    source: str = ""


@dataclass(frozen=True)
class PartyRecord:
    """A state, a territory or an organisation, with its names by language code.

    ``un`` is its standing at the United Nations or empty; ``exists_to`` the first day on which it
    no longer existed; ``in_text`` its name with the article, where that is not the name itself.
    """

    code: str
    kind: str
    names: Mapping[str, str]
    sort_keys: Mapping[str, str]
    in_text: Mapping[str, str]
    un: str = ""
    exists_from: date | None = None
    exists_to: date | None = None
    successors: tuple[SuccessionRecord, ...] = ()
    source: str = ""


def is_code_of(kind: str, code: str) -> bool:
    """Whether a party of this kind may have this code."""
    pattern = _SLUG if kind == "organisation" else _COUNTRY
    return len(code) <= LONGEST_CODE and bool(pattern.fullmatch(code))


def read_party_records(document: Document, faults: list[Fault]) -> list[PartyRecord]:
    """The parties of a file; what is wrong with them goes into ``faults``."""
    if not isinstance(document.data, list):
        faults.append(Fault((), "A party file holds a list of parties."))
        return []
    records: dict[int, PartyRecord] = {}
    for index, item in enumerate(document.data):
        if isinstance(item, dict):
            records[index] = _read_party(Section(item, (index,), faults))
        else:
            faults.append(Fault((index,), "A party is written as {code, kind, names}."))
    _check_codes(records, faults)
    _check_successions(records, faults)
    return list(records.values())


def _read_party(section: Section) -> PartyRecord:
    section.admit_keys(_KEYS)
    section.require("code", "kind", "names")
    code, kind = section.text("code"), section.choice("kind", KINDS)
    if code and kind and not is_code_of(kind, code):
        section.fault(f'"{code}" is no code of this kind of party.', "code")
    names = _read_names(section, "names", LONGEST_NAME)
    if section.has("names") and "en" not in names:
        section.fault("The English name is required.", "names")
    sort_keys = _read_names(section, "sort", LONGEST_NAME)
    in_text = _read_names(section, "in_text", LONGEST_IN_TEXT)
    for key, given in (("sort", sort_keys), ("in_text", in_text)):
        for language in given.keys() - names.keys():
            section.fault("There is no name in this language.", key, language)
    exists_from, exists_to = section.day("from"), section.day("to")
    if exists_from and exists_to and exists_to <= exists_from:
        section.fault("A party ends after it begins.", "to")
    if section.has("un") and kind != "state":
        section.fault("Only a state is a member or an observer.", "un")
    derived = {language: sort_key_of(name, language) for language, name in names.items()}
    return PartyRecord(
        code,
        kind,
        names,
        {**derived, **sort_keys},
        in_text,
        un=section.choice("un", STANDINGS),
        exists_from=exists_from,
        exists_to=exists_to,
        successors=tuple(_read_successors(section)),
        source=section.text("source"),
    )


def _read_names(section: Section, key: str, at_most: int) -> dict[str, str]:
    names = section.section(key) if section.has(key) else None
    if names is None:
        return {}
    names.admit_keys(UN_LANGUAGES)
    return {language: names.text(language, at_most=at_most) for language in names.data}


def _read_successors(section: Section) -> list[SuccessionRecord]:
    found: list[SuccessionRecord] = []
    for index in range(len(section.items("successors"))):
        part = section.section("successors", index)
        if part is None:
            continue
        part.admit_keys(("party", "on", "kind", "source"))
        part.require("party", "on", "kind")
        new, on = part.text("party"), part.day("on")
        kind, source = part.choice("kind", SUCCESSIONS), part.text("source")
        if any(new == other.new for other in found):
            part.fault(f'"{new}" stands twice.', "party")
        if new and on and kind:
            found.append(SuccessionRecord(new, on, kind, source))
    return found


def _check_codes(records: Mapping[int, PartyRecord], faults: list[Fault]) -> None:
    seen: set[str] = set()
    for index, record in records.items():
        if record.code and record.code in seen:
            faults.append(Fault((index, "code"), f'"{record.code}" stands twice.'))
        seen.add(record.code)


def _check_successions(records: Mapping[int, PartyRecord], faults: list[Fault]) -> None:
    codes = {record.code for record in records.values()}
    followed = {
        record.code: {later.new for later in record.successors} for record in records.values()
    }
    for index, record in records.items():
        at = (index, "successors")
        for succession in record.successors:
            if succession.new not in codes:
                faults.append(Fault(at, f'The party "{succession.new}" is unknown.'))
            elif succession.new == record.code:
                faults.append(Fault(at, "No party is its own successor."))
            elif leads_to(followed, succession.new, record.code):
                sentence = (
                    f"{record.code} would be a successor of its own successor {succession.new}."
                )
                faults.append(Fault(at, sentence))
            if not _is_in_time(record, succession.on):
                sentence = f"{record.code} did not exist on {succession.on}."
                faults.append(Fault(at, sentence))


def _is_in_time(record: PartyRecord, on: date) -> bool:
    """A succession takes place while the old one exists; the day on which it ends counts too."""
    if record.exists_from and on < record.exists_from:
        return False
    return record.exists_to is None or on <= record.exists_to


def leads_to(followed: Mapping[str, set[str]], start: str, target: str) -> bool:
    """Whether the successors of ``start``, and theirs, come to ``target``."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        code = waiting.pop()
        if code == target:
            return True
        if code not in seen:
            seen.add(code)
            waiting += followed.get(code, set())
    return False
