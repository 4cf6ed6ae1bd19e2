"""``manage.py replay``: a scenario file through the whole pipeline, on a simulated clock."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from notifications.acts import POSITIONS
from notifications.errors import DomainError
from notifications.services.calendar import day_in
from notifications.services.scenarios.replaying import replay
from notifications.services.scenarios.reporting import Report


class Command(BaseCommand):
    """Replay a scenario, or report again on one that was replayed already."""

    help = (
        "File the acts of a scenario as a case of its own, on a simulated clock, and hold what "
        "came of them against what the file expects. Exit status 0: all holds; 1: an expectation "
        "fails; 2: the file is bad, and nothing is stored."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="the scenario (YAML)")
        parser.add_argument(
            "--treaties",
            type=Path,
            metavar="DIR",
            help="a folder of treaty files to add or replace first",
        )
        parser.add_argument(
            "--send",
            action="store_true",
            help="send the mail by the configured server once the case is stored; what the server "
            "does not take waits for the same command; what the mailbox has stays there",
        )
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["send"] and settings.TREATYFLOW_MAIL_TRANSPORT != "smtp":
            raise CommandError("--send: EMAIL_URL names no mail server.", returncode=2)
        try:
            report = replay(
                path=options["file"],
                now=timezone.now(),
                treaties=options["treaties"],
                sends=options["send"],
            )
        except DomainError as error:
            raise CommandError(str(error), returncode=2) from error
        if options["json"]:
            self.stdout.write(json.dumps(report.as_data(), indent=2))
        else:
            self._tell(report, sends=options["send"])
        if report.failed:
            total = len(report.verdicts)
            raise CommandError(f"{report.failed} of {total} expectations fail.", returncode=1)

    def _tell(self, report: Report, *, sends: bool) -> None:
        self.stdout.write(self.style.MIGRATE_HEADING(report.scenario.title))
        for act in report.acts:
            day = day_in(report.scenario.zone, datetime.fromisoformat(act["at"])).isoformat()
            position = POSITIONS.get(act["position"], "")
            words = [day, act["act"], "by", ", ".join(act["by"]), position]
            words += [f"({act['id']})", act["number"] and f"as {act['number']}", act["status"]]
            self.stdout.write("  " + " ".join(word for word in words if word))
            for sentence in act["flags"]:
                self.stdout.write(self.style.WARNING(f"    flagged: {sentence}"))
        for line, bearers in _by_words(report).items():
            self.stdout.write(f"  {line} ({', '.join(bearers)})")
        counts = ", ".join(f"{count} {name}" for name, count in report.alerts.items())
        self.stdout.write(f"  alerts: {counts}; messages: {report.messages}")
        self._tell_of_mail(report, sends=sends)
        for verdict in report.verdicts:
            style = self.style.SUCCESS if verdict.ok else self.style.ERROR
            word = "ok" if verdict.ok else "failed"
            self.stdout.write(style(f"  {word}: line {verdict.line}: {verdict.got}"))

    def _tell_of_mail(self, report: Report, *, sends: bool) -> None:
        if report.waiting:
            again = "run the same command again" + ("" if sends else " with --send")
            words = f"  {report.waiting} of {report.messages} messages wait; {again}"
            self.stdout.write(self.style.WARNING(words))
        if report.undeliverable:
            words = f"  {report.undeliverable} of {report.messages} messages could not be delivered"
            self.stdout.write(self.style.WARNING(words))


def _by_words(report: Report) -> dict[str, list[str]]:
    """The deadlines in words; the bearers of whom the same is to be said stand together."""
    found: dict[str, list[str]] = {}
    for item in report.deadlines:
        window = f"{item['opens']} to {item['due']}" if item["opens"] else item["due"]
        name = item["clause"] or "answer asked for"
        words = f"{name} of {item['of']}: {window or 'no date yet'}, {item['status']}"
        found.setdefault(words, []).append(item["bearer"])
    return found
