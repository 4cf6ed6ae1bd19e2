"""The head of mission reads a draft whole, with what it starts, and issues or returns it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from notifications import permissions
from notifications.errors import DomainError
from notifications.models import Draft, Notification
from notifications.services.drafting import return_draft
from notifications.services.issuing import issue_notification
from notifications.web.clock import day_of, person, read_clock
from notifications.web.draft_desk import WAITING, WritingDesk, seen_version, sit_down
from notifications.web.draft_facts import shown
from notifications.web.forms import ReturnForm
from notifications.web.kept import keeps_typed
from notifications.web.starting import starting, unstored

RELATED = ("case__treaty", "party", "author", "written_by", "changed_by", "refers_to__case")
ISSUE, RETURN = "issue", "return"


@dataclass(frozen=True)
class Powers:
    """What the person may do with the draft."""

    may_issue: bool
    may_return: bool


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def approval(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Issue or return a draft that awaits approval; a second click finds it issued."""
    found = _readable(request, uid)
    desk = sit_down(request, found.case.treaty)
    powers = Powers(
        may_issue=permissions.can_approve(desk.user, found, desk.today),
        may_return=permissions.can_return(desk.user, found, desk.today),
    )
    if not (powers.may_issue or powers.may_return):
        raise Http404
    typed = {"reason": request.POST.get("reason", "")}
    form = ReturnForm(data=request.POST if desk.wants == RETURN else None, initial=typed)
    refusal = ""
    try:
        if desk.wants == ISSUE:
            return _issue(desk, found)
        if desk.wants == RETURN and form.is_valid():
            return _return(desk, found, form)
    except DomainError as error:
        refusal = "" if error.field in form.fields else error.sentence
        if not refusal:
            form.refuse(error)
        found = _readable(request, uid)
    issued = Notification.objects.filter(draft=found).first()
    if issued is not None:
        return redirect("notification", uid=issued.uid)
    return _page(desk, found, powers, form=form, refusal=refusal)


def _readable(request: HttpRequest, uid: UUID) -> Draft:
    drafts = Draft.objects.visible_to(person(request), day_of(read_clock()))
    return get_object_or_404(drafts.select_related(*RELATED), uid=uid)


def _issue(desk: WritingDesk, found: Draft) -> HttpResponse:
    found.version = seen_version(desk.request)
    issued = issue_notification(draft=found, actor=desk.user, now=desk.now)
    messages.success(desk.request, gettext("Issued. It is sealed now, and its parties are told."))
    return redirect("notification", uid=issued.uid)


def _return(desk: WritingDesk, found: Draft, form: ReturnForm) -> HttpResponse:
    return_draft(
        draft=found,
        reason=form.cleaned_data["reason"],
        version=seen_version(desk.request),
        actor=desk.user,
        now=desk.now,
    )
    messages.success(desk.request, gettext("Returned to your mission, with your reason."))
    return redirect("draft", uid=found.uid)


def _page(desk: WritingDesk, found: Draft, powers: Powers, **more: Any) -> HttpResponse:
    facts = shown(found, desk.user, desk.today, desk.names)
    return desk.show(
        "notifications/approval.html",
        panel=starting(unstored(found), found.fields, desk.today, desk.names),
        may_issue=powers.may_issue and found.state == WAITING,
        may_return=powers.may_return and found.state == WAITING,
        **facts,
        **more,
    )
