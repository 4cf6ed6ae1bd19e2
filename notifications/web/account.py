"""The reader's own account: the language and the zone of their pages and mails."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST
from django.views.i18n import set_language

from notifications.errors import DomainError
from notifications.services.account import change_own_settings
from notifications.web.clock import person, read_clock
from notifications.web.form_fields import choice, line
from notifications.web.forms import DomainForm
from notifications.web.kept import DO, LOOK, keeps_typed

# Before sign-in the choice is kept by a cookie; afterwards the account's own language holds.
choose_language = login_not_required(require_POST(set_language))


class AccountForm(DomainForm):
    """Language and zone."""

    language = choice(label=_("Language"), choices=settings.LANGUAGES, is_asked=True)
    zone = line(
        label=_("Time zone"),
        is_asked=True,
        help_text=_("Instants are shown in it. Days of a treaty are those of the treaty's zone."),
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields["zone"].required = True
        self.fields["zone"].widget.attrs |= {"list": "zones", "autocomplete": "off", "dir": "ltr"}


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """Show and change one's own language and zone."""
    user = person(request)
    held = {"language": user.language, "zone": user.zone}
    form = AccountForm(data=request.POST or None, initial=held)
    is_told = request.method == "POST" and request.POST.get(DO) != LOOK
    if is_told and form.is_valid():
        try:
            changed = change_own_settings(
                language=form.cleaned_data["language"],
                zone=form.cleaned_data["zone"],
                actor=user,
                now=read_clock(),
            )
        except DomainError as error:
            form.refuse(error)
        else:
            with translation.override(changed.language):
                messages.success(request, gettext("Your settings are saved."))
            return redirect("account")
    zones = sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC")
    return render(request, "notifications/account.html", {"form": form, "zones": zones})
