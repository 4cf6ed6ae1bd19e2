"""The outbox: the content of alerts, one person's copy of each, and every attempt to send it."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications.lifecycle import MESSAGE_STATES
from notifications.models.alerts import Alert
from notifications.models.notification import Notification
from notifications.models.people import Mandate, User
from notifications.models.registry import Party
from notifications.models.sealed import Sealed, SealedQuerySet


class Rendering(Sealed):
    """The content of an alert in one language: a MIME entity, kept as it was sent.

    ``told_on`` is the day on which a stage of a deadline is told, where that is not the day of the
    stage: its mails count the days that are left.
    That of a digest is one person's: ``carrier`` is the message that it left with, and ``gathers``
    names the keys of the messages whose alerts it tells, and the day on which it was composed.
    """

    alert = models.ForeignKey(Alert, models.PROTECT, related_name="renderings")
    language = models.CharField(max_length=10)
    told_on = models.DateField(null=True, blank=True)
    mime = models.BinaryField()
    digest = models.CharField(max_length=64)
    carrier = models.ForeignKey(
        "Message",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="digests",
        db_index=False,
    )
    gathers = models.JSONField(default=dict, blank=True)

    objects = SealedQuerySet["Rendering"].as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("alert", "language"),
                condition=Q(carrier=None, told_on=None),
                name="rendering_once_a_language",
            ),
            models.UniqueConstraint(
                fields=("alert", "language", "told_on"),
                condition=Q(carrier=None, told_on__isnull=False),
                name="rendering_once_a_language_and_day",
            ),
        )
        indexes = (
            models.Index(
                fields=("carrier",),
                condition=Q(carrier__isnull=False),
                name="rendering_by_carrier",
            ),
        )

    def __str__(self) -> str:
        return f"{self.alert} ({self.language})"


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages by state and by who may read them."""

    def pending(self, now: datetime) -> MessageQuerySet:
        """To be sent singly at the instant ``now``, and not held by another worker's lease."""
        return self._due(now).filter(digest_at=None)

    def gathered(self, now: datetime) -> MessageQuerySet:
        """The same of those that leave in a digest."""
        return self._due(now).filter(digest_at__isnull=False)

    def _due(self, now: datetime) -> MessageQuerySet:
        return self.unheld(now).filter(next_at__lte=now)

    def unheld(self, now: datetime) -> MessageQuerySet:
        """To be sent some time, and not held at the instant ``now``."""
        return self.filter(Q(lease_until=None) | Q(lease_until__lte=now)).filter(
            is_open=True, state="pending"
        )

    def left_accepted(self, now: datetime) -> MessageQuerySet:
        """Accepted by a server, and the worker that held it is gone at the instant ``now``."""
        return self.filter(is_open=True, state="accepted", lease_until__lte=now)

    def visible_to(self, user: User, today: date) -> MessageQuerySet:
        """One's own; administrators also those about notifications that they may read.

        What left in somebody's digest is theirs alone: it tells of other notifications besides.
        """
        own = Q(user=user)
        if user.is_staff:
            told = Q(alert__notification__in=Notification.objects.visible_to(user, today))
            own |= told & (Q(digest_at=None) | ~Q(state__in=("accepted", "sent")))
        return self.filter(own)


class Message(models.Model):
    """One person's copy of an alert. Once sent, a trigger freezes it.

    ``accepted`` is the durable mark written as soon as the server took the message; ``sent``
    follows with the event of the batch, in one transaction, so that what is frozen always stands
    in the register.

    ``next_at`` is the instant of the next try; ``unsaid_tries`` are those of its ``tries`` of which
    no server could say anything: none was reached, or the mail could not be written;
    ``lease_by``/``lease_until`` name the worker that holds it and until when; ``headers`` are the
    header lines as sent, and ``digest`` is the SHA-256 over headers and content. A resend is a new
    message, which names the one that failed.

    ``digest_at`` is the hour of the digest in which it leaves: all that its reader has of that hour
    is one mail. The message with which that mail left is the carrier; the others name it as
    ``carried_by``, and have its content, its headers and its mark. An administrator who is told
    that somebody could not be reached is told by no mandate, and for no party.

    ``is_open`` follows from the state. What is asked for by its partial index stays where it is in
    all indexes while it is claimed, marked and given back: only the end of a message moves it.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    alert = models.ForeignKey(Alert, models.PROTECT, related_name="messages")
    user = models.ForeignKey(User, models.PROTECT, related_name="messages")
    # Nothing is looked up by these three: an index of each would be written with every message.
    mandate = models.ForeignKey(
        Mandate, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    party = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
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
        expression=models.ExpressionWrapper(
            Q(state__in=("pending", "accepted")), output_field=models.BooleanField()
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    lease_by = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    unsaid_tries = models.PositiveSmallIntegerField(default=0)
    headers = models.TextField(blank=True)
    digest = models.CharField(max_length=64, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    resend_of = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="resent_as"
    )
    digest_at = models.DateTimeField(null=True, blank=True)
    carried_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="carries", db_index=False
    )

    # No column. Of a message just claimed: the worker that held it before let its lease run out.
    is_taken_over = False

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
            models.CheckConstraint(
                name="message_is_for_a_party_by_a_mandate",
                condition=Q(mandate=None, party=None, digest_at__isnull=False)
                | Q(mandate__isnull=False, party__isnull=False),
            ),
            models.CheckConstraint(
                name="message_carried_has_left_in_a_digest",
                condition=Q(carried_by=None)
                | Q(digest_at__isnull=False, state__in=("accepted", "sent")),
            ),
        )
        indexes = (
            models.Index(fields=("next_at",), condition=Q(is_open=True), name="message_open"),
            models.Index(
                fields=("carried_by",),
                condition=Q(carried_by__isnull=False),
                name="message_by_carrier",
            ),
        )

    def __str__(self) -> str:
        return f"{self.alert} to {self.user}"

    @property
    def own_mandate(self) -> Mandate:
        """By which its reader is told. Raises Mandate.DoesNotExist for an administrator's."""
        if self.mandate is None:
            raise Mandate.DoesNotExist(f"message {self.pk} is to an administrator")
        return self.mandate

    @property
    def own_party(self) -> Party:
        """For which its reader is told. Raises Party.DoesNotExist for an administrator's."""
        if self.party is None:
            raise Party.DoesNotExist(f"message {self.pk} is to an administrator")
        return self.party


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
    message = models.ForeignKey(Message, models.PROTECT, related_name="deliveries", db_index=False)
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    reply = models.TextField(blank=True)
    at = models.DateTimeField()

    objects = SealedQuerySet["Delivery"].as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = (
            models.Index(fields=("message", "at"), name="delivery_by_message"),
            # Few, and asked for beside all that was sent.
            models.Index(
                fields=("message", "at"), condition=Q(outcome="bounced"), name="delivery_bounced"
            ),
        )

    def __str__(self) -> str:
        return f"{self.message}: {self.outcome}"
