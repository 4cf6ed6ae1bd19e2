"""Ladders as they stood at an instant: what was planned by one that changed since stays planned."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from notifications.models import Event, Ladder
from notifications.services.alerts import LADDER, Ladders


@dataclass(frozen=True)
class PastLadders:
    """The ladders now, and how they stood before each change: the latest change first."""

    now: Ladders
    before: Sequence[tuple[datetime, Ladders]] = ()

    def at(self, at: datetime) -> Ladders:
        """Those by which a clock that was computed at the instant was planned."""
        standing = self.now
        for changed_at, ladders in self.before:
            if changed_at <= at:
                break
            standing = ladders
        return standing

    @property
    def longest(self) -> int:
        """The most days before its date on which any clock may be told of."""
        every = [self.now, *(ladders for _at, ladders in self.before)]
        days = (rung for ladders in every for rungs in ladders.days.values() for rung in rungs)
        return max((*LADDER, *days))


def read_past_ladders() -> PastLadders:
    """What the rows say, and the register of what they said before: two queries."""
    rows = {ladder.pk: (ladder.applies_to, tuple(ladder.stages)) for ladder in Ladder.objects.all()}
    standing = _ladders(rows)
    before = []
    changes = Event.objects.filter(act="ladder-saved").order_by("-pk")
    for at, record, body in changes.values_list("at", "record", "body"):
        _undo(rows, int(record.partition(":")[2]), json.loads(body))
        before.append((at, _ladders(rows)))
    return PastLadders(standing, before)


def _ladders(rows: Mapping[int, tuple[str, tuple[int, ...]]]) -> Ladders:
    return Ladders(dict(rows.values()))


def _undo(rows: dict[int, tuple[str, tuple[int, ...]]], key: int, body: dict[str, Any]) -> None:
    """Take one change back."""
    if body["is_new"]:
        rows.pop(key, None)
        return
    if key not in rows:
        return
    applies_to, stages = rows[key]
    changes = body["changes"]
    rows[key] = (
        changes.get("applies_to", [applies_to])[0],
        tuple(changes.get("stages", [stages])[0]),
    )
