"""Sign-in cards of the fixed cast, for the embedded run: one click, no password."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from notifications.models import Mandate, Role, User
from notifications.web.clock import day_of, read_clock
from notifications.web.kept import hand_back
from notifications.web.names import PartyNames, party_names

BACKEND = "django.contrib.auth.backends.ModelBackend"

DOES = {
    Role.DRAFTER: _("drafts notices, acknowledges and answers those that come in"),
    Role.HEAD_OF_MISSION: _("approves what the mission drafted: issues it"),
    Role.OBSERVER: _("reads, and files nothing"),
    Role.SECRETARIAT: _("enters notes given on paper, looks at the due form, manages mandates"),
    Role.DEPOSITARY_OFFICER: _("registers receipt, numbers and circulates, convenes"),
}


@dataclass(frozen=True)
class Card:
    """One of the cast: name, role, and what they do here."""

    email: str
    name: str
    role: str
    does: str


@dataclass
class Group:
    """The cards of one party."""

    title: str
    cards: list[Card] = field(default_factory=list)


def cast() -> QuerySet[User]:
    """People who have no password: cards are their only way in."""
    seats = User.objects.filter(password__startswith=UNUSABLE_PASSWORD_PREFIX, is_system=False)
    return seats.filter(is_active=True).order_by("pk")


def groups(request: HttpRequest) -> list[Group]:
    """The cards by party, in the order in which the cast was made: two queries."""
    today, names = day_of(read_clock()), party_names(request)
    mandates: dict[int, list[Mandate]] = {}
    for mandate in Mandate.objects.valid(today).filter(user__in=cast()).order_by("order", "pk"):
        mandates.setdefault(mandate.user_id, []).append(mandate)
    found: dict[str, Group] = {}
    for user in cast():
        title, card = _card(user, mandates.get(user.pk, []), names)
        found.setdefault(title, Group(title)).cards.append(card)
    return list(found.values())


def _card(user: User, mandates: Iterable[Mandate], names: PartyNames) -> tuple[str, Card]:
    first = next(iter(mandates), None)
    if first is None:
        role = gettext("administrator") if user.is_staff else gettext("no mandate today")
        does = gettext("sees what could not be delivered") if user.is_staff else ""
        return gettext("This system"), Card(user.email, user.name, role, does)
    role = Role(first.role)
    return names.of(first.party_id), Card(user.email, user.name, str(role.label), str(DOES[role]))


@login_not_required
@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign one of the cast in; the same for nobody else."""
    email = request.POST.get("email", "").strip().lower()
    user = cast().filter(email=email).first()
    if user is None:
        raise Http404
    login(request, user, backend=BACKEND)
    kept = hand_back(request)
    if kept is not None:
        return kept
    then = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(then, allowed_hosts={request.get_host()})
    return redirect(then if is_ours else "desk")
