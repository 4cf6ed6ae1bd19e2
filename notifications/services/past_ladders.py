"""Ladders as they stood at an instant: what was planned by one that changed since stays planned."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from notifications.models import Event, Ladder, Preference
from notifications.services.rungs import LADDER, Ladders


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
        hours = (rung for ladders in every for rungs in ladders.hours.values() for rung in rungs)
        return max((*LADDER, *days, *self.now.personal, *(rung // 24 + 1 for rung in hours)))


# The kind, the days and the hours of a row.
_Row = tuple[str, tuple[int, ...], tuple[int, ...]]


def read_past_ladders() -> PastLadders:
    """What the rows say, and the register of what they said before: three queries.

    Those of single persons are always those of now; who asked for a rung when, the register says.
    """
    own = Preference.objects.exclude(ladder=[]).values_list("ladder", flat=True)
    personal = frozenset(rung for days in own for rung in days)
    rows: dict[int, _Row] = {
        ladder.pk: (ladder.applies_to, tuple(ladder.stages), tuple(ladder.hours))
        for ladder in Ladder.objects.all()
    }
    standing = _ladders(rows, personal)
    before = []
    changes = Event.objects.filter(act="ladder-saved").order_by("-pk")
    for at, record, body in changes.values_list("at", "record", "body"):
        _undo(rows, int(record.partition(":")[2]), json.loads(body))
        before.append((at, _ladders(rows, personal)))
    return PastLadders(standing, before)


def _ladders(rows: Mapping[int, _Row], personal: frozenset[int]) -> Ladders:
    return Ladders(
        days={kind: days for kind, days, _hours in rows.values()},
        hours={kind: hours for kind, _days, hours in rows.values()},
        personal=personal,
    )


def _undo(rows: dict[int, _Row], key: int, body: dict[str, Any]) -> None:
    """Take one change back."""
    if body["is_new"]:
        rows.pop(key, None)
        return
    if key not in rows:
        return
    applies_to, stages, hours = rows[key]
    changes = body["changes"]
    rows[key] = (
        changes.get("applies_to", [applies_to])[0],
        tuple(changes.get("stages", [stages])[0]),
        tuple(changes.get("hours", [hours])[0]),
    )
