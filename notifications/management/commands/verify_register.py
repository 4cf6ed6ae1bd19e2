"""``manage.py verify_register``: the proof that nothing issued was changed."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from notifications.register import Report, verify


class Command(BaseCommand):
    """Walk the chain, hold every sealed record against it, and look for missing triggers."""

    help = "Prove the register. Exit status 0: it proves itself; 1: what is broken is named."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        report = verify()
        if options["json"]:
            self.stdout.write(json.dumps(report.as_data(), indent=2))
        else:
            self._tell(report)
        if not report.ok:
            raise CommandError("The register does not prove itself.", returncode=1)

    def _tell(self, report: Report) -> None:
        self.stdout.write(f"{report.events} events and {report.records} sealed records were read.")
        for name in report.missing_triggers:
            self.stdout.write(self.style.ERROR(f"missing trigger: {name}"))
        if report.broken:
            self.stdout.write(self.style.ERROR(f"broken: {report.broken}"))
        if report.ok:
            self.stdout.write(self.style.SUCCESS("Every link holds and every trigger stands."))
