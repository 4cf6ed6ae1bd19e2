"""What a person does with a notification: receipt, circulation, acknowledgement, response."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from notifications import permissions
from notifications.errors import DomainError, RuleBrokenError
from notifications.models import Notification, Party, User
from notifications.services.circulating import circulate_notification
from notifications.services.receiving import register_receipt
from notifications.services.responding import acknowledge_notification, respond_to_notification
from notifications.web.acting_parties import addressed_by, unreceived_by
from notifications.web.clock import day_of, person, read_clock, read_day
from notifications.web.clocks import clocks_of
from notifications.web.file_fields import uploads_of
from notifications.web.form_fields import HOUR
from notifications.web.forms import ReceiptForm, ResponseForm
from notifications.web.kept import DO, LOOK, keeps_typed
from notifications.web.names import Named, PartyNames, party_names
from notifications.web.notification import readable
from notifications.web.thread import title_of
from notifications.web.words import capitalised


@dataclass
class Hand:
    """A person with a notification in hand: who, when, and which."""

    request: HttpRequest
    user: User
    now: datetime
    today: date
    names: PartyNames
    notification: Notification

    @property
    def acts(self) -> bool:
        """Whether a button was pressed that does something."""
        return self.request.method == "POST" and self.request.POST.get(DO) != LOOK

    @property
    def data(self) -> Any:
        """What was typed."""
        return self.request.POST if self.request.method == "POST" else None

    def show(self, template: str, **context: Any) -> HttpResponse:
        """A page on the notification."""
        title = title_of(self.notification, self.names)
        frame = {"notification": self.notification, "today": self.today, "title": title}
        return render(self.request, template, {**frame, **context})

    def done(self, sentence: str) -> HttpResponse:
        """Back to the notification, saying what was done."""
        messages.success(self.request, sentence)
        return redirect("notification", uid=self.notification.uid)

    def found_done(self, sentence: str) -> HttpResponse:
        """Back to the notification, saying that there was nothing left to do."""
        messages.info(self.request, sentence)
        return redirect("notification", uid=self.notification.uid)


def take(request: HttpRequest, uid: UUID) -> Hand:
    """The notification that the person may read; acts are for live cases alone."""
    user, now = person(request), read_clock()
    found = readable(user, day_of(now), uid)
    if not found.case.is_live:
        raise Http404
    return Hand(request, user, now, day_of(now, found.zone), party_names(request), found)


@keeps_typed
@require_http_methods(["GET", "POST"])
def receipt(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Register the day on which a depositary, or an addressee without one, received it."""
    hand = take(request, uid)
    if not permissions.can_register_receipt(hand.user, hand.notification, hand.today):
        raise Http404
    parties = hand.names.sort(
        party.pk for party in unreceived_by(hand.user, hand.notification, hand.today)
    )
    if not parties:
        return hand.found_done(gettext("Its receipt has been registered already."))
    form = ReceiptForm(parties=parties, data=hand.data, initial={"on": hand.today.isoformat()})
    if hand.acts and form.is_valid():
        try:
            on = day_typed(form, "on")
            register_receipt(
                notification=hand.notification,
                party=party_chosen(form, parties),
                on=on,
                actor=hand.user,
                now=hand.now,
                at=instant_typed(form, on, hand.notification.zone),
            )
        except DomainError as error:
            form.refuse(error)
        else:
            return hand.done(gettext("Receipt registered: clocks that count from it run now."))
    clocks = [item for item in clocks_of(hand.notification, hand.names) if item.is_open]
    return hand.show("notifications/receipt.html", form=form, parties=parties, clocks=clocks)


@require_http_methods(["GET", "POST"])
def circulate(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Number the notification and send it to every party; either depositary's officer."""
    hand = take(request, uid)
    if not permissions.can_circulate(hand.user, hand.notification, hand.today):
        raise Http404
    refusal = ""
    if hand.acts:
        try:
            given = circulate_notification(
                notification=hand.notification, actor=hand.user, now=hand.now
            )
        except DomainError as error:
            hand.notification = readable(hand.user, hand.today, uid)
            refusal = error.sentence
        else:
            return hand.done(gettext("Circulated as %(number)s.") % {"number": given.number})
    if hand.notification.progress.circulated_at is not None:
        return hand.found_done(_circulated_already(hand))
    return hand.show("notifications/circulate.html", refusal=refusal)


def _circulated_already(hand: Hand) -> str:
    """Who circulated it and as which number: of two depositaries, one does it for both."""
    done = hand.notification.circulation
    day = day_of(done.at, hand.notification.zone)
    by = permissions.offices(done.by, hand.notification.treaty, day)
    said = {"who": hand.names.said_all(by) or done.by.name, "number": done.number}
    return capitalised(gettext("%(who)s circulated it already, as %(number)s.") % said)


@require_http_methods(["GET", "POST"])
def acknowledge(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One click: the party has it. Whoever opens the address sees the notification."""
    hand = take(request, uid)
    parties = addressed_by(hand.notification, hand.user, hand.today, hand.names)
    if not parties:
        raise Http404
    if request.method == "GET":
        return redirect("notification", uid=uid)
    code = request.POST.get("party", parties[0].code)
    chosen = next((party for party in parties if party.code == code), None)
    if chosen is None:
        raise Http404
    try:
        acknowledge_notification(
            notification=hand.notification,
            party=get_object_or_404(Party, pk=chosen.pk),
            actor=hand.user,
            now=hand.now,
        )
    except DomainError as error:
        messages.error(request, error.sentence)
        return redirect("notification", uid=uid)
    return hand.done(
        gettext("Acknowledged for %(party)s: that you have it, not what you think of it.")
        % {"party": chosen.in_text}
    )


@keeps_typed
@require_http_methods(["GET", "POST"])
def respond(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A party's position with its text; a second click records nothing twice."""
    hand = take(request, uid)
    parties = addressed_by(hand.notification, hand.user, hand.today, hand.names)
    if not parties:
        raise Http404
    form = ResponseForm(parties=parties, data=hand.data, files=request.FILES or None)
    if hand.acts and form.is_valid():
        try:
            response = respond_to_notification(
                notification=hand.notification,
                party=party_chosen(form, parties),
                position=form.cleaned_data["position"],
                text=form.cleaned_data["text"],
                actor=hand.user,
                now=hand.now,
                uid=form.cleaned_data["uid"],
                files=uploads_of(form.cleaned_data["files"]),
            )
        except DomainError as error:
            form.refuse(error)
        else:
            late = gettext("Response recorded; it came after the limit and is marked late.")
            return hand.done(late if response.is_late else gettext("Response recorded."))
    asked = [
        item
        for item in clocks_of(hand.notification, hand.names)
        if item.deadline.origin == "respond_by"
        and item.deadline.bearer_id in {party.pk for party in parties}
    ]
    return hand.show("notifications/respond.html", form=form, parties=parties, asked=asked)


def party_chosen(form: forms.Form, parties: list[Named]) -> Party:
    """The party chosen in a form, or the only one that there is."""
    code = form.cleaned_data.get("party") or parties[0].code
    return get_object_or_404(Party, code=code)


def day_typed(form: forms.Form, name: str) -> date:
    """The date typed in a field. Raises RuleBrokenError where it is none."""
    typed = str(form.cleaned_data[name]).strip()
    try:
        return read_day(typed)
    except ValueError:
        label = form.fields[name].label
        sentence = gettext("%(field)s: “%(value)s” is no date of the calendar.")
        if not typed:
            sentence = gettext("%(field)s is missing.")
        raise RuleBrokenError(
            sentence % {"field": label, "value": typed[:40]}, field=name
        ) from None


def instant_typed(form: forms.Form, on: date, zone: str) -> datetime | None:
    """The instant of the hour typed in ``at`` on a day in the zone; None where none was typed.

    Raises RuleBrokenError where it is no time of day.
    """
    typed = str(form.cleaned_data["at"]).strip()
    if not typed:
        return None
    if not HOUR.fullmatch(typed):
        sentence = gettext("%(field)s: “%(value)s” is no time of day, such as 14:30.")
        said = {"field": form.fields["at"].label, "value": typed[:40]}
        raise RuleBrokenError(sentence % said, field="at")
    return datetime.combine(on, time.fromisoformat(typed), tzinfo=ZoneInfo(zone))
