"""Why a person need not have been told yet: wishes of their own, or a mandate that is newer."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from notifications.delivery.audiences import Recipient
from notifications.delivery.wishes import Wish
from notifications.emails import rung_of
from notifications.models import Alert, Event, Preference

_NONE: Final = Wish()


@dataclass(frozen=True)
class Excuses:
    """The wishes of all who have some, by person, and what changed lately.

    ``changed`` is when a person last chose other days of their own; ``began`` when a mandate was
    entered or changed, by its key; ``reopened`` when an account was, by its person.
    """

    wishes: dict[int, Wish] = field(default_factory=dict)
    changed: dict[int, datetime] = field(default_factory=dict)
    began: dict[int, datetime] = field(default_factory=dict)
    reopened: dict[int, datetime] = field(default_factory=dict)

    @property
    def waiting(self) -> frozenset[int]:
        """The people for whom something may wait."""
        return frozenset(user for user, wish in self.wishes.items() if wish.waits)

    def asks_for(self, user: int, alert: Alert) -> bool:
        """Whether the person is told the stage at all."""
        return self.wishes.get(user, _NONE).wants(alert)

    def told_at(self, user: int, alert: Alert) -> datetime:
        """When the person is to be told: at once, or after what they asked to wait for."""
        wish = self.wishes.get(user, _NONE)
        return wish.leaving(alert, now=alert.due_at).at

    def are_good(self, user: int, alert: Alert, *, now: datetime) -> bool:
        """Whether the person rightly was not told a stage, or not yet, at the instant ``now``.

        By the same rule as what is sent: own days leave out rungs; a pause, quiet hours and a
        digest put off what may wait. Days of one's own count from when they were chosen: of a rung
        before that, the earlier ones decided. The alert's ``due_at`` is the instant at which it had
        to be told.
        """
        if not self.asks_for(user, alert):
            return True
        is_rung = alert.is_extra or rung_of(alert) is not None
        if is_rung and user in self.changed and self.changed[user] >= alert.due_at:
            return True
        return self.told_at(user, alert) > now

    def came_since(self, person: Recipient, at: datetime) -> bool:
        """Whether a person could not be told at an instant: their mandate was entered after it."""
        known = (self.began.get(person.mandate_id), self.reopened.get(person.user_id))
        return any(since is not None and since >= at for since in known)


def read_excuses(*, since: datetime) -> Excuses:
    """All wishes, and what changed since an instant: two queries."""
    wishes = {row.user_id: Wish.of(row) for row in Preference.objects.select_related("user")}
    found = Excuses(wishes)
    kept = {
        "preference-saved": found.changed,
        "mandate-given": found.began,
        "mandate-changed": found.began,
        "account-reopened": found.reopened,
    }
    events = Event.objects.filter(act__in=kept, at__gte=since).order_by("pk")
    for act, record, at, body in events.values_list("act", "record", "at", "body"):
        if act != "preference-saved" or "ladder" in json.loads(body)["changes"]:
            kept[act][int(record.partition(":")[2])] = at
    return found
