"""Clauses: listed with their newest version; each has a page of its own making."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from notifications.admin.asking import Asking
from notifications.admin.base import HouseAdmin
from notifications.admin.clause_page import clause_page, new_clause_page
from notifications.admin.filters import by_treaty
from notifications.admin.saying import act_words
from notifications.admin.titling import column
from notifications.models import Clause, ClauseVersion


@admin.register(Clause)
class ClauseAdmin(HouseAdmin):
    """Provisions that start clocks."""

    list_display = ("slug", "treaty", "governs", "newest", "entered", "reason")
    list_filter = (by_treaty("treaty"),)
    joined: ClassVar = ("treaty",)
    search_fields = ("slug", "treaty__short_title", "treaty__slug")
    search_help_text = _("Clause or treaty")
    ordering = ("treaty__short_title", "slug")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Administrators."""
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Administrators."""
        return self.has_view_permission(request)

    def readable(self, rows: QuerySet[Any], by: Asking) -> QuerySet[Any]:  # noqa: ARG002
        """All, with what is shown of their newest version."""
        newest = ClauseVersion.objects.filter(clause=OuterRef("pk")).order_by("-no")
        told: QuerySet[Any] = rows.annotate(
            newest_no=Subquery(newest.values("no")[:1]),
            newest_at=Subquery(newest.values("entered_at")[:1]),
            newest_act=Subquery(newest.values("governs")[:1]),
            newest_reason=Subquery(newest.values("reason")[:1]),
        )
        return told

    newest = column("newest_no", _("Version"))
    entered = column("newest_at", _("Since"))
    reason = column("newest_reason", _("Reason"))

    @admin.display(description=_("Act"), ordering="newest_act")
    def governs(self, row: Any) -> str:
        """The act that it governs; none where its file holds it no longer."""
        return act_words(row.newest_act) if row.newest_act else "–"

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",  # noqa: ARG002
        extra_context: Any = None,  # noqa: ARG002
    ) -> HttpResponse:
        """The page of a clause to be."""
        return new_clause_page(request)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",  # noqa: ARG002
        extra_context: Any = None,  # noqa: ARG002
    ) -> HttpResponse:
        """The page of the clause."""
        found: Any = self.get_object(request, object_id)
        return clause_page(request, found)
