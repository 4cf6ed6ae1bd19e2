"""The page of a notification: what it says, its dates and why, its addressees, its case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from notifications import permissions
from notifications.models import Notification, Party, User
from notifications.services.convening import conference_duties
from notifications.web.act_fields import said
from notifications.web.acting_parties import answering_parties, unreceived_by
from notifications.web.clock import day_of, person, read_clock
from notifications.web.clocks import clocks_of, is_arranged
from notifications.web.grid import Row, addressees, tally
from notifications.web.names import Named, PartyNames, party_names
from notifications.web.thread import SENDERS, CaseRecords, senders_of, thread


@dataclass(frozen=True)
class Steps:
    """What the person can do with a notification now; the first one is the primary one."""

    receives: list[Party]
    circulates: bool
    acknowledges: list[Named]
    convenes: bool
    responds: list[Named]
    has_answered: bool

    @property
    def is_any(self) -> bool:
        """Whether there is something to do at all."""
        return bool(self.primary or self.responds)

    @property
    def primary(self) -> str:
        """The step that comes next, or nothing; a second answer never is."""
        steps = (
            ("receipt", self.receives),
            ("circulate", self.circulates),
            ("acknowledge", self.acknowledges),
            ("conference", self.convenes),
            ("respond", self.responds and not self.has_answered),
        )
        return next((name for name, able in steps if able), "")


NOTHING = Steps(
    receives=[],
    circulates=False,
    acknowledges=[],
    convenes=False,
    responds=[],
    has_answered=False,
)


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
    context = {
        "notification": found,
        "treaty": found.treaty,
        "today": today,
        "senders": senders_of(found, names),
        "fields": said(found.act, found.fields, names),
        "flags": found.fields.get("flags", []),
        "receipts": [item for item in records.receipts if item.notification_id == found.pk],
        "clocks": clocks_of(found, names),
        "rows": rows,
        "tally": tally(rows),
        "entries": thread(records, names),
        "steps": _steps(found, records, names, rows),
        "refers_to": next((act for act in records.acts if act.pk == found.refers_to_id), None),
    }
    return render(request, "notifications/notification.html", context)


def _steps(found: Notification, records: CaseRecords, names: PartyNames, rows: list[Row]) -> Steps:
    if not found.case.is_live:
        return NOTHING
    user, today = records.user, records.today
    is_officer = permissions.can_circulate(user, found, today)
    answering = answering_parties(user, today, names, {row.party_id for row in rows})
    known = {row.party_id for row in rows if row.acknowledged_at}
    answered = {row.party_id for row in rows if row.response}
    conferences = [
        act for act in records.acts if act.act == "conference" and act.refers_to_id == found.pk
    ]
    is_conference_due = is_officer and any(
        duty.status in {"running", "lapsed"} and not is_arranged(duty.version, conferences)
        for duty in conference_duties(found)
    )
    return Steps(
        receives=unreceived_by(user, found, today),
        circulates=is_officer and found.progress.status == "received",
        acknowledges=[party for party in answering if party.pk not in known],
        convenes=is_conference_due,
        responds=answering,
        has_answered=not {party.pk for party in answering} - answered,
    )
