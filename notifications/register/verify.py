"""The proof: the chain walked link by link, and every sealed row held against its event."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

from notifications.models import (
    ClauseVersion,
    Event,
    Message,
    RegisterHead,
    Rendering,
    Transmission,
)
from notifications.register.chain import GENESIS, canonical, content, digest_of, event_digest, plain
from notifications.register.triggers import missing_triggers, sealed_models

BATCH = 500


@dataclass(frozen=True)
class Report:
    """What was found: ``broken`` names the first broken link or record, or is empty."""

    events: int
    records: int
    missing_triggers: tuple[str, ...]
    broken: str

    @property
    def ok(self) -> bool:
        """Whether the register proves itself and every trigger stands."""
        return not self.broken and not self.missing_triggers

    def as_data(self) -> dict[str, Any]:
        """The shape of ``verify_register --json`` (trust.md)."""
        return {
            "ok": self.ok,
            "events": self.events,
            "records": self.records,
            "missing_triggers": list(self.missing_triggers),
            "broken": self.broken or None,
        }


class _BrokenError(Exception):
    """The first thing that does not agree."""


def verify(using: str = "default") -> Report:
    """Walk the chain and the records it covers; the first disagreement ends the walk."""
    walk = _Walk()
    broken = ""
    try:
        walk.through_events()
        walk.over_uncovered_rows()
    except _BrokenError as found:
        broken = str(found)
    return Report(walk.events, walk.records, tuple(missing_triggers(using)), broken)


class _Walk:
    def __init__(self) -> None:
        self.events = 0
        self.records = 0
        self.covered: dict[str, set[int]] = defaultdict(set)
        self.waiting: dict[str, list[tuple[int, dict[str, Any], int]]] = defaultdict(list)

    def through_events(self) -> None:
        previous = GENESIS
        for event in Event.objects.order_by("pk").iterator(chunk_size=BATCH):
            if event.previous != previous:
                raise _BrokenError(f"event {event.pk}: does not follow the event before it")
            if event.digest != event_digest(event):
                raise _BrokenError(f"event {event.pk}: its content does not have its digest")
            previous = event.digest
            self.events += 1
            self._take(event)
        for name in list(self.waiting):
            self._check(name)
        head = RegisterHead.objects.filter(pk=1).first()
        if (head.digest, head.length) != (previous, self.events) if head else self.events:
            raise _BrokenError(f"head of the register: {self.events} events do not end at it")

    def _take(self, event: Event) -> None:
        for label, said in json.loads(event.body).get("sealed", {}).items():
            name, key = label.split(":", 1)
            if name == "transmissions":
                self._check_transmissions(key, said, event)
                continue
            self.waiting[name].append((int(key), said, event.pk))
            if len(self.waiting[name]) >= BATCH:
                self._check(name)

    def _check(self, name: str) -> None:
        waiting = self.waiting.pop(name, [])
        model = apps.get_model("notifications", name)
        found = model._default_manager.in_bulk([key for key, _said, _event in waiting])
        for key, said, event in waiting:
            row = found.get(key)
            if row is None:
                raise _BrokenError(f"{name} {key}: named by event {event}, and missing")
            if not _agrees(row, said):
                raise _BrokenError(f"{name} {key}: differs from what event {event} says of it")
            self.covered[name].add(key)
            self.records += 1

    def _check_transmissions(self, key: str, said: dict[str, Any], event: Event) -> None:
        notification, role = key.split(":")
        rows = Transmission.objects.filter(notification=int(notification), role=role)
        parties = set()
        for row in rows:
            if any(plain(getattr(row, name)) != said[name] for name in ("at", "channel")):
                raise _BrokenError(
                    f"transmission {row.pk}: differs from what event {event.pk} says of it"
                )
            parties.add(row.party_id)
            self.covered["transmission"].add(row.pk)
            self.records += 1
        if parties != set(said["parties"]):
            raise _BrokenError(
                f"transmissions of notification {notification}: not those of event {event.pk}"
            )

    def over_uncovered_rows(self) -> None:
        for model in _proved_models():
            name = str(model._meta.model_name)
            rows = model._default_manager.all()
            if model is Message:
                rows = rows.filter(state="sent")
            for key in rows.order_by("pk").values_list("pk", flat=True).iterator():
                if key not in self.covered[name]:
                    raise _BrokenError(f"{name} {key}: stands in no event")


def _proved_models() -> Iterator[type[models.Model]]:
    yield from (model for model in sealed_models() if model is not Event)
    yield Message


def _agrees(row: models.Model, said: dict[str, Any]) -> bool:
    if set(said) != {"digest"}:
        return all(content(row).get(name) == value for name, value in said.items())
    return bool(said["digest"] == getattr(row, "digest", None) == recomputed_digest(row))


def recomputed_digest(row: models.Model) -> str | None:
    """The digest a row should carry, worked out anew from its columns; None where they disagree."""
    if isinstance(row, Rendering):
        return digest_of(bytes(row.mime))
    if isinstance(row, ClauseVersion):
        return digest_of(canonical(row.rule))
    if isinstance(row, Message):
        return message_digest(row)
    text = str(getattr(row, "canonical", ""))
    columns = content(row)
    stated = json.loads(text)
    same = all(columns[name] == value for name, value in stated.items() if name in columns)
    return digest_of(text) if same else None


def message_digest(message: Message) -> str | None:
    """SHA-256 over a message as sent: its headers, its address and the digest of its content."""
    if message.rendering is None or message.sent_at is None:
        return None
    return digest_of(
        canonical(
            {
                "address": message.address,
                "headers": message.headers,
                "rendering": message.rendering.digest,
                "sent_at": plain(message.sent_at),
            }
        )
    )
