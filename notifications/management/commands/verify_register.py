"""``manage.py verify_register``: the proof that nothing issued was changed."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from notifications.models import Event
from notifications.register import Report, verify


class Command(BaseCommand):
    """Walk the chain, hold every sealed record against it, and look for missing triggers."""

    help = "Prove the register. Exit status 0: it proves itself; 1: what is broken is named."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the result as JSON")
        parser.add_argument(
            "--head",
            nargs=2,
            metavar=("EVENTS", "DIGEST"),
            help="hold the chain against the head that a digest to a depositary named",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        report = _held_against(verify(), options["head"]) if options["head"] else verify()
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


def _held_against(report: Report, head: list[str]) -> Report:
    """The same report, broken where the chain had another head when it was as long."""
    number, digest = head
    if not (number.isascii() and number.isdigit() and int(number)):
        sentence = f"--head: “{number}” is no number of events."
        raise CommandError(sentence, returncode=2)
    there = Event.objects.order_by("pk").values_list("digest", flat=True)
    found = next(iter(there[int(number) - 1 : int(number)]), None)
    if report.broken or found == digest.strip().lower():
        return report
    broken = f"event number {number}: not the one of which the digest was told"
    return replace(report, broken=broken)
