"""Keeping a public statement in a matter: what was said to the press or from a rostrum."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from notifications import permissions
from notifications.errors import DomainError
from notifications.models import ACTING_ROLES, Case, Draft, Notification, Party, User
from notifications.services.recording import record_statement
from notifications.web.acting import day_typed, party_chosen
from notifications.web.clock import day_of, person, read_clock
from notifications.web.forms import StatementForm
from notifications.web.kept import DO, LOOK, keeps_typed
from notifications.web.names import Named, PartyNames, party_names
from notifications.web.thread import case_title


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def statement(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Keep a statement in a case: by the mission that made it, or by a depositary's officer."""
    user, now, names = person(request), read_clock(), party_names(request)
    case = get_object_or_404(Case.objects.live().select_related("treaty"), uid=uid)
    today = day_of(now, case.treaty.zone)
    parties = _speakers(case, user, today, names)
    if not parties or not permissions.can_join(user, case, today):
        raise Http404
    is_pressed = request.method == "POST" and request.POST.get(DO) != LOOK
    data = request.POST if request.method == "POST" else None
    form = StatementForm(parties=parties, data=data, initial={"on": today.isoformat()})
    if is_pressed and form.is_valid():
        try:
            record_statement(
                case=case,
                party=party_chosen(form, parties),
                on=day_typed(form, "on"),
                text=form.cleaned_data["text"],
                source=form.cleaned_data["source"],
                actor=user,
                now=now,
            )
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(
                request, gettext("The statement is kept in this matter. It starts no clock.")
            )
            return _back(case, user, today)
    context = {
        "title": case_title(case, case.treaty, names),
        "treaty": case.treaty,
        "form": form,
        "parties": parties,
    }
    return render(request, "notifications/statement.html", context)


def _speakers(case: Case, user: User, today: date, names: PartyNames) -> list[Named]:
    """Whose statements the person can keep: an officer of a depositary those of any party.

    A territory speaks through the state that it belongs to.
    """
    if permissions.offices(user, case.treaty, today):
        speaking = Party.objects.existing(today).exclude(kind=Party.Kind.TERRITORY)
        return names.sort(speaking.values_list("pk", flat=True))
    return names.sort(set(user.party_ids(today, *ACTING_ROLES)))


def _back(case: Case, user: User, today: date) -> HttpResponse:
    """To the act with which the matter began, or to the draft where there is none to read yet."""
    acts = Notification.objects.visible_to(user, today).filter(case=case)
    act = acts.order_by("entered_at", "pk").first()
    if act is not None:
        return redirect("notification", uid=act.uid)
    drafts = Draft.objects.visible_to(user, today).filter(case=case)
    return redirect("draft", uid=get_object_or_404(drafts.order_by("pk")[:1]).uid)
