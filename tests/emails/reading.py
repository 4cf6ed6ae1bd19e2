"""Mails as their readers see them, and the deadlines they tell of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

from icalendar import Calendar

from notifications import emails
from notifications.models import Alert, Deadline, DeadlineVersion
from tests.delivery.records import World
from tests.infrastructure import pseudo
from tests.infrastructure.pseudo import spoken_texts, untranslated
from tests.infrastructure.records import words_of_records

# What every language says so.
NAMES = ("TreatyFlow", "UTC", "VCLT")
NUMBER = "TF.1.2020.OPEN-SKIES.withdrawal"
WHY_EFFECT = "22 May 2020, received by Canada → + 6 months → 22 November 2020, 00:00 UTC"
WHY_WINDOW = (
    "22 May 2020, received by Canada → + 30 days → opens 21 June 2020, 00:00 UTC; "
    "+ 60 days → closes 21 July 2020, 24:00 UTC"
)


class Mail:
    """A mail as a reader sees it."""

    def __init__(self, mime: bytes) -> None:
        parsed = message_from_bytes(mime, EmailMessage, policy=policy.default)
        self.subject = str(parsed["Subject"])
        self.text = self._part(parsed, "plain")
        self.html = self._part(parsed, "html")
        self.attachments = list(parsed.iter_attachments())

    @staticmethod
    def _part(parsed: EmailMessage, kind: str) -> str:
        part = parsed.get_body((kind,))
        assert part is not None
        return str(part.get_content())

    def calendar(self) -> Calendar:
        (attached,) = self.attachments
        return Calendar.from_ical(attached.get_payload(decode=True))


def write(alert: Alert, language: str = "en") -> Mail:
    """The mail of an alert, of which every word can be translated."""
    with pseudo.spoken_here():
        left = untranslated(_said(_written(alert, pseudo.CODE)), [*words_of_records(), *NAMES])
    assert left == [], f"not translated: {left}"
    return _written(alert, language)


def _written(alert: Alert, language: str) -> Mail:
    return Mail(emails.build(emails.gather([alert.pk], [language]), alert.pk, language))


def _said(mail: Mail) -> Iterator[str]:
    yield mail.subject
    yield from (line.removeprefix("> ") for line in mail.text.splitlines())
    yield from spoken_texts(mail.html)
    for event in mail.calendar().events if mail.attachments else ():
        yield from (str(event[name]) for name in ("summary", "description"))


def days_before(version: DeadlineVersion, days: int) -> datetime:
    assert version.due_on
    return datetime.combine(version.due_on - timedelta(days=days), datetime.min.time(), UTC)


def answer(world: World, bearer: str = "RUS", **fields: str) -> DeadlineVersion:
    return world.deadline(None, bearer=bearer, owed_by=Deadline.OwedBy.ADDRESSEE, **fields)


def conference(world: World, **fields: str) -> DeadlineVersion:
    return world.deadline("xv-3", bearer=None, owed_by=Deadline.OwedBy.DEPOSITARIES, **fields)
