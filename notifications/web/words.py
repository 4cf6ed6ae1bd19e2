"""Dates, instants and states in words, formatted after translation."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, gettext

from notifications.acts import ACTS
from notifications.acts.common import TEXT
from notifications.clauses.explain import is_numbered
from notifications.clauses.sorting import sort_key_of
from notifications.emails.awaited import awaited
from notifications.emails.words import (
    act_title,
    bare_date,
    called_for,
    cause_of,
    cited,
    clock_title,
    distance,
    either,
    enumerated,
    exact,
    full_date,
    kind_of,
    library_words,
    listed,
    position_title,
    short_date,
    within,
)
from notifications.lifecycle import (
    DEADLINE_STATES,
    DRAFT_STATES,
    MESSAGE_STATES,
    NOTIFICATION_STATES,
)

__all__ = [
    "act_title",
    "awaited",
    "bare_date",
    "begin_exact",
    "called_for",
    "capitalised",
    "cause_of",
    "cited",
    "clock_title",
    "day_in",
    "distance",
    "due_exact",
    "either",
    "end_exact",
    "enumerated",
    "exact",
    "full_date",
    "is_numbered",
    "kind_of",
    "library_words",
    "listed",
    "local_moment",
    "position_title",
    "short_date",
    "short_day",
    "sort_key",
    "state_words",
    "text_title",
    "utc_moment",
    "within",
]

STATES = {
    "draft": DRAFT_STATES,
    "notification": NOTIFICATION_STATES,
    "deadline": DEADLINE_STATES,
    "message": MESSAGE_STATES,
}


def capitalised(sentence: str) -> str:
    """A sentence with a capital at its start; the rest of it as it is."""
    return sentence[:1].upper() + sentence[1:]


def text_title(act: str) -> str:
    """What the text of an act is called: of a note, of a reservation, of a message."""
    named = {field.name: field for field in ACTS[act].fields}
    return gettext(named.get(TEXT.name, TEXT).label)


def end_exact(day: date, zone: str) -> str:
    """The end of a day, as "21 July 2020, 24:00 UTC"."""
    return gettext("%(date)s, 24:00 %(zone)s") % {"date": bare_date(day), "zone": zone}


def begin_exact(day: date, zone: str) -> str:
    """The beginning of a day, as "22 November 2020, 00:00 UTC"."""
    return gettext("%(date)s, 00:00 %(zone)s") % {"date": bare_date(day), "zone": zone}


def due_exact(due_at: datetime, due_on: date, zone: str) -> str:
    """The instant of a deadline: the beginning of its day for an effect, else the end of it."""
    is_end = due_at.astimezone(ZoneInfo(zone)).date() > due_on
    return end_exact(due_on, zone) if is_end else exact(due_at, zone)


def local_moment(at: datetime) -> str:
    """An instant in the reader's zone, as "22 November 2020, 14:05 CET"."""
    local = timezone.localtime(at)
    return gettext("%(date)s, %(time)s %(zone)s") % {
        "date": bare_date(local.date()),
        "time": local.strftime("%H:%M"),
        "zone": local.tzname() or "",
    }


def short_day(at: datetime, zone: str) -> str:
    """The day of an instant in a zone, short, as "22 Nov 2020"."""
    return short_date(at.astimezone(ZoneInfo(zone)).date())


def utc_moment(at: datetime) -> str:
    """The same instant in UTC, to the second."""
    universal = at.astimezone(UTC)
    return gettext("%(date)s, %(time)s UTC") % {
        "date": bare_date(universal.date()),
        "time": universal.strftime("%H:%M:%S"),
    }


def sort_key(text: str) -> str:
    """The key by which a text is sorted in the reader's language."""
    return sort_key_of(text, get_language() or settings.LANGUAGE_CODE)


def state_words(record: str, state: str) -> str:
    """The state of a draft, a notification, a deadline or a message in words."""
    return gettext(STATES[record].get(state, state))


def day_in(at: datetime, zone: str) -> date:
    """The calendar day of an instant in a zone."""
    return at.astimezone(ZoneInfo(zone)).date()
