"""Mail that is looked after by hand: sent again, given up, an address that works again.

Each is a page of its own that asks for the reason; nothing is done to several at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from notifications.admin.asking import Asking, asking
from notifications.admin.forms import name_the_fields
from notifications.errors import DomainError
from notifications.models import Case, Contact, Message
from notifications.services.resending import (
    give_up_message,
    mark_contact_working,
    resend_message,
)


class ReasonForm(forms.Form):
    """Why it is done."""

    use_required_attribute = False
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
        help_text=_("Why this is done; it stands in the register."),
    )

    def full_clean(self) -> None:
        """Check, with sentences made for each field."""
        name_the_fields(self)
        super().full_clean()


@dataclass(frozen=True)
class Deed:
    """What can be done: its words, the record it is done to, and the service that does it."""

    title: Any
    explains: Any
    done: Any
    model: type[Model]
    carry_out: Callable[[Any, Asking, str], object]


def _resend(message: Message, by: Asking, reason: str) -> object:
    return resend_message(message=message, actor=by.user, now=by.now, reason=reason)


def _give_up(message: Message, by: Asking, reason: str) -> object:
    return give_up_message(message=message, actor=by.user, now=by.now, reason=reason)


def _working(contact: Contact, by: Asking, reason: str) -> object:
    return mark_contact_working(contact=contact, actor=by.user, now=by.now, reason=reason)


DEEDS: Final[Mapping[str, Deed]] = {
    "resend": Deed(
        _("Send again"),
        _("The message goes to the person's present address once more, as a new message."),
        _("It is sent again with the next sweep."),
        Message,
        _resend,
    ),
    "give-up": Deed(
        _("Give up"),
        _(
            "The message is not tried any more. The next mandate is tried instead, and the others "
            "of the party are told, with your reason."
        ),
        _("It is given up."),
        Message,
        _give_up,
    ),
    "working": Deed(
        _("It works again"),
        _("Mail to this address does not come back any more."),
        _("The address counts as working."),
        Contact,
        _working,
    ),
}


def resend(request: HttpRequest, key: int) -> HttpResponse:
    """Send a message that failed or came back again."""
    return _page(request, DEEDS["resend"], key)


def give_up(request: HttpRequest, key: int) -> HttpResponse:
    """Give up a message that waits."""
    return _page(request, DEEDS["give-up"], key)


def working(request: HttpRequest, key: int) -> HttpResponse:
    """Say that an address works again."""
    return _page(request, DEEDS["working"], key)


@require_http_methods(["GET", "HEAD", "POST"])
def _page(request: HttpRequest, deed: Deed, key: int) -> HttpResponse:
    """Ask why, then do it; a refusal stands on the page with what was typed."""
    record = _record(deed, key)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            deed.carry_out(record, asking(request), form.cleaned_data["reason"])
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, error.sentence)
        else:
            messages.success(request, deed.done)
            return redirect("admin:mail-health")
    context = {
        **admin.site.each_context(request),
        "title": deed.title,
        "subtitle": record.user.name,
        "address": record.address,
        "deed": deed,
        "form": form,
    }
    return render(request, "admin/tending.html", context)


def _record(deed: Deed, key: int) -> Any:
    """The record, or 404: of messages those of live cases, as mail health shows them."""
    rows: Any = deed.model._default_manager.select_related("user")
    if deed.model is Message:
        rows = rows.filter(alert__case__origin=Case.Origin.LIVE)
    return get_object_or_404(rows, pk=key)
