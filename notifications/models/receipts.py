"""Receipts of a notification, which of them counts, and what was not in due form."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from django.db import models
from django.db.models import Exists, OuterRef, Q

from notifications.models.notification import Notification, Transmission, TransmissionReport
from notifications.models.people import User
from notifications.models.registry import Party
from notifications.models.responses import Response
from notifications.models.sealed import Sealed, SealedQuerySet


class ReceiptQuerySet(SealedQuerySet["Receipt"]):
    """Receipts by whether they stand."""

    def standing(self) -> ReceiptQuerySet:
        """Those that no later row supersedes."""
        return self.filter(superseded_by=None)


class Receipt(Sealed):
    """The depositary (without one, the addressee) has the note since ``on``, a day in its zone.

    ``at`` is the instant where one is known. A correction, or the other side's date of a receipt
    that is ``disputed``, is a further row that ``supersedes`` the one before, with its ``reason``:
    both are kept, and ``counted`` says which of them counts.
    """

    notification = models.ForeignKey(Notification, models.PROTECT, related_name="receipts")
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")
    on = models.DateField()
    at = models.DateTimeField(null=True, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    disputed = models.BooleanField(default=False)
    reason = models.TextField(blank=True)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("notification", "party"),
                condition=Q(supersedes=None),
                name="receipt_once_a_recipient",
            ),
        )

    def __str__(self) -> str:
        return f"{self.notification} received by {self.party} on {self.on}"


class Counted(NamedTuple):
    """The receipt by one party that counts, and the other side's date where it is disputed."""

    receipt: Receipt
    claim: Receipt | None = None


def counted(receipts: Iterable[Receipt]) -> dict[int, Counted]:
    """By party, of the receipts of one act: the depositary's date counts, a claim stands beside it.

    A correction after a claim settles the dispute, also where it keeps to its date; so does a claim
    to the day that counts.
    """
    found: dict[int, Counted] = {}
    for receipt in sorted(receipts, key=lambda row: row.pk):
        if not receipt.disputed:
            found[receipt.party_id] = Counted(receipt)
        elif receipt.party_id in found:
            counts = found[receipt.party_id].receipt
            found[receipt.party_id] = Counted(counts, receipt if receipt.on != counts.on else None)
    return found


class Defect(Sealed):
    """Something not in due form, brought to the sender's attention; it refuses nothing.

    Source: VCLT 77(1)(d).
    """

    notification = models.ForeignKey(Notification, models.PROTECT, related_name="defects")
    text = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = SealedQuerySet["Defect"].as_manager()

    class Meta:
        indexes = (models.Index(fields=("notification",), name="defect_by_act"),)

    def __str__(self) -> str:
        return f"{self.notification}: {self.text[:60]}"


def unacknowledged(notification_ids: Collection[int]) -> models.QuerySet[Transmission]:
    """To whom these acts were issued that neither acknowledged, received nor answered them.

    Who was sent an act at circulation alone is not among them: it was made to its addressees.
    """
    of_party = {"notification": OuterRef("notification"), "party": OuterRef("party")}
    confirmed = TransmissionReport.objects.filter(
        transmission__notification=OuterRef("notification"), transmission__party=OuterRef("party")
    )
    return Transmission.objects.filter(
        ~Exists(confirmed),
        ~Exists(Receipt.objects.filter(**of_party)),
        ~Exists(Response.objects.filter(**of_party)),
        notification__in=notification_ids,
        role=Transmission.Role.ISSUE,
    )
