"""What an administrator may read of what was issued: never a restricted act, nor anything of it.

A person who is an administrator and holds a mandate besides reads the mission's restricted acts on
the pages of the mission: the admin is no way to them (domain.md, roles).
"""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from notifications.admin.asking import Asking
from notifications.models import Attachment, Notification
from notifications.models.notification import NotificationQuerySet


def readable_acts(by: Asking) -> NotificationQuerySet:
    """The acts that the person may read and that nobody restricted."""
    restricted = Notification.Visibility.RESTRICTED
    seen = Notification.objects.visible_to(by.user, by.today)
    return seen.exclude(visibility=restricted)


def of_readable(rows: QuerySet[Any], by: Asking, path: str = "notification") -> QuerySet[Any]:
    """The rows whose act, at ``path``, may be read."""
    return rows.filter(**{f"{path}__in": readable_acts(by).values("pk")})


def of_readable_or_runs(rows: QuerySet[Any], by: Asking, path: str) -> QuerySet[Any]:
    """The same, and the rows about runs of recurring clauses, which no act set."""
    acts = readable_acts(by).values("pk")
    return rows.filter(Q(**{path: None}) | Q(**{f"{path}__in": acts}))


def of_readable_cases(rows: QuerySet[Any], by: Asking) -> QuerySet[Any]:
    """The rows of cases in which there is an act that may be read."""
    acts = readable_acts(by).filter(case=OuterRef("case"))
    return rows.filter(Exists(acts))


def readable_facts(rows: QuerySet[Any], by: Asking) -> QuerySet[Any]:
    """Facts of such cases, but those that a restricted act brought, or of a clock of one."""
    acts = readable_acts(by).values("pk")
    return of_readable_cases(rows, by).filter(
        Q(notification=None) | Q(notification__in=acts),
        Q(deadline=None) | Q(deadline__notification__in=acts),
    )


def readable_attachments(rows: QuerySet[Any], by: Asking) -> QuerySet[Any]:
    """What is attached to an act that may be read, or to a response to one."""
    acts = readable_acts(by).values("pk")
    return rows.filter(Q(notification__in=acts) | Q(response__notification__in=acts))


def readable_documents(rows: QuerySet[Any], by: Asking) -> QuerySet[Any]:
    """Files that are attached somewhere where they may be read: none of drafts."""
    attached = readable_attachments(Attachment.objects.all(), by)
    return rows.filter(Exists(attached.filter(document=OuterRef("pk"))))
