"""Papers: files kept by their SHA-256, and the acts to which they are attached."""

from __future__ import annotations

import hashlib
import uuid
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q

from notifications.models.notification import Notification
from notifications.models.people import User
from notifications.models.responses import Response
from notifications.models.sealed import Sealed, SealedQuerySet


def path_of(sha256: str) -> Path:
    """Where a file with this digest lies: outside the web root, in a folder by its first digits."""
    return Path(settings.TREATYFLOW_DOCUMENTS) / sha256[:2] / sha256


def fault_of(sha256: str) -> str:
    """What is wrong with a stored file: ``missing``, ``altered``, or nothing. Reads it whole."""
    try:
        with path_of(sha256).open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return "missing"
    return "" if found == sha256 else "altered"


class Document(Sealed):
    """One file, stored once under its SHA-256 outside the web root; ``type`` is by its content."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField()
    type = models.CharField(max_length=80)

    objects = SealedQuerySet["Document"].as_manager()

    def __str__(self) -> str:
        return self.sha256


class AttachmentQuerySet(SealedQuerySet["Attachment"]):
    """Attachments by who may read what they belong to."""

    def visible_to(self, user: User, today: date) -> AttachmentQuerySet:
        """Those of notifications, and of responses to notifications, that the person may read."""
        seen = Notification.objects.visible_to(user, today).values("pk")
        return self.filter(Q(notification__in=seen) | Q(response__notification__in=seen))


class Attachment(Sealed):
    """A document that belongs to one act or one response, under the name it came with."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    document = models.ForeignKey(Document, models.PROTECT, related_name="attachments")
    notification = models.ForeignKey(
        Notification, models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    response = models.ForeignKey(
        Response, models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    name = models.CharField(max_length=200)
    is_scan = models.BooleanField(default=False)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="attachment_of_one_record",
                condition=Q(notification=None, response__isnull=False)
                | Q(notification__isnull=False, response=None),
            ),
        )

    def __str__(self) -> str:
        return self.name
