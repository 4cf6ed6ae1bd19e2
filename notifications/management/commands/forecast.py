"""``manage.py forecast``: what the system would tell, when and to whom; nothing is sent."""

from __future__ import annotations

import json
from datetime import UTC, date
from functools import cached_property
from itertools import groupby
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from notifications.emails.stages import stage_words
from notifications.emails.words import (
    bearer_of,
    deadline_title,
    full_date,
    kind_of,
)
from notifications.errors import DomainError
from notifications.management.asking import add_person, person_of
from notifications.models import PartyName
from notifications.services.forecasting import Addressee, Forecast, Foreseen, forecast


class Command(BaseCommand):
    """Foresee the stages of every live deadline, and store nothing."""

    help = (
        "For every day up to a date: which stage of which deadline would be told, at which instant "
        "and to how many people; with --json to whom. As things stand: every clock runs to its "
        "end, and nobody acts. Nothing is stored or sent. Exit status 2: bad input."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--until", default="", metavar="DATE", help="the last day, such as 2027-12-31 (UTC)"
        )
        parser.add_argument(
            "--party", default="", metavar="CODE", help="to people of this party alone"
        )
        add_person(parser)
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = forecast(
                now=timezone.now(),
                until=_day(options["until"]),
                party=options["party"],
                actor=person_of(options["email"]),
            )
        except DomainError as error:
            raise CommandError(str(error), returncode=2) from error
        if options["json"]:
            self.stdout.write(json.dumps(self._as_data(found), indent=2))
        else:
            self._tell(found)

    def _tell(self, found: Forecast) -> None:
        for day, rows in groupby(found.rows, key=lambda row: row.day):
            self.stdout.write(self.style.MIGRATE_HEADING(full_date(day)))
            for row in rows:
                self.stdout.write(f"  {self._line(row)}")
        if found.hidden:
            self.stdout.write(f"{found.hidden} more, of acts that this person may not read")
        messages = sum(len(row.people) for row in found.rows)
        self.stdout.write(
            f"up to {found.until.isoformat()}: {len(found.rows)} stages, {messages} messages at "
            "most (nothing was sent)"
        )

    def _line(self, row: Foreseen) -> str:
        hour = f"{row.at.astimezone(UTC):%H:%M} UTC"
        number = len(row.people)
        people = "nobody holds a mandate" if not number else f"{number} people"
        people = "1 person" if number == 1 else people
        said = self._said(row)
        what = f"{said['treaty']}: {said['title']}, {said['bearer']}"
        later = sum(1 for one in row.people if one.digest_at is not None)
        people += f", {later} of them in a digest" if later else ""
        return f"{hour}  {what} – {stage_words(row.stage)} ({said['due_on']}): {people}"

    def _as_data(self, found: Forecast) -> dict[str, Any]:
        rows = [
            {
                "at": row.at.astimezone(UTC).isoformat(),
                "stage": row.stage,
                **self._said(row),
                "people": [_person(one) for one in row.people],
            }
            for row in found.rows
        ]
        return {"until": found.until.isoformat(), "hidden": found.hidden, "stages": rows}

    def _said(self, row: Foreseen) -> dict[str, str | None]:
        deadline, version = row.deadline, row.version
        act = deadline.notification
        return {
            "treaty": deadline.case.treaty.short_name,
            "title": deadline_title(kind_of(deadline), version),
            "bearer": bearer_of(deadline, self._name),
            "due_on": version.due_on.isoformat() if version.due_on else None,
            "deadline": str(deadline.uid) if deadline.pk else None,
            "notification": str(act.uid) if act else None,
        }

    def _name(self, code: str) -> str:
        return self._names.get(code, code)

    @cached_property
    def _names(self) -> dict[str, str]:
        rows = PartyName.objects.filter(language="en").values_list("party__code", "name", "in_text")
        return {code: in_text or name for code, name, in_text in rows}


def _person(one: Addressee) -> dict[str, str | bool]:
    """A person who would be told, and when: in a digest, or singly."""
    at = one.at.astimezone(UTC).isoformat()
    is_digest = one.digest_at is not None
    return {"name": one.name, "party": one.party, "at": at, "in_digest": is_digest}


def _day(text: str) -> date | None:
    """The day on the command line; None where none is named."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        sentence = f"--until: “{text}” is no date; write it as 2027-12-31."
        raise CommandError(sentence, returncode=2) from error
