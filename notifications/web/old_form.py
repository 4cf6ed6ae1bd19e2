"""A form whose token is no longer good: the session was renewed in another window meanwhile."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from notifications.web.kept import (
    DO,
    KEPT,
    LOOK,
    TYPED_BY,
    hand_back,
    is_kept,
    is_theirs,
    pack,
    typed,
)
from notifications.web.sign_in import ask_again

SIGN_IN = frozenset({"sign-in", "demo-sign-in"})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's shape
    """Change nothing and lose nothing: the form again with a good token, for whoever typed it."""
    match = request.resolver_match
    name = match.url_name if match else None
    if name in SIGN_IN:
        return _sign_in(request)
    is_typed = match is not None and is_kept(match.func)
    if is_typed and not request.user.is_authenticated:
        return ask_again(request, pack(request.path, request.POST))
    fields: list[tuple[str, str]] = []
    if is_typed and is_theirs(request, request.POST.get(TYPED_BY, "")):
        fields = [(key, value) for key, values in typed(request.POST).items() for value in values]
        fields.append((DO, LOOK))
    path = "" if name == "sign-out" else request.path
    context = {"path": path, "fields": fields, "is_typed": is_typed}
    return render(request, "403_csrf.html", context, status=403)


def _sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page anew; for whoever is signed in by now, on with what was kept for them."""
    if request.user.is_authenticated:
        return hand_back(request) or redirect("desk")
    if kept := request.POST.get(KEPT, ""):
        return ask_again(request, kept)
    return redirect("sign-in")
