"""``manage.py check_clauses``: the library's clauses against published dates."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from notifications.clauses.published import Agreement, Check
from notifications.errors import BadFileError
from notifications.services.clause_checking import check_clauses


class Command(BaseCommand):
    """Compute the notices of a file by the clauses of the library, and hold them against it."""

    help = (
        "Compute real notices by the clauses of the library and compare the published dates: "
        "rows with independent_check, and those of notices that were premature. One line each: "
        "id, expected, computed, difference in days (computed less expected), the way there. In "
        "JSON, a premature notice has no expected date, and agrees where its result is premature. "
        "It needs no database. Exit status 0: all agree; 1: one differs; 2: a file is bad."
    )
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's name and type

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="EVENTS", help="the notices (YAML)")
        parser.add_argument(
            "--treaties",
            type=Path,
            metavar="DIR",
            help="a folder of treaty files to add or replace; nothing of it is stored",
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = check_clauses(path=options["file"], treaties=options["treaties"])
        except BadFileError as error:
            raise CommandError(str(error), returncode=2) from error
        if options["json"]:
            self.stdout.write(json.dumps(report.as_data(), indent=2))
        else:
            self._tell(report)
        differ = report.count("differ")
        if differ:
            total = differ + report.count("agree")
            raise CommandError(f"{differ} of {total} notices differ.", returncode=1)

    def _tell(self, report: Agreement) -> None:
        styles = {"agree": self.style.SUCCESS, "differ": self.style.ERROR}
        for check in report.checks:
            if check.status != "skipped":
                self.stdout.write(styles[check.status](_line(check)))
        counts = [f"{report.count(status)} {status}" for status in ("agree", "differ")]
        self.stdout.write(f"{', '.join(counts)}, {report.count('skipped')} skipped")


def _line(check: Check) -> str:
    result, event = check.result, check.event
    expected = "premature" if event.is_premature else str(event.effective_on)
    computed = str(result.due_on) if result and result.due_on else str(result and result.status)
    days = "-" if check.days is None else f"{check.days:+d}" if check.days else "0"
    return f"{event.id}  {expected}  {computed}  {days}  {check.sentence}"
