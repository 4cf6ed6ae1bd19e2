"""Why a person need not have been told yet: wishes of their own (``Preference``)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from notifications.delivery.wishes import Wish
from notifications.models import Alert, Event, Preference

_NONE: Final = Wish()


@dataclass(frozen=True)
class Excuses:
    """The wishes of all who have some, by person, and when those changed that did lately."""

    wishes: dict[int, Wish] = field(default_factory=dict)
    changed: dict[int, datetime] = field(default_factory=dict)

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
        digest put off what may wait. A rung of one's own counts from when it was asked for. The
        alert's ``due_at`` is the instant at which it had to be told.
        """
        if not self.asks_for(user, alert):
            return True
        if alert.is_extra and user in self.changed and self.changed[user] >= alert.due_at:
            return True
        return self.told_at(user, alert) > now


def read_excuses(*, since: datetime) -> Excuses:
    """All wishes, and when those changed that did since an instant: two queries."""
    wishes = {row.user_id: Wish.of(row) for row in Preference.objects.select_related("user")}
    saved = Event.objects.filter(act="preference-saved", at__gte=since).order_by("pk")
    changed = {}
    for record, at in saved.values_list("record", "at") if wishes else ():
        changed[int(record.partition(":")[2])] = at
    return Excuses(wishes, changed)
