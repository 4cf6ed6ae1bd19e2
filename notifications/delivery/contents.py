"""Contents: what leaves at once is written where alerts become messages."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from notifications import register
from notifications.delivery.copies import Copy
from notifications.delivery.write import Key, compose, days_of, written
from notifications.models import Alert, Rendering

logger = logging.getLogger(__name__)


def with_contents(
    copies: Sequence[Copy], alerts: Iterable[Alert], languages: Mapping[int, str], *, now: datetime
) -> tuple[list[Copy], list[Rendering]]:
    """The copies, of which those that leave at ``now`` name their content, and what was inserted.

    ``alerts`` are those they are of, with the instant of their expansion; ``languages`` are those
    of the readers, by id. Named by each mark instead, the row of the content would be locked by
    several workers all the time. What cannot be written is tried again when it is sent, and does
    not hold up what is due.
    """
    days = days_of(alerts, now=now)
    keys = [
        Key(copy.alert_id, languages[copy.user_id], days[copy.alert_id])
        if copy.next_at <= now and copy.digest_at is None
        else None
        for copy in copies
    ]
    new = _inserted(dict.fromkeys(key for key in keys if key), now)
    stored = {(one.alert_id, one.language): one.pk for one in new}
    named = [
        copy._replace(rendering_id=stored[key[:2]]) if key and key[:2] in stored else copy
        for key, copy in zip(keys, copies, strict=True)
    ]
    return named, new


def entry_of(
    contents: Sequence[Rendering], alerts: Iterable[Alert], *, at: datetime
) -> register.Entry | None:
    """The event of what was written, about the first alert of which something was."""
    if not contents:
        return None
    first = next(alert for alert in alerts if alert.pk == contents[0].alert_id)
    return written(first, contents, at=at)


def _inserted(keys: Mapping[Key, None], now: datetime) -> list[Rendering]:
    if not keys:
        return []
    try:
        with transaction.atomic():  # what the database refused fails here at the latest
            new, _faults = compose(keys, now=now)
    except Exception:  # whatever one alert holds, the others must become messages
        logger.exception("alerts %s could not be written", sorted({key.alert for key in keys}))
        return []
    return Rendering.objects.bulk_create(new)
