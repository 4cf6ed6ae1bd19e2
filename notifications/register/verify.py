"""The proof: the chain walked link by link, and every sealed row held against its event."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.db import DataError, models

from notifications.models import (
    Document,
    Event,
    Message,
    RegisterHead,
    Transmission,
    TransmissionReport,
)
from notifications.models.papers import fault_of
from notifications.register.chain import GENESIS, event_digest, plain
from notifications.register.records import agrees
from notifications.register.triggers import missing_triggers, sealed_models

BATCH: Final = 500

# What reading a forged value ends in: no JSON, no date, another shape, a key or a name too few.
UNREADABLE: Final = (
    AttributeError,
    DataError,
    LookupError,
    OverflowError,
    RecursionError,
    TypeError,
    ValueError,
)


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


def verify() -> Report:
    """Walk the chain and the records it covers; the first disagreement ends the walk.

    Others may write meanwhile. What is kept in memory are the keys of the rows, and one batch.
    """
    walk = _Walk()
    broken = ""
    try:
        walk.to_the_head()
        walk.over_uncovered_rows()
        walk.over_files()
    except _BrokenError as found:
        broken = str(found)
    return Report(walk.events, walk.records, tuple(missing_triggers()), broken)


@contextmanager
def _reading(name: str) -> Iterator[None]:
    """What cannot be read is broken too: say which record or event it is."""
    try:
        yield
    except UNREADABLE as error:
        raise _BrokenError(f"{name}: cannot be read ({type(error).__name__})") from error


class _Walk:
    def __init__(self) -> None:
        self.events = 0
        self.records = 0
        self.last: int | None = None
        self.previous = GENESIS
        self.covered: dict[str, set[int]] = defaultdict(set)
        self.waiting: dict[str, list[tuple[int, dict[str, Any], int]]] = defaultdict(list)

    def to_the_head(self) -> None:
        """Through all events, those included that are appended meanwhile, until they end at it."""
        while True:
            head = RegisterHead.objects.values_list("digest", "length").filter(pk=1).first()
            before = self.events
            self._through_events()
            if (head or (GENESIS, 0)) == (self.previous, self.events):
                return
            if self.events == before:
                raise _BrokenError(f"head of the register: {self.events} events do not end at it")

    def _through_events(self) -> None:
        left = Event.objects.all() if self.last is None else Event.objects.filter(pk__gt=self.last)
        events = left.order_by("pk").iterator(BATCH)
        while True:
            with _reading(f"event number {self.events + 1}"):
                event = next(events, None)
            if event is None:
                break
            self._follow(event)
        for name in list(self.waiting):
            self._check(name)

    def _follow(self, event: Event) -> None:
        with _reading(f"event {event.pk}"):
            if event.previous != self.previous:
                raise _BrokenError(f"event {event.pk}: does not follow the event before it")
            if event.digest != event_digest(event):
                raise _BrokenError(f"event {event.pk}: its content does not have its digest")
            self._take(event)
        self.last, self.previous = event.pk, event.digest
        self.events += 1

    def _take(self, event: Event) -> None:
        for label, said in json.loads(event.body).get("sealed", {}).items():
            name, key = label.split(":", 1)
            if name == "transmissions":
                self._check_transmissions(key, said, event)
                continue
            if apps.get_model("notifications", name) not in _proved_models():
                raise _BrokenError(f"event {event.pk}: names {label}, which is no sealed record")
            self.waiting[name].append((int(key), said, event.pk))
            if len(self.waiting[name]) >= BATCH:
                self._check(name)

    def _check(self, name: str) -> None:
        waiting = self.waiting.pop(name, [])
        model = apps.get_model("notifications", name)
        found = _rows(model, {key for key, _said, _event in waiting})
        for key, said, event in waiting:
            row = found.get(key)
            if row is None:
                raise _BrokenError(f"{name} {key}: named by event {event}, and missing")
            with _reading(f"{name} {key}"):
                if not agrees(row, said):
                    raise _BrokenError(f"{name} {key}: differs from what event {event} says of it")
            self.covered[name].add(key)
            self.records += 1

    def _check_transmissions(self, key: str, said: dict[str, Any], event: Event) -> None:
        notification, role = key.split(":")
        parties = set()
        expected = (said["at"], said["channel"])
        rows = Transmission.objects.filter(notification=int(notification), role=role)
        with _reading(f"transmissions of notification {notification}"):
            for row in rows:
                if (plain(row.at), row.channel) != expected:
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
        """No sealed row stands outside the register."""
        for model in _proved_models():
            name = str(model._meta.model_name)
            rows = model._default_manager.order_by("pk")
            if model is Message:
                rows = rows.filter(state="sent")
            for key in rows.values_list("pk", flat=True).iterator(BATCH):
                if key not in self.covered[name]:
                    # It may have been inserted behind the walk: then its event was appended too.
                    self.to_the_head()
                if key not in self.covered[name]:
                    raise _BrokenError(f"{name} {key}: stands in no event")

    def over_files(self) -> None:
        """Every stored file is there, with the bytes that its digest is over."""
        known = Document.objects.order_by("pk").values_list("pk", "sha256")
        for key, sha256 in known.iterator(BATCH):
            if fault := fault_of(sha256):
                raise _BrokenError(f"document {key}: its file {sha256} is {fault}")


def _rows(model: type[models.Model], keys: Iterable[int]) -> dict[int, models.Model]:
    """The rows with these keys, with what they are compared by; one by one if one is unreadable."""
    rows = model._default_manager.all()
    if model is Message:
        rows = rows.select_related("rendering").defer("rendering__mime")
    elif model is TransmissionReport:
        rows = rows.select_related("transmission")
    try:
        return rows.in_bulk(list(keys))
    except UNREADABLE:
        found = {}
        for key in sorted(keys):
            with _reading(f"{model._meta.model_name} {key}"):
                found.update(rows.in_bulk([key]))
        return found


def _proved_models() -> list[type[models.Model]]:
    return [*(model for model in sealed_models() if model is not Event), Message]
