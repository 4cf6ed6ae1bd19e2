"""One writer at a time on an act and its clocks.

Every service that changes what follows from a notification (receipt, circulation, response,
conference, rescission, lapse, effect) takes this lock first: draft → progress → deadline →
participation → counter → head of the register. What is read after it is read as it stands.
"""

from __future__ import annotations

from notifications.models import Case, Notification, Progress


def lock(notification: Notification | int) -> Progress:
    """Lock a notification, given itself or its key, until the transaction ends."""
    return Progress.objects.select_for_update().get(notification=notification)


def lock_case(case: Case) -> list[Notification]:
    """Lock every act of a case, in the order in which all do; the acts are returned."""
    rows = (
        Progress.objects.select_for_update(of=("self",))
        .filter(notification__case=case)
        .select_related("notification__case__treaty", "notification__treaty")
        .order_by("notification")
    )
    return [row.notification for row in rows]
