"""What was typed into a form whose session had ended, carried through sign-in and back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeVar

from django.contrib import messages
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext

View = TypeVar("View", bound=Callable[..., Any])

# What a form asks its view to do; "look" shows it again as typed and changes nothing.
DO: Final = "do"
LOOK: Final = "look"
KEPT: Final = "kept"
# In every form that keeps what is typed: who had it before them, signed.
TYPED_BY: Final = "typed_by"
# On the sign-in page: a button was pressed after the session had ended.
UNDONE: Final = "undone"
_OWN: Final = frozenset({"csrfmiddlewaretoken", DO, TYPED_BY})
_SIGNER: Final = Signer(salt="notifications.web.kept")


class Kept(NamedTuple):
    """A form that was kept: its address on this site, its fields, and whose it was, signed."""

    path: str
    fields: list[tuple[str, str]]
    typed_by: str


def keeps_typed(view: View) -> View:
    """Mark a view whose form holds text that a person typed."""
    view.__dict__["keeps_typed"] = True
    return view


def is_kept(view: Callable[..., Any]) -> bool:
    """Whether the view was marked so."""
    return bool(getattr(view, "keeps_typed", False))


def mark_of(request: HttpRequest) -> str:
    """The signed mark of the person who is signed in; empty for nobody."""
    user = getattr(request, "user", None)
    return _SIGNER.sign(str(user.pk)) if user is not None and user.is_authenticated else ""


def is_theirs(request: HttpRequest, mark: str) -> bool:
    """Whether the mark is that of the person who is signed in."""
    try:
        return _SIGNER.unsign(mark) == str(request.user.pk)
    except BadSignature:
        return False


def pack(path: str, fields: QueryDict) -> str:
    """The address and the fields of a form, and whose it was, as one hidden text."""
    kept = {"path": path, "fields": typed(fields), TYPED_BY: fields.get(TYPED_BY, "")}
    return json.dumps(kept, ensure_ascii=False)


def typed(fields: QueryDict) -> dict[str, list[str]]:
    """What a person typed into a form, without what the page itself put there."""
    return {name: values for name, values in fields.lists() if name not in _OWN}


def unpack(text: str) -> Kept | None:
    """What ``pack`` made, if it leads to this site; None where it is none of ours."""
    try:
        kept = json.loads(text)
        path, fields, mark = str(kept["path"]), dict(kept["fields"]), str(kept[TYPED_BY])
        pairs = [(str(name), str(value)) for name, values in fields.items() for value in values]
    except (ValueError, KeyError, TypeError):
        return None
    is_ours = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return Kept(path, pairs, mark) if is_ours else None


def hand_back(request: HttpRequest) -> HttpResponse | None:
    """The page that takes a person back to their form; None where nothing was kept.

    What somebody else had typed is dropped: a shared machine shows nobody another one's words.
    """
    if request.POST.get(UNDONE):
        messages.warning(request, gettext("Nothing was recorded yet: press the button again."))
    kept = unpack(request.POST.get(KEPT, ""))
    if kept is None:
        return None
    if not is_theirs(request, kept.typed_by):
        messages.warning(
            request, gettext("What was typed before was somebody else's, and it is dropped.")
        )
        return redirect("desk")
    context = {"path": kept.path, "fields": [*kept.fields, (DO, LOOK)]}
    return render(request, "registration/signed_in_again.html", context)
