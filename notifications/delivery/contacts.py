"""Contacts: what mail that was taken, refused or sent back tells of the address it went to."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import F

from notifications import emails
from notifications.delivery.rows import among
from notifications.models import Contact, Delivery, Message


class Returned(NamedTuple):
    """An address of a person that takes no mail, and the words of the server, without it."""

    user_id: int
    address: str
    reason: str


def address_of(message: Message) -> str:
    """The address to which a message went, as the person has it; its ``user`` must be joined.

    Mails go to the ASCII form of an international domain.
    """
    try:
        is_present = emails.deliverable(message.user.email) == message.address
    except emails.UnusableAddressError:
        is_present = False
    return message.user.email if is_present else message.address


def note_returned(returned: Iterable[Returned], *, at: datetime) -> None:
    """From ``at`` on mail to these addresses comes back: two queries, whatever their number.

    One that is known to fail stays as it is, with the day and the reason it first failed for.
    """
    rows = {(row.user_id, row.address): row for row in returned}
    if not rows:
        return
    bouncing = Contact.objects.filter(
        user__in={user for user, _address in rows}, state=Contact.State.BOUNCING
    )
    for known in bouncing.values_list("user", "address"):
        rows.pop(known, None)
    Contact.objects.bulk_create(
        # In one order everywhere, so that two workers do not wait for each other.
        [
            Contact(
                user_id=user, address=address, state=Contact.State.BOUNCING, since=at, reason=why
            )
            for user, address, why in sorted(rows.values())
        ],
        update_conflicts=True,
        unique_fields=["user", "address"],
        update_fields=["state", "since", "reason"],
    )


def note_taken(messages: Collection[Message], *, at: datetime) -> None:
    """A server took these messages: their addresses work again. Their ``user`` must be joined.

    Not those from which mail came back after a server had taken it: that one takes everything.
    """
    people = {message.user_id for message in messages}
    bouncing = Contact.objects.filter(state=Contact.State.BOUNCING, since__lte=at)
    bouncing = bouncing.filter(among("user_id", people))
    known = list(bouncing.order_by("user", "address").select_for_update()) if people else []
    # Almost always nobody's address was known to fail.
    taken = {(message.user_id, address_of(message)) for message in messages} if known else set()
    rows = [row for row in known if (row.user_id, row.address) in taken]
    came_back = _returned_since(rows) if rows else set()
    keys = [row.pk for row in rows if (row.user_id, row.address) not in came_back]
    if keys:
        Contact.objects.filter(pk__in=keys).update(state=Contact.State.WORKING, since=at, reason="")


def _returned_since(rows: Collection[Contact]) -> set[tuple[int, str]]:
    """Of these, who fail since a message came back that a server had taken: person and address."""
    bounces = Delivery.objects.filter(
        outcome=Delivery.Outcome.BOUNCED,
        message__user__in={row.user_id for row in rows},
        at__gte=min(row.since for row in rows),
    ).select_related("message__user")
    since = {(row.user_id, row.address): row.since for row in rows}
    found = {
        (one.message.user_id, address_of(one.message)): one.at for one in bounces.order_by("at")
    }
    return {key for key, at in found.items() if key in since and at >= since[key]}


def people_out_of_reach() -> set[int]:
    """Those whose present address sends mail back."""
    bouncing = Contact.objects.filter(state=Contact.State.BOUNCING, address=F("user__email"))
    return set(bouncing.values_list("user", flat=True))
