"""Bounces: a server has returned a message that another one had taken from us."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from notifications import emails
from notifications.delivery.contacts import Returned, address_of, note_returned
from notifications.delivery.fallback import fall_back
from notifications.errors import RuleBrokenError
from notifications.models import Case, Delivery, Message
from notifications.queue import nudge
from notifications.register import Entry, append


@transaction.atomic
def record_bounce(*, message_id: str, reason: str, now: datetime) -> Delivery | None:
    """Record that a message came back for good; None where that is on record already.

    The address is marked, the next mandate is tried, and the others of the party are told. There is
    no actor: a mail server says so, and the door has asked for its token. Raises RuleBrokenError
    for a message that is not ours or was never handed over.
    """
    message = (
        Message.objects.select_for_update(of=("self",))
        .filter(message_id=message_id, alert__case__origin=Case.Origin.LIVE)
        .select_related("user")
        .first()
    )
    if message is None:
        sentence = gettext("No message of this system has the Message-ID %(id)s.")
        raise RuleBrokenError(sentence % {"id": message_id}, field="message_id")
    if message.deliveries.filter(outcome=Delivery.Outcome.BOUNCED).exists():
        return None
    if message.tries == 0:
        sentence = gettext("The message %(id)s was never handed to a mail server.")
        raise RuleBrokenError(sentence % {"id": message_id}, field="message_id")
    said = emails.without_addresses(reason)
    # With a digest comes back all that it carried.
    returned = [message, *Message.objects.filter(carried_by=message).order_by("pk")]
    bounces = Delivery.objects.bulk_create(
        Delivery(message=one, outcome=Delivery.Outcome.BOUNCED, reply=said, at=now)
        for one in returned
    )
    note_returned([Returned(message.user_id, address_of(message), said)], at=now)
    instead = fall_back([one.pk for one in returned], at=now)
    body = {"instead": {str(failed): new for failed, new in instead.items()}} if instead else {}
    append(Entry("message-bounced", message, at=now, rows=tuple(bounces), body=body))
    nudge("send_alerts")
    return bounces[0]
