"""What came of an act, to read: receipts, numbers, transmissions, positions, defects, papers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.admin.asking import Asking
from notifications.admin.base import ReadOnlyAdmin, ReadOnlyInline
from notifications.admin.filters import by_act, by_treaty
from notifications.admin.reading import (
    of_readable,
    of_readable_cases,
    readable_attachments,
    readable_documents,
)
from notifications.admin.saying import said_act
from notifications.admin.titling import column
from notifications.emails.words import bare_date
from notifications.models import (
    Attachment,
    Circulation,
    Defect,
    Document,
    Receipt,
    Response,
    Statement,
    Transmission,
    TransmissionReport,
)


class OfAnAct(ReadOnlyAdmin):
    """Rows of one act, joined with it in the same query, read where the act may be read."""

    list_filter: ClassVar[Any] = (by_treaty("notification__treaty"), by_act("notification__act"))
    joined: ClassVar[Sequence[str]] = ("notification__treaty",)
    search_fields: ClassVar[Any] = (
        "notification__circulation__number",
        "notification__treaty__short_title",
    )

    def readable(self, rows: QuerySet[Any], by: Asking) -> QuerySet[Any]:
        """Those of acts that may be read."""
        return of_readable(rows, by)

    def named(self, obj: Any) -> str:
        """The act that the row is of."""
        return said_act(obj.notification)

    @admin.display(description=_("Act"), ordering="notification__given_on")
    def act(self, row: Any) -> str:
        """The act that the row is of."""
        return said_act(row.notification)


@admin.register(Receipt)
class ReceiptAdmin(OfAnAct):
    """Receipts, the corrected and the disputed ones included."""

    list_display = ("on", "act", "party_said", "entered_at", "disputed", "stands")
    list_filter = (*OfAnAct.list_filter, "disputed")
    joined: ClassVar = ("notification__treaty", "superseded_by")
    parties: ClassVar = {"party_name": "party"}
    search_fields = (*OfAnAct.search_fields, "party__code", "party__names__name")
    date_hierarchy = "on"
    ordering = ("-on", "-pk")
    shown = (
        "act",
        "party_said",
        "on",
        "at",
        "entered_at",
        "entered_by",
        "disputed",
        "reason",
        "stands",
    )
    party_said = column("party_name", _("Party"))

    @admin.display(description=_("Stands"), boolean=True)
    def stands(self, row: Receipt) -> bool:
        """Whether no later row takes its place."""
        return getattr(row, "superseded_by", None) is None


@admin.register(Circulation)
class CirculationAdmin(OfAnAct):
    """The numbers under which acts stand in the register."""

    list_display = ("number", "act", "at", "by")
    list_filter = (*OfAnAct.list_filter, "series", "year")
    joined: ClassVar = ("notification__treaty", "by")
    search_fields = ("number", "notification__treaty__short_title")
    date_hierarchy = "at"
    ordering = ("-year", "-seq", "series")
    shown = ("number", "act", "series", "year", "seq", "at", "by")


class ReportInline(ReadOnlyInline):
    """What is known of a transmission."""

    model = TransmissionReport
    fields = ("kind", "at", "by")
    joined: ClassVar = ("by",)
    verbose_name_plural = _("What is known of it")
    show_change_link = False


@admin.register(Transmission)
class TransmissionAdmin(OfAnAct):
    """To whom acts went."""

    list_display = ("at", "act", "party_said", "role", "channel")
    list_filter = (*OfAnAct.list_filter, "role", "channel")
    parties: ClassVar = {"party_name": "party"}
    search_fields = (*OfAnAct.search_fields, "party__code", "party__names__name")
    date_hierarchy = "at"
    ordering = ("-at", "-pk")
    inlines = (ReportInline,)
    shown = ("act", "party_said", "role", "channel", "at")
    party_said = column("party_name", _("Party"))


@admin.register(Response)
class ResponseAdmin(OfAnAct):
    """Recorded positions."""

    list_display = ("given_at", "act", "party_said", "position", "is_late")
    list_filter = (*OfAnAct.list_filter, "position", "is_late")
    parties: ClassVar = {"party_name": "party"}
    search_fields = (*OfAnAct.search_fields, "party__code", "party__names__name", "text")
    date_hierarchy = "given_at"
    ordering = ("-given_at", "-pk")
    shown = (
        "act",
        "party_said",
        "position",
        "text",
        "given_at",
        "entered_at",
        "by",
        "is_late",
        "digest",
    )
    party_said = column("party_name", _("Party"))


@admin.register(Statement)
class StatementAdmin(ReadOnlyAdmin):
    """Statements kept in cases: they start no clock."""

    list_display = ("on", "party_said", "treaty_said", "source")
    list_filter = (by_treaty("case__treaty"),)
    joined: ClassVar = ("case__treaty",)
    parties: ClassVar = {"party_name": "party"}
    search_fields = ("text", "source", "party__code", "party__names__name")
    date_hierarchy = "on"
    ordering = ("-on", "-pk")
    shown = ("treaty_said", "party_said", "on", "text", "source", "digest")
    party_said = column("party_name", _("Party"))

    def named(self, obj: Any) -> str:
        """Whose it is, of which day."""
        said = {"party": obj.party_name, "day": bare_date(obj.on)}
        return gettext("%(party)s, %(day)s") % said

    @admin.display(description=_("Treaty"), ordering="case__treaty__short_title")
    def treaty_said(self, row: Statement) -> str:
        """The treaty: the title of a case can name a restricted act."""
        return row.case.treaty.short_name

    def readable(self, rows: QuerySet[Any], by: Asking) -> QuerySet[Any]:
        """Those of cases in which there is an act that may be read."""
        return of_readable_cases(rows, by)


@admin.register(Defect)
class DefectAdmin(OfAnAct):
    """What was not in due form."""

    list_display = ("at", "act", "text", "by")
    joined: ClassVar = ("notification__treaty", "by")
    search_fields = (*OfAnAct.search_fields, "text")
    date_hierarchy = "at"
    ordering = ("-at", "-pk")
    shown = ("act", "text", "at", "by")


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyAdmin):
    """Files by the name they came with, and the act or the response to which they belong."""

    list_display = ("name", "of_what", "type", "size", "is_scan", "at", "by")
    list_filter = ("is_scan", "document__type")
    joined: ClassVar = (
        "document",
        "notification__treaty",
        "response__notification__treaty",
        "by",
    )
    search_fields = ("name", "document__sha256")
    date_hierarchy = "at"
    ordering = ("-at", "-pk")
    shown = ("name", "of_what", "type", "size", "digest", "is_scan", "at", "by")

    def readable(self, rows: QuerySet[Any], by: Asking) -> QuerySet[Any]:
        """What is attached where it may be read."""
        return readable_attachments(rows, by)

    @admin.display(description=_("Belongs to"))
    def of_what(self, row: Attachment) -> str:
        """The act, or the act whose response it came with."""
        if row.notification is not None:
            return said_act(row.notification)
        if row.response is None:
            return "–"
        return gettext("a response to: %(act)s") % {"act": said_act(row.response.notification)}

    @admin.display(description=_("Type"), ordering="document__type")
    def type(self, row: Attachment) -> str:
        """What it is by its content."""
        return row.document.type

    @admin.display(description=_("Size"), ordering="document__size")
    def size(self, row: Attachment) -> str:
        """How large it is."""
        return filesizeformat(row.document.size)

    @admin.display(description=_("SHA-256"))
    def digest(self, row: Attachment) -> str:
        """The digest under which it is stored."""
        return row.document.sha256


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    """Files by their digest."""

    list_display = ("sha256", "type", "size_said")
    list_filter = ("type",)
    search_fields = ("sha256", "attachments__name")
    ordering = ("-pk",)
    shown = ("sha256", "type", "size_said")

    def readable(self, rows: QuerySet[Any], by: Asking) -> QuerySet[Any]:
        """Those that are attached where they may be read."""
        return readable_documents(rows, by)

    @admin.display(description=_("Size"), ordering="size")
    def size_said(self, row: Document) -> str:
        """How large it is."""
        return filesizeformat(row.size)
