"""People and the mandates by which they act for a party."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from notifications.models.registry import Party


class Role(models.TextChoices):
    """What a mandate lets a person do (domain.md, roles)."""

    DRAFTER = "drafter", _("drafter")
    HEAD_OF_MISSION = "head-of-mission", _("head of mission")
    OBSERVER = "observer", _("observer")
    DEPOSITARY_OFFICER = "depositary-officer", _("depositary officer")
    SECRETARIAT = "secretariat", _("secretariat")


MISSION_ROLES = (Role.DRAFTER, Role.HEAD_OF_MISSION, Role.OBSERVER)
ACTING_ROLES = (Role.DRAFTER, Role.HEAD_OF_MISSION)


class UserManager(BaseUserManager["User"]):
    """Creates people; sign-in is by e-mail address, whatever its case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A new person; without a password the account cannot be signed in to."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """The person with this address, whatever its case."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A person, or the system itself where a scenario is replayed (``is_system``).

    An account that is not ``is_active`` is closed: nobody signs in to it, nothing is sent to it.
    """

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=10, default="en")
    zone = models.CharField(max_length=64, default="UTC")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField("administrator", default=False)
    is_system = models.BooleanField(default=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    def __str__(self) -> str:
        return self.name

    def mandates_on(self, today: date) -> tuple[Mandate, ...]:
        """The mandates valid on ``today``, read once for each instance and day."""
        known: dict[date, tuple[Mandate, ...]] = self.__dict__.setdefault("_mandates", {})
        if today not in known:
            mandates = self.mandates.valid(today).select_related("party")
            known[today] = tuple(mandates.order_by("order", "pk"))
        return known[today]

    def party_ids(self, today: date, *roles: Role) -> list[int]:
        """The parties for which the person holds one of ``roles`` on ``today``."""
        return [mandate.party_id for mandate in self.mandates_on(today) if mandate.role in roles]


class MandateQuerySet(models.QuerySet["Mandate"]):
    """Mandates by the day on which they are valid."""

    def valid(self, today: date) -> MandateQuerySet:
        """Begun on or before ``today`` and not ended before it; the last day counts."""
        return self.filter(Q(to_on=None) | Q(to_on__gte=today), from_on__lte=today)


class Mandate(models.Model):
    """A person acts for a party in a role from a day to a day, both included."""

    user = models.ForeignKey(User, models.PROTECT, related_name="mandates")
    party = models.ForeignKey(Party, models.PROTECT, related_name="mandates")
    role = models.CharField(max_length=30, choices=Role.choices)
    order = models.PositiveSmallIntegerField(default=1)
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)

    objects = MandateQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="mandate_begins_before_it_ends",
                condition=Q(to_on=None) | Q(from_on__lte=F("to_on")),
            ),
            models.UniqueConstraint(
                fields=("user", "party", "role", "from_on"), name="mandate_one_a_role_and_start"
            ),
        )
        indexes = (models.Index(fields=("party", "role"), name="mandate_by_party"),)

    def __str__(self) -> str:
        return f"{self.user} – {self.party} – {self.get_role_display()}"
