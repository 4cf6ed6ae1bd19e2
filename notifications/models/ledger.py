"""The ledger: facts that move clocks after the act, and what a silence was found to mean."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from notifications.models.cases import Case
from notifications.models.clocks import Deadline
from notifications.models.notification import Notification
from notifications.models.people import User
from notifications.models.registry import Party
from notifications.models.sealed import Sealed, SealedQuerySet


class FactQuerySet(SealedQuerySet["Fact"]):
    """Facts by whether they stand."""

    def standing(self) -> FactQuerySet:
        """Those that no later row supersedes."""
        return self.filter(superseded_by=None)


class Fact(Sealed):
    """What moves clocks: a stop by agreement, an extension, an armed conflict, another date.

    ``on`` and ``until`` are days in the treaty's zone. Of a stop or a conflict, ``until`` is the
    first day on which it is over, empty as long as it lasts; of an extension or an override, the
    new date, and ``on`` the day on which it was made. An extension by ``days`` moves the date that
    stands by their number; ``until`` is then the date it reached when it was recorded.
    ``deadline`` is the clock concerned, empty for all of the case. The end of a fact, or its
    correction, is a further row that ``supersedes`` it. ``notification`` is the act that brought
    it, where it was one; the act that a party was informed of, or that was registered, on ``on``.
    """

    class Kind(models.TextChoices):
        """What can move a clock (clauses.md)."""

        STOP = "stop", _("the clock is stopped by agreement")
        EXTENSION = "extension", _("the time-limit is extended")
        ARMED_CONFLICT = "armed-conflict", _("armed conflict")
        OVERRIDE = "override", _("the depositary registered another date")
        OBJECTION = "objection", _("a party objects to the date registered")
        INFORMED = "informed", _("the depositary informed a party")
        REGISTERED = "registered", _("the depositary registered the instrument")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="facts")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    deadline = models.ForeignKey(
        Deadline, models.PROTECT, null=True, blank=True, related_name="facts"
    )
    notification = models.ForeignKey(
        Notification, models.PROTECT, null=True, blank=True, related_name="facts"
    )
    party = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, related_name="+")
    on = models.DateField()
    until = models.DateField(null=True, blank=True)
    days = models.PositiveIntegerField(null=True, blank=True)
    entered_at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = models.TextField()
    source = models.TextField(blank=True)
    external_ref = models.CharField(max_length=200, blank=True)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )

    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="fact_ends_after_it_begins",
                condition=~Q(kind__in=("stop", "armed-conflict"))
                | Q(until=None)
                | Q(until__gte=F("on")),
            ),
            models.CheckConstraint(
                name="fact_names_the_new_date",
                condition=~Q(kind__in=("extension", "override")) | Q(until__isnull=False),
            ),
            models.CheckConstraint(
                name="fact_extends_by_days",
                condition=Q(days=None) | Q(kind="extension", days__gt=0),
            ),
            models.CheckConstraint(
                name="fact_on_a_date_names_its_clock",
                condition=~Q(kind__in=("override", "objection")) | Q(deadline__isnull=False),
            ),
            models.CheckConstraint(
                name="fact_about_an_act_names_it",
                condition=~Q(kind__in=("informed", "registered")) | Q(notification__isnull=False),
            ),
        )
        indexes = (
            models.Index(fields=("case", "on"), name="fact_by_case"),
            models.Index(
                fields=("on",),
                condition=Q(kind__in=("stop", "armed-conflict")),
                name="fact_lasting_by_day",
            ),
        )

    def __str__(self) -> str:
        return f"{self.case}: {self.kind} {self.on}"


class Outcome(Sealed):
    """What the depositary found a silence to mean: proposed by a lapse, never applied by itself.

    ``meaning`` is the clause's ``silence``; ``silent`` lists the codes of the parties that said
    nothing.
    """

    deadline = models.OneToOneField(Deadline, models.PROTECT, related_name="outcome")
    meaning = models.CharField(max_length=40)
    is_confirmed = models.BooleanField()
    silent = models.JSONField(default=list)
    reason = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = SealedQuerySet["Outcome"].as_manager()

    def __str__(self) -> str:
        return f"{self.deadline}: {self.meaning}"


def dealt_with(at: datetime) -> Q:
    """The lapsed deadlines of which nothing is said any more at the instant ``at``.

    Their act was closed, what the silence means was found, or a recurring duty has fallen due
    again. For a queryset of deadlines.
    """
    found = Outcome.objects.filter(
        deadline__notification=OuterRef("notification"), deadline__clause=OuterRef("clause")
    )
    later_run = Deadline.objects.filter(
        Q(bearer=OuterRef("bearer")) | Q(bearer=None),
        clause=OuterRef("clause"),
        run_from__gt=OuterRef("run_from"),
        due_at__lte=at,
    ).exclude(status="void")
    return Q(notification__progress__status="closed") | Q(Exists(found)) | Q(Exists(later_run))
