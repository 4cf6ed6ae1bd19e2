"""Deadlines: one computed clock each, with every version of its date and the reason for it."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any, Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications.clauses.results import Result
from notifications.lifecycle import COUNTING, DEADLINE_STATES, UNFINISHED
from notifications.models.cases import Case
from notifications.models.clauses import Clause, ClauseVersion
from notifications.models.notification import Notification
from notifications.models.people import MISSION_ROLES, Role, User
from notifications.models.registry import Participation, Party, TreatyDepositary
from notifications.models.responses import Response
from notifications.models.sealed import Sealed, SealedQuerySet

# The last step of a trace, which says when it ends.
ENDING: Final = ("effect", "duty", "lapse", "right", "closes")


class DeadlineQuerySet(models.QuerySet["Deadline"]):
    """Deadlines by state and day."""

    def running(self) -> DeadlineQuerySet:
        """Counting now, towards a date that is disputed or not."""
        return self.filter(status__in=COUNTING)

    def counting(self) -> DeadlineQuerySet:
        """Running, and what stays owed after its target has passed."""
        owed_still = Q(status="open", due_at__isnull=False)
        return self.filter(Q(status__in=COUNTING) | owed_still)

    def unfinished(self) -> DeadlineQuerySet:
        """Awaiting a fact, counting or held."""
        return self.filter(status__in=UNFINISHED)

    def due(self, now: datetime) -> DeadlineQuerySet:
        """Counting, and past their end at the instant ``now``.

        Asked for by one status at a time: so each of the two partial indexes is found (SQLite
        takes none of them for a list of bound values).
        """
        return self.filter(
            Q(status="running", due_at__lte=now) | Q(status="disputed", due_at__lte=now)
        )

    def in_case(self, case: Case | None) -> DeadlineQuerySet:
        """Those of one case, or of all live cases."""
        return self.filter(case=case) if case else self.filter(case__origin=Case.Origin.LIVE)

    def of_acts(self) -> DeadlineQuerySet:
        """Those that an act set: no runs."""
        return self.filter(notification__isnull=False)

    def runs(self) -> DeadlineQuerySet:
        """The runs of recurring clauses, those excepted that were voided."""
        return self.filter(run_from__isnull=False).exclude(status="void")

    def visible_to(self, user: User, today: date) -> DeadlineQuerySet:
        """Those of notifications that the person may read; runs have none (``runs_visible_to``)."""
        return self.filter(notification__in=Notification.objects.visible_to(user, today))

    def runs_visible_to(self, user: User, today: date) -> DeadlineQuerySet:
        """The runs that concern the person: what their party bears, alone or with all the others.

        An officer of a depositary sees every run under the treaties that it keeps; whoever serves
        no party and no depositary sees none, administrators included.
        """
        offices = user.party_ids(today, Role.DEPOSITARY_OFFICER)
        missions = user.party_ids(today, *MISSION_ROLES)
        kept = TreatyDepositary.objects.filter(party__in=offices).values("treaty")
        entered = Participation.objects.on(today).filter(party__in=missions).values("treaty")
        joint = Q(owed_by=Deadline.OwedBy.PARTIES, case__treaty__in=entered)
        seen = Q(bearer__in=missions) | joint | Q(case__treaty__in=kept)
        return self.runs().filter(seen)

    def with_reasons(self) -> DeadlineQuerySet:
        """Join what a page shows of a deadline."""
        return self.select_related(
            "clause", "current_version__clause_version", "bearer", "met_by", "answered_by"
        )


class Deadline(models.Model):
    """One clock: of a clause, or of the limit a sender set, for one bearer or for several jointly.

    The run of a recurring clause has no notification: ``run_from`` is the first day on which it
    could end (clauses.md, recurring), and ``note`` what was said when it was fulfilled.

    ``owed_by`` says who bears it; ``bearer`` is the party where it is one. ``current_version`` and
    ``due_at`` follow the newest version by trigger. ``settled_on`` is the day, in the version's
    zone, on which it was met, lapsed, took effect or was voided; a version computed after that
    shows what the date would have been, and undoes nothing.
    """

    class Origin(models.TextChoices):
        """What set the clock."""

        CLAUSE = "clause", _("a clause of the treaty")
        RESPOND_BY = "respond_by", _("the limit set by the sender")

    class OwedBy(models.TextChoices):
        """Who bears it (clauses.md, duty)."""

        NOTIFIER = "notifier", _("the notifying party")
        DEPOSITARIES = "depositaries", _("the depositaries")
        ADDRESSEE = "addressee", _("the addressee")
        EACH_PARTY = "each-party", _("each party")
        PARTIES = "parties", _("the parties")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="deadlines")
    notification = models.ForeignKey(
        Notification, models.PROTECT, null=True, blank=True, related_name="deadlines"
    )
    run_from = models.DateField(null=True, blank=True)
    origin = models.CharField(max_length=20, choices=Origin.choices)
    clause = models.ForeignKey(
        Clause, models.PROTECT, null=True, blank=True, related_name="deadlines"
    )
    owed_by = models.CharField(max_length=20, choices=OwedBy.choices)
    bearer = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="deadlines"
    )
    current_version = models.OneToOneField(
        "DeadlineVersion", models.PROTECT, null=True, blank=True, related_name="current_of"
    )
    due_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(
        max_length=20, choices=[(key, _(words)) for key, words in DEADLINE_STATES.items()]
    )
    met_by = models.ForeignKey(
        Notification, models.PROTECT, null=True, blank=True, related_name="fulfilled"
    )
    answered_by = models.ForeignKey(
        Response, models.PROTECT, null=True, blank=True, related_name="fulfilled"
    )
    settled_on = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True)

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("notification", "clause", "bearer"),
                name="deadline_once_a_clause_and_bearer",
            ),
            models.UniqueConstraint(
                fields=("notification", "clause"),
                condition=Q(bearer=None),
                name="deadline_once_a_clause",
            ),
            models.UniqueConstraint(
                fields=("notification", "origin", "bearer"),
                condition=Q(clause=None),
                name="deadline_once_an_origin_and_bearer",
            ),
            models.CheckConstraint(
                name="deadline_of_a_clause_or_of_the_sender",
                condition=Q(origin="clause", clause__isnull=False)
                | Q(origin="respond_by", clause=None, bearer__isnull=False),
            ),
            models.CheckConstraint(
                name="deadline_of_an_act_or_a_run",
                condition=Q(notification__isnull=False, run_from=None)
                | Q(notification=None, run_from__isnull=False, origin="clause"),
            ),
            models.UniqueConstraint(
                fields=("clause", "bearer", "run_from"),
                condition=Q(run_from__isnull=False, bearer__isnull=False) & ~Q(status="void"),
                name="deadline_run_once_a_bearer",
            ),
            models.UniqueConstraint(
                fields=("clause", "run_from"),
                condition=Q(run_from__isnull=False, bearer=None) & ~Q(status="void"),
                name="deadline_run_once",
            ),
            models.CheckConstraint(
                name="deadline_met_by_one_record",
                condition=Q(met_by=None) | Q(answered_by=None),
            ),
        )
        indexes = (
            models.Index(
                fields=("due_at",), condition=Q(status="running"), name="deadline_running_by_due"
            ),
            models.Index(
                fields=("due_at",), condition=Q(status="disputed"), name="deadline_disputed_by_due"
            ),
            models.Index(
                fields=("due_at",), condition=Q(run_from__isnull=False), name="deadline_run_by_due"
            ),
            models.Index(fields=("case", "status"), name="deadline_by_case"),
            models.Index(
                fields=("notification",),
                condition=Q(status__in=UNFINISHED),
                name="deadline_unfinished_by_act",
            ),
        )

    def __str__(self) -> str:
        return f"{self.notification or self.run_from}: {self.clause or self.origin} ({self.status})"

    @property
    def act(self) -> Notification:
        """The act that set it. Raises Notification.DoesNotExist for a run, which none did."""
        if self.notification is None:
            raise Notification.DoesNotExist(f"deadline {self.pk} is a run")
        return self.notification

    @property
    def version(self) -> DeadlineVersion:
        """The newest version; every stored deadline has one."""
        if self.current_version is None:
            raise DeadlineVersion.DoesNotExist(f"deadline {self.pk} has no version")
        self.current_version.deadline = self  # the way back costs no query
        return self.current_version


def columns_of(result: Result) -> dict[str, Any]:
    """What a version keeps of a computation, by column."""
    return {
        "result": result.status,
        "awaiting": result.awaiting,
        "opens_on": result.opens_on,
        "opens_at": result.opens_at,
        "due_on": result.due_on,
        "due_at": result.due_at,
        "zone": result.zone,
        "trace": [step.as_data() for step in result.trace],
    }


class DeadlineVersion(Sealed):
    """One computation of a deadline: the date, the instant, the steps to it, and the cause.

    ``opens_on``/``due_on`` are days in ``zone``; ``opens_at``/``due_at`` the instants they stand
    for (an effect: 00:00 of the day; a duty: 24:00). ``trace`` lists the engine's steps. ``cause``
    is kept in English, and in ``cause_told`` as kind and parameters where it can be told again.
    """

    deadline = models.ForeignKey(Deadline, models.PROTECT, related_name="versions")
    no = models.PositiveIntegerField()
    clause_version = models.ForeignKey(
        ClauseVersion, models.PROTECT, null=True, blank=True, related_name="+"
    )
    result = models.CharField(max_length=20)
    awaiting = models.CharField(max_length=40, blank=True)
    opens_on = models.DateField(null=True, blank=True)
    opens_at = models.DateTimeField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    zone = models.CharField(max_length=64)
    trace = models.JSONField(default=list)
    cause = models.TextField()
    cause_told = models.JSONField(default=dict)
    computed_at = models.DateTimeField()
    computed_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = SealedQuerySet["DeadlineVersion"].as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("deadline", "no"), name="deadline_version_numbered_once"
            ),
            models.CheckConstraint(
                name="deadline_window_opens_before_it_closes",
                condition=Q(opens_at=None) | Q(due_at=None) | Q(opens_at__lte=models.F("due_at")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.deadline}, version {self.no}: {self.due_on}"

    @property
    def is_exact(self) -> bool:
        """Whether it ends at an instant of its own, and not with a day: a clock in hours."""
        ends = [step for step in self.trace if step.get("kind") in ENDING]
        return bool(ends) and "T" in str(ends[-1].get("after"))

    @property
    def duty(self) -> dict[str, Any]:
        """The clause's ``duty``; empty where it asks for nothing, or a sender set the limit."""
        rule: dict[str, Any] = self.clause_version.rule if self.clause_version else {}
        return rule.get("duty") or {}

    @property
    def is_target(self) -> bool:
        """What is to be done "promptly": its day passes, and it is owed on."""
        return "soft" in self.duty

    def has_days_of(self, other: DeadlineVersion) -> bool:
        """Whether both name the same day, or the same window: what was told of one holds still.

        Of a clock in hours its instants are held against one another.
        """
        if (self.opens_on, self.due_on) != (other.opens_on, other.due_on):
            return False
        is_exact = self.is_exact or other.is_exact
        return not is_exact or (self.opens_at, self.due_at) == (other.opens_at, other.due_at)
