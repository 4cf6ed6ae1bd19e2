"""Acknowledgement (we have it) and response (our position): two records, never one."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
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
from notifications.services.fields import FILES, clean_text
from notifications.services.fulfilment import settle
from notifications.services.locking import lock
from notifications.services.papers import Upload, attach, take_files
from notifications.services.silence import meaning_of


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
    files: Sequence[Upload] = (),
) -> Response:
    """Record a party's position; late ones are taken and marked late.

    ``uid`` is the token of the form: a second click with it returns the first record. A later
    response of the same party supersedes its earlier one. ``files`` go with it, ten at most.

    Raises NotPermittedError, or RuleBrokenError naming ``position``, ``text`` or ``files``.
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
    named = take_files(files, actor=actor, now=now)
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
        is_late=any(_is_past(clock, now) for clock in asked),
        supersedes=notification.responses.filter(party=party).order_by("-pk").first(),
    )
    answered = [clock for clock in asked if _is_answered(clock, response)]
    _record(response, answered, named)
    return response


def _record(response: Response, open_clocks: list[Deadline], files: list[dict[str, Any]]) -> None:
    """Seal the response, settle what it answers, tell the sender, append the event."""
    notification, party, now = response.notification, response.party, response.given_at
    said = {**content(response), "party": party.code, **({FILES: files} if files else {})}
    response.canonical = canonical(said)
    response.digest = digest_of(response.canonical)
    response.save(force_insert=True)
    papers = attach(files, response=response, actor=response.by, now=now)
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
    append(Entry("response-recorded", notification, now, response.by, (response, *papers), body))
    _wake(notification)


def _answers_asked_of(notification: Notification, party: Party) -> list[Deadline]:
    """The party's clocks: the limit the sender set, a duty to respond; answered ones included.

    Also the clock at whose end its silence would mean something, before it runs.
    """
    silent = Q(current_version__clause_version__rule__has_key="silence")
    clocks = (
        Deadline.objects.filter(notification=notification, bearer=party)
        .filter(Q(due_at__isnull=False) | silent)
        .filter(status__in=("met", *sources(DEADLINE, "meet")))
        .select_for_update(of=("self",))
        .with_reasons()
        .order_by("pk")
    )
    return [clock for clock in clocks if _asks_for_response(clock)]


def _asks_for_response(clock: Deadline) -> bool:
    """A limit set for an answer, a duty to respond, or a time in which silence means something."""
    if clock.version.clause_version is None or clock.version.duty.get("act") == "response":
        return True
    return bool(meaning_of(clock))


def _is_past(clock: Deadline, now: datetime) -> bool:
    """Whether the time for it is over; a target is none."""
    return not clock.version.is_target and clock.due_at is not None and now >= clock.due_at


def _is_answered(clock: Deadline, response: Response) -> bool:
    """A duty is met late, too; a silence that has lapsed is over, and no response breaks it."""
    if clock.status == "met":
        return False
    is_over = clock.due_at is not None and response.given_at >= clock.due_at
    return not (meaning_of(clock) and (is_over or clock.status == "lapsed"))


def _wake(notification: Notification) -> None:
    if notification.case.is_live:
        nudge("send_alerts")
