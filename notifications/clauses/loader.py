"""Treaty files and party files: read, checked as a whole, refused with every problem at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path

from notifications.clauses import vocabulary as words
from notifications.clauses.checking_treaty import (
    check_cascades,
    check_choice,
    check_in_treaty,
    check_lists,
    check_references,
)
from notifications.clauses.documents import Document, read_yaml, scan_text, scan_yaml
from notifications.clauses.participants import read_party_entries
from notifications.clauses.parties import PartyRecord, read_party_records
from notifications.clauses.reading import read_clause
from notifications.clauses.schema import Clause
from notifications.clauses.sections import Fault, Section
from notifications.clauses.treaty import TreatyFile
from notifications.clauses.validating import clause_violations, treaty_violations
from notifications.errors import BadFileError, Problem

__all__ = [
    "Document",
    "PartyRecord",
    "load_clause_text",
    "load_party_file",
    "load_treaty_directory",
    "load_treaty_file",
    "read_yaml",
    "treaties_named",
]

_ALPHA3 = re.compile(r"[A-Z]{3}")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_ID_LINE = re.compile(r"^id: *[\"']?([a-z0-9-]+)", re.MULTILINE)
_SHORT_NAME = 120


def load_treaty_file(
    path: Path, *, known_parties: Collection[str], known_treaties: Collection[str] | None = None
) -> TreatyFile:
    """Read one treaty file. ``known_parties`` holds the codes that may stand as parties.

    ``known_treaties`` are the ids of those that it may name, its own among them or not (None: which
    there are is not checked).

    Raises BadFileError with all problems of the file.
    """
    document = scan_yaml(path)
    faults: list[Fault] = []
    treaty = None
    if isinstance(document.data, dict):
        section = Section(document.data, (), faults)
        treaty = _read_treaty(section, frozenset(known_parties), known_treaties)
        faults += treaty_violations(document, faults)
    else:
        faults.append(Fault((), "A treaty file holds keys with values."))
    problems = _problems(document, faults)
    if problems or treaty is None:
        raise BadFileError(problems)
    return replace(treaty, file=path.name)


def treaties_named(folders: Iterable[Path]) -> set[str]:
    """The ids of all treaties of these folders, whether their files can be read or not."""
    found = set()
    for path in (path for folder in folders for path in folder.glob("*.yaml")):
        stated = _ID_LINE.search(path.read_text(encoding="utf-8", errors="replace"))
        found |= {path.stem, stated[1] if stated else path.stem}
    return found


def load_treaty_directory(
    path: Path, *, known_parties: Collection[str], known_treaties: Collection[str] | None = None
) -> list[TreatyFile]:
    """Read every ``*.yaml`` of a directory, in order of name; the rest as for one file.

    Raises BadFileError with all problems of all files, and where two of them are one treaty.
    """
    if not path.is_dir():
        raise BadFileError([Problem(str(path), None, "", "There is no such directory.")])
    treaties: dict[str, TreatyFile] = {}
    problems: list[Problem] = []
    for file in sorted(path.glob("*.yaml")):
        try:
            treaty = load_treaty_file(
                file, known_parties=known_parties, known_treaties=known_treaties
            )
        except BadFileError as error:
            problems += error.problems
            continue
        if treaty.id in treaties:
            line = read_yaml(file).line_of(("id",))
            sentence = f'Another file of this directory is the treaty "{treaty.id}" too.'
            problems.append(Problem(str(file), line, "id", sentence))
        treaties[treaty.id] = treaty
    if problems:
        raise BadFileError(problems)
    return list(treaties.values())


def load_clause_text(
    text: str,
    *,
    name: str,
    depositaries: tuple[str, ...],
    known_parties: Collection[str],
    others: Iterable[Clause],
    lists: Collection[str] = (),
    treaty: str = "",
    treaties: Collection[str] | None = None,
) -> Clause:
    """Read the rule of one clause, written as in a treaty file; ``others`` are the treaty's.

    ``lists`` are the names of the treaty's own lists of parties, ``treaties`` the ids of all
    treaties to which effects can carry over (None: that is not checked), its own (``treaty``) among
    them.

    Raises BadFileError with all problems; they call the text ``name``.
    """
    document = scan_text(text, Path(name))
    faults: list[Fault] = []
    clause: Clause | None = None
    if isinstance(document.data, dict):
        section = Section(document.data, (), faults)
        clause = read_clause(section)
        around = [other for other in others if other.id != clause.id]
        check_in_treaty(section, clause, depositaries, frozenset(known_parties))
        check_lists(section, clause, lists, frozenset(known_parties))
        if not faults:
            check_choice(section, clause, around)
        check_references([(section, clause)], around)
        check_cascades(section, clause, treaty, treaties)
        faults += clause_violations(document, faults)
    else:
        faults.append(Fault((), "A clause is written as keys with values."))
    problems = _problems(document, faults)
    if problems or clause is None:
        raise BadFileError(problems)
    return clause


def load_party_file(path: Path) -> list[PartyRecord]:
    """Read a file of parties. Raises BadFileError with all its problems."""
    document = scan_yaml(path)
    faults: list[Fault] = []
    records = read_party_records(document, faults)
    problems = _problems(document, faults)
    if problems:
        raise BadFileError(problems)
    return records


def _read_treaty(
    section: Section, known: frozenset[str], treaties: Collection[str] | None
) -> TreatyFile:
    section.admit_keys(words.TREATY_KEYS)
    section.require("id", "title", "depositaries", "zone")
    title, in_force = section.text("title", at_most=400), section.day("in_force")
    if len(title) > _SHORT_NAME and not section.has("short_name"):
        section.fault(f"A title of over {_SHORT_NAME} characters needs a short name.", "short_name")
    depositaries = _read_depositaries(section, known)
    lists = _read_lists(section, known)
    is_dated = any(section.data.get(key) for key in ("in_force", "adopted", "signed"))
    return TreatyFile(
        id=_read_slug(section, "id"),
        title=title,
        short_name=section.text("short_name", at_most=_SHORT_NAME) or title,
        depositaries=depositaries,
        zone=section.zone("zone"),
        adopted=section.day("adopted"),
        signed=section.day("signed"),
        in_force=in_force,
        subject=section.text("subject", at_most=200),
        participants_complete=section.flag("participants_complete"),
        parties=read_party_entries(
            section,
            known_parties=known | set(depositaries),
            in_force=in_force,
            undated="all" if is_dated else "none",
            with_history=True,
        ),
        clauses=tuple(_read_clauses(section, depositaries, known, lists, treaties)),
        lists=lists,
        source=section.text("source"),
        registration=section.text("registration", at_most=120),
        parent=_read_parent(section, treaties),
        authentic_languages=_read_languages(section),
    )


def _read_slug(section: Section, key: str) -> str:
    value = section.text(key, at_most=80)
    if value and not _SLUG.fullmatch(value):
        section.fault(f'"{value}" is no id: lower-case letters, numbers and single hyphens.', key)
    return value


def _read_parent(section: Section, treaties: Collection[str] | None) -> str:
    """The treaty of which this one is a protocol."""
    parent = _read_slug(section, "parent") if section.has("parent") else ""
    if parent and parent == section.data.get("id"):
        section.fault("No treaty is its own parent.", "parent")
    elif parent and treaties is not None and parent not in treaties:
        section.fault(f'The treaty "{parent}" is not in the library.', "parent")
    return parent


def _read_languages(section: Section) -> tuple[str, ...]:
    codes = section.texts("authentic_languages")
    for index, code in enumerate(codes):
        if not _LANGUAGE.fullmatch(code):
            sentence = f'"{code}" is no language code of ISO 639, such as en.'
            section.fault(sentence, "authentic_languages", index)
    return codes


def _read_depositaries(section: Section, known: frozenset[str]) -> tuple[str, ...]:
    codes = section.texts("depositaries")
    for code in codes:
        index = section.items("depositaries").index(code)
        if _ALPHA3.fullmatch(code):
            if code not in known:
                section.fault(f'The party "{code}" is unknown.', "depositaries", index)
        elif not _SLUG.fullmatch(code) or len(code) > 40:
            sentence = (
                f'"{code}" is neither an alpha-3 code nor the lower-case id of an organisation.'
            )
            section.fault(sentence, "depositaries", index)
    return codes


def _read_lists(section: Section, known: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """The treaty's own lists of parties, such as those of an annex, by their name."""
    part = section.section("lists") if section.has("lists") else None
    if part is None:
        return {}
    found = {}
    for name in part.data:
        if not _SLUG.fullmatch(name):
            sentence = f'"{name}" is no name: lower-case letters, numbers and single hyphens.'
            part.fault(sentence, name)
        found[name] = part.texts(name)
        for index, code in enumerate(found[name]):
            if code not in known:
                part.fault(f'The party "{code}" is unknown.', name, index)
    return found


def _read_clauses(
    section: Section,
    depositaries: tuple[str, ...],
    known: frozenset[str],
    lists: Collection[str],
    treaties: Collection[str] | None,
) -> list[Clause]:
    seen: set[str] = set()
    found: list[tuple[Section, Clause]] = []
    sound: list[Clause] = []
    for index in range(len(section.items("clauses"))):
        part = section.section("clauses", index)
        if part is None:
            continue
        faults_before = len(part.faults)
        clause = read_clause(part)
        check_in_treaty(part, clause, depositaries, known)
        check_lists(part, clause, lists, known)
        check_cascades(part, clause, str(section.data.get("id", "")), treaties)
        if len(part.faults) == faults_before:
            check_choice(part, clause, sound)
            sound.append(clause)
        found.append((part, clause))
        clause_id = part.data.get("id")
        if isinstance(clause_id, str) and clause_id in seen:
            part.fault(f'Another clause has the id "{clause_id}" too.', "id")
        elif isinstance(clause_id, str):
            seen.add(clause_id)
    check_references(found)
    return sound


def _problems(document: Document, faults: Iterable[Fault]) -> list[Problem]:
    found = [*document.problems]
    found += [document.problem(fault.at, fault.sentence) for fault in faults]
    return sorted(dict.fromkeys(found), key=lambda problem: problem.line or 0)
