"""Files of real notices with their published dates, against which a library is checked."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from notifications.clauses.documents import Document, scan_yaml
from notifications.clauses.sections import Fault, Section, read_date
from notifications.errors import BadFileError, Problem

PREMATURE: Final = "premature-no-effect"

# What is done under a treaty, and the act that its clauses govern.
KINDS: Final = {
    "withdrawal": "withdrawal",
    "denunciation": "withdrawal",
    "entry-into-force": "instrument",
}

_DATES: Final = ("notice_date", "received_date", "registered_date", "effective_date")
_WRITTEN: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class Event:
    """One real notice. ``skipped`` says why it is not computed; then only ``id`` is sure.

    ``effective_on`` is the published date, None where the notice came too early to have one
    (``is_premature``).
    """

    id: str
    skipped: str = ""
    state: str = ""
    treaty: str = ""
    act: str = ""
    given_on: date = date.min
    received_on: date | None = None
    registered_on: date | None = None
    effective_on: date | None = None
    is_premature: bool = False
    mode: str = ""


def load_events(path: Path, *, treaties: Collection[str]) -> list[Event]:
    """Read a file of notices; ``treaties`` are the ids that it may name in what is computed.

    Raises BadFileError with all its problems.
    """
    document = scan_yaml(path)
    faults: list[Fault] = []
    events: list[Event] = []
    if isinstance(document.data, dict):
        top = Section(document.data, (), faults)
        top.require("events")
        for index in range(len(top.items("events"))):
            row = top.section("events", index)
            if row is not None:
                events.append(_read_event(row, treaties))
        if isinstance(document.data.get("events"), list):
            _check_ids(document.data["events"], faults)
    else:
        faults.append(Fault((), 'A file of notices holds a list under the key "events".'))
    problems = _problems(document, faults)
    if problems:
        raise BadFileError(problems)
    return events


def _read_event(row: Section, treaties: Collection[str]) -> Event:
    row.require("id")
    name = _name_of(row.data.get("id")) or row.text("id")
    skipped = _why_skipped(row)
    if skipped:
        _check_written_dates(row)
        return Event(name, skipped)
    row.require("state", "treaty")
    treaty, is_premature = row.text("treaty"), row.data.get("outcome") == PREMATURE
    if treaty and treaty not in treaties:
        row.fault(f'The treaty "{treaty}" is not in the library.', "treaty")
    if not is_premature and row.data.get("effective_date") is None:
        row.fault("The published date is required: this row is to be computed.", "effective_date")
    given, received, registered = (row.day(key) for key in _DATES if key != "effective_date")
    effective = None if is_premature else row.day("effective_date")
    return Event(
        id=name,
        state=row.text("state"),
        treaty=treaty,
        act=KINDS[str(row.data["kind"])],
        given_on=given or date.min,
        received_on=received,
        registered_on=registered,
        effective_on=effective,
        is_premature=is_premature,
        mode="" if row.data.get("mode") is None else row.text("mode"),
    )


def _why_skipped(row: Section) -> str:
    """Why a row is not computed; nothing where it is."""
    is_checked = row.data.get("independent_check") is not None and row.flag("independent_check")
    if not is_checked and row.data.get("outcome") != PREMATURE:
        return "its dates are not checked independently"
    if row.data.get("kind") not in KINDS:
        return "only withdrawal and entry-into-force are computed"
    if row.data.get("notice_date") is None:
        return "the date of the notice is not known"
    return ""


def _check_written_dates(row: Section) -> None:
    """Refuse in a row that is skipped what is written as a date and is none."""
    for key in _DATES:
        value = row.data.get(key)
        if isinstance(value, str) and _WRITTEN.fullmatch(value) and read_date(value) is None:
            row.fault(f'"{value}" is no date of the calendar, such as 2020-05-22.', key)


def _name_of(value: object) -> str:
    """The id of a row, a number or text; empty of anything else."""
    is_id = isinstance(value, str | int) and not isinstance(value, bool)
    return str(value) if is_id else ""


def _check_ids(rows: Iterable[object], faults: list[Fault]) -> None:
    seen: set[str] = set()
    for index, row in enumerate(rows):
        name = _name_of(row.get("id")) if isinstance(row, dict) else ""
        if not name:
            continue
        if name in seen:
            faults.append(Fault(("events", index, "id"), f'"{name}" stands twice.'))
        seen.add(name)


def _problems(document: Document, faults: Iterable[Fault]) -> list[Problem]:
    found = [*document.problems]
    found += [document.problem(fault.at, fault.sentence) for fault in faults]
    return sorted(dict.fromkeys(found), key=lambda problem: problem.line or 0)
