"""The append-only register of who did what, and the counters of its numbers."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from notifications.models.people import User
from notifications.models.sealed import Sealed, SealedQuerySet


class Event(Sealed):
    """One line of the register, chained to the line before it by hash.

    ``at`` is the domain's clock (a replay's is simulated), ``recorded_at`` the machine's. ``body``
    is canonical JSON; ``digest`` is the SHA-256 over all other columns, ``previous`` included.
    """

    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    act = models.CharField(max_length=60)
    record = models.CharField(max_length=120)
    body = models.TextField()
    previous = models.CharField(max_length=64, unique=True)
    digest = models.CharField(max_length=64, unique=True)

    objects = SealedQuerySet["Event"].as_manager()

    class Meta:
        indexes = (models.Index(fields=("record",), name="event_by_record"),)

    def __str__(self) -> str:
        return f"{self.act} {self.record}"


class RegisterHead(models.Model):
    """The end of the chain, one row: its lock orders writers, its trigger follows each event."""

    length = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = (models.CheckConstraint(name="register_has_one_head", condition=Q(pk=1)),)

    def __str__(self) -> str:
        return f"{self.length} events"


class Counter(models.Model):
    """The next number of a series in a year; its row is locked while a number is given."""

    series = models.CharField(max_length=10)
    year = models.PositiveIntegerField()
    next = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("series", "year"), name="counter_once_a_series_year"),
        )

    def __str__(self) -> str:
        return f"{self.series}.{self.year}: {self.next}"
