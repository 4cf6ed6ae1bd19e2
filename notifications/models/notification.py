"""The sealed act and what is known of its way: senders, receipts, number, transmissions."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from notifications.acts import VOIDING
from notifications.lifecycle import NOTIFICATION_STATES
from notifications.models.cases import Case, CaseParty, Draft
from notifications.models.people import MISSION_ROLES, Role, User
from notifications.models.registry import (
    Participation,
    Party,
    PartyQuerySet,
    Treaty,
    TreatyDepositary,
)
from notifications.models.sealed import Sealed, SealedQuerySet


class NotificationQuerySet(SealedQuerySet["Notification"]):
    """Notifications by who may read them."""

    def visible_to(self, user: User, today: date) -> NotificationQuerySet:
        """What a person may read on ``today`` (domain.md, roles).

        Sender, addressee and depositary read everything of theirs, a party that left included; the
        other parties of the treaty read what is not restricted and was given while they were one;
        so do administrators and the secretariat, which reads every note that it entered itself
        besides. What the sender marked public is read by every signed-in person.
        """
        mission = user.party_ids(today, *MISSION_ROLES)
        offices = user.party_ids(today, Role.DEPOSITARY_OFFICER)
        here = OuterRef("pk")
        own = Exists(Sender.objects.filter(notification=here, party__in=mission))
        received = Exists(Transmission.objects.filter(notification=here, party__in=mission))
        kept = Exists(TreatyDepositary.objects.filter(treaty=OuterRef("treaty"), party__in=offices))
        party_then = Exists(
            Participation.objects.on(OuterRef("given_on")).filter(
                treaty=OuterRef("treaty"), party__in=mission
            )
        ) | Exists(
            CaseParty.objects.on(OuterRef("given_on")).filter(
                case=OuterRef("case"), party__in=mission
            )
        )
        unrestricted = ~Q(visibility=Notification.Visibility.RESTRICTED)
        seen = Q(own) | Q(received) | Q(kept) | (unrestricted & Q(party_then))
        seen |= Q(visibility=Notification.Visibility.PUBLIC)
        if user.is_staff:
            seen |= unrestricted
        if user.party_ids(today, Role.SECRETARIAT):
            seen |= unrestricted | Q(is_paper=True)
        return self.filter(seen)

    def live(self) -> NotificationQuerySet:
        """Those of live cases."""
        return self.filter(case__origin=Case.Origin.LIVE)

    def with_way(self) -> NotificationQuerySet:
        """Join what a list shows of a notification: treaty, number, progress."""
        return self.select_related("treaty", "case", "circulation", "progress")


class Notification(Sealed):
    """A formal act of a party (or several), sealed when issued.

    ``given_on`` is the day of the note in ``zone``; ``given_at`` its instant where one is known;
    ``is_paper`` says that the secretariat entered it from a paper note;
    ``canonical`` is the canonical JSON of the act and ``digest`` the SHA-256 over it.
    """

    class Visibility(models.TextChoices):
        """Who besides sender, addressees and depositary may read it."""

        PARTIES = "parties", _("the parties to the treaty")
        RESTRICTED = "restricted", _("sender, addressees and depositary alone")
        PUBLIC = "public", _("everyone")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="notifications")
    draft = models.OneToOneField(
        Draft, models.PROTECT, null=True, blank=True, related_name="notification"
    )
    external_ref = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001
    act = models.CharField(
        max_length=40
    )  # a kind of acts.py; no choices, so that a new one moves no table
    treaty = models.ForeignKey(Treaty, models.PROTECT, related_name="notifications")
    given_on = models.DateField()
    given_at = models.DateTimeField(null=True, blank=True)
    zone = models.CharField(max_length=64)
    entered_at = models.DateTimeField()
    text = models.TextField(blank=True)
    language = models.CharField(max_length=10, default="en")
    is_paper = models.BooleanField(default=False)
    fields = models.JSONField(default=dict)
    visibility = models.CharField(
        max_length=20, choices=Visibility.choices, default=Visibility.PARTIES
    )
    refers_to = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="referring"
    )
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    canonical = models.TextField()
    digest = models.CharField(max_length=64)

    senders = models.ManyToManyField(Party, through="Sender", related_name="+")

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("case", "external_ref"), name="notification_external_ref_once_a_case"
            ),
            models.CheckConstraint(
                name="notification_visibility_known",
                condition=Q(visibility__in=("parties", "restricted", "public")),
            ),
        )
        indexes = (
            models.Index(fields=("treaty", "given_on"), name="notification_by_treaty"),
            models.Index(
                fields=("refers_to",), condition=Q(act="conference"), name="notification_conference"
            ),
        )

    def __str__(self) -> str:
        return f"{self.act} of {self.given_on} ({self.treaty})"

    @property
    def is_void(self) -> bool:
        """Whether it was recorded as it was given, and changes nothing of the act it names."""
        return any(flag["code"] in VOIDING for flag in self.fields.get("flags", []))

    def addressees(self) -> PartyQuerySet:
        """Those to which it was transmitted, at issue or at circulation."""
        sent = self.transmissions.filter(party=OuterRef("pk"))
        return Party.objects.filter(Exists(sent)).order_by("code")

    def is_kept_by_depositaries(self) -> bool:
        """Whether a depositary of the treaty is among those to which it was transmitted."""
        depositaries = TreatyDepositary.objects.filter(treaty=self.treaty_id).values("party")
        return self.transmissions.filter(party__in=depositaries).exists()

    def receivers(self) -> models.QuerySet[Party]:
        """Who receives it as the treaty has it: the depositaries addressed, else the addressees."""
        addressed = self.addressees()
        if self.is_kept_by_depositaries():
            return addressed.depositary_of(self.treaty)
        return addressed


class Sender(Sealed):
    """One party that gave the notification; a joint act has several."""

    notification = models.ForeignKey(Notification, models.PROTECT, related_name="sender_rows")
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")

    objects = SealedQuerySet["Sender"].as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("notification", "party"), name="sender_once"),
        )

    def __str__(self) -> str:
        return f"{self.notification} – {self.party}"


class Circulation(Sealed):
    """The number under which a notification stands in the register, and when it was sent on.

    Numbers are gap-free in each ``series`` and year; replays count in a series of their own.
    """

    notification = models.OneToOneField(Notification, models.PROTECT, related_name="circulation")
    series = models.CharField(max_length=10)
    year = models.PositiveIntegerField()
    seq = models.PositiveIntegerField()
    number = models.CharField(max_length=160, unique=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = SealedQuerySet["Circulation"].as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("series", "year", "seq"), name="circulation_numbered_once"
            ),
        )

    def __str__(self) -> str:
        return self.number


class Transmission(Sealed):
    """One party was sent it: at issue by the sender, at circulation by the depositary."""

    class Role(models.TextChoices):
        """On whose hand it went."""

        ISSUE = "issue", _("by the sender")
        CIRCULATION = "circulation", _("by the depositary")

    class Channel(models.TextChoices):
        """By which way it went."""

        SYSTEM = "system", _("through this system")
        NOTE = "note", _("by note")

    notification = models.ForeignKey(Notification, models.PROTECT, related_name="transmissions")
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=Role.choices)
    channel = models.CharField(max_length=20, choices=Channel.choices)
    at = models.DateTimeField()

    objects = SealedQuerySet["Transmission"].as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("notification", "party", "role"), name="transmission_once_a_role"
            ),
        )
        indexes = (models.Index(fields=("party", "notification"), name="transmission_by_party"),)

    def __str__(self) -> str:
        return f"{self.notification} to {self.party}"


class TransmissionReport(Sealed):
    """What is known of a transmission: that it was acknowledged, when and by whom."""

    class Kind(models.TextChoices):
        """We have it: never our position (domain.md)."""

        ACKNOWLEDGED = "acknowledged", _("acknowledged")

    transmission = models.ForeignKey(Transmission, models.PROTECT, related_name="reports")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = SealedQuerySet["TransmissionReport"].as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("transmission", "kind"), name="transmission_report_once_a_kind"
            ),
        )

    def __str__(self) -> str:
        return f"{self.transmission}: {self.kind}"


class Progress(models.Model):
    """Where a notification stands: a projection of the sealed rows."""

    notification = models.OneToOneField(Notification, models.PROTECT, related_name="progress")
    status = models.CharField(
        max_length=20,
        choices=[(key, _(words)) for key, words in NOTIFICATION_STATES.items()],
        default="issued",
    )
    received_on = models.DateField(null=True, blank=True)
    circulated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "progress"
        indexes = (
            models.Index(
                fields=("status",), condition=~Q(status="closed"), name="progress_not_closed"
            ),
        )

    def __str__(self) -> str:
        return f"{self.notification}: {self.status}"


def taken_back(keys: Iterable[int]) -> set[tuple[int, int]]:
    """Which act each of its senders took back: a partner of a joint act takes back its own part."""
    found = Notification.objects.filter(act="rescission", refers_to__in=list(keys))
    return {
        (act.refers_to_id or 0, row.party_id)
        for act in found.prefetch_related("sender_rows")
        if not act.is_void
        for row in act.sender_rows.all()
    }
