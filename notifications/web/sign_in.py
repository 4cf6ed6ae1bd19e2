"""Signing in and out: Django's own views on the custom user, by e-mail address."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

from notifications.web.cards import Group, groups
from notifications.web.forms import NamingForm
from notifications.web.kept import KEPT, UNDONE, hand_back


class EmailForm(NamingForm, AuthenticationForm):
    """Django's form; the name it asks for is an e-mail address."""

    error_messages = {  # noqa: RUF012 - Django's own shape
        **AuthenticationForm.error_messages,
        "invalid_login": _("The e-mail address or the password is not right."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("E-mail address")
        self.fields["username"].widget.input_type = "email"
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"
            field.widget.attrs.pop("autofocus", None)


class SignIn(LoginView):
    """The sign-in page; fields that a lost session left behind are handed back afterwards."""

    template_name = "registration/sign_in.html"
    authentication_form = EmailForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the cards and what is kept."""
        context = super().get_context_data(**kwargs)
        asked = self.request.POST or self.request.GET
        return {
            **context,
            "cards": cards(self.request),
            KEPT: self.request.POST.get(KEPT, ""),
            UNDONE: bool(asked.get(UNDONE)),
        }

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Go on where the person was, or show that what they had typed is still there."""
        response = super().form_valid(form)
        return hand_back(self.request) or response


@method_decorator(login_not_required, name="dispatch")
class SignOut(LogoutView):
    """Signing out, by POST alone."""


def cards(request: HttpRequest) -> list[Group]:
    """The cards of the cast in the embedded run; none anywhere else."""
    return groups(request) if settings.TREATYFLOW_EMBEDDED else []


def ask_again(request: HttpRequest, kept: str) -> HttpResponse:
    """The sign-in page for a form whose session had ended."""
    context = {
        "form": EmailForm(request),
        "next": request.path,
        "cards": cards(request),
        KEPT: kept,
        UNDONE: False,
    }
    return render(request, "registration/sign_in.html", context)
