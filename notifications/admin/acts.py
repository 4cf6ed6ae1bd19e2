"""Issued acts, to read: as they were sealed, with their senders and to whom they went."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.admin.asking import Asking
from notifications.admin.base import ReadOnlyAdmin, ReadOnlyInline
from notifications.admin.filters import by_act, by_treaty
from notifications.admin.naming import party_named
from notifications.admin.reading import readable_acts
from notifications.admin.saying import act_words, said_act
from notifications.admin.titling import column
from notifications.emails.words import bare_date
from notifications.models import Notification, Sender, Transmission


class TransmissionInline(ReadOnlyInline):
    """To whom it went, by whom and when."""

    model = Transmission
    fields = ("party_said", "role", "channel", "at")
    parties: ClassVar = {"party_name": "party"}
    ordering = ("party__code", "role")
    verbose_name_plural = _("Transmissions")
    party_said = column("party_name", _("Party"))


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    """Acts, as they were sealed; restricted ones are not among them."""

    list_display = ("given_on", "act_title", "treaty", "senders_said", "number", "state")
    list_display_links = ("given_on", "act_title")
    list_filter = (
        by_treaty("treaty"),
        by_act("act"),
        "progress__status",
        "case__origin",
        "is_paper",
        "visibility",
    )
    joined: ClassVar = ("treaty", "circulation", "progress")
    search_fields = ("circulation__number", "treaty__short_title", "text")
    search_help_text = _("Number, treaty or words of the text")
    date_hierarchy = "given_on"
    ordering = ("-given_on", "-pk")
    inlines = (TransmissionInline,)
    shown = (
        "number",
        "act_title",
        "treaty",
        "senders_said",
        "given_on",
        "zone",
        "entered_at",
        "is_paper",
        "visibility",
        "state",
        "refers_to_act",
        "text",
        "language",
        "drafted_by",
        "approved_by",
        "digest",
    )

    def readable(self, rows: QuerySet[Any], by: Asking) -> QuerySet[Any]:
        """Those that may be read, with the names of their senders."""
        senders = Sender.objects.annotate(party_name=party_named("party")).order_by("party__code")
        seen = rows.filter(pk__in=readable_acts(by).values("pk"))
        return seen.prefetch_related(Prefetch("sender_rows", senders))

    def named(self, obj: Any) -> str:
        """What it is, of which day, under which treaty."""
        return said_act(obj)

    def view_on_site(self, obj: Notification) -> str:
        """The act's own page."""
        return reverse("notification", kwargs={"uid": obj.uid})

    @admin.display(description=_("Senders"))
    def senders_said(self, row: Notification) -> str:
        """Who gave it."""
        return ", ".join(sender.party_name for sender in row.sender_rows.all())  # type: ignore[attr-defined]

    @admin.display(description=_("Act"), ordering="act")
    def act_title(self, row: Notification) -> str:
        """The kind of act in words."""
        return act_words(row.act)

    @admin.display(description=_("Number"), ordering="circulation__seq")
    def number(self, row: Notification) -> str:
        """The number under which it stands in the register."""
        circulation = getattr(row, "circulation", None)
        return circulation.number if circulation else "–"

    @admin.display(description=_("State"), ordering="progress__status")
    def state(self, row: Notification) -> str:
        """Where it stands."""
        return row.progress.get_status_display()

    @admin.display(description=_("Refers to"))
    def refers_to_act(self, row: Notification) -> str:
        """The act that it refers to, unless that one is restricted."""
        other = row.refers_to
        if other is None or other.visibility == Notification.Visibility.RESTRICTED:
            return "–"
        said = {"act": act_words(other.act), "day": bare_date(other.given_on)}
        return gettext("%(act)s of %(day)s") % said
