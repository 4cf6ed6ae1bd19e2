"""Write: the content of a batch, once an alert and language, sealed before anything is sent."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from notifications import emails, register
from notifications.models import Alert, Message, Rendering

logger = logging.getLogger(__name__)

Key = tuple[int, str]


@dataclass
class Contents:
    """The renderings of a batch by alert and language, and why some could not be written."""

    renderings: dict[Key, Rendering] = field(default_factory=dict)
    faults: dict[Key, str] = field(default_factory=dict)


def key_of(message: Message) -> Key:
    """Whose content a message has: its alert's, in its reader's language where it is spoken."""
    return message.alert_id, emails.spoken(message.user.language)


def write(messages: Iterable[Message], *, now: datetime) -> Contents:
    """Find or write and seal the content of these messages, with one event for what is new.

    An alert that cannot be written is named in ``faults`` and holds up no other.
    """
    wanted = dict.fromkeys(map(key_of, messages))
    contents = Contents(_stored(wanted))
    missing = [key for key in wanted if key not in contents.renderings]
    if missing:
        new, contents.faults = compose(missing)
        contents.renderings.update(_seal(new, now=now))
    return contents


def compose(keys: Collection[Key]) -> tuple[list[Rendering], dict[Key, str]]:
    """Write these contents; returned, not inserted, with what went wrong with the others."""
    background = emails.gather({alert for alert, _ in keys}, {language for _, language in keys})
    new, faults = [], {}
    for alert_id, language in keys:
        try:
            mime = emails.build(background, alert_id, language)
        except Exception as error:  # one faulty mail must not stop all the others
            logger.exception("alert %s cannot be written in %s", alert_id, language)
            faults[alert_id, language] = f"{type(error).__name__}: {error}"
            continue
        digest = register.digest_of(mime)
        new.append(Rendering(alert_id=alert_id, language=language, mime=mime, digest=digest))
    return new, faults


def _stored(keys: Iterable[Key]) -> dict[Key, Rendering]:
    wanted = list(keys)
    match = Q(
        alert__in={alert for alert, _ in wanted}, language__in={language for _, language in wanted}
    )
    found = Rendering.objects.filter(match, carrier=None)
    return {(rendering.alert_id, rendering.language): rendering for rendering in found}


@transaction.atomic
def _seal(new: list[Rendering], *, now: datetime) -> dict[Key, Rendering]:
    """Insert what no other worker has inserted meanwhile; the lock on the alerts orders them."""
    if not new:
        return {}
    alerts = sorted({rendering.alert_id for rendering in new})
    locked = Alert.objects.filter(pk__in=alerts).order_by("pk").select_for_update().only("pk")
    first, *_ = locked
    keys = [(rendering.alert_id, rendering.language) for rendering in new]
    known = _stored(keys)
    rows = [row for key, row in zip(keys, new, strict=True) if key not in known]
    Rendering.objects.bulk_create(rows)
    if rows:
        register.append(written(first, rows, at=now))
    return known | {(row.alert_id, row.language): row for row in rows}


def written(first: Alert, contents: Sequence[Rendering], *, at: datetime) -> register.Entry:
    """The entry for new contents, of which ``first`` is an alert."""
    return register.Entry("alerts-written", first, at=at, rows=tuple(contents))
