"""The sweeps that beat knocks for: what is due is found anew each time, however late it comes.

Live sweeps take live cases alone; a replay runs the same code on its own case and clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Exists, OuterRef, Q

from notifications.delivery import Sweep, Transport, send_due
from notifications.lifecycle import NOTIFICATION, UNFINISHED, sources
from notifications.models import Case, Circulation, Deadline, Notification, Progress
from notifications.queue import nudge
from notifications.services.calendar import day_in
from notifications.services.settling import (
    close_notification,
    end_deadline,
    note_conference_held,
    record_silence,
)

BATCH: Final = 500


@dataclass(frozen=True)
class Tracked:
    """What one sweep found: deadlines met, lapsed, taken effect; notifications closed."""

    met: int = 0
    lapsed: int = 0
    effective: int = 0
    closed: int = 0


def track_deadlines(*, now: datetime, case: Case | None = None) -> Tracked:
    """Settle every clock of a clause whose end, or whose conference's day, has come."""
    met = _note_conferences(now, case)
    due = (
        Deadline.objects.due(now)
        .in_case(case)
        .filter(origin=Deadline.Origin.CLAUSE)
        .order_by("due_at", "pk")
    )
    ended = [end_deadline(key, now=now) for key in due.values_list("pk", flat=True)[:BATCH]]
    closed = _close(now, case)
    if case is None and any(ended):
        nudge("send_alerts")
    return Tracked(met, ended.count("lapsed"), ended.count("effective"), closed)


def _note_conferences(now: datetime, case: Case | None) -> int:
    """Conferences convened beforehand whose day has come, on acts with an unfinished duty."""
    unfinished = Deadline.objects.in_case(case).filter(
        notification=OuterRef("refers_to"), status__in=UNFINISHED, clause__isnull=False
    )
    conferences = Notification.objects.filter(
        Exists(unfinished), act="conference", fields__held_on__gt=""
    ).select_related("refers_to")
    met = 0
    for conference in conferences.order_by("given_on", "pk"):
        today = day_in(conference.zone, now)
        if str(conference.fields["held_on"]) <= today.isoformat():
            met += note_conference_held(conference, today=today, now=now)
    return met


def _close(now: datetime, case: Case | None) -> int:
    """Numbered acts of which nothing is awaiting or running."""
    unfinished = Deadline.objects.filter(
        notification=OuterRef("notification"), status__in=UNFINISHED
    )
    numbered = Circulation.objects.filter(notification=OuterRef("notification"))
    whose = Q(notification__case=case) if case else Q(notification__case__origin="live")
    done = Progress.objects.filter(
        whose, Exists(numbered), ~Exists(unfinished), status__in=sources(NOTIFICATION, "close")
    )
    keys = list(done.order_by("pk").values_list("pk", flat=True)[:BATCH])
    return sum(close_notification(key, now=now) for key in keys)


def record_responses(*, now: datetime, case: Case | None = None) -> int:
    """Record the silence of each party past the sender's limit; their number is returned."""
    overdue = Deadline.objects.due(now).in_case(case).filter(origin=Deadline.Origin.RESPOND_BY)
    keys = overdue.order_by().values_list("notification", flat=True).distinct()[:BATCH]
    notifications = Notification.objects.filter(pk__in=list(keys)).order_by("pk")
    silent = sum(record_silence(notification, now=now) for notification in notifications)
    if silent and case is None:
        nudge("send_alerts")
    return silent


def send_alerts(
    *, now: datetime, case: Case | None = None, transport: Transport | None = None
) -> Sweep:
    """Turn due alerts into messages and send what is pending."""
    return send_due(now=now, case=case, transport=transport)
