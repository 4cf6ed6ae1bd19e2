"""``manage.py load_demo``: the demonstration of the embedded run, in steps that can be repeated."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from notifications.errors import DomainError
from notifications.services.demo import make_cast, prepare_exercise, scenario_files
from notifications.services.scenarios.replaying import replay

# A replay is one transaction: a page that waits to write gets its turn between two of them.
PAUSE_SECONDS = 0.25


class Command(BaseCommand):
    """The cast, the case that waits for it, the scenarios; what is there already stays as it is."""

    help = (
        "Load the demonstration: the cast, a case for exercises, the five scenarios. The embedded "
        "settings alone have it. Safe to interrupt and to run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--cast-only", action="store_true", help="only the people, so that they can sign in"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.TREATYFLOW_EMBEDDED:
            raise CommandError("The demonstration is for the embedded settings alone.")
        try:
            self._load(cast_only=options["cast_only"])
        except DomainError as error:
            raise CommandError(str(error)) from error

    def _load(self, *, cast_only: bool) -> None:
        registered = make_cast(now=timezone.now())
        if registered or cast_only:
            self.stdout.write(f"demonstration: {registered} people registered")
        if cast_only:
            return
        if prepare_exercise(now=timezone.now()):
            self.stdout.write("demonstration: a case for exercises is waiting for the cast")
        files = list(scenario_files())
        for number, file in enumerate(files, start=1):
            time.sleep(PAUSE_SECONDS)
            report = replay(path=file, now=timezone.now())
            title = report.scenario.title
            self.stdout.write(f"demonstration: {number} of {len(files)}: {title}")
