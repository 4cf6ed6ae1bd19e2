"""A draft of one's own mission: edited with its live panel, or read where it stands."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from notifications import permissions
from notifications.errors import ChangedMeanwhileError, DomainError
from notifications.models import Draft
from notifications.services.drafting import edit_draft
from notifications.web.act_fields import said
from notifications.web.clock import day_of, person, read_clock
from notifications.web.draft_desk import WritingDesk, at_version, sit_down
from notifications.web.draft_facts import (
    Difference,
    differences,
    initial_values,
    is_entry_unknown,
    members,
)
from notifications.web.forms import ActForm
from notifications.web.kept import keeps_typed
from notifications.web.starting import unstored

RELATED = (
    "case__treaty",
    "party",
    "author",
    "written_by",
    "changed_by",
    "refers_to",
    "notification",
)
OPEN = frozenset({"draft", "returned"})


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Edit a draft, or read it; what others changed meanwhile is shown beside what was typed."""
    drafts = Draft.objects.visible_to(person(request), day_of(read_clock()))
    found = get_object_or_404(drafts.select_related(*RELATED), uid=uid)
    desk = sit_down(request, found.case.treaty)
    may_edit = permissions.can_edit(desk.user, found, desk.today)
    form = _form(desk, found, request.POST or None)
    theirs: list[Difference] = []
    if desk.stores and not may_edit:
        raise Http404
    if desk.stores and form.is_valid():
        try:
            return desk.keep(lambda: _edit(desk, found, form))
        except ChangedMeanwhileError as error:
            found = drafts.select_related(*RELATED).get(uid=uid)
            theirs = differences(found, form.values())
            form = _form(desk, found, at_version(request, found.version))
            form.refuse(error)
        except DomainError as error:
            form.refuse(error)
    return _page(desk, found, form, theirs, may_edit=may_edit)


def _page(
    desk: WritingDesk, found: Draft, form: ActForm, theirs: list[Difference], *, may_edit: bool
) -> HttpResponse:
    return desk.show(
        "notifications/draft.html",
        panel=desk.panel(unstored(found), form, found.fields),
        form=form,
        draft=found,
        theirs=theirs,
        # A form with somebody's text stays a form, wherever the draft has gone meanwhile.
        may_edit=may_edit and (found.state in OPEN or form.is_bound),
        is_open=found.state in OPEN,
        may_approve=permissions.can_approve(desk.user, found, desk.today),
        party_name=desk.names.of(found.party_id),
        fields=said(found.act, found.fields, desk.names),
        text=found.fields.get("text", ""),
        note_language=found.written_by.language,
    )


def _form(desk: WritingDesk, found: Draft, data: QueryDict | None) -> ActForm:
    names_parties = found.act != "withdrawal"
    return ActForm(
        found.act,
        parties=members(desk.treaty, desk.today, desk.names) if names_parties else (),
        asks_entry=is_entry_unknown(desk.treaty, found.party_id, desk.today),
        data=data,
        initial=initial_values(found),
    )


def _edit(desk: WritingDesk, found: Draft, form: ActForm) -> Draft:
    """Store what was typed; fields that the form does not show stay as they are."""
    unasked: dict[str, Any] = {
        name: value for name, value in found.fields.items() if name not in form.fields
    }
    return edit_draft(
        draft=found,
        fields={**unasked, **form.values()},
        version=form.seen_version(),
        actor=desk.user,
        now=desk.now,
    )
