"""Alerts: what is planned ahead to be told, of deadlines and of acts, and by which rule to whom."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications.models.cases import Case
from notifications.models.clocks import DeadlineVersion
from notifications.models.notification import Notification
from notifications.models.responses import Response

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
