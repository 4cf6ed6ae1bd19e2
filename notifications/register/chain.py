"""Events: canonical JSON, chained by SHA-256, appended last in a transaction under one lock."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cache
from operator import attrgetter
from typing import Any, Final

from django.db import models, transaction
from django.utils import timezone

from notifications.models import Event, RegisterHead, TransmissionReport, User

GENESIS: Final = "0" * 64
_AS_THEY_ARE: Final = frozenset({str, int, bool, type(None)})
SKIPPED: Final = frozenset({"id", "canonical", "digest"})

# What the digest of a row of this table is over; the event says every other column besides. The
# address of a message and its headers must stay so: events hold no addresses (model.md).
DIGESTED: Final = {
    "clauseversion": frozenset({"rule"}),
    "incomingmail": frozenset({"message_id", "raw", "sender", "subject"}),
    "message": frozenset({"address", "headers"}),
    "rendering": frozenset({"mime"}),
}

# Fixed, so that a column added to events later changes the digest of none that was recorded before.
EVENT_COLUMNS: Final = ("at", "recorded_at", "actor_id", "act", "record", "body", "previous")


@dataclass(frozen=True)
class Entry:
    """One line to be: who did what to which record at which instant of the domain's clock.

    ``rows`` are the sealed rows that the act inserted, ``sets`` those that are named together;
    ``body`` is whatever else must be said.
    """

    act: str
    record: models.Model
    at: datetime
    actor: User | None = None
    rows: tuple[models.Model, ...] = ()
    body: dict[str, Any] = field(default_factory=dict)
    sets: dict[str, Any] = field(default_factory=dict)

    def covering(self, sets: dict[str, Any]) -> Entry:
        """The same entry, covering rows that are named as a set (transmissions) besides."""
        return replace(self, sets={**self.sets, **sets})


def canonical(value: Any) -> str:
    """The one JSON text of a value: sorted keys, no spaces, no escapes beyond JSON's own."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest_of(content: str | bytes) -> str:
    """SHA-256 as 64 hexadecimal digits; text is taken as UTF-8."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def plain(value: Any) -> Any:
    """A column's value as JSON has it: instants in UTC, bytes as their digest."""
    if type(value) in _AS_THEY_ARE:
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return digest_of(bytes(value))
    return value


def content(row: models.Model) -> dict[str, Any]:
    """Every column of a row but its key, its canonical text and its digest, by column name."""
    names, values = _columns(type(row))
    return dict(zip(names, map(plain, values(row)), strict=True))


@cache
def _columns(model: type[models.Model]) -> tuple[tuple[str, ...], attrgetter[tuple[Any, ...]]]:
    """The names of its columns, and what reads them at once.

    What the database works out from others says nothing new.
    """
    columns = (column for column in model._meta.concrete_fields if not column.generated)
    names = tuple(column.attname for column in columns if column.attname not in SKIPPED)
    return names, attrgetter(*names)


def sealed(rows: Iterable[models.Model]) -> dict[str, Any]:
    """What an event says of the sealed rows it covers, by ``<model>:<key>``.

    A row with a canonical text of its own, which names every column, is covered by the digest over
    it. Of others the event says the digest, where there is one, and every column that it is not
    over, as they are at that time: a column added later breaks nothing.
    """
    return {f"{row._meta.model_name}:{row.pk}": _said(row) for row in rows}


def _said(row: models.Model) -> dict[str, Any]:
    digest = getattr(row, "digest", None)
    if digest is None:
        return sayable(row)
    if hasattr(row, "canonical"):
        return {"digest": digest}
    covered = DIGESTED.get(str(row._meta.model_name), frozenset())
    columns = {name: value for name, value in sayable(row).items() if name not in covered}
    return {**columns, "digest": digest}


def sayable(row: models.Model) -> dict[str, Any]:
    """The columns of a row, and for a report whose transmission it is about.

    Events name transmissions by notification, role and party, not by their keys: two of them could
    exchange their keys, and with them their reports.
    """
    if not isinstance(row, TransmissionReport):
        return content(row)
    about = row.transmission
    return {**content(row), "of": [about.notification_id, str(about.role), about.party_id]}


def event_digest(event: Event) -> str:
    """The digest that an event must carry: over every column but itself."""
    return digest_of(canonical({name: plain(getattr(event, name)) for name in EVENT_COLUMNS}))


def append(*entries: Entry) -> list[Event]:
    """Append events, in order, as the last step of the caller's transaction.

    The lock on ``RegisterHead`` is held until the transaction ends, so that concurrent writers
    follow one another; a trigger moves the head along.

    Raises TransactionManagementError outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("an event is part of the act's transaction")
    head = RegisterHead.objects.select_for_update().filter(pk=1).first()
    if head is None:
        head, _ = RegisterHead.objects.get_or_create(pk=1, defaults={"digest": GENESIS})
        head = RegisterHead.objects.select_for_update().get(pk=1)
    previous = head.digest
    recorded_at = timezone.now()
    events = []
    for entry in entries:
        event = Event(
            at=entry.at,
            recorded_at=recorded_at,
            actor=entry.actor,
            act=entry.act,
            record=f"{entry.record._meta.model_name}:{entry.record.pk}",
            body=canonical({**entry.body, "sealed": {**sealed(entry.rows), **entry.sets}}),
            previous=previous,
        )
        event.digest = previous = event_digest(event)
        events.append(event)
    return Event.objects.bulk_create(events)
