"""Giving a draft up: asked once more, and never undone."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from notifications import permissions
from notifications.errors import DomainError
from notifications.models import Draft
from notifications.services.drafting import discard_draft
from notifications.web.clock import day_of, person, read_clock
from notifications.web.draft_desk import seen_version, sit_down
from notifications.web.draft_facts import shown
from notifications.web.drafting import RELATED


@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Give a draft up, after one more look at it; a second click finds it given up."""
    drafts = Draft.objects.visible_to(person(request), day_of(read_clock()))
    found = get_object_or_404(drafts.select_related(*RELATED), uid=uid)
    desk = sit_down(request, found.case.treaty)
    if not permissions.can_discard(desk.user, found, desk.today):
        raise Http404
    if found.state == "discarded":
        messages.info(request, gettext("This draft has been discarded already."))
        return redirect("desk")
    refusal = ""
    if request.method == "POST":
        try:
            discard_draft(draft=found, version=seen_version(request), actor=desk.user, now=desk.now)
        except DomainError as error:
            refusal = error.sentence
            found = drafts.select_related(*RELATED).get(uid=uid)
        else:
            messages.success(request, gettext("The draft was discarded. Nothing was issued."))
            return redirect("desk")
    context = {
        "treaty": desk.treaty,
        "refusal": refusal,
        **shown(found, desk.user, desk.today, desk.names),
    }
    return render(request, "notifications/discard.html", context)
