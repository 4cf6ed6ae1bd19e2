"""The register: every numbered notification that a person may read, the newest first."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from notifications.models import Notification, Treaty
from notifications.web.clock import day_of, person, read_clock
from notifications.web.forms import RegisterFilter
from notifications.web.names import party_names
from notifications.web.thread import SENDERS, listed_title
from notifications.web.words import sort_key

PAGE_ROWS = 25


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """A page of the register, by treaty and by kind of case."""
    user, today, names = person(request), day_of(read_clock()), party_names(request)
    treaties = Treaty.objects.visible_to(user, today)
    titles = [(treaty.slug, treaty.short_name) for treaty in treaties]
    titles.sort(key=lambda title: sort_key(title[1]))
    form = RegisterFilter(treaties=titles, data=request.GET)
    chosen: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    found = Notification.objects.visible_to(user, today).filter(circulation__isnull=False)
    if chosen.get("treaty"):
        found = found.filter(treaty__slug=chosen["treaty"])
    if chosen.get("origin"):
        found = found.filter(case__origin=chosen["origin"])
    ordered = found.with_way().prefetch_related(SENDERS).order_by("-circulation__at", "-pk")
    page = Paginator(ordered, PAGE_ROWS).get_page(request.GET.get("page"))
    rows = [{"act": act, "title": listed_title(act, names)} for act in page.object_list]
    context = {
        "today": today,
        "form": form,
        "page": page,
        "rows": rows,
        "query": urlencode({key: value for key, value in chosen.items() if value}),
        "is_filtered": any(chosen.values()),
    }
    return render(request, "notifications/register.html", context)
