"""``/healthz`` and ``/readyz``: whether this process lives, and whether the house does its work.

A middleware, the first of all, and no page: a health check comes by plain HTTP, to whatever host
name the machine has inside, without a session. Nothing of the request is used but its path.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.utils import timezone

from notifications.services.standing import look

METHODS: Final = ("GET", "HEAD")


class HealthMiddleware:
    """Answers the two addresses; hands everything else on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or hand on."""
        answer = _ANSWERS.get(request.path_info)
        if answer is None:
            return self.get_response(request)
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        response = answer()
        response["Cache-Control"] = "no-store"
        return response


def healthz() -> HttpResponse:
    """The process takes requests; nothing else is asked."""
    return JsonResponse({"alive": True})


def readyz() -> HttpResponse:
    """Every check with what an operator must know; 503 where one does not hold."""
    checks = look(now=timezone.now())
    is_ready = all(check.is_ok for check in checks)
    said = {
        check.name: {"ok": check.is_ok} | ({"says": check.says} if check.says else {})
        for check in checks
    }
    return JsonResponse({"ready": is_ready, "checks": said}, status=200 if is_ready else 503)


_ANSWERS: Final[dict[str, Callable[[], HttpResponse]]] = {
    "/healthz": healthz,
    "/readyz": readyz,
}
