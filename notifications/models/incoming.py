"""What came by mail: every mail of the mailbox as it came, and the answers drafted from it."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications.models.notification import Notification
from notifications.models.outbox import Message
from notifications.models.people import ACTING_ROLES, User
from notifications.models.registry import Party
from notifications.models.responses import Response
from notifications.models.sealed import Sealed, SealedQuerySet


class IncomingMailQuerySet(SealedQuerySet["IncomingMail"]):
    """Mails by what became of them."""

    def unanswering(self) -> IncomingMailQuerySet:
        """Those of which no answer was made: for the secretariat to read."""
        return self.exclude(kind=IncomingMail.Kind.ANSWER)


class IncomingMail(Sealed):
    """One mail taken in from the mailbox to which alerts are answered, kept as it came.

    ``message_id`` is its Message-ID, or ``sha256:`` and its digest where it has none, or one under
    which another mail is kept: a mail is taken in once. ``answers`` is the message to which it
    replies or which it names: who may not read of that one's act may not read the mail either;
    ``reason`` the key of what stood against an answer. ``digest`` is over its bytes, its
    sender and its subject.
    """

    class Kind(models.TextChoices):
        """What became of it."""

        ANSWER = "answer", _("an answer, put before the mission as a draft")
        REFUSED = "refused", _("an answer that was not taken")
        AUTOMATIC = "automatic", _("an automatic reply")
        BOUNCE = "bounce", _("a report of a mail server")
        UNREADABLE = "unreadable", _("a mail that could not be read")
        TOO_LARGE = "too-large", _("a mail too large to be taken in whole")
        OTHER = "other", _("another mail")

    class Reason(models.TextChoices):
        """Why an answer was not taken."""

        FORGED = "forged", _("the address to which it was sent was not given by this service")
        STRANGER = "stranger", _("its sender does not act for the mission that was written to")
        NOT_SENT = "not-sent", _("the mission that was written to was not sent this act")
        STALE = "stale", _("the message that it answers is too old")
        EMPTY = "empty", _("it holds no text of its own")
        TOO_LONG = "too-long", _("it is too long to be read")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    message_id = models.CharField(max_length=300, unique=True)
    taken_at = models.DateTimeField()
    kind = models.CharField(max_length=20, choices=Kind.choices)
    reason = models.CharField(max_length=20, choices=Reason.choices, blank=True)
    sender = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=500, blank=True)
    answers = models.ForeignKey(
        Message, models.PROTECT, null=True, blank=True, related_name="replies"
    )
    raw = models.BinaryField()
    digest = models.CharField(max_length=64)

    objects = IncomingMailQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="incoming_answer_names_its_message",
                condition=~Q(kind="answer") | Q(answers__isnull=False),
            ),
            models.CheckConstraint(
                name="incoming_refusal_has_its_reason",
                condition=Q(kind="refused") & ~Q(reason="") | ~Q(kind="refused") & Q(reason=""),
            ),
        )
        indexes = (models.Index(fields=("taken_at",), name="incoming_by_time"),)

    def __str__(self) -> str:
        return f"{self.kind} of {self.taken_at}"


class MailedAnswerQuerySet(models.QuerySet["MailedAnswer"]):
    """Answers that came by mail, by state and by who may decide on them."""

    def waiting(self) -> MailedAnswerQuerySet:
        """Neither given nor set aside."""
        return self.filter(state=MailedAnswer.State.WAITING)

    def visible_to(self, user: User, today: date) -> MailedAnswerQuerySet:
        """Those of the missions for which the person acts, on acts that they may read."""
        acts = Notification.objects.visible_to(user, today)
        own = user.party_ids(today, *ACTING_ROLES)
        return self.filter(party__in=own, notification__in=acts)


class MailedAnswer(models.Model):
    """A response drafted from a mail: nothing is given until somebody of the mission confirms it.

    ``by`` is who wrote the mail, ``text`` what it said of its own; ``decided_by`` and
    ``decided_at`` are filled when it was confirmed (``response``) or set aside.
    """

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", _("waits for the mission")
        CONFIRMED = "confirmed", _("confirmed")
        SET_ASIDE = "set-aside", _("set aside")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    mail = models.OneToOneField(IncomingMail, models.PROTECT, related_name="drafted")
    notification = models.ForeignKey(Notification, models.PROTECT, related_name="mailed_answers")
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    text = models.TextField()
    state = models.CharField(max_length=20, choices=State.choices, default=State.WAITING)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    response = models.OneToOneField(
        Response, models.PROTECT, null=True, blank=True, related_name="mailed"
    )

    objects = MailedAnswerQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="mailed_answer_confirmed_by_a_response",
                condition=Q(state="confirmed", response__isnull=False)
                | ~Q(state="confirmed") & Q(response=None),
            ),
            models.CheckConstraint(
                name="mailed_answer_decided_by_somebody",
                condition=Q(state="waiting", decided_by=None, decided_at=None)
                | ~Q(state="waiting") & Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
        )
        indexes = (
            models.Index(
                fields=("party",), condition=Q(state="waiting"), name="mailed_answer_waiting"
            ),
        )

    def __str__(self) -> str:
        return f"{self.party} on {self.notification} ({self.state})"
