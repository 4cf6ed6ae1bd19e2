"""The chase of acknowledgements: a formal notice that nobody confirms to have (alerts.md).

After three days the mission of each silent addressee is told again, heads of mission included;
three days later the depositaries, or the sender where the treaty has none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from notifications.models import Alert, Sender, taken_back, unacknowledged

DAYS: Final = 3
AFTER: Final = timedelta(days=DAYS)
# The stage is the number of days after the notice was issued.
MISSIONS: Final = str(DAYS)
KEEPERS: Final = str(2 * DAYS)


def silent_addressees(notification_ids: Collection[int]) -> dict[int, set[int]]:
    """Who has not confirmed to have the act: parties by notification, by key; three queries.

    Nobody has to confirm any more what all who gave it have taken back.
    """
    if not notification_ids:
        return {}
    found: dict[int, set[int]] = defaultdict(set)
    rows = unacknowledged(notification_ids).values_list("notification", "party")
    for notification, party in rows:
        found[notification].add(party)
    back = taken_back(found)
    given_by = Sender.objects.filter(notification__in=list(found)).values_list(
        "notification", "party"
    )
    stands = {notification for notification, party in given_by if (notification, party) not in back}
    return {key: parties for key, parties in found.items() if key in stands}


def next_chase(alert: Alert, *, is_kept: bool, now: datetime) -> Alert | None:
    """The second step after the first; ``is_kept``: the treaty has depositaries.

    Where the first came late, the missions have their three days from ``now``.
    """
    if alert.stage != MISSIONS:
        return None
    due_at = alert.due_at + AFTER
    return Alert(
        case_id=alert.case_id,
        notification_id=alert.notification_id,
        kind=Alert.Kind.UNACKNOWLEDGED,
        stage=KEEPERS,
        audience="depositaries" if is_kept else "senders",
        due_at=due_at if due_at > now else now + AFTER,
    )
