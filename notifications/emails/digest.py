"""A digest: many alerts for one person in one mail, one entry a notification."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language_info, gettext

from notifications.clauses.instants import instant_on
from notifications.emails.addresses import one_line
from notifications.emails.background import Background
from notifications.emails.building import calendar_of, story_of, written
from notifications.emails.reminding import link_to_reminders
from notifications.emails.words import full_date
from notifications.models import Alert

# Stands between the parts of an alert's text while they are taken apart; no name contains it.
_SEPARATOR: Final = "\x1e"
_NOON: Final = time(12)


class Head(NamedTuple):
    """The head of the register: how many events there are, and the digest of the last."""

    length: int
    digest: str


@dataclass(frozen=True)
class Word:
    """One alert within a digest: what happened, why this date, what to do, and where.

    ``about`` names its notification or recurring duty, ``place`` tells one of them from another.
    """

    alert: Alert
    about: str
    place: tuple[str, int]
    link: str
    headline: str
    lead: str
    todo: str
    reason: str
    was_due: str
    calendar: bytes

    @property
    def due_on(self) -> date:
        """The date that it tells of, in whose order entries stand; of news the end of time."""
        version = self.alert.deadline_version
        return version.due_on if version and version.due_on else date.max

    @property
    def subject(self) -> tuple[object, ...]:
        """Of what it is the newest word: a deadline, or what one party did about an act."""
        alert = self.alert
        if alert.deadline_version is not None:
            return ("deadline", alert.deadline_version.deadline_id)
        by = alert.response.party_id if alert.response else alert.stage
        return (alert.kind, alert.notification_id, by)


@dataclass(frozen=True)
class Entry:
    """A notification, or a recurring duty, with all that is told of it."""

    words: tuple[Word, ...]

    @property
    def about(self) -> str:
        """Its name."""
        return self.words[0].about

    @property
    def link(self) -> str:
        """Its page."""
        return self.words[0].link

    @property
    def todos(self) -> tuple[str, ...]:
        """What is asked of its reader, each once."""
        return tuple(dict.fromkeys(word.todo for word in self.words))


@dataclass(frozen=True)
class Failure:
    """A message that reached nobody, as an administrator is told of it: nothing of its act."""

    person: str
    role: str
    party: str
    reason: str


@dataclass(frozen=True)
class Envelope:
    """For whom a digest is: language, zone and the instant at which it is composed.

    ``head`` is named to depositaries alone; ``seed`` makes the boundaries.
    """

    language: str
    zone: str
    at: datetime
    seed: str
    head: Head | None = None

    @property
    def day(self) -> date:
        """The day of its reader."""
        return self.at.astimezone(ZoneInfo(self.zone)).date()


def word_of(background: Background, alert_id: int, envelope: Envelope) -> Word | Failure:
    """What one alert says in a digest; of a failure what an administrator must know."""
    alert = background.alerts[alert_id]
    with translation.override(envelope.language):
        if alert.kind == Alert.Kind.UNDELIVERED:
            return _failure(alert, background, envelope.language)
        return _word(alert, background, envelope)


def _word(alert: Alert, background: Background, envelope: Envelope) -> Word:
    story = story_of(alert, background, envelope.language, at=_told_at(alert, envelope))
    context = {**story.context(), "skeleton": "emails/pieces.txt", "separator": _SEPARATOR}
    text = render_to_string(f"emails/{story.folder}/body.txt", context)
    headline, lead, todo = (one_line(part) for part in text.split(_SEPARATOR))
    is_dated = alert.deadline_version is not None
    number = f" [{context['number']}]" if context.get("number") else ""
    about = f"{context['act_by']}{number}" if alert.notification else context["title"]
    return Word(
        alert=alert,
        about=gettext("%(treaty)s: %(about)s") % {"treaty": context["treaty"], "about": about},
        place=_place(alert),
        link=story.link,
        headline=headline,
        lead=lead,
        todo=todo,
        reason=story.reason() if is_dated else "",
        was_due=context["was_due"],
        calendar=calendar_of(alert, story),
    )


def _told_at(alert: Alert, envelope: Envelope) -> datetime:
    """From when days count: the day at the head of the digest, which is its reader's own.

    East of the zone of a date that may be a day later than there.
    """
    version = alert.deadline_version
    return instant_on(envelope.day, _NOON, version.zone) if version else envelope.at


def _place(alert: Alert) -> tuple[str, int]:
    """What it is about: a notification, or the run of a recurring clause."""
    if alert.notification_id is not None:
        return ("act", alert.notification_id)
    version = alert.deadline_version
    return ("run", version.deadline_id if version else 0)


def _failure(alert: Alert, background: Background, language: str) -> Failure:
    failed = alert.failed_message
    if failed is None:
        raise ValueError(f"alert {alert.pk} is of no message")
    party = background.spoken(failed.own_party.code, language)
    reason = one_line(background.failures.get(failed.pk, ""))
    return Failure(
        person=one_line(failed.user.name),
        role=str(failed.own_mandate.get_role_display()),
        party=one_line(party.name),
        reason=gettext(reason) if reason else gettext("No server said why."),
    )


def compose(words: Iterable[Word | Failure], envelope: Envelope) -> bytes:
    """Write a digest: a MIME entity with its own header lines, as ``build`` writes an alert's."""
    told = list(words)
    entries = list(_entries([word for word in told if isinstance(word, Word)]))
    failures = [word for word in told if isinstance(word, Failure)]
    calendars = [word.calendar for entry in entries for word in entry.words if word.calendar]
    with translation.override(envelope.language):
        context = _context(entries, failures, envelope)
        subject, text, html = (
            render_to_string(f"emails/digest/{name}", context).strip()
            for name in ("subject.txt", "body.txt", "body.html")
        )
    return written(subject, text, html, calendars, seed=envelope.seed)


def _context(
    entries: Sequence[Entry], failures: Sequence[Failure], envelope: Envelope
) -> dict[str, Any]:
    bidi = get_language_info(envelope.language)["bidi"]
    return {
        "language": envelope.language,
        "treaty": "TreatyFlow",
        "direction": "rtl" if bidi else "ltr",
        "day": full_date(envelope.day),
        "entries": entries,
        "entry_count": len(entries),
        "failures": failures,
        "failure_count": len(failures),
        "mail_health": f"{settings.TREATYFLOW_BASE_URL}{reverse('admin:mail-health')}",
        "head": envelope.head,
        "reminders": link_to_reminders() if entries else "",
    }


def _entries(words: Iterable[Word]) -> Iterator[Entry]:
    """One entry a notification, the nearest date first; of each matter the newest word alone."""
    newest: dict[tuple[object, ...], Word] = {}
    for word in sorted(words, key=lambda word: (word.alert.due_at, word.alert.pk)):
        newest.pop(word.subject, None)
        newest[word.subject] = word
    places: dict[tuple[str, int], list[Word]] = defaultdict(list)
    for word in newest.values():
        places[word.place].append(word)
    entries = [Entry(tuple(sorted(own, key=lambda word: word.due_on))) for own in places.values()]
    yield from sorted(entries, key=lambda entry: entry.words[0].due_on)
