"""What every page's frame shows: who is signed in, for whom they act, and the names of parties."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from notifications.models import Contact, Mandate, User
from notifications.web.clock import day_of, read_clock
from notifications.web.kept import TYPED_BY, mark_of
from notifications.web.names import party_names


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of ``base.html``: the person's mandates of the day, names, and which run this is.

    ``returned`` is the person's present address where mail to it comes back; it is looked up by
    whole pages alone, when they ask for it.
    """
    user = getattr(request, "user", None)
    mandates: tuple[Mandate, ...] = ()
    if isinstance(user, User):
        mandates = user.mandates_on(day_of(read_clock()))
    return {
        "mandates": mandates,
        "names": party_names(request),
        "returned": SimpleLazyObject(lambda: _returned(user)),
        "is_embedded": settings.TREATYFLOW_EMBEDDED,
        TYPED_BY: mark_of(request),
    }


def _returned(user: Any) -> Contact | None:
    """What is known of the person's present address, where it fails: one query."""
    if not isinstance(user, User):
        return None
    own = user.contacts.filter(address=user.email, state=Contact.State.BOUNCING)
    return own.first()
