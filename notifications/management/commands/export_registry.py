"""``manage.py export_registry``: parties, treaties, participations or mandates as a CSV file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from notifications.services.exchange import KINDS, export


class Command(BaseCommand):
    """Write a file that import_registry takes back unchanged."""

    help = (
        "Export parties, treaties, participations or mandates as CSV (UTF-8, commas) that a "
        "spreadsheet opens and import_registry takes back."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=KINDS)
        parser.add_argument("file", help="the file to be written, or - for the terminal")

    def handle(self, *args: Any, **options: Any) -> None:
        lines = export(options["kind"], None, timezone.now().date())
        if options["file"] == "-":
            for line in lines:
                self.stdout.write(line, ending="")
            return
        path, count = Path(options["file"]), -1  # the first line names the columns
        try:
            with path.open("w", encoding="utf-8", newline="") as file:
                for line in lines:
                    file.write(line)
                    count += 1
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{options['kind']}: {count} written to {path}")
