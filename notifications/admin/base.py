"""What every page of the admin keeps to: for administrators alone, nothing deleted, one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from notifications.admin.asking import Asking, asking
from notifications.admin.naming import party_named
from notifications.admin.telling import told_of
from notifications.admin.titling import MODELS, titled, titled_filter
from notifications.admin.typed import ModelAdmin, TabularInline
from notifications.models import Event

HISTORY_ROWS = 50


class Guarded:
    """The permissions: an administrator reads; adding and changing are for a class to allow.

    People have no Django permissions (models/people.py), so none is ever asked of them.
    """

    admin_site: Any

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whoever may use the site."""
        return bool(self.admin_site.has_permission(request))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Whoever may use the site; which rows, the queryset says."""
        return bool(self.admin_site.has_permission(request))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Nobody, unless a class says otherwise."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Nobody, unless a class says otherwise."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Nobody, ever."""
        return False


def _with(rows: QuerySet[Any], joined: Sequence[str], parties: Mapping[str, str]) -> QuerySet[Any]:
    """The rows joined with what is shown of them, and with the names of their parties."""
    if joined:  # without a name, Django would join everything
        rows = rows.select_related(*joined)
    named: QuerySet[Any] = rows.annotate(
        **{name: party_named(path) for name, path in parties.items()}
    )
    return named


class HouseAdmin(Guarded, ModelAdmin):
    """A list with search and filters, a page a record, and the record's events as its history.

    ``parties`` names the columns that say a party: the annotation, and the path to the party.
    ``joined`` is what the rows are read with, in the list and on their own pages.
    ``exchange`` is the kind of file that the records come from and go into, where there is one.
    """

    actions = None
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    object_history_template = "admin/history.html"
    parties: ClassVar[Mapping[str, str]] = {}
    exchange: ClassVar[str] = ""
    joined: ClassVar[Sequence[str]] = ()

    @property
    def singular(self) -> Any:
        """One record of this kind."""
        return capfirst(MODELS[self.model.__name__][0])

    @property
    def plural(self) -> Any:
        """Several of them."""
        return capfirst(MODELS[self.model.__name__][1])

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows that the administrator may read, joined, with the names of their parties."""
        rows = self.readable(super().get_queryset(request), asking(request))
        return _with(rows, self.joined, self.parties)

    def readable(self, rows: QuerySet[Any], by: Asking) -> QuerySet[Any]:  # noqa: ARG002
        """All rows, unless a class says otherwise."""
        return rows

    def get_list_display(self, request: HttpRequest) -> Any:
        """The columns under the house's names."""
        return titled(self.model, self, super().get_list_display(request))

    def get_list_filter(self, request: HttpRequest) -> Any:
        """The filters, those of fields under the house's names."""
        filters = super().get_list_filter(request)
        return [(item, titled_filter(item)) if isinstance(item, str) else item for item in filters]

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> Any:
        """The columns that lead to the record's page, under the same names."""
        links = super().get_list_display_links(request, list_display)
        return titled(self.model, self, links or ())

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Model:
        """The record, or 404: what one may not read does not exist."""
        found: Model | None = super().get_object(request, object_id, from_field)
        if found is None:
            raise Http404
        return found

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list, with the way to its files."""
        more = {"exchange": self.exchange, "title": self.plural, **(extra_context or {})}
        return super().changelist_view(request, more)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The page of a record: its name above, what kind of record it is beside the way to it."""
        obj = kwargs.get("obj")
        named = {
            "title": self.named(obj) if obj else _("Add"),
            "subtitle": self.singular,
            "plural": self.plural,
            "show_save_and_continue": False,
            "show_save_and_add_another": False,
        }
        return super().render_change_form(request, {**context, **named}, *args, **kwargs)

    def named(self, obj: Any) -> str:
        """What a record is called above its page."""
        return str(obj)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """The events of the record: the register is the history, there is no second one."""
        record = self.get_object(request, unquote(object_id))
        events = (
            Event.objects.filter(record=f"{self.opts.model_name}:{record.pk}")
            .select_related("actor")
            .order_by("-pk")
        )
        page = Paginator(events, HISTORY_ROWS).get_page(request.GET.get("p"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("History"),
            "subtitle": self.named(record),
            "plural": self.plural,
            "opts": self.opts,
            "object": record,
            "page": page,
            "lines": [told_of(event) for event in page.object_list],
            **(extra_context or {}),
        }
        return render(request, self.object_history_template, context)

    def log_addition(self, request: Any, obj: Any, message: Any) -> Any:
        """The service has written its event."""

    def log_change(self, request: Any, obj: Any, message: Any) -> Any:
        """The service has written its event."""


class ReadOnlyAdmin(HouseAdmin):
    """Records to read: ``shown`` are the fields and columns of a record's page."""

    shown: ClassVar[Sequence[str]] = ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002
        """What is shown, in this order, under the house's names."""
        return titled(self.model, self, self.shown)

    def get_readonly_fields(
        self,
        request: HttpRequest,  # noqa: ARG002
        obj: Any = None,  # noqa: ARG002
    ) -> Any:
        """Everything that is shown."""
        return titled(self.model, self, self.shown)


class ReadOnlyInline(Guarded, TabularInline):
    """Rows of another table on a record's page, to read."""

    template = "admin/rows.html"
    extra = 0
    max_num = 0
    can_delete = False
    show_change_link = True
    parties: ClassVar[Mapping[str, str]] = {}
    joined: ClassVar[Sequence[str]] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows with what is shown of them: one query, whatever their number."""
        return _with(super().get_queryset(request), self.joined, self.parties)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Everything that is shown."""
        return self.get_fields(request, obj)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002
        """What is shown of a row, under the house's names."""
        return titled(self.model, self, self.fields or ())
