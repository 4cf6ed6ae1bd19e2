"""How people are told: ladders of days, a person's own wishes, and whether an address works."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications.models.people import User


def usual_hours() -> list[int]:
    """The hours before its end at which a clock in hours is told of, where no ladder says others.

    A function of its own, for each new row has a list of its own.
    """
    return [24, 6, 2]


class Ladder(models.Model):
    """When a kind of deadline is told of before its date, the longest rung first.

    ``stages`` are days before the date; ``hours``, for clocks in hours, those before the instant.
    ``applies_to`` is what a clause yields, ``answer`` for the limit a sender set, or ``all`` for
    every kind that has no ladder of its own.
    """

    class AppliesTo(models.TextChoices):
        """Which deadlines it is for."""

        ALL = "all", _("every deadline without a ladder of its own")
        EFFECT = "effect", _("effects")
        DUTY = "duty", _("duties")
        LAPSE = "lapse", _("rights that end")
        ANSWER = "answer", _("answers asked for")

    name = models.CharField(max_length=120, unique=True)
    applies_to = models.CharField(max_length=20, choices=AppliesTo.choices, unique=True)
    stages = models.JSONField(default=list)
    hours = models.JSONField(default=usual_hours)

    def __str__(self) -> str:
        return self.name


class Preference(models.Model):
    """How a person wishes to be reminded; a formal notice and a last day come at once all the same.

    ``ladder`` lists days before a date (empty: those of the deadline's kind). Between
    ``quiet_from`` and ``quiet_to``, in the person's zone, and until ``snooze_until``, reminders
    wait. ``digest`` gathers reminders and news into one mail a day or a week.
    """

    class Digest(models.TextChoices):
        """How often what may be gathered comes."""

        AT_ONCE = "at-once", _("each by itself, at once")
        DAILY = "daily", _("in one mail a day")
        WEEKLY = "weekly", _("in one mail a week")

    user = models.OneToOneField(User, models.PROTECT, related_name="preference")
    ladder = models.JSONField(default=list, blank=True)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_to = models.TimeField(null=True, blank=True)
    snooze_until = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=10, choices=Digest.choices, default=Digest.AT_ONCE)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="preference_quiet_from_and_to",
                condition=Q(quiet_from=None, quiet_to=None)
                | Q(quiet_from__isnull=False, quiet_to__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"wishes of {self.user}"


class Contact(models.Model):
    """What is known of one address of a person; an address without a row is not known to fail."""

    class State(models.TextChoices):
        """Whether mail to it comes back."""

        WORKING = "working", _("working")
        BOUNCING = "bouncing", _("mail to it comes back")

    user = models.ForeignKey(User, models.PROTECT, related_name="contacts")
    address = models.EmailField()
    state = models.CharField(max_length=20, choices=State.choices, default=State.WORKING)
    since = models.DateTimeField()
    reason = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "address"), name="contact_once_an_address"),
        )

    def __str__(self) -> str:
        return f"{self.user}: {self.state}"
