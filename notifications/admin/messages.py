"""Messages, to read: who was written to when, and what servers said; of acts that may be read."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from notifications.admin.asking import Asking
from notifications.admin.base import ReadOnlyAdmin, ReadOnlyInline
from notifications.admin.filters import by_treaty
from notifications.admin.reading import of_readable_or_runs
from notifications.admin.saying import said_act_or_run
from notifications.admin.titling import column
from notifications.models import Delivery, Message


class AttemptInline(ReadOnlyInline):
    """Every attempt, and what the server said to it."""

    model = Delivery
    fields = ("at", "outcome", "reply")
    ordering = ("-at", "-pk")
    verbose_name_plural = _("Attempts, the newest first")
    show_change_link = False


def offered_for(message: Message) -> dict[str, bool]:
    """Whether it can be sent again, or given up; what a replay wrote stays as it is."""
    is_live = message.alert.case.is_live
    came_back = message.deliveries.filter(outcome=Delivery.Outcome.BOUNCED).exists()
    is_resent = Message.objects.filter(resend_of=message).exists()
    has_failed = message.state == "failed" or came_back
    return {
        "can_resend": is_live and has_failed and not is_resent,
        "can_give_up": is_live and message.state == "pending",
    }


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    """One person's copy of an alert."""

    list_display = ("next_at", "person", "party_said", "about", "kind", "state", "tries", "sent_at")
    list_filter = (
        "state",
        "alert__kind",
        by_treaty("alert__notification__treaty"),
        "alert__case__origin",
    )
    joined: ClassVar = ("user", "alert__notification__treaty", "alert__case__treaty")
    parties: ClassVar = {"party_name": "party"}
    search_fields = ("user__name", "address", "message_id", "party__code", "party__names__name")
    search_help_text = _("Person, address or Message-ID")
    date_hierarchy = "next_at"
    ordering = ("-next_at", "-pk")
    inlines = (AttemptInline,)
    change_form_template = "admin/message.html"
    shown = (
        "person",
        "address",
        "party_said",
        "about",
        "kind",
        "state",
        "tries",
        "next_at",
        "digest_at",
        "sent_at",
        "message_id",
        "digest",
    )
    party_said = column("party_name", _("Party"))

    def readable(self, rows: QuerySet[Any], by: Asking) -> QuerySet[Any]:
        """Those about acts that may be read, and about what recurs."""
        return of_readable_or_runs(rows, by, "alert__notification").defer("headers")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The page, with what can be done about the message."""
        offered = offered_for(kwargs["obj"]) if kwargs.get("obj") else {}
        return super().render_change_form(request, {**context, **offered}, *args, **kwargs)

    def named(self, obj: Any) -> str:
        """To whom, about which act."""
        return f"{obj.user.name}: {said_act_or_run(obj.alert.notification, obj.alert.case)}"

    @admin.display(description=_("To"), ordering="user__name")
    def person(self, row: Message) -> str:
        """Who was written to."""
        return row.user.name

    @admin.display(description=_("About"))
    def about(self, row: Message) -> str:
        """The act that it is about, or the treaty of what recurs."""
        return said_act_or_run(row.alert.notification, row.alert.case)

    @admin.display(description=_("Tells"), ordering="alert__kind")
    def kind(self, row: Message) -> str:
        """What it tells, and which stage of a deadline."""
        return f"{row.alert.get_kind_display()} {row.alert.stage}".strip()
