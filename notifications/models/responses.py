"""Positions of the parties on a notification, and statements made outside the treaty's channels."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from notifications.acts import POSITIONS
from notifications.models.cases import Case
from notifications.models.notification import Notification
from notifications.models.people import User
from notifications.models.registry import Party
from notifications.models.sealed import Sealed, SealedQuerySet


class Response(Sealed):
    """One party's recorded position; a later one ``supersedes`` the party's earlier one."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    notification = models.ForeignKey(Notification, models.PROTECT, related_name="responses")
    party = models.ForeignKey(Party, models.PROTECT, related_name="responses")
    position = models.CharField(
        max_length=40, choices=[(key, _(words)) for key, words in POSITIONS.items()]
    )
    text = models.TextField(blank=True)
    given_at = models.DateTimeField()
    entered_at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    is_late = models.BooleanField(default=False)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    canonical = models.TextField()
    digest = models.CharField(max_length=64)

    objects = SealedQuerySet["Response"].as_manager()

    class Meta:
        indexes = (models.Index(fields=("notification", "party"), name="response_by_act"),)

    def __str__(self) -> str:
        return f"{self.party} {self.position} {self.notification}"


class Statement(Sealed):
    """A press statement or a speech: kept in the case, starts no clock."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="statements")
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")
    on = models.DateField()
    text = models.TextField()
    source = models.TextField(blank=True)
    external_ref = models.CharField(max_length=200, blank=True)
    canonical = models.TextField()
    digest = models.CharField(max_length=64)

    objects = SealedQuerySet["Statement"].as_manager()

    class Meta:
        indexes = (models.Index(fields=("case", "on"), name="statement_by_case"),)

    def __str__(self) -> str:
        return f"{self.party}, {self.on}"
