"""The register, to read: every event, and of restricted acts and drafts nothing but ids."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from notifications.admin.asking import Asking, asking
from notifications.admin.base import ReadOnlyAdmin
from notifications.admin.reading import of_readable_or_runs, readable_acts
from notifications.admin.telling import OPEN_RECORDS, told_of
from notifications.models import Deadline, Event


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """Who did what to which record when, chained."""

    list_display = ("pk", "at", "act", "record", "actor")
    list_display_links = ("pk", "at")
    list_filter = ("act",)
    joined: ClassVar = ("actor",)
    search_fields = ("=record", "act", "actor__name")
    search_help_text = _("A record such as notification:12, an act, or who did it")
    date_hierarchy = "at"
    ordering = ("-pk",)
    shown = ("at", "recorded_at", "act", "record", "actor", "previous", "digest")
    change_form_template = "admin/event.html"

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """The event with what it says, as far as its record may be read."""
        event: Any = self.get_object(request, object_id)
        told = told_of(event, is_whole=is_readable(event, asking(request)))
        return super().change_view(
            request, object_id, form_url, {"told": told, **(extra_context or {})}
        )


def is_readable(event: Event, by: Asking) -> bool:
    """Whether what the event says may be shown: not of a restricted act, a draft or a mail."""
    kind, _colon, key = event.record.partition(":")
    if kind in OPEN_RECORDS:
        return True
    acts = readable_acts(by)
    if kind == "notification":
        return acts.filter(pk=int(key)).exists()
    if kind == "deadline":
        return of_readable_or_runs(
            Deadline.objects.filter(pk=int(key)), by, "notification"
        ).exists()
    return False
