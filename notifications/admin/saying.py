"""Acts, days and instants in words, for lists and for the pages of records."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext

from notifications.acts import ACTS
from notifications.emails.words import bare_date
from notifications.models import Case, Notification

NOTHING: Final = "–"


def act_words(act: str) -> str:
    """The title of an act; its kind where no act has that kind any more."""
    return gettext(ACTS[act].title) if act in ACTS else act


def said_act(notification: Notification) -> str:
    """An act: what, of which day, under which treaty (joined by the query)."""
    return gettext("%(act)s of %(day)s, %(treaty)s") % {
        "act": act_words(notification.act),
        "day": bare_date(notification.given_on),
        "treaty": notification.treaty.short_name,
    }


def said_act_or_run(notification: Notification | None, case: Case) -> str:
    """The same; of a run, which no act set, the treaty (joined by the query)."""
    if notification is not None:
        return said_act(notification)
    return gettext("Recurring duties, %(treaty)s") % {"treaty": case.treaty.short_name}


def said_value(value: Any) -> Any:
    """A value as a reader wants it: days and instants in words, a dash where there is none."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, datetime):
        return said_moment(value)
    return bare_date(value) if isinstance(value, date) else value


def said_moment(at: datetime) -> str:
    """An instant in the reader's zone, as "22 November 2020, 14:05 CET"."""
    local = timezone.localtime(at)
    return gettext("%(date)s, %(time)s %(zone)s") % {
        "date": bare_date(local.date()),
        "time": local.strftime("%H:%M"),
        "zone": local.tzname() or "",
    }
