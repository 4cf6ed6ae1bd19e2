"""The page of a notification: what it says, its dates and why, its addressees, its case."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from notifications.acts import ACTS, is_by_depositary
from notifications.models import Notification, User
from notifications.web.act_fields import said
from notifications.web.clock import day_of, person, read_clock
from notifications.web.clocks import clocks_of
from notifications.web.each_party import gathered
from notifications.web.flags import flag_sentences
from notifications.web.grid import addressees, tally
from notifications.web.names import PartyNames, party_names
from notifications.web.papers import paper_context
from notifications.web.referring import acts_on, filers_of
from notifications.web.related import referring_to, wordings
from notifications.web.steps import remaining, steps_of
from notifications.web.thread import SENDERS, CaseRecords, thread, title_of


def readable(user: User, today: date, uid: UUID) -> Notification:
    """A notification that the person may read; 404 for every other one."""
    visible = Notification.objects.visible_to(user, today).with_way().prefetch_related(SENDERS)
    joined = visible.select_related("drafted_by", "approved_by", "refers_to__circulation")
    return get_object_or_404(joined, uid=uid)


@require_safe
def notification(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One notification, whole, for everybody who may read it."""
    user, now = person(request), read_clock()
    found = readable(user, day_of(now), uid)
    today, names = day_of(now, found.zone), party_names(request)
    records = CaseRecords(found.case, user, today)
    rows = addressees(
        found, names, responses=records.responses, reports=records.reports, acts=records.acts
    )
    steps = steps_of(found, records, names, rows)
    receipts = [item for item in records.receipts if item.notification_id == found.pk]
    clocks = clocks_of(found, names, records.conferences_on(found), records.keys)
    context = {
        "notification": found,
        "treaty": found.treaty,
        "today": today,
        "title": title_of(found, names),
        "filed_by_one": is_by_depositary(ACTS[found.act], found.fields),
        "about": f"notifications/acts/{found.act}.html",
        "fields": said(found.act, found.fields, names, found.zone),
        "flags": flag_sentences(found.fields.get("flags", []), names),
        "receipts": receipts,
        "clocks": gathered(clocks, names),
        "rows": rows,
        "tally": tally(rows),
        "entries": thread(records, names),
        "steps": steps,
        "remaining": remaining(found, steps, rows, names),
        "referring": referring_to(found, records.acts, names),
        "wordings": wordings(found, records.acts, names),
        **_doors(found, user, today, names),
        **paper_context(found, receipts, user, today, names),
        "refers_to": next((act for act in records.acts if act.pk == found.refers_to_id), None),
    }
    return render(request, "notifications/notification.html", context)


def _doors(found: Notification, user: User, today: date, names: PartyNames) -> dict[str, Any]:
    """What the person can file from here; nothing on an act of a replayed case."""
    filers = filers_of(found.treaty, user, today, names) if found.case.is_live else []
    return {"acts_on_it": acts_on(found, filers), "may_keep_statement": bool(filers)}
