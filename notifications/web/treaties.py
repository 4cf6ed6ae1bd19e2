"""Treaties: participants on any day, clauses with their rules in words, notices."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from notifications import permissions
from notifications.models import (
    ACTING_ROLES,
    ClauseVersion,
    Notification,
    Participation,
    Treaty,
    TreatyDepositary,
    User,
)
from notifications.web.clock import day_of, person, read_clock, read_day
from notifications.web.names import PartyNames, party_names
from notifications.web.rule_groups import grouped
from notifications.web.thread import SENDERS, title_of

DEPOSITARIES = Prefetch("depositary_rows", queryset=TreatyDepositary.objects.order_by("pk"))
MOST_NOTICES = 100


@require_safe
def treaties(request: HttpRequest) -> HttpResponse:
    """Every treaty, with how many parties it has today."""
    user, today = person(request), day_of(read_clock())
    in_force = Q(participations__in_force_on__lte=today) & (
        Q(participations__exit_on=None) | Q(participations__exit_on__gt=today)
    )
    mine = Participation.objects.on(today).filter(
        treaty=OuterRef("pk"), party__in=user.party_ids(today, *ACTING_ROLES)
    )
    found = (
        Treaty.objects.visible_to(user, today)
        .annotate(members=Count("participations", filter=in_force), is_mine=Exists(mine))
        .prefetch_related(DEPOSITARIES)
    )
    names = party_names(request)
    rows = [
        {
            "treaty": treaty,
            "depositaries": names.listed(row.party_id for row in treaty.depositary_rows.all()),
        }
        for treaty in found
    ]
    return render(request, "notifications/treaties.html", {"rows": rows, "today": today})


@require_safe
def treaty(request: HttpRequest, slug: str) -> HttpResponse:
    """One treaty on one day: today, or the day that ``on`` names."""
    user, now, names = person(request), read_clock(), party_names(request)
    visible = Treaty.objects.visible_to(user, day_of(now)).prefetch_related(DEPOSITARIES)
    found = get_object_or_404(visible, slug=slug)
    today = day_of(now, found.zone)
    on, refused = _day_asked(request, today)
    acting = set(user.party_ids(today, *ACTING_ROLES))
    rows = list(Participation.objects.filter(treaty=found).select_related("notification"))
    members = [row for row in rows if row.covers(on)]
    left = [row for row in rows if row.exit_on is not None and row.exit_on <= on]
    context = {
        "treaty": found,
        "today": today,
        "on": on,
        "refused": refused,
        "depositaries": names.listed(row.party_id for row in found.depositary_rows.all()),
        "members": _by_name(members, names),
        "left": _by_name(left, names),
        "clauses": grouped(
            found, _clauses(found), names, has_depositary=bool(found.depositary_rows.all())
        ),
        "notices": _notices(found, user, today, names),
        "may_file": bool(acting or permissions.offices(user, found, today)),
    }
    return render(request, "notifications/treaty.html", context)


def _by_name(rows: list[Participation], names: PartyNames) -> list[dict[str, Any]]:
    named = [{"name": names.by_id[row.party_id], "row": row} for row in rows]
    return sorted(named, key=lambda item: item["name"])


def _clauses(found: Treaty) -> list[ClauseVersion]:
    # A clause that its file no longer holds stands with a version that governs nothing.
    current = ClauseVersion.objects.current().filter(clause__treaty=found).exclude(governs="")
    return list(current.select_related("clause").order_by("clause__slug"))


def _notices(found: Treaty, user: User, today: date, names: PartyNames) -> list[dict[str, Any]]:
    visible = Notification.objects.visible_to(user, today).filter(treaty=found)
    latest = visible.with_way().prefetch_related(SENDERS).order_by("-given_on", "-pk")
    return [{"act": act, "title": title_of(act, names)} for act in latest[:MOST_NOTICES]]


def _day_asked(request: HttpRequest, today: date) -> tuple[date, str]:
    """The day in the address, and what was typed where it is none."""
    typed = request.GET.get("on", "").strip()
    if not typed:
        return today, ""
    try:
        return read_day(typed), ""
    except ValueError:
        return today, typed[:40]
