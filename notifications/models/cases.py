"""Cases, which join the acts on one matter, and the drafts that become acts."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Final

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from notifications.acts import ACTS
from notifications.acts.shape import CAPACITY
from notifications.lifecycle import DRAFT_STATES
from notifications.models.people import MISSION_ROLES, Role, User
from notifications.models.registry import Party, Treaty
from notifications.models.sealed import Sealed, SealedQuerySet

# What opened the case in which the runs of a treaty's recurring clauses stand.
RECURRING: Final = "recurring"


class CaseQuerySet(models.QuerySet["Case"]):
    """Cases by where they come from."""

    def live(self) -> CaseQuerySet:
        """Real ones: not replayed from a scenario."""
        return self.filter(origin=Case.Origin.LIVE)

    def of_acts(self) -> CaseQuerySet:
        """Those that an act opened: not the one of a treaty's recurring duties."""
        return self.filter(opened_by__kind__isnull=True)

    def recurring(self) -> CaseQuerySet:
        """Those of recurring duties, one a treaty."""
        return self.filter(opened_by__kind=RECURRING)


class Case(models.Model):
    """The acts on one matter, in order. A replayed scenario is a case of its own.

    ``scenario`` is the id of the scenario file and ``scenario_digest`` the SHA-256 of its content.
    ``opened_by`` holds the act and the party (code) that opened it, so that its title, kept in
    English, can be told in every language; it is empty where the title is a name of its own. The
    case of a treaty's recurring duties, which holds no act, is opened by their ``kind``.
    """

    class Origin(models.TextChoices):
        """Live sweeps take live cases alone."""

        LIVE = "live", _("live")
        REPLAY = "replay", _("replay")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    treaty = models.ForeignKey(Treaty, models.PROTECT, related_name="cases")
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.LIVE)
    scenario = models.CharField(max_length=120, null=True, blank=True, unique=True)
    scenario_digest = models.CharField(max_length=64, blank=True)
    title = models.CharField(max_length=300)
    opened_by = models.JSONField(default=dict, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="case_replay_names_its_scenario",
                condition=Q(origin="live", scenario=None)
                | Q(origin="replay", scenario__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def is_live(self) -> bool:
        """Whether live sweeps and desks take it."""
        return self.origin == self.Origin.LIVE


class CasePartyQuerySet(SealedQuerySet["CaseParty"]):
    """Who was a party in a replayed case on a day, before what took effect in it."""

    def on(self, day: date | OuterRef) -> CasePartyQuerySet:
        """In force on ``day``; ``exit_on`` is the first day on which it no longer is."""
        return self.filter(Q(exit_on=None) | Q(exit_on__gt=day), in_force_on__lte=day)


class CaseParty(Sealed):
    """Who was a party at the start of a replayed case (it writes no Participation)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="parties")
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")
    in_force_on = models.DateField()
    exit_on = models.DateField(null=True, blank=True)

    objects = CasePartyQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("case", "party"), name="case_party_once"),
            models.CheckConstraint(
                name="case_party_ends_after_it_begins",
                condition=Q(exit_on=None) | Q(exit_on__gt=F("in_force_on")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.case} – {self.party}"


class DraftQuerySet(models.QuerySet["Draft"]):
    """Drafts by who may see them and what they wait for."""

    def visible_to(self, user: User, today: date) -> DraftQuerySet:
        """Those of the missions and depositaries the person serves on ``today``.

        Of others', those alone that wait for one of them to join in the act. What a party drafts
        as the depositary is for its officers, what it drafts as a party for its mission.
        """
        by_kind = Q(act__in=[act.kind for act in ACTS.values() if act.filed_by == "depositary"])
        said = f"fields__{CAPACITY}"
        # Said without a negation of the key: a row without it would be left out.
        of_missions = ~by_kind & (Q(**{f"{said}__isnull": True}) | Q(**{said: "party"}))
        of_offices = by_kind | Q(**{said: "depositary"})
        missions = _own_or_asked(user.party_ids(today, *MISSION_ROLES))
        offices = _own_or_asked(user.party_ids(today, Role.DEPOSITARY_OFFICER))
        return self.filter((of_missions & missions) | (of_offices & offices))

    def open(self) -> DraftQuerySet:
        """Not issued yet, and not given up."""
        return self.exclude(state__in=("issued", "discarded"))

    def on_live_cases(self) -> DraftQuerySet:
        """Those of live cases: a replay's never stand on a desk."""
        return self.filter(case__origin=Case.Origin.LIVE)


def _own_or_asked(parties: list[int]) -> Q:
    """The drafts of these parties, and those that wait for one of them to join in."""
    asked = Concurrence.objects.filter(draft=OuterRef("pk"), party__in=parties)
    return Q(party__in=parties) | Q(Exists(asked), state="awaiting-approval")


class Draft(models.Model):
    """An act before it is issued: seen by its own mission alone.

    ``fields`` holds what the act asks for (``acts.py``), the text included; ``version`` counts
    every change, so that two people editing at once notice each other. ``written_by`` is who wrote
    its present wording: somebody else has to approve it.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="drafts")
    party = models.ForeignKey(Party, models.PROTECT, related_name="drafts")
    act = models.CharField(
        max_length=40
    )  # a kind of acts.py; no choices, so that a new one moves no table
    fields = models.JSONField(default=dict)
    refers_to = models.ForeignKey(
        "notifications.Notification", models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(
        max_length=20,
        choices=[(key, _(words)) for key, words in DRAFT_STATES.items()],
        default="draft",
    )
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    approver = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    changed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    return_reason = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="draft_issued_by_somebody",
                condition=~Q(state="issued") | Q(approver__isnull=False),
            ),
        )
        indexes = (models.Index(fields=("party", "state"), name="draft_by_party_and_state"),)

    def __str__(self) -> str:
        return f"{self.party} – {self.act} ({self.state})"


class ConcurrenceQuerySet(models.QuerySet["Concurrence"]):
    """Concurrences by whether they were given."""

    def awaited(self) -> ConcurrenceQuerySet:
        """Asked for, and not given yet."""
        return self.filter(at=None)


class Concurrence(models.Model):
    """A party that is to give an act jointly with the draft's own, and whether it agreed.

    One row a party as long as the draft awaits approval; ``by`` and ``at`` are filled when an
    entitled person of that party has agreed to the wording of ``version``.
    """

    draft = models.ForeignKey(Draft, models.PROTECT, related_name="concurrences")
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(null=True, blank=True)

    objects = ConcurrenceQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("draft", "party"), name="concurrence_once_a_party"),
            models.CheckConstraint(
                name="concurrence_by_somebody",
                condition=Q(at=None, by=None) | Q(at__isnull=False, by__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.draft}: {self.party}"


def members_of(case: Case, on: date) -> models.QuerySet[Party]:
    """The parties of the case's treaty on a day, as the case sees them.

    Live: Participation. Replay: the parties at the start of the case less the exits that have
    become effective in it (model.md, Participation).
    """
    parties = Party.objects.all()
    if case.is_live:
        return parties.party_to(case.treaty, on)
    here = CaseParty.objects.on(on).filter(case=case, party=OuterRef("pk"))
    deadline = Case._meta.get_field("deadlines").related_model
    left = deadline._default_manager.filter(
        case=case,
        bearer=OuterRef("pk"),
        notification__act="withdrawal",
        status="effective",
    )
    # An effect at the end of its day leaves the party one until then.
    begins = Q(settled_on=on, current_version__clause_version__rule__at__isnull=True)
    left = left.filter(Q(settled_on__lt=on) | begins)
    return parties.filter(Exists(here), ~Exists(left))
