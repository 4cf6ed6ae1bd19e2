"""The outbox: alerts planned ahead, one person's copy of each, and every attempt to send it."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications.lifecycle import MESSAGE_STATES
from notifications.models.cases import Case
from notifications.models.clocks import DeadlineVersion
from notifications.models.notification import Notification
from notifications.models.people import Mandate, User
from notifications.models.registry import Party
from notifications.models.responses import Response
from notifications.models.sealed import Sealed, SealedQuerySet

# A sweep finds what is due within a minute; a mail that comes this much later says so.
LATE: Final = timedelta(hours=1)


class AlertQuerySet(models.QuerySet["Alert"]):
    """Alerts by state and instant."""

    def planned(self) -> AlertQuerySet:
        """Not yet expanded to people."""
        return self.filter(state=Alert.State.PLANNED)

    def due(self, now: datetime) -> AlertQuerySet:
        """Planned, and fallen due at the instant ``now``."""
        return self.planned().filter(due_at__lte=now)

    def in_case(self, case: Case | None) -> AlertQuerySet:
        """Those of one case, or of all live cases."""
        return self.filter(case=case) if case else self.filter(case__origin=Case.Origin.LIVE)


class Alert(models.Model):
    """One stage of one deadline version, or of one act, with the rule of who is told.

    ``audience`` is one or several of ``bearer``, ``addressees``, ``senders``, ``parties``,
    ``depositaries`` and ``unacknowledged``, joined by ``+``; people are found from it only when
    ``due_at`` has come. Of the run of a recurring clause there is no notification.

    ``expanded_at`` is the instant at which it became messages. ``is_extra`` is a rung that stands
    only on the ladders of single persons (``Preference``), not on that of the deadline's kind.
    ``failed_message`` is the message that could not be delivered, where the alert tells of that;
    only where it was about a run does such an alert name a version.
    """

    class Kind(models.TextChoices):
        """What the alert tells."""

        DEADLINE = "deadline", _("a deadline")
        ISSUED = "issued", _("a notification was issued")
        RECEIVED = "received", _("a notification was received")
        CIRCULATED = "circulated", _("a notification was circulated")
        ACKNOWLEDGED = "acknowledged", _("a notification was acknowledged")
        RESPONDED = "responded", _("a party responded")
        PARTICIPATION = "participation", _("participation changed")
        DEFECT = "defect", _("something is not in due form")
        DISPUTED = "disputed", _("a date of receipt was corrected or disputed")
        FACT = "fact", _("a fact was recorded")
        PROPOSED = "proposed", _("silence proposes an outcome")
        CONFIRMED = "confirmed", _("an outcome was confirmed or declined")
        UNACKNOWLEDGED = "unacknowledged", _("a notification was not acknowledged")
        UNDELIVERED = "undelivered", _("a message could not be delivered")

    class State(models.TextChoices):
        """Where it stands."""

        PLANNED = "planned", _("planned")
        EXPANDED = "expanded", _("expanded to messages")
        UNADDRESSED = "unaddressed", _("nobody holds a mandate")
        VOID = "void", _("void")

    case = models.ForeignKey(Case, models.PROTECT, related_name="alerts")
    notification = models.ForeignKey(
        Notification, models.PROTECT, null=True, blank=True, related_name="alerts"
    )
    deadline_version = models.ForeignKey(
        DeadlineVersion, models.PROTECT, null=True, blank=True, related_name="alerts"
    )
    response = models.ForeignKey(
        Response, models.PROTECT, null=True, blank=True, related_name="alerts"
    )
    kind = models.CharField(max_length=20, choices=Kind.choices)
    stage = models.CharField(max_length=60, blank=True)
    audience = models.CharField(max_length=80)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=20, choices=State.choices, default=State.PLANNED)
    expanded_at = models.DateTimeField(null=True, blank=True)
    is_extra = models.BooleanField(default=False)
    failed_message = models.OneToOneField(
        "Message", models.PROTECT, null=True, blank=True, related_name="told_by"
    )

    objects = AlertQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="alert_of_an_act_or_a_run",
                condition=Q(notification__isnull=False) | Q(deadline_version__isnull=False),
            ),
            models.UniqueConstraint(
                fields=("deadline_version", "stage"),
                condition=Q(deadline_version__isnull=False),
                name="alert_one_a_stage_of_a_version",
            ),
            models.UniqueConstraint(
                fields=("notification", "kind", "stage"),
                condition=Q(deadline_version=None),
                name="alert_one_a_stage_of_an_act",
            ),
            models.CheckConstraint(
                name="alert_undelivered_names_its_message",
                condition=Q(kind="undelivered", failed_message__isnull=False)
                | (~Q(kind="undelivered") & Q(failed_message=None)),
            ),
            models.CheckConstraint(
                name="alert_of_a_deadline_names_its_version",
                condition=Q(kind="deadline", deadline_version__isnull=False)
                | Q(kind="undelivered")
                | (~Q(kind="deadline") & Q(deadline_version=None)),
            ),
        )
        indexes = (
            models.Index(
                fields=("due_at",), condition=Q(state="planned"), name="alert_planned_by_due"
            ),
            models.Index(fields=("case", "state"), name="alert_by_case"),
        )

    def __str__(self) -> str:
        return f"{self.notification or self.deadline_version}: {self.kind} {self.stage}".rstrip()

    @property
    def is_late(self) -> bool:
        """Whether it became messages long after it fell due: something was interrupted."""
        return self.expanded_at is not None and self.expanded_at - self.due_at > LATE

    @property
    def told_at(self) -> datetime:
        """The instant from which its mails count days: that of its stage, or its own if late."""
        return self.expanded_at if self.expanded_at and self.is_late else self.due_at

    @property
    def zone(self) -> str:
        """The zone in which the days of its act, or of its treaty, are read."""
        return self.notification.zone if self.notification else self.case.treaty.zone

    @property
    def act(self) -> Notification:
        """The act that it is about. Raises Notification.DoesNotExist for a run's alert."""
        if self.notification is None:
            raise Notification.DoesNotExist(f"alert {self.pk} is of a run")
        return self.notification


class Rendering(Sealed):
    """The content of an alert in one language: a MIME entity, kept as it was sent."""

    alert = models.ForeignKey(Alert, models.PROTECT, related_name="renderings")
    language = models.CharField(max_length=10)
    mime = models.BinaryField()
    digest = models.CharField(max_length=64)

    objects = SealedQuerySet["Rendering"].as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("alert", "language"), name="rendering_once_a_language"),
        )

    def __str__(self) -> str:
        return f"{self.alert} ({self.language})"


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages by state and by who may read them."""

    def pending(self, now: datetime) -> MessageQuerySet:
        """To be sent at the instant ``now``, and not held by another worker's lease."""
        return self.filter(Q(lease_until=None) | Q(lease_until__lte=now)).filter(
            is_open=True, state="pending", next_at__lte=now
        )

    def left_accepted(self, now: datetime) -> MessageQuerySet:
        """Accepted by a server, and the worker that held it is gone at the instant ``now``."""
        return self.filter(is_open=True, state="accepted", lease_until__lte=now)

    def visible_to(self, user: User, today: date) -> MessageQuerySet:
        """One's own; administrators also those about notifications that they may read."""
        own = Q(user=user)
        if user.is_staff:
            own |= Q(alert__notification__in=Notification.objects.visible_to(user, today))
        return self.filter(own)


class Message(models.Model):
    """One person's copy of an alert. Once sent, a trigger freezes it.

    ``accepted`` is the durable mark written as soon as the server took the message; ``sent``
    follows with the event of the batch, in one transaction, so that what is frozen always stands
    in the register.

    ``next_at`` is the instant of the next try; ``lease_by``/``lease_until`` name the worker that
    holds it and until when; ``headers`` are the header lines as sent, and ``digest`` is the SHA-256
    over headers and content. A resend is a new message, which names the one that failed.

    ``is_open`` follows from the state. What is asked for by its partial index stays where it is in
    all indexes while it is claimed, marked and given back: only the end of a message moves it.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    alert = models.ForeignKey(Alert, models.PROTECT, related_name="messages")
    user = models.ForeignKey(User, models.PROTECT, related_name="messages")
    # Nothing is looked up by these three: an index of each would be written with every message.
    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="+", db_index=False)
    party = models.ForeignKey(Party, models.PROTECT, related_name="+", db_index=False)
    rendering = models.ForeignKey(
        Rendering, models.PROTECT, null=True, blank=True, related_name="messages", db_index=False
    )
    address = models.EmailField()
    message_id = models.CharField(max_length=200)
    state = models.CharField(
        max_length=20,
        choices=[(key, _(words)) for key, words in MESSAGE_STATES.items()],
        default="pending",
    )
    is_open = models.GeneratedField(
        expression=Q(state__in=("pending", "accepted")),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    lease_by = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    headers = models.TextField(blank=True)
    digest = models.CharField(max_length=64, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    resend_of = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="resent_as"
    )

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("message_id",), name="message_id_once"),
            models.UniqueConstraint(
                fields=("alert", "user"),
                condition=Q(resend_of=None),
                name="message_once_a_person",
            ),
            models.CheckConstraint(
                name="message_sent_has_its_content",
                condition=~Q(state__in=("accepted", "sent"))
                | Q(rendering__isnull=False, sent_at__isnull=False),
            ),
        )
        indexes = (
            models.Index(fields=("next_at",), condition=Q(is_open=True), name="message_open"),
        )

    def __str__(self) -> str:
        return f"{self.alert} to {self.user}"


class Delivery(Sealed):
    """One attempt to send a message, or its return, and what the server said to it."""

    class Outcome(models.TextChoices):
        """How the attempt ended."""

        SENT = "sent", _("accepted by the server")
        DEFERRED = "deferred", _("to be tried again")
        REFUSED = "refused", _("refused for good")
        GIVEN_UP = "given-up", _("given up after the last try")
        BOUNCED = "bounced", _("returned by the recipient's server")

    # Found by the index below.
    message = models.ForeignKey(
        Message, models.PROTECT, related_name="deliveries", db_index=False
    )
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    reply = models.TextField(blank=True)
    at = models.DateTimeField()

    objects = SealedQuerySet["Delivery"].as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = (models.Index(fields=("message", "at"), name="delivery_by_message"),)

    def __str__(self) -> str:
        return f"{self.message}: {self.outcome}"
