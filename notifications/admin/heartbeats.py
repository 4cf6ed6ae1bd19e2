"""When each part of the system was last seen at work, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timesince import timesince
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from notifications.admin.asking import asking
from notifications.models import Heartbeat
from notifications.services.silence_watch import EVERY
from notifications.services.standing import (
    SEEN_WITHIN,
    SILENCE_AGREED,
    SILENCE_FOUND,
    SILENCE_WATCH,
)

# What each part does; a part that never was at work is named too.
PARTS: Final = {
    "beat": _("knocks every minute"),
    "worker": _("does what it is asked"),
    "track_deadlines": _("the sweep that settles what has run out"),
    "send_alerts": _("the sweep that sends what is due"),
    "record_responses": _("the sweep that records the silence of those who were asked"),
    SILENCE_WATCH: _("the silence alarm, which looks every hour whether all were told"),
}
# What is no part of the system: when the silence alarm was content last, and when it was not.
MARKS: Final = (SILENCE_AGREED, SILENCE_FOUND)


@dataclass(frozen=True)
class Beat:
    """One part: what it does, when it was last seen, and whether it has gone silent."""

    name: str
    does: str
    seen_at: datetime | None
    said: str
    is_silent: bool


def beats(now: datetime) -> list[Beat]:
    """Every part that is known or was ever seen: one query."""
    parts = Heartbeat.objects.exclude(name__in=MARKS)
    seen = dict(parts.values_list("name", "seen_at"))
    names = [*PARTS, *sorted(seen.keys() - PARTS.keys())]
    return [_beat(name, seen.get(name), now) for name in names]


def _beat(name: str, seen_at: datetime | None, now: datetime) -> Beat:
    does = str(PARTS.get(name, ""))
    if seen_at is None:
        return Beat(name, does, None, gettext("never seen"), is_silent=True)
    is_silent = seen_at <= now - SEEN_WITHIN - (EVERY if name == SILENCE_WATCH else timedelta())
    if seen_at > now:
        return Beat(name, does, seen_at, gettext("just now"), is_silent)
    said = gettext("%(time)s ago") % {"time": timesince(seen_at, now)}
    return Beat(name, does, seen_at, said, is_silent)


@require_safe
def heartbeats(request: HttpRequest) -> HttpResponse:
    """Who was last seen when."""
    by = asking(request)
    context = {
        **admin.site.each_context(request),
        "title": _("Heartbeats"),
        "beats": beats(by.now),
        "minutes": int(SEEN_WITHIN.total_seconds() // 60),
    }
    return render(request, "admin/heartbeats.html", context)
