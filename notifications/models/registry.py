"""Parties, treaties, their depositaries, and who was a party when."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _


class PartyQuerySet(models.QuerySet["Party"]):
    """Parties by what they are to a treaty."""

    def party_to(self, treaty: Treaty, on: date) -> PartyQuerySet:
        """Those for which the treaty is in force on the day."""
        return self.filter(
            Exists(Participation.objects.on(on).filter(treaty=treaty, party=OuterRef("pk")))
        )

    def depositary_of(self, treaty: Treaty) -> PartyQuerySet:
        """The depositaries of the treaty."""
        return self.filter(
            Exists(TreatyDepositary.objects.filter(treaty=treaty, party=OuterRef("pk")))
        )


class Party(models.Model):
    """A state or an organisation.

    ``code`` is ISO 3166-1 alpha-3, or an organisation's id in lower case.
    """

    class Kind(models.TextChoices):
        """What can be party to a treaty or its depositary."""

        STATE = "state", _("state")
        ORGANISATION = "organisation", _("organisation")

    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)

    objects = PartyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "parties"

    def __str__(self) -> str:
        return self.code


class PartyNameQuerySet(models.QuerySet["PartyName"]):
    """Names in a language, falling back to English."""

    def of(self, party: Party, language: str) -> str:
        """The name of one party; its code where no name is known."""
        names = {name.language: name.name for name in self.filter(party=party)}
        return names.get(language) or names.get("en") or party.code


class PartyName(models.Model):
    """The name of a party in one language, and the key it is sorted by in that language."""

    party = models.ForeignKey(Party, models.PROTECT, related_name="names")
    language = models.CharField(max_length=10)
    name = models.CharField(max_length=200)
    sort_key = models.CharField(max_length=200)

    objects = PartyNameQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("party", "language"), name="party_one_name_a_language"),
        )

    def __str__(self) -> str:
        return self.name


class TreatyQuerySet(models.QuerySet["Treaty"]):
    """Treaties are public facts: every signed-in person reads them."""

    def visible_to(self, user: AbstractBaseUser, today: date) -> TreatyQuerySet:  # noqa: ARG002
        """All of them: the signature is that of every other ``visible_to``."""
        return self.all()


class Treaty(models.Model):
    """A treaty; its calendar dates are read in ``zone`` (IANA)."""

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
    depositaries = models.ManyToManyField(Party, through="TreatyDepositary", related_name="+")

    objects = TreatyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "treaties"
        ordering = ("short_title",)

    def __str__(self) -> str:
        return self.short_title


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

    def on(self, day: date | F | OuterRef | Any) -> ParticipationQuerySet:
        """In force on ``day``; ``exit_on`` is the first day on which it no longer is."""
        return self.filter(Q(exit_on=None) | Q(exit_on__gt=day), in_force_on__lte=day)


class Participation(models.Model):
    """One party in one treaty, from its entry into force to its exit.

    ``exit_on`` is the first day on which it is no longer a party; ``notification`` is the act that
    ended it, where it was filed here.
    """

    party = models.ForeignKey(Party, models.PROTECT, related_name="participations")
    treaty = models.ForeignKey(Treaty, models.PROTECT, related_name="participations")
    in_force_on = models.DateField()
    exit_on = models.DateField(null=True, blank=True)
    source = models.TextField(blank=True)
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
        )
        indexes = (models.Index(fields=("treaty", "in_force_on"), name="participation_by_treaty"),)

    def __str__(self) -> str:
        return f"{self.party} – {self.treaty}"
