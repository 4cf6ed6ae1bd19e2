"""What every page's frame shows: who is signed in, for whom they act, and the names of parties."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from notifications.models import Mandate, User
from notifications.web.clock import day_of, read_clock
from notifications.web.kept import TYPED_BY, mark_of
from notifications.web.names import party_names


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of ``base.html``: the person's mandates of the day, names, and which run this is."""
    user = getattr(request, "user", None)
    mandates: tuple[Mandate, ...] = ()
    if isinstance(user, User):
        mandates = user.mandates_on(day_of(read_clock()))
    return {
        "mandates": mandates,
        "names": party_names(request),
        "is_embedded": settings.TREATYFLOW_EMBEDDED,
        TYPED_BY: mark_of(request),
    }
