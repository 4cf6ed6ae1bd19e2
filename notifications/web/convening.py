"""Convening a conference: what stands already, and what a day would mean for the duty."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from notifications import permissions
from notifications.acts import ACTS
from notifications.errors import DomainError, RuleBrokenError
from notifications.models import Deadline, Draft, Notification, Party
from notifications.services.convening import conference_duties, convene_conference, foretold
from notifications.web import words
from notifications.web.acting import Hand, day_typed, take
from notifications.web.clocks import clock, held_on
from notifications.web.forms import ConferenceForm
from notifications.web.kept import keeps_typed
from notifications.web.thread import SENDERS, title_of


@keeps_typed
@require_http_methods(["GET", "POST"])
def conference(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Convene a conference, within its window where one is set."""
    hand = take(request, uid)
    if not permissions.can_convene(hand.user, hand.notification, hand.today):
        raise Http404
    if hand.notification.act not in ACTS["conference"].refers_to:
        raise Http404
    offices = permissions.offices(hand.user, hand.notification.treaty, hand.today)
    depositaries = hand.notification.treaty.depositary_rows.values_list("party_id", flat=True)
    others = hand.names.sort(set(depositaries) - set(offices))
    form = ConferenceForm(others=others, data=hand.data)
    convened = _convened(hand)
    if hand.acts and form.is_valid():
        try:
            return _convene(hand, form, offices, convened)
        except DomainError as error:
            form.refuse(error)
    if not (convened or form.has_error("all_the_same") or form["all_the_same"].value()):
        del form.fields["all_the_same"]
    duties = [
        clock(duty, hand.names, conferences=convened)
        for duty in conference_duties(hand.notification)
    ]
    return hand.show(
        "notifications/conference.html",
        form=form,
        duties=duties,
        convened=[{"act": act, "title": title_of(act, hand.names)} for act in convened],
        convener=hand.names.said_all(offices),
    )


def _convened(hand: Hand) -> list[Notification]:
    """The conferences on the notification that the person may read, by their days."""
    visible = Notification.objects.visible_to(hand.user, hand.today).filter(
        act="conference", refers_to=hand.notification
    )
    return sorted(visible.with_way().prefetch_related(SENDERS), key=held_on)


def _convene(
    hand: Hand, form: ConferenceForm, offices: list[int], convened: list[Notification]
) -> HttpResponse:
    """Convene, and say what it means for the duty. What is unusual wants a tick first."""
    day = day_typed(form, "held_on")
    fates = foretold(hand.notification, day)
    unusual = _unusual(day, fates, convened)
    if unusual and not form.cleaned_data["all_the_same"]:
        asked = gettext("Tick here to convene it all the same.")
        raise RuleBrokenError(" ".join([*unusual, asked]), field="all_the_same")
    partners = Party.objects.filter(code__in=form.cleaned_data.get("joint_with") or [])
    made = convene_conference(
        notification=hand.notification,
        senders=[*Party.objects.filter(pk__in=offices), *partners],
        held_on=day,
        text=form.cleaned_data["text"],
        actor=hand.user,
        now=hand.now,
    )
    if isinstance(made, Draft):
        sentence = gettext("It waits for the other depositary; it is issued when that one agrees.")
        messages.success(hand.request, sentence)
        return redirect("draft", uid=made.uid)
    if any(how == "early" for _duty, how in fates):
        sentence = gettext("Conference convened for a day before the window: the duty runs on.")
        return hand.done(sentence)
    return hand.done(gettext("Conference convened: every party is told."))


def _unusual(
    day: date, fates: list[tuple[Deadline, str]], convened: list[Notification]
) -> list[str]:
    """Why one might not mean it: the window is over by then, or another conference stands."""
    told = []
    for duty, how in fates:
        due_on = duty.version.due_on
        if how == "late" and due_on is not None:
            sentence = gettext("%(day)s lies after the window, which closes on %(due)s.")
            said = {"day": words.bare_date(day), "due": words.bare_date(due_on)}
            told.append(sentence % said)
    for act in convened:
        if held_on(act) != day:
            sentence = gettext("A conference stands already for %(day)s, as %(number)s.")
            said = {"day": words.bare_date(held_on(act)), "number": act.circulation.number}
            told.append(sentence % said)
    return told
