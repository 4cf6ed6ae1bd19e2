"""Clauses and their versions: the rules from which deadlines are computed."""

from __future__ import annotations

from django.db import models
from django.db.models import OuterRef, Subquery

from notifications.models.people import User
from notifications.models.registry import Treaty
from notifications.models.sealed import Sealed, SealedQuerySet


class Clause(models.Model):
    """One provision of a treaty; its rule is in its versions."""

    treaty = models.ForeignKey(Treaty, models.PROTECT, related_name="clauses")
    slug = models.SlugField(max_length=80)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("treaty", "slug"), name="clause_slug_once_a_treaty"),
        )

    def __str__(self) -> str:
        return f"{self.treaty} {self.slug}"


class ClauseVersionQuerySet(SealedQuerySet["ClauseVersion"]):
    """Versions by whether they count now."""

    def current(self) -> ClauseVersionQuerySet:
        """The latest version of each clause."""
        latest = ClauseVersion.objects.filter(clause=OuterRef("clause")).order_by("-no")
        return self.filter(pk=Subquery(latest.values("pk")[:1]))

    def governing(self, treaty: Treaty, act: str) -> ClauseVersionQuerySet:
        """The current versions of the treaty's clauses on ``act``, in the order of their slugs."""
        return (
            self.current()
            .filter(clause__treaty=treaty, governs=act)
            .select_related("clause")
            .order_by("clause__slug")
        )


class ClauseVersion(Sealed):
    """One wording of a clause's rule: the mapping of the treaty file, as loaded.

    ``governs`` repeats the rule's own key so that the clauses of an act can be asked for.
    """

    clause = models.ForeignKey(Clause, models.PROTECT, related_name="versions")
    no = models.PositiveIntegerField()
    governs = models.CharField(max_length=40, blank=True)
    rule = models.JSONField()
    digest = models.CharField(max_length=64)
    reason = models.TextField()
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ClauseVersionQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("clause", "no"), name="clause_version_numbered_once"),
        )
        indexes = (models.Index(fields=("governs", "clause"), name="clause_version_by_act"),)

    def __str__(self) -> str:
        return f"{self.clause} (version {self.no})"
