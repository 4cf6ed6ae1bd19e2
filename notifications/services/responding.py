"""Acknowledgement (we have it) and response (our position): two records, never one."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from notifications import permissions
from notifications.acts import POSITIONS
from notifications.errors import NotPermittedError, RuleBrokenError
from notifications.lifecycle import DEADLINE, sources
from notifications.models import (
    Alert,
    Deadline,
    Notification,
    Party,
    Response,
    TransmissionReport,
    User,
)
from notifications.queue import nudge
from notifications.register import Entry, append, canonical, content, digest_of
from notifications.services.alerts import act_alert
from notifications.services.calendar import day_in
from notifications.services.fields import clean_text
from notifications.services.fulfilment import settle
from notifications.services.locking import lock


@transaction.atomic
def acknowledge_notification(
    *, notification: Notification, party: Party, actor: User, now: datetime
) -> TransmissionReport:
    """Record that the party has the notification; a second click returns the first record."""
    today = day_in(notification.zone, now)
    if not permissions.can_acknowledge(actor, notification, party, today):
        raise NotPermittedError(gettext("You cannot acknowledge this notification."))
    lock(notification)
    kind = TransmissionReport.Kind.ACKNOWLEDGED
    transmissions = notification.transmissions.filter(party=party)
    first = TransmissionReport.objects.filter(transmission__in=transmissions, kind=kind).first()
    if first is not None:
        return first
    report = TransmissionReport.objects.create(
        transmission=transmissions.latest("pk"), kind=kind, at=now, by=actor
    )
    act_alert(notification, Alert.Kind.ACKNOWLEDGED, now=now, stage=party.code).save()
    body = {"party": party.code}
    append(Entry("notification-acknowledged", notification, now, actor, (report,), body))
    _wake(notification)
    return report


@transaction.atomic
def respond_to_notification(
    *,
    notification: Notification,
    party: Party,
    position: str,
    text: str,
    actor: User,
    now: datetime,
    uid: uuid.UUID | None = None,
) -> Response:
    """Record a party's position; late ones are taken and marked late.

    ``uid`` is the token of the form: a second click with it returns the first record. A later
    response of the same party supersedes its earlier one.

    Raises NotPermittedError, or RuleBrokenError naming ``position`` or ``text``.
    """
    today = day_in(notification.zone, now)
    if not permissions.can_respond(actor, notification, party, today):
        raise NotPermittedError(gettext("You cannot respond to this notification for this party."))
    if position not in POSITIONS:
        raise RuleBrokenError(gettext("Position: choose one of the list."), field="position")
    cleaned = clean_text(text, field="text", label=gettext("Text of the response"))
    lock(notification)
    uid = uid or uuid.uuid4()
    again = Response.objects.filter(uid=uid).first()
    if again is not None:
        same = (again.notification_id, again.party_id, again.position, again.text)
        if same == (notification.pk, party.pk, position, cleaned):
            return again
        raise RuleBrokenError(
            gettext("This form was used already, for a response that says something else.")
        )
    asked = _answers_asked_of(notification, party)
    response = Response(
        uid=uid,
        notification=notification,
        party=party,
        position=position,
        text=cleaned,
        given_at=now,
        entered_at=now,
        by=actor,
        is_late=any(clock.due_at is not None and now >= clock.due_at for clock in asked),
        supersedes=notification.responses.filter(party=party).order_by("-pk").first(),
    )
    _record(response, [clock for clock in asked if clock.status != "met"])
    return response


def _record(response: Response, open_clocks: list[Deadline]) -> None:
    """Seal the response, settle what it answers, tell the sender, append the event."""
    notification, party, now = response.notification, response.party, response.given_at
    response.canonical = canonical({**content(response), "party": party.code})
    response.digest = digest_of(response.canonical)
    response.save(force_insert=True)
    for clock in open_clocks:
        settle(clock, on=day_in(notification.zone, now), answered_by=response)
    kind = Alert.Kind.RESPONDED
    act_alert(notification, kind, now=now, stage=str(response.uid), response=response).save()
    body = {
        "party": party.code,
        "position": response.position,
        "is_late": response.is_late,
        "met": [clock.pk for clock in open_clocks],
    }
    append(Entry("response-recorded", notification, now, response.by, (response,), body))
    _wake(notification)


def _answers_asked_of(notification: Notification, party: Party) -> list[Deadline]:
    """The party's clocks: the limit the sender set, a duty to respond; answered ones included."""
    clocks = (
        Deadline.objects.filter(notification=notification, bearer=party, due_at__isnull=False)
        .filter(status__in=("met", *sources(DEADLINE, "meet")))
        .select_for_update(of=("self",))
        .with_reasons()
        .order_by("pk")
    )
    return [clock for clock in clocks if _asks_for_response(clock)]


def _asks_for_response(clock: Deadline) -> bool:
    version = clock.version.clause_version
    return version is None or (version.rule.get("duty") or {}).get("act") == "response"


def _wake(notification: Notification) -> None:
    if notification.case.is_live:
        nudge("send_alerts")
