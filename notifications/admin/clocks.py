"""Clocks, to read: deadlines with every version, the facts that move them, outcomes of silence."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.admin.asking import Asking
from notifications.admin.base import ReadOnlyAdmin, ReadOnlyInline
from notifications.admin.filters import by_act, by_treaty
from notifications.admin.naming import CodeNames
from notifications.admin.reading import of_readable, of_readable_or_runs, readable_facts
from notifications.admin.saying import said_act, said_act_or_run, said_value
from notifications.admin.titling import column
from notifications.emails.words import bare_date, cause_of, reason_of
from notifications.models import Deadline, DeadlineVersion, Fact, Outcome


class VersionInline(ReadOnlyInline):
    """Every computation of the clock: when, why, and what came out."""

    model = DeadlineVersion
    fk_name = "deadline"
    fields = ("no", "opens_on", "due_on", "result", "why", "computed_at", "computed_by", "steps")
    joined: ClassVar = ("computed_by", "clause_version")
    ordering = ("-no",)
    verbose_name_plural = _("Versions, the newest first")
    show_change_link = False

    @admin.display(description=_("Steps"))
    def steps(self, row: DeadlineVersion) -> str:
        """The way to the date."""
        return reason_of(row, self.names)

    @admin.display(description=_("Cause"))
    def why(self, row: DeadlineVersion) -> str:
        """Why it was computed."""
        return cause_of(row, self.names)

    @cached_property
    def names(self) -> CodeNames:
        """The names of this page: an inline is made for one request."""
        return CodeNames()


@admin.register(Deadline)
class DeadlineAdmin(ReadOnlyAdmin):
    """Computed clocks; none of a restricted act."""

    list_display = ("due_on", "act", "set_by", "bearer_said", "status", "version_no")
    list_display_links = ("due_on", "act")
    list_filter = (
        "status",
        by_treaty("notification__treaty"),
        by_act("notification__act"),
        "origin",
        "case__origin",
    )
    joined: ClassVar = ("notification__treaty", "case__treaty", "clause", "current_version")
    parties: ClassVar = {"bearer_name": "bearer"}
    search_fields = (
        "notification__treaty__short_title",
        "notification__circulation__number",
        "clause__slug",
        "bearer__code",
        "bearer__names__name",
    )
    search_help_text = _("Treaty, number, clause or bearer")
    date_hierarchy = "due_at"
    ordering = ("due_at", "pk")
    inlines = (VersionInline,)
    shown = (
        "act",
        "set_by",
        "owed_by",
        "bearer_said",
        "status",
        "due_on",
        "settled_on",
        "version_no",
    )

    def readable(self, rows: QuerySet[Any], by: Asking) -> QuerySet[Any]:
        """Those of acts that may be read, and the runs of recurring clauses."""
        return of_readable_or_runs(rows, by, "notification")

    def named(self, obj: Any) -> str:
        """The act that set it, or the treaty of what recurs."""
        return said_act_or_run(obj.notification, obj.case)

    @admin.display(description=_("Act"), ordering="notification__given_on")
    def act(self, row: Deadline) -> str:
        """The act that set it, or the treaty of what recurs."""
        return said_act_or_run(row.notification, row.case)

    @admin.display(description=_("Set by"), ordering="clause__slug")
    def set_by(self, row: Deadline) -> str:
        """The clause, or the sender."""
        if row.clause is None:
            return row.get_origin_display()
        return gettext("clause %(clause)s") % {"clause": row.clause.slug}

    @admin.display(description=_("Bearer"), ordering="bearer_name")
    def bearer_said(self, row: Any) -> str:
        """The party that bears it, or who does jointly."""
        return str(row.bearer_name or row.get_owed_by_display())

    @admin.display(description=_("Due"), ordering="due_at")
    def due_on(self, row: Deadline) -> Any:
        """The day of the newest version, in its zone."""
        return said_value(row.version.due_on)

    @admin.display(description=_("Version"), ordering="current_version__no")
    def version_no(self, row: Deadline) -> int:
        """How often it was computed to another date or by another way."""
        return row.version.no


@admin.register(Fact)
class FactAdmin(ReadOnlyAdmin):
    """The ledger: what moved clocks after the act."""

    list_display = ("on", "kind", "treaty_said", "until", "party_said", "reason", "stands")
    list_filter = ("kind", by_treaty("case__treaty"), "case__origin")
    joined: ClassVar = ("case__treaty", "superseded_by", "by")
    parties: ClassVar = {"party_name": "party"}
    search_fields = ("reason", "source", "party__code", "party__names__name")
    date_hierarchy = "on"
    ordering = ("-on", "-pk")
    shown = (
        "treaty_said",
        "kind",
        "party_said",
        "on",
        "until",
        "reason",
        "source",
        "entered_at",
        "by",
        "stands",
    )
    party_said = column("party_name", _("Party"))

    def named(self, obj: Any) -> str:
        """What kind of fact, since when."""
        said = {"kind": obj.get_kind_display(), "day": bare_date(obj.on)}
        return gettext("%(kind)s, %(day)s") % said

    @admin.display(description=_("Treaty"), ordering="case__treaty__short_title")
    def treaty_said(self, row: Fact) -> str:
        """The treaty: the title of a case can name a restricted act."""
        return row.case.treaty.short_name

    def readable(self, rows: QuerySet[Any], by: Asking) -> QuerySet[Any]:
        """Those that neither a restricted act nor one of its clocks is concerned by."""
        return readable_facts(rows, by)

    @admin.display(description=_("Stands"), boolean=True)
    def stands(self, row: Fact) -> bool:
        """Whether no later row takes its place."""
        return getattr(row, "superseded_by", None) is None


@admin.register(Outcome)
class OutcomeAdmin(ReadOnlyAdmin):
    """What silences were found to mean."""

    list_display = ("at", "act", "meaning", "is_confirmed", "by")
    list_filter = ("is_confirmed", "meaning", by_treaty("deadline__notification__treaty"))
    joined: ClassVar = ("deadline__notification__treaty", "by")
    search_fields = ("reason", "deadline__notification__circulation__number")
    date_hierarchy = "at"
    ordering = ("-at", "-pk")
    shown = ("act", "meaning", "is_confirmed", "silent_parties", "reason", "at", "by")

    def readable(self, rows: QuerySet[Any], by: Asking) -> QuerySet[Any]:
        """Those of acts that may be read."""
        return of_readable(rows, by, "deadline__notification")

    def named(self, obj: Any) -> str:
        """The act whose clock it was."""
        return said_act(obj.deadline.act)

    @admin.display(description=_("Act"))
    def act(self, row: Outcome) -> str:
        """The act whose clock it was."""
        return said_act(row.deadline.act)

    @admin.display(description=_("Silent parties"))
    def silent_parties(self, row: Outcome) -> str:
        """The codes of the parties that said nothing."""
        return ", ".join(row.silent)
