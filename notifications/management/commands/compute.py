"""``manage.py compute``: a clause and supposed facts, to the date and its steps."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from notifications.clauses.explain import full_date, one_sentence, sentences
from notifications.clauses.reading import slug_of
from notifications.clauses.results import Result
from notifications.clauses.schema import Clause
from notifications.clauses.supposing import contradicts, suppose
from notifications.emails.awaited import awaited
from notifications.errors import BadFileError
from notifications.management.supposed import add_facts, read_supposed, read_zone
from notifications.services.calendar import day_in
from notifications.services.supposing import Tried, find_tried

ORIGINS = {
    "registry": "the database",
    "library": "the files of the library",
    "folder": "the files of the folder",
}


class Command(BaseCommand):
    """Count one clause from facts on the command line; nothing is stored."""

    help = (
        "Count one clause of a treaty from facts that are supposed, and print the date with its "
        "steps. A DATE is 2020-05-22 or, where the hour matters, 2022-02-11T10:00Z; without an "
        "offset an hour is read in the zone of the clause. The clause is taken from the folder, "
        "else from the database, else from the files of the library. Exit status 0: it was "
        "counted, or what is missing is named; 2: bad input."
    )
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's name and type

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("treaty", metavar="TREATY", help="its id, such as open-skies")
        parser.add_argument("clause", metavar="CLAUSE", help="its id or article, such as xv-2")
        add_facts(parser)
        parser.add_argument(
            "--treaties", type=Path, metavar="DIR", help="a folder of treaty files to look in first"
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        tried = _tried(options["treaty"], options["treaties"])
        if zone := read_zone(options):
            tried = replace(tried, setting=tried.setting.in_zone(zone))
        clause = _clause(tried, options["clause"])
        zone = clause.zone or tried.setting.zone
        supposed = read_supposed(options, zone=zone, today=day_in(zone, timezone.now()))
        try:
            result = suppose(tried.setting, clause, supposed)
        except (OverflowError, ValueError) as error:
            raise CommandError(
                f"CLAUSE: {clause.article} leads out of the calendar.", returncode=2
            ) from error
        if options["json"]:
            self.stdout.write(json.dumps(_as_data(tried, clause, result), indent=2))
            return
        self._tell(tried, clause, result)
        for key in contradicts(tried.setting, clause, supposed):
            limits = " or ".join(clause.when[key])
            self.stdout.write(self.style.WARNING(f"The clause is for acts with {key}: {limits}."))

    def _tell(self, tried: Tried, clause: Clause, result: Result) -> None:
        is_own = clause in tried.setting.clauses
        article = f"Article {clause.article}" if is_own else f"VCLT {clause.article}"
        heading = f"{tried.name}, {article} ({clause.id})"
        self.stdout.write(self.style.MIGRATE_HEADING(heading))
        self.stdout.write(f"taken from {ORIGINS[tried.origin]}")
        self.stdout.write(self.style.SUCCESS(_outcome(result)))
        for line in _besides(result):
            self.stdout.write(line)
        self.stdout.write(one_sentence(result.trace))
        for number, step in enumerate(sentences(result.trace), start=1):
            self.stdout.write(f"  {number}. {step}")


def _tried(slug: str, folder: Path | None) -> Tried:
    try:
        tried = find_tried(slug, folder)
    except BadFileError as error:
        raise CommandError(str(error), returncode=2) from error
    if tried is None:
        sentence = f'TREATY: "{slug}" is neither in the database nor in a file.'
        raise CommandError(sentence, returncode=2)
    return tried


def _clause(tried: Tried, named: str) -> Clause:
    clause = tried.setting.clause(named) or tried.setting.clause(slug_of(named))
    if clause is None:
        known = ", ".join(clause.id for clause in tried.setting.countable)
        sentence = f'CLAUSE: {tried.slug} has no clause "{named}"; it has: {known}.'
        raise CommandError(sentence, returncode=2)
    return clause


def _outcome(result: Result) -> str:
    """The status and the date, with its weekday."""
    if result.due_on is None:
        what = f": {awaited(result.awaiting)}" if result.awaiting else ""
        return f"{result.status}{what}"
    date = f"{full_date(result.due_on)} ({result.due_on:%A})"
    if result.opens_on is not None:
        date = f"{full_date(result.opens_on)} ({result.opens_on:%A}) to {date}"
    return f"{result.status}: {date}"


def _besides(result: Result) -> list[str]:
    """What a person should know besides the date."""
    said = []
    if result.lawful_on is not None:
        which = "last" if result.status == "too-late" else "first"
        said.append(f"{which} lawful day: {full_date(result.lawful_on)}")
    if result.earliest_on is not None and result.earliest_on != result.due_on:
        said.append(f"earliest lawful date: {full_date(result.earliest_on)}")
    if result.survives_on is not None:
        said.append(f"obligations that outlast it end: {full_date(result.survives_on)}")
    return said + [f"flagged: {flag}" for flag in result.flags]


def _as_data(tried: Tried, clause: Clause, result: Result) -> dict[str, object]:
    days = {
        "opens": result.opens_on,
        "due": result.due_on,
        "opens_at": result.opens_at,
        "due_at": result.due_at,
        "earliest": result.earliest_on,
        "lawful": result.lawful_on,
        "survives": result.survives_on,
    }
    return {
        "treaty": tried.slug,
        "clause": clause.id,
        "article": clause.article,
        "origin": tried.origin,
        "result": result.status,
        "awaiting": result.awaiting or None,
        "zone": result.zone,
        **{key: value.isoformat() if value else None for key, value in days.items()},
        "is_exact": result.is_exact,
        "flags": list(result.flags),
        "sentence": one_sentence(result.trace),
        "trace": [step.as_data() for step in result.trace],
    }
