"""Choosing which act to file: a menu by subject, each act with one sentence on what it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from notifications.acts import ACTS, Act
from notifications.models import Notification, Participation, Treaty
from notifications.web.clock import day_of, person, read_clock
from notifications.web.names import party_names
from notifications.web.referring import (
    Filer,
    able,
    filers_of,
    may_refer,
    readable_targets,
)
from notifications.web.thread import title_of


@dataclass(frozen=True)
class Choice:
    """One act of the menu: empty ``url`` where there is nothing yet to which it could refer."""

    title: str
    summary: str
    url: str


@dataclass
class Group:
    """The acts on one subject."""

    title: str
    choices: list[Choice] = field(default_factory=list)


@require_safe
def choose(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose an act to file under a treaty; with ``to``, one that refers to that notification."""
    user, now, names = person(request), read_clock(), party_names(request)
    found = get_object_or_404(Treaty.objects.visible_to(user, day_of(now)), slug=slug)
    today = day_of(now, found.zone)
    filers = filers_of(found, user, today, names)
    if not filers:
        raise Http404
    readable = readable_targets(found, user, today)
    target = _target(request, readable)
    acts = _acts_for_non_parties(found, filers) or ACTS.values()
    groups = menu(acts, found, filers, readable=readable, target=target)
    if target is not None and not groups:
        raise Http404
    context = {
        "treaty": found,
        "today": today,
        "groups": groups,
        "target": target,
        "target_title": title_of(target, names) if target else "",
    }
    return render(request, "notifications/choose.html", context)


def menu(
    acts: Iterable[Act],
    treaty: Treaty,
    filers: list[Filer],
    *,
    readable: Iterable[Notification],
    target: Notification | None = None,
) -> list[Group]:
    """The acts that these can file, by subject; on one notification where ``target`` names it."""
    targets = [target] if target else list(readable)
    groups: dict[str, Group] = {}
    for act in acts:
        can_refer = any(may_refer(act, one, filers) for one in targets)
        if not able(act, filers) or (target and not can_refer):
            continue
        choice = Choice(
            gettext(act.title),
            gettext(act.summary),
            _address(treaty, act, target) if can_refer or not act.must_refer else "",
        )
        groups.setdefault(act.group, Group(gettext(act.group))).choices.append(choice)
    return list(groups.values())


def _address(treaty: Treaty, act: Act, target: Notification | None) -> str:
    address = reverse("file-act", kwargs={"slug": treaty.slug, "act": act.kind})
    return f"{address}?to={target.uid}" if target else address


def _target(request: HttpRequest, readable: Iterable[Notification]) -> Notification | None:
    """The notification that the address names; 404 for one that the person may not read."""
    named = request.GET.get("to")
    if not named:
        return None
    found = next((one for one in readable if str(one.uid) == named), None)
    if found is None:
        raise Http404
    return found


def _acts_for_non_parties(treaty: Treaty, filers: Iterable[Filer]) -> list[Act]:
    """Where all are known not to be parties: what such a state can file. Else nothing."""
    if not treaty.participants_complete or any(filer.is_depositary for filer in filers):
        return []
    own = [filer.named.pk for filer in filers]
    if Participation.objects.filter(treaty=treaty, party__in=own, exit_on=None).exists():
        return []
    return [act for act in ACTS.values() if act.by_non_parties]
