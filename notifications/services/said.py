"""Said: what the outbox holds of stages and acts that had to be told, by person and by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from notifications.delivery.holders import Side
from notifications.models import Alert, Message, Role
from notifications.services.expected import Expected, nominal_instant

# Of a message that waits as its reader wishes.
LATER: Final = "later"


@dataclass(frozen=True)
class Said:
    """The states of the messages of a batch, by place and person, and by place and side.

    ``closed`` are those whose account was closed before they were told, with their side, by place.
    """

    by_person: defaultdict[tuple[int, int], set[str]]
    by_side: defaultdict[tuple[int, Side], set[str]]
    closed: defaultdict[int, set[tuple[int, Side]]]

    def of(self, place: int, user: int) -> set[str]:
        """Of those by which a person may have been told."""
        return self.by_person.get((place, user), set())

    def of_side(self, place: int, side: Side) -> set[str]:
        """Of those by which anybody of a side of a party may have been told."""
        return self.by_side.get((place, side), set())


def read_said(batch: Sequence[Expected], *, now: datetime) -> Said:
    """What the outbox says of a batch at an instant: three queries."""
    places: dict[int, list[int]] = defaultdict(list)
    for alert, place in _telling(batch):
        places[alert].append(place)
    said = Said(defaultdict(set), defaultdict(set), defaultdict(set))
    messages = Message.objects.filter(alert__in=list(places), mandate__isnull=False)
    rows = messages.values_list(
        "alert", "user", "party", "mandate__role", "state", "user__is_active", "tries", "next_at"
    )
    for alert, user, party, role, state, is_active, tries, next_at in rows.iterator():
        side = Side(party or 0, role == Role.DEPOSITARY_OFFICER)
        for place in places[alert]:
            said.by_person[place, user].add(state)
            waits = state == "pending" and not tries and next_at > now
            said.by_side[place, side].add(LATER if waits else state)
            if state == "void" and not is_active:
                said.closed[place].add((user, side))
    return said


def _telling(batch: Sequence[Expected]) -> Iterable[tuple[int, int]]:
    """Which stored alerts tell of which places of the batch: the same stage, or a newer one.

    Late stages collapse: after an interruption a person gets the newest stage of a deadline alone.
    Two queries.
    """
    acts = {one.alert.notification_id: place for place, one in enumerate(batch) if not one.versions}
    issued = Alert.objects.filter(notification__in=acts, kind=Alert.Kind.ISSUED)
    for key, notification in issued.values_list("pk", "notification"):
        yield key, acts[notification]
    by_version: dict[int, list[int]] = defaultdict(list)
    for place, one in enumerate(batch):
        for version in one.versions:
            by_version[version].append(place)
    stages = Alert.objects.filter(deadline_version__in=by_version, kind=Alert.Kind.DEADLINE)
    for key, version, stage in stages.values_list("pk", "deadline_version", "stage"):
        for place in by_version[version or 0]:
            one = batch[place]
            told_of = one.alert.deadline_version
            at = nominal_instant(told_of, stage) if told_of else None
            if at is not None and at >= one.nominal_at:
                yield key, place
