"""Write: the content of a batch, once an alert and language, sealed before anything is sent."""

from __future__ import annotations

import logging
from collections.abc import Iterable
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
    wanted = {key_of(message): message for message in messages}
    contents = Contents(_stored(wanted))
    missing = [key for key in wanted if key not in contents.renderings]
    if not missing:
        return contents
    background = emails.gather({alert for alert, _ in missing}, {lang for _, lang in missing})
    new = []
    for alert_id, language in missing:
        try:
            mime = emails.build(background, alert_id, language)
        except Exception as error:  # one faulty mail must not stop all the others
            logger.exception("alert %s cannot be written in %s", alert_id, language)
            contents.faults[alert_id, language] = f"{type(error).__name__}: {error}"
            continue
        digest = register.digest_of(mime)
        new.append(Rendering(alert_id=alert_id, language=language, mime=mime, digest=digest))
    contents.renderings.update(_seal(new, now=now))
    return contents


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
        register.append(register.Entry("alerts-written", first, at=now, rows=tuple(rows)))
    return known | {(row.alert_id, row.language): row for row in rows}
