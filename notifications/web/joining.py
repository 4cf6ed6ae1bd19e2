"""A joint act: the other parties read the draft whole, and agree to its text or decline."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from notifications.errors import DomainError
from notifications.models import Concurrence, Draft, Notification, Party
from notifications.services.concurring import concur, decline
from notifications.web.clock import day_of, person, read_clock
from notifications.web.draft_desk import WritingDesk, seen_version, sit_down
from notifications.web.draft_facts import asked_of, shown
from notifications.web.forms import ReturnForm
from notifications.web.kept import keeps_typed
from notifications.web.starting import starting, unstored

RELATED = ("case__treaty", "party", "written_by", "changed_by", "refers_to__case")
CONCUR, DECLINE = "concur", "decline"


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def concurrence(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Agree to a joint act as it reads, or decline it with a reason."""
    user, today = person(request), day_of(read_clock())
    drafts = Draft.objects.visible_to(user, today).select_related(*RELATED)
    found = drafts.filter(uid=uid).first()
    if found is None:
        # The last of those who agree issues a depositary's act: a second click finds it issued.
        visible = Notification.objects.visible_to(user, today)
        return redirect("notification", uid=get_object_or_404(visible, draft__uid=uid).uid)
    desk = sit_down(request, found.case.treaty)
    asked = asked_of(found, desk.user, desk.today)
    if not asked:
        raise Http404
    typed = {"reason": request.POST.get("reason", "")}
    form = ReturnForm(data=request.POST if desk.wants == DECLINE else None, initial=typed)
    refusal = ""
    try:
        if desk.wants == CONCUR:
            return _concur(desk, found, _chosen(request, asked))
        if desk.wants == DECLINE and form.is_valid():
            reason = form.cleaned_data["reason"]
            return _decline(desk, found, _chosen(request, asked), reason)
    except DomainError as error:
        refusal = "" if error.field in form.fields else error.sentence
        if not refusal:
            form.refuse(error)
        found = drafts.filter(uid=uid).first() or found
    return _page(desk, found, asked, form=form, refusal=refusal)


def _chosen(request: HttpRequest, asked: Iterable[Concurrence]) -> Party:
    """For which party the button was pressed; 404 for another one."""
    code = request.POST.get("party", "")
    found = next((row.party for row in asked if row.party.code == code), None)
    if found is None:
        raise Http404
    return found


def _concur(desk: WritingDesk, found: Draft, party: Party) -> HttpResponse:
    concur(
        draft=found,
        party=party,
        version=seen_version(desk.request),
        actor=desk.user,
        now=desk.now,
    )
    issued = Notification.objects.filter(draft=found).first()
    if issued is not None:
        messages.success(desk.request, gettext("You agreed, as the last one: it is issued now."))
        return redirect("notification", uid=issued.uid)
    messages.success(
        desk.request, gettext("You agreed to the text as it reads. A change of it asks you again.")
    )
    return redirect("draft-concur", uid=found.uid)


def _decline(desk: WritingDesk, found: Draft, party: Party, reason: str) -> HttpResponse:
    decline(draft=found, party=party, reason=reason, actor=desk.user, now=desk.now)
    messages.success(
        desk.request, gettext("Declined: the draft went back to its author, with your reason.")
    )
    return redirect("desk")


def _page(
    desk: WritingDesk, found: Draft, asked: list[Concurrence], *, form: ReturnForm, refusal: str
) -> HttpResponse:
    return desk.show(
        "notifications/concur.html",
        panel=starting(unstored(found), found.fields, desk.today, desk.names),
        asked=[(desk.names.of(row.party_id), desk.names.said(row.party_id), row) for row in asked],
        form=form,
        refusal=refusal,
        **shown(found, desk.user, desk.today, desk.names),
    )
