"""``manage.py load_library``: parties, treaties and clauses from files; as often as one likes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from notifications.errors import BadFileError
from notifications.services.library import EXERCISE, TREATIES, load_library
from notifications.services.library_report import LibraryReport


class Command(BaseCommand):
    """Load the library that comes with the product, and the files of another folder after it."""

    help = (
        "Load parties, treaties and clauses; a second run changes nothing. "
        "Exit status 2: a bad file, and nothing is loaded."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--treaties",
            type=Path,
            metavar="DIR",
            help="a folder of treaty files to add or replace",
        )
        parser.add_argument("--json", action="store_true", help="print the counts as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        directories = [TREATIES]
        if settings.TREATYFLOW_EMBEDDED:
            directories.append(EXERCISE)
        if options["treaties"]:
            directories.append(options["treaties"])
        try:
            report = load_library(directories=directories, now=timezone.now())
        except BadFileError as error:
            raise CommandError(str(error), returncode=2) from error
        if options["json"]:
            self.stdout.write(json.dumps(report.as_data(), indent=2))
        else:
            self._tell(report)

    def _tell(self, report: LibraryReport) -> None:
        for name in ("parties", "treaties", "participations", "clauses"):
            tally = getattr(report, name)
            counts = [
                f"{tally.created} created",
                f"{tally.changed} changed",
                f"{tally.unchanged} unchanged",
                *([f"{tally.removed} taken out"] if tally.removed else []),
                *([f"{tally.kept} kept as administrators left them"] if tally.kept else []),
            ]
            self.stdout.write(f"{name}: {', '.join(counts)}")
        for sentence in report.differences:
            self.stdout.write(self.style.WARNING(sentence))
