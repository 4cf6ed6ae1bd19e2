"""The watch: the silence alarm looks from time to time, leaves a sign, and writes past the outbox.

Its own mail goes straight to the mail server: where the outbox stands still, it must not wait in
it. What a look came to is kept as signs of life (``Heartbeat``), which ``/readyz`` reads.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext, ngettext

from notifications import emails
from notifications.models import Event, Heartbeat, User
from notifications.register import Entry, append
from notifications.services.silence_alarm import LOOKS_BACK, Silence, look_for_silence
from notifications.services.standing import (
    DONE_WITHIN,
    SILENCE_AGREED,
    SILENCE_FOUND,
    SILENCE_WATCH,
    note_seen,
)

logger = logging.getLogger(__name__)

EVERY: Final = timedelta(hours=1)
# While somebody is not told: so the alarm ends soon after its reason.
EVERY_WHILE_SOUNDING: Final = DONE_WITHIN
ACT: Final = "silence-alarm"
# The most of those not told whom an event lists; it counts them all.
LISTED: Final = 500


def watch_for_silence(*, now: datetime) -> Silence | None:
    """Look, if the last look is an hour old (ten minutes while the alarm sounds); else None.

    What was not reported before is reported: an event, a line of the log, a mail to administrators.
    """
    if not _is_my_turn(now):
        return None
    found = look_for_silence(now=now)
    note_seen({SILENCE_FOUND if found.is_held_up else SILENCE_AGREED: now})
    if not found.is_agreed and _is_new(found, now):
        _report(found, now)
    return found


def _is_my_turn(now: datetime) -> bool:
    """Whether it is time to look: of several workers one alone is told so."""
    every = EVERY_WHILE_SOUNDING if _is_sounding() else EVERY
    seen, is_first = Heartbeat.objects.get_or_create(name=SILENCE_WATCH, defaults={"seen_at": now})
    rows = Heartbeat.objects.filter(pk=seen.pk, seen_at__lte=now - every)
    return is_first or rows.update(seen_at=now) == 1


def _is_sounding() -> bool:
    found = Heartbeat.objects.filter(name=SILENCE_FOUND).values_list("seen_at", flat=True).first()
    agreed = Heartbeat.objects.filter(name=SILENCE_AGREED, seen_at__gt=found) if found else None
    return agreed is not None and not agreed.exists()


def _is_new(found: Silence, now: datetime) -> bool:
    """Whether somebody is missing of whom no report of the last day told; a report an hour."""
    reports = Event.objects.filter(act=ACT, at__gt=now - LOOKS_BACK, at__lte=now).order_by("-pk")
    told: set[str] = set()
    for at, body in reports.values_list("at", "body"):
        if at > now - EVERY:
            return False
        told.update(json.loads(body)["missing"])
    return not told.issuperset(_listed(found))


def _listed(found: Silence) -> list[str]:
    newest = sorted(found.missing, key=lambda one: (one.at, one.key), reverse=True)
    return [one.key for one in newest[:LISTED]]


def _report(found: Silence, now: datetime) -> None:
    """Log it, write to the administrators, and record both; where no mail leaves, the next look."""
    logger.error("the silence alarm: told %d of %d", found.told, found.expected)
    is_kept_here = settings.TREATYFLOW_MAIL_TRANSPORT == "mailbox"
    people = list(User.objects.filter(is_staff=True, is_active=True, is_system=False))
    mailed = [] if is_kept_here else _write_to(people, found)
    if people and not mailed and not is_kept_here:
        return
    body = {
        "expected": found.expected,
        "told": found.told,
        "missing": _listed(found),
        "number": len(found.missing),
        "mailed": mailed,
    }
    with transaction.atomic():
        append(Entry(ACT, Heartbeat.objects.get(name=SILENCE_WATCH), now, body=body))


def _write_to(people: Iterable[User], found: Silence) -> list[int]:
    """Write to each, past the outbox; the keys of those whose mail the server took."""
    mailed: list[int] = []
    try:
        with get_connection() as line:
            mailed += (person.pk for person in people if _write(person, found, line))
    except OSError:
        logger.exception("the silence alarm could not reach the mail server")
    return mailed


def _write(person: User, found: Silence, line: BaseEmailBackend) -> bool:
    with translation.override(emails.spoken(person.language)):
        try:
            mail = EmailMessage(
                subject=gettext("Silence alarm: %(said)s") % {"said": found.in_words()},
                body=_text(found),
                from_email=settings.TREATYFLOW_FROM,
                to=[emails.deliverable(person.email)],
                connection=line,
                headers={"Auto-Submitted": "auto-generated"},
            )
            return mail.send() == 1
        except (OSError, emails.UnusableAddressError):
            logger.exception("the silence alarm could not write to user %s", person.pk)
            return False


def _text(found: Silence) -> str:
    """What an administrator must know; acts and people stand on the page, for those who may read.

    Nothing of an act is said here.
    """
    number = len(found.missing)
    missing = ngettext(
        "%(number)d person or party was not told what they must know.",
        "%(number)d persons or parties were not told what they must know.",
        number,
    )
    page = f"{settings.TREATYFLOW_BASE_URL}/admin/mail/"
    lines = (
        gettext("What had to be said was compared with what was sent."),
        gettext("Told: %(said)s.") % {"said": found.in_words()},
        missing % {"number": number},
        gettext("Why: %(reasons)s.") % {"reasons": found.reasons_in_words()},
        gettext("Who, and of what: %(page)s") % {"page": page},
        gettext("This message did not go through the outbox."),
    )
    return "\n".join(lines) + "\n"
