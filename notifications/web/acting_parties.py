"""For which parties a person can do the next thing with a notification."""

from __future__ import annotations

from datetime import date

from notifications import permissions
from notifications.models import ACTING_ROLES, Notification, Party, Transmission, User
from notifications.web.names import Named, PartyNames


def answering_parties(
    user: User, today: date, names: PartyNames, addressed: set[int]
) -> list[Named]:
    """The addressed parties for which the person acts, sorted by name."""
    return names.sort(set(user.party_ids(today, *ACTING_ROLES)) & addressed)


def addressed_by(
    notification: Notification, user: User, today: date, names: PartyNames
) -> list[Named]:
    """The same, the addressees read from the notification."""
    sent = Transmission.objects.filter(notification=notification)
    return answering_parties(user, today, names, set(sent.values_list("party_id", flat=True)))


def unreceived_by(user: User, notification: Notification, today: date) -> list[Party]:
    """The recipients whose receipt the person may register and that have none yet."""
    able = permissions.receiving_parties(user, notification, today)
    if not able:
        return []
    known = set(notification.receipts.values_list("party_id", flat=True))
    return [party for party in able if party.pk not in known]


def acting_on(
    notification: Notification, user: User, today: date, names: PartyNames
) -> list[Named]:
    """The parties for which the person acts, among those that gave the act or were sent it."""
    concerned = set(notification.sender_rows.values_list("party_id", flat=True))
    sent = notification.transmissions.values_list("party_id", flat=True)
    return answering_parties(user, today, names, concerned | set(sent))
