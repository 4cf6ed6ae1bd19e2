"""What was typed into a form whose session had ended, carried through sign-in and back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final, TypeVar

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

View = TypeVar("View", bound=Callable[..., Any])

# What a form asks its view to do; "look" shows it again as typed and changes nothing.
DO: Final = "do"
LOOK: Final = "look"
KEPT: Final = "kept"
_OWN: Final = frozenset({"csrfmiddlewaretoken", DO})


def keeps_typed(view: View) -> View:
    """Mark a view whose form holds text that a person typed."""
    view.__dict__["keeps_typed"] = True
    return view


def is_kept(view: Callable[..., Any]) -> bool:
    """Whether the view was marked so."""
    return bool(getattr(view, "keeps_typed", False))


def pack(path: str, fields: QueryDict) -> str:
    """The address and the fields of a form as one hidden text."""
    typed = {name: values for name, values in fields.lists() if name not in _OWN}
    return json.dumps({"path": path, "fields": typed})


def unpack(text: str) -> tuple[str, list[tuple[str, str]]] | None:
    """The address, on this site, and the fields of ``pack``; None where it is none of ours."""
    try:
        kept = json.loads(text)
        path, fields = str(kept["path"]), dict(kept["fields"])
        pairs = [(str(name), str(value)) for name, values in fields.items() for value in values]
    except (ValueError, KeyError, TypeError):
        return None
    is_ours = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return (path, pairs) if is_ours else None


def hand_back(request: HttpRequest) -> HttpResponse | None:
    """The page that takes a person back to their form; None where nothing was kept."""
    kept = unpack(request.POST.get(KEPT, ""))
    if kept is None:
        return None
    path, fields = kept
    context = {"path": path, "fields": [*fields, (DO, LOOK)]}
    return render(request, "registration/signed_in_again.html", context)
