"""``manage.py make_schema``: the JSON Schema of treaty files, as editors read it."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from notifications.clauses.json_schema import treaty_schema
from notifications.services.library import SCHEMA


class Command(BaseCommand):
    """Renew notifications/library/treaty.schema.json from the engine's own words."""

    help = (
        "Write the JSON Schema of treaty files (notifications/library/treaty.schema.json). "
        "With --check nothing is written; exit status 1: the file is not what would be written."
    )

    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own shape

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="compare, and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = json.dumps(treaty_schema(), indent=2, ensure_ascii=False) + "\n"
        place = SCHEMA.relative_to(settings.BASE_DIR)
        is_current = SCHEMA.is_file() and SCHEMA.read_text(encoding="utf-8") == wanted
        if is_current:
            self.stdout.write(f"{place}: up to date")
        elif options["check"]:
            raise CommandError(f"{place} is out of date: run manage.py make_schema.")
        else:
            SCHEMA.write_text(wanted, encoding="utf-8")
            self.stdout.write(f"{place}: renewed")
