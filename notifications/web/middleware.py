"""The reader's language and zone, and a sign-in that loses nothing of what was typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode

from notifications.models import User
from notifications.web.kept import UNDONE, is_kept, pack
from notifications.web.sign_in import ask_again


class ReaderMiddleware:
    """Activates the language and the zone of the signed-in person while the page is made."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Make the page in the reader's language and zone."""
        if not isinstance(request.user, User):
            return self.get_response(request)
        reader = request.user
        with translation.override(reader.language), timezone.override(_zone(reader.zone)):
            return self.get_response(request)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


class SignInFirstMiddleware(LoginRequiredMiddleware):
    """Asks for sign-in; what a form carried when its session had ended is carried along."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[Any, Any],
    ) -> HttpResponseBase | None:
        """A live panel says so in its place; a form goes through sign-in with its fields."""
        answer = super().process_view(request, view_func, view_args, view_kwargs)
        if answer is None:
            return None
        if request.headers.get("HX-Request"):
            return render(request, "notifications/_signed_out.html")
        if request.method == "POST" and is_kept(view_func):
            return ask_again(request, pack(request.path, request.POST))
        if request.method == "POST":
            query = urlencode({REDIRECT_FIELD_NAME: request.path, UNDONE: "1"})
            return redirect(f"{reverse('sign-in')}?{query}")
        return answer
