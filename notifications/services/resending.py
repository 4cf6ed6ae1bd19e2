"""What an administrator does about mail: send again, give up, say that an address works again."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext

from notifications import permissions
from notifications.delivery.fallback import fall_back
from notifications.delivery.relevance import undue_among
from notifications.emails import message_id_of_resend, without_addresses
from notifications.errors import NotPermittedError, RuleBrokenError
from notifications.models import Contact, Delivery, Mandate, Message, User
from notifications.queue import nudge
from notifications.register import Entry, append
from notifications.services.changes import require_reason


@transaction.atomic
def resend_message(*, message: Message, actor: User, now: datetime, reason: str) -> Message:
    """Send a message that failed or came back once more, to the person's present address.

    It is a new message with a Message-ID of its own; the old one stays as it is. Raises
    NotPermittedError, or RuleBrokenError where there is nothing to send again.
    """
    _check_actor(actor)
    why = require_reason(reason)
    record = _locked(message)
    if not _has_failed(record):
        raise RuleBrokenError(gettext("Only a message that failed or came back is sent again."))
    if Message.objects.filter(resend_of=record).exists():
        raise RuleBrokenError(gettext("This message was sent again already."))
    _check_mandate(record, now)
    if undue_among([record], now=now, is_again=True):
        raise RuleBrokenError(
            gettext("What this message says is true no more, or the account of its reader closed.")
        )
    again = Message.objects.create(
        alert=record.alert,
        user=record.user,
        mandate_id=record.mandate_id,
        party_id=record.party_id,
        address=record.user.email,
        message_id=message_id_of_resend(record.uid),
        next_at=now,
        # An administrator is told of failures in a digest, be it of one.
        digest_at=now if record.mandate_id is None else None,
        resend_of=record,
    )
    body = {"resend_of": record.pk, "reason": without_addresses(why)}
    append(Entry("message-resent", again, at=now, actor=actor, body=body))
    nudge("send_alerts")
    return again


@transaction.atomic
def give_up_message(*, message: Message, actor: User, now: datetime, reason: str) -> Delivery:
    """End a message that waits; the next mandate is tried and the others of the party are told.

    Raises NotPermittedError, or RuleBrokenError for one that waits no more or is being sent.
    """
    _check_actor(actor)
    why = without_addresses(require_reason(reason))
    record = _locked(message)
    if record.state != "pending":
        raise RuleBrokenError(gettext("Only a message that waits to be sent is given up."))
    if record.lease_until is not None and record.lease_until > now:
        raise RuleBrokenError(
            gettext("This message is being sent at this moment: try again in a minute.")
        )
    Message.objects.filter(pk=record.pk).update(state="failed", lease_by="", lease_until=None)
    end = Delivery.objects.create(
        message=record, outcome=Delivery.Outcome.GIVEN_UP, reply=why, at=now
    )
    instead = fall_back([record.pk], at=now)
    body = {"reason": why, **({"instead": instead[record.pk]} if instead else {})}
    append(Entry("message-given-up", record, at=now, actor=actor, rows=(end,), body=body))
    nudge("send_alerts")
    return end


@transaction.atomic
def mark_contact_working(*, contact: Contact, actor: User, now: datetime, reason: str) -> Contact:
    """Say that mail to an address does not come back any more.

    Raises NotPermittedError, or RuleBrokenError where nobody says that it does.
    """
    _check_actor(actor)
    why = require_reason(reason)
    record = Contact.objects.select_for_update(of=("self",)).get(pk=contact.pk)
    if record.state == Contact.State.WORKING:
        raise RuleBrokenError(gettext("This address is not known to send mail back."))
    record.state, record.since, record.reason = Contact.State.WORKING, now, ""
    record.save(update_fields=["state", "since", "reason"])
    body = {"user": record.user_id, "reason": without_addresses(why)}
    append(Entry("contact-working", record, at=now, actor=actor, body=body))
    return record


def _check_actor(actor: User) -> None:
    if not permissions.can_administer(actor):
        raise NotPermittedError(gettext("Only an administrator looks after mail."))


def _locked(message: Message) -> Message:
    """The message as it stands, until the transaction ends. Raises RuleBrokenError for a replay."""
    record = (
        Message.objects.select_for_update(of=("self",))
        .select_related(
            "user", "alert__case__treaty", "alert__deadline_version__deadline__current_version"
        )
        .get(pk=message.pk)
    )
    if not record.alert.case.is_live:
        raise RuleBrokenError(gettext("This is of a replay: nothing of it leaves."))
    return record


def _check_mandate(message: Message, now: datetime) -> None:
    """Whoever left the mission reads nothing more of it; an administrator is told as one."""
    today = now.astimezone(ZoneInfo(message.alert.case.treaty.zone)).date()
    key = message.mandate_id
    if key is not None and not Mandate.objects.valid(today).filter(pk=key).exists():
        raise RuleBrokenError(
            gettext("The mandate by which its reader was told has ended: nothing is sent again.")
        )


def _has_failed(message: Message) -> bool:
    return (
        message.state == "failed"
        or message.deliveries.filter(outcome=Delivery.Outcome.BOUNCED).exists()
    )
