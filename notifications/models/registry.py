"""Parties, treaties, their depositaries, and who was a party when."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class PartyQuerySet(models.QuerySet["Party"]):
    """Parties by what they are to a treaty."""

    def party_to(self, treaty: Treaty, on: date) -> PartyQuerySet:
        """Those for which the treaty is in force on the day."""
        return self.filter(
            Exists(Participation.objects.on(on).filter(treaty=treaty, party=OuterRef("pk")))
        )

    def existing(self, on: date) -> PartyQuerySet:
        """Those that are there on the day: neither still to come nor no more."""
        begun = Q(exists_from=None) | Q(exists_from__lte=on)
        return self.filter(begun, Q(exists_to=None) | Q(exists_to__gt=on))

    def depositary_of(self, treaty: Treaty) -> PartyQuerySet:
        """The depositaries of the treaty."""
        return self.filter(
            Exists(TreatyDepositary.objects.filter(treaty=treaty, party=OuterRef("pk")))
        )


class Party(models.Model):
    """A state or an organisation.

    ``code`` is ISO 3166-1 alpha-3 (of a state that is no more, ISO 3166-3's former one), or an
    organisation's id in lower case. ``exists_to`` is the first day on which it no longer exists.
    """

    class Kind(models.TextChoices):
        """What can be party to a treaty or its depositary."""

        STATE = "state", _("state")
        ORGANISATION = "organisation", _("organisation")
        TERRITORY = "territory", _("territory")

    class Standing(models.TextChoices):
        """What it is to the United Nations."""

        MEMBER = "member", _("member of the United Nations")
        OBSERVER = "observer", _("observer state at the United Nations")

    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    un_standing = models.CharField(max_length=20, choices=Standing.choices, blank=True)
    exists_from = models.DateField(null=True, blank=True)
    exists_to = models.DateField(null=True, blank=True)
    source = models.TextField(blank=True)

    objects = PartyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "parties"
        constraints = (
            models.CheckConstraint(
                name="party_ends_after_it_begins",
                condition=Q(exists_from=None)
                | Q(exists_to=None)
                | Q(exists_from__lt=F("exists_to")),
            ),
        )

    def __str__(self) -> str:
        return self.code


class PartyNameQuerySet(models.QuerySet["PartyName"]):
    """Names in a language, falling back to English."""

    def of(self, party: Party, language: str) -> str:
        """The name of one party; its code where no name is known."""
        names = {name.language: name.name for name in self.filter(party=party)}
        return names.get(language) or names.get("en") or party.code

    def said(self, party: Party, language: str) -> str:
        """The same as running text has it, as "the Russian Federation"."""
        names = {name.language: name.in_text or name.name for name in self.filter(party=party)}
        return names.get(language) or names.get("en") or party.code


class PartyName(models.Model):
    """The name of a party in one language, and the key it is sorted by in that language.

    ``in_text`` is the name as running text has it, with its article where the language asks for
    one ("the Russian Federation", "les États-Unis d'Amérique"); empty where it is the name itself.
    """

    party = models.ForeignKey(Party, models.PROTECT, related_name="names")
    language = models.CharField(max_length=10)
    name = models.CharField(max_length=200)
    sort_key = models.CharField(max_length=200)
    in_text = models.CharField(max_length=220, blank=True)

    objects = PartyNameQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("party", "language"), name="party_one_name_a_language"),
        )

    def __str__(self) -> str:
        return self.name


class Succession(models.Model):
    """A state that took the place of another one, whole or in part, from the day ``on``."""

    class Kind(models.TextChoices):
        """How the old and the new one are related."""

        CONTINUATION = "continuation", _("continues the former state")
        SUCCESSION = "succession", _("succeeds to the former state")
        UNION = "union", _("the former state became part of it")
        RENAMING = "renaming", _("the same state under another name")

    old = models.ForeignKey(Party, models.PROTECT, related_name="successions")
    new = models.ForeignKey(Party, models.PROTECT, related_name="predecessions")
    on = models.DateField()
    kind = models.CharField(max_length=20, choices=Kind.choices)
    source = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("old", "new"), name="succession_once_a_pair"),
            models.CheckConstraint(name="succession_of_another_party", condition=~Q(old=F("new"))),
        )

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"


class TreatyQuerySet(models.QuerySet["Treaty"]):
    """Treaties are public facts: every signed-in person reads them."""

    def visible_to(self, user: AbstractBaseUser, today: date) -> TreatyQuerySet:  # noqa: ARG002
        """All of them: the signature is that of every other ``visible_to``."""
        return self.all()


class Treaty(models.Model):
    """A treaty; its calendar dates are read in ``zone`` (IANA).

    ``lists`` holds its own lists of parties, such as those of an annex: codes by the list's name.
    """

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=400)
    short_title = models.CharField(max_length=120)
    zone = models.CharField(max_length=64, default="UTC")
    adopted_on = models.DateField(null=True, blank=True)
    signed_on = models.DateField(null=True, blank=True)
    in_force_on = models.DateField(null=True, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    source = models.TextField(blank=True)
    participants_complete = models.BooleanField(default=False)
    registration = models.CharField(max_length=120, blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="protocols"
    )
    authentic_languages = models.JSONField(default=list, blank=True)
    lists = models.JSONField(default=dict, blank=True)
    depositaries = models.ManyToManyField(Party, through="TreatyDepositary", related_name="+")

    objects = TreatyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "treaties"
        ordering = ("short_title",)
        constraints = (
            models.CheckConstraint(
                name="treaty_parent_is_another", condition=Q(parent=None) | ~Q(parent=F("pk"))
            ),
        )

    def __str__(self) -> str:
        return self.short_title

    @property
    def name(self) -> str:
        """The title in the reader's language, where the catalogue has it; else as it is kept."""
        return gettext(self.title) if self.title else ""

    @property
    def short_name(self) -> str:
        """The same of the short title."""
        return gettext(self.short_title) if self.short_title else ""

    @property
    def about(self) -> str:
        """The same of the subject."""
        return gettext(self.subject) if self.subject else ""


class TreatyDepositary(models.Model):
    """One depositary of a treaty."""

    treaty = models.ForeignKey(Treaty, models.PROTECT, related_name="depositary_rows")
    party = models.ForeignKey(Party, models.PROTECT, related_name="depositary_rows")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("treaty", "party"), name="depositary_named_once"),
        )

    def __str__(self) -> str:
        return f"{self.treaty} – {self.party}"


class ParticipationQuerySet(models.QuerySet["Participation"]):
    """Who was a party on a day."""

    def with_own_entry(self) -> ParticipationQuerySet:
        """Those whose own day of entry into force is known, not assumed."""
        return self.filter(Q(assumed_on=None) | ~Q(assumed_on=F("in_force_on")))

    def on(self, day: date | F | OuterRef | Any) -> ParticipationQuerySet:
        """In force on ``day``; ``exit_on`` is the first day on which it no longer is."""
        return self.filter(Q(exit_on=None) | Q(exit_on__gt=day), in_force_on__lte=day)


class Participation(models.Model):
    """One state or organisation in one treaty: signature, consent, entry into force, exit.

    ``in_force_on`` is empty as long as it has signed or consented and the treaty is not in force
    for it. ``exit_on`` is the first day on which it is no longer a party. ``instrument`` is the act
    by which it consented and ``notification`` the one that ended it, where they were filed here.
    ``succeeds`` is the predecessor whose participation it took over. ``assumed_on`` is the day that
    was taken for its entry into force where its own is not known: the treaty's, the earliest it can
    be; ``in_force_on`` is assumed as long as it is that day.
    """

    class Consent(models.TextChoices):
        """How it consented to be bound (VCLT 11)."""

        RATIFICATION = "ratification", _("ratification")
        ACCESSION = "accession", _("accession")
        ACCEPTANCE = "acceptance", _("acceptance")
        APPROVAL = "approval", _("approval")
        SUCCESSION = "succession", _("succession")
        SIGNATURE = "signature", _("definitive signature")

    party = models.ForeignKey(Party, models.PROTECT, related_name="participations")
    treaty = models.ForeignKey(Treaty, models.PROTECT, related_name="participations")
    signed_on = models.DateField(null=True, blank=True)
    consent = models.CharField(max_length=20, choices=Consent.choices, blank=True)
    consent_on = models.DateField(null=True, blank=True)
    in_force_on = models.DateField(null=True, blank=True)
    assumed_on = models.DateField(null=True, blank=True)
    exit_on = models.DateField(null=True, blank=True)
    source = models.TextField(blank=True)
    succeeds = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="succeeded_participations"
    )
    instrument = models.ForeignKey(
        "notifications.Notification", models.PROTECT, null=True, blank=True, related_name="began"
    )
    notification = models.ForeignKey(
        "notifications.Notification", models.PROTECT, null=True, blank=True, related_name="ended"
    )

    objects = ParticipationQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("party", "treaty"),
                condition=Q(exit_on=None),
                name="participation_one_open_a_pair",
            ),
            models.UniqueConstraint(
                fields=("party", "treaty", "in_force_on"), name="participation_begins_once_a_day"
            ),
            models.CheckConstraint(
                name="participation_ends_after_it_begins",
                condition=Q(exit_on=None) | Q(exit_on__gt=F("in_force_on")),
            ),
            models.CheckConstraint(
                name="participation_begins_with_something",
                condition=Q(signed_on__isnull=False)
                | Q(consent_on__isnull=False)
                | Q(in_force_on__isnull=False),
            ),
            models.CheckConstraint(
                name="participation_succeeds_another_party",
                condition=Q(succeeds=None) | ~Q(succeeds=F("party")),
            ),
        )
        indexes = (models.Index(fields=("treaty", "in_force_on"), name="participation_by_treaty"),)

    def __str__(self) -> str:
        return f"{self.party} – {self.treaty}"

    def covers(self, day: date) -> bool:
        """Whether the treaty is in force for the party on the day."""
        if self.in_force_on is None or self.in_force_on > day:
            return False
        return self.exit_on is None or self.exit_on > day
