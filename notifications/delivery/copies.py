"""Copies: a person's message of an alert before it is a row."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import NamedTuple

from notifications.delivery.audiences import Recipient
from notifications.emails import message_id_of
from notifications.models import Alert


class Copy(NamedTuple):
    """The columns by which a new message differs from others; ``next_at`` is when it is to leave.

    ``digest_at`` is the hour of the digest in which it leaves, where it does. One to an
    administrator is by no mandate, and for no party. ``rendering_id`` is its content, where that is
    written already.
    """

    uid: uuid.UUID
    alert_id: int
    user_id: int
    mandate_id: int | None
    party_id: int | None
    address: str
    message_id: str
    next_at: datetime
    digest_at: datetime | None
    rendering_id: int | None = None


def copy_to(
    recipient: Recipient, alert: Alert, *, at: datetime, digest_at: datetime | None = None
) -> Copy:
    """Of the alert, for one who holds a mandate."""
    return Copy(
        uid=uuid.uuid4(),
        alert_id=alert.pk,
        user_id=recipient.user_id,
        mandate_id=recipient.mandate_id,
        party_id=recipient.party_id,
        address=recipient.address,
        message_id=message_id_of(alert.pk, recipient.user_id),
        next_at=at,
        digest_at=digest_at,
    )


def copy_to_administrator(user_id: int, address: str, alert: Alert, *, at: datetime) -> Copy:
    """Of the alert, for the digest of an hour."""
    return Copy(
        uid=uuid.uuid4(),
        alert_id=alert.pk,
        user_id=user_id,
        mandate_id=None,
        party_id=None,
        address=address,
        message_id=message_id_of(alert.pk, user_id),
        next_at=at,
        digest_at=at,
    )
