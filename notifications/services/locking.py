"""One writer at a time on an act and its clocks.

Every service that changes what follows from a notification (receipt, circulation, response,
conference, rescission, lapse, effect) takes this lock first: draft → case → progress → deadline →
participation → counter → head of the register. What is read after it is read as it stands.

The case is locked by what adds an act to it and by what its ledger records for all its acts: so an
act that is issued at that moment is not missed by a stop, nor the stop by the act.
"""

from __future__ import annotations

from notifications.models import Case, Notification, Progress


def lock(notification: Notification | int) -> Progress:
    """Lock a notification, given itself or its key, until the transaction ends."""
    return Progress.objects.select_for_update().get(notification=notification)


def close_to_others(case: Case) -> None:
    """Until the transaction ends, nobody else adds an act to the case or a fact to its ledger."""
    Case.objects.select_for_update(no_key=True).get(pk=case.pk)


def lock_case(case: Case) -> list[Notification]:
    """Lock a case and every act of it, in the order in which all do; the acts are returned."""
    close_to_others(case)
    rows = (
        Progress.objects.select_for_update(of=("self",))
        .filter(notification__case=case)
        .select_related("notification__case__treaty", "notification__treaty")
        .order_by("notification")
    )
    return [row.notification for row in rows]
