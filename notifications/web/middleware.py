"""The reader's language and zone, and a sign-in that loses nothing of what was typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode

from notifications.emails import spoken
from notifications.models import User
from notifications.web.kept import UNDONE, is_kept, pack
from notifications.web.sign_in import ask_again


class ReaderMiddleware:
    """Activates the reader's language and zone while the page is made.

    The language is the signed-in person's, else the one chosen on the sign-in page, else the one
    the browser asks for, else English; the zone is the person's, else UTC.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Make the page in the reader's language and zone, and say which language it is in."""
        reader = request.user if isinstance(request.user, User) else None
        language = _language(request, reader)
        zone = _zone(reader.zone) if reader else UTC
        with translation.override(language), timezone.override(zone):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        if reader is None:
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response


def _language(request: HttpRequest, reader: User | None) -> str:
    if reader is not None:
        return spoken(reader.language)
    return translation.get_language_from_request(request)


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


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
