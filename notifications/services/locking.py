"""One writer at a time on an act and its clocks.

Every service that changes what follows from a notification (receipt, circulation, response,
conference, rescission, lapse, effect) takes this lock first: draft → case → progress → deadline →
participation → counter → head of the register. What is read after it is read as it stands.

The case is locked by what adds an act to it and by what its ledger records for all its acts: so an
act that is issued at that moment is not missed by a stop, nor the stop by the act.
"""

from __future__ import annotations

from django.db.models import Q

from notifications.models import Case, Notification, Progress


def lock(notification: Notification | int) -> Progress:
    """Lock a notification, given itself or its key, until the transaction ends.

    What happens to it can move clocks of the act that it refers to (a threshold is reached), or of
    the one that this one refers to (what counted there is taken back): these are locked before it,
    the oldest first, as everywhere.
    """
    key = notification if isinstance(notification, int) else notification.pk
    chain = Q(pk=key) | Q(referring=key) | Q(referring__referring=key)
    rows = (
        Progress.objects.select_for_update(of=("self",))
        .filter(notification__in=Notification.objects.filter(chain).values("pk"))
        .order_by("notification")
    )
    return next(row for row in rows if row.notification_id == key)


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
