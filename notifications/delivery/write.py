"""Write: the content of a batch, once an alert and language, sealed before anything is sent."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction

from notifications import emails, register
from notifications.delivery.refusals import words_of
from notifications.models import Alert, Message, Rendering

logger = logging.getLogger(__name__)


class Key(NamedTuple):
    """What a content is of: an alert, a language, and the day told where it is another."""

    alert: int
    language: str
    told_on: date | None


@dataclass
class Contents:
    """The renderings of a batch by their keys, and why some could not be written.

    ``days`` are those on which its alerts are told, by id (``emails.told_on``).
    """

    days: dict[int, date | None]
    renderings: dict[Key, Rendering] = field(default_factory=dict)
    faults: dict[Key, str] = field(default_factory=dict)

    def key_of(self, message: Message) -> Key:
        """Which content a message has: in its reader's language where it is spoken."""
        language = emails.spoken(message.user.language)
        return Key(message.alert_id, language, self.days[message.alert_id])


def days_of(alerts: Iterable[Alert], *, now: datetime) -> dict[int, date | None]:
    """The days on which alerts are told now, by id, where they are not those of their stages."""
    return {alert.pk: emails.told_on(alert, now=now) for alert in alerts}


def write(messages: Collection[Message], *, now: datetime) -> Contents:
    """Find or write and seal the content of these messages, with one event for what is new.

    An alert that cannot be written is named in ``faults`` and holds up no other.
    """
    alerts = {message.alert_id: message.alert for message in messages}
    contents = Contents(days_of(alerts.values(), now=now))
    wanted = dict.fromkeys(map(contents.key_of, messages))
    contents.renderings = _stored(wanted)
    missing = [key for key in wanted if key not in contents.renderings]
    if missing:
        new, contents.faults = compose(missing, now=now)
        contents.renderings.update(_seal(new, now=now))
    return contents


def compose(keys: Collection[Key], *, now: datetime) -> tuple[list[Rendering], dict[Key, str]]:
    """Write these contents; returned, not inserted, with what went wrong with the others."""
    new, faults = [], {}
    for group, background in _backgrounds(keys):
        for key in group:
            try:
                if isinstance(background, Exception):
                    raise background
                new.append(_composed(key, background, now))
            except Exception as error:  # one faulty mail must not stop all the others
                logger.exception("alert %s cannot be written in %s", key.alert, key.language)
                faults[key] = words_of(error)
    return new, faults


def _composed(key: Key, background: emails.Background, now: datetime) -> Rendering:
    at = now if key.told_on else None
    mime = emails.build(background, key.alert, key.language, at=at)
    digest = register.digest_of(mime)
    return Rendering(
        alert_id=key.alert, language=key.language, told_on=key.told_on, mime=mime, digest=digest
    )


def _backgrounds(
    keys: Collection[Key],
) -> Iterator[tuple[Collection[Key], emails.Background | Exception]]:
    """What the mails say, read for all at once; where that fails, for each, with what failed."""
    alerts, languages = {key.alert for key in keys}, {key.language for key in keys}
    try:
        with transaction.atomic():
            background = emails.gather(alerts, languages)
    except Exception as error:
        if len(alerts) == 1:
            yield keys, error
            return
        logger.exception("alerts %s cannot be read together", sorted(alerts))
        for alert in sorted(alerts):
            yield from _backgrounds([key for key in keys if key.alert == alert])
    else:
        yield keys, background


def _stored(keys: Iterable[Key]) -> dict[Key, Rendering]:
    wanted = list(keys)
    found = Rendering.objects.filter(
        carrier=None,
        alert__in={key.alert for key in wanted},
        language__in={key.language for key in wanted},
    )
    return {_key_of(rendering): rendering for rendering in found}


def _key_of(rendering: Rendering) -> Key:
    return Key(rendering.alert_id, rendering.language, rendering.told_on)


@transaction.atomic
def _seal(new: list[Rendering], *, now: datetime) -> dict[Key, Rendering]:
    """Insert what no other worker has inserted meanwhile; the lock on the alerts orders them."""
    if not new:
        return {}
    alerts = sorted({rendering.alert_id for rendering in new})
    locked = Alert.objects.filter(pk__in=alerts).order_by("pk").select_for_update().only("pk")
    first, *_ = locked
    keys = [_key_of(rendering) for rendering in new]
    known = _stored(keys)
    rows = [row for key, row in zip(keys, new, strict=True) if key not in known]
    Rendering.objects.bulk_create(rows)
    if rows:
        register.append(written(first, rows, at=now))
    return known | {_key_of(row): row for row in rows}


def written(first: Alert, contents: Sequence[Rendering], *, at: datetime) -> register.Entry:
    """The entry for new contents, of which ``first`` is an alert."""
    return register.Entry("alerts-written", first, at=at, rows=tuple(contents))
