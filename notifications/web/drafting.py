"""A draft of one's own mission: edited with its live panel, or read where it stands."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from notifications import permissions
from notifications.acts import ACTS, is_by_depositary
from notifications.errors import ChangedMeanwhileError, DomainError
from notifications.models import Draft
from notifications.services.drafting import apart, edit_draft
from notifications.web.clock import day_of, person, read_clock
from notifications.web.draft_desk import WAITING, WritingDesk, at_version, sit_down
from notifications.web.draft_facts import (
    Difference,
    asked_of,
    can_be_doubtful,
    differences,
    initial_values,
    is_entry_unknown,
    lists_for,
    shown,
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
        theirs=theirs,
        # A form with somebody's text stays a form, wherever the draft has gone meanwhile.
        may_edit=may_edit and (found.state in OPEN or form.is_bound),
        is_open=found.state in OPEN,
        may_approve=permissions.can_approve(desk.user, found, desk.today),
        files_at_once=False,
        goes_on=is_by_depositary(ACTS[found.act], found.fields),
        about=f"notifications/acts/{found.act}.html",
        asked_to_join=_is_asked(desk, found),
        **shown(found, desk.user, desk.today, desk.names),
    )


def _is_asked(desk: WritingDesk, found: Draft) -> bool:
    """Whether it waits for the person to agree, for a party that is to give it too."""
    rows = asked_of(found, desk.user, desk.today) if found.state == WAITING else []
    return any(row.at is None for row in rows)


def _form(desk: WritingDesk, found: Draft, data: QueryDict | None) -> ActForm:
    act = ACTS[found.act]
    for_depositary = is_by_depositary(act, found.fields)
    is_asked = not (act.by_non_parties or for_depositary)
    return ActForm(
        found.act,
        lists_for(
            act,
            desk.treaty,
            desk.today,
            desk.names,
            own=found.party_id,
            for_depositary=for_depositary,
        ),
        asks_entry=is_asked and is_entry_unknown(desk.treaty, found.party_id, desk.today),
        asks_doubt=can_be_doubtful(desk.treaty, found.act),
        data=data,
        initial=initial_values(found),
    )


def _edit(desk: WritingDesk, found: Draft, form: ActForm) -> Draft:
    """Store what was typed; fields that the form does not show stay as they are."""
    written, _kept = apart(found.fields)
    unasked = {name: value for name, value in written.items() if name not in form.fields}
    return edit_draft(
        draft=found,
        fields={**unasked, **form.values()},
        version=form.seen_version(),
        actor=desk.user,
        now=desk.now,
    )
