"""Filing a withdrawal: the form with its live panel, saved as a draft or sent for approval."""

from __future__ import annotations

from uuid import UUID, uuid5

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from notifications.errors import ChangedMeanwhileError, DomainError, RuleBrokenError
from notifications.models import ACTING_ROLES, Case, Draft, Party, Treaty
from notifications.services.drafting import draft_notification, edit_draft
from notifications.services.fields import clean_fields
from notifications.web.clock import day_of, person, read_clock
from notifications.web.draft_desk import WritingDesk, at_version, sit_down
from notifications.web.draft_facts import (
    differences,
    first_fields,
    is_entry_unknown,
    open_cases,
)
from notifications.web.forms import ActForm, StartForm
from notifications.web.kept import keeps_typed
from notifications.web.names import Named
from notifications.web.starting import unsaved

ACT = "withdrawal"


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    """File a withdrawal: for those who draft for a party."""
    visible = Treaty.objects.visible_to(person(request), day_of(read_clock()))
    desk = sit_down(request, get_object_or_404(visible, slug=slug))
    parties = desk.names.sort(set(desk.user.party_ids(desk.today, *ACTING_ROLES)))
    if not parties:
        raise Http404
    cases = open_cases(desk.treaty, desk.user, desk.today)
    start = StartForm(parties=parties, cases=cases, data=request.POST or None)
    named = _chosen(request, parties)
    party = Party(pk=named.pk, code=named.code)
    form = _form(desk, party, request.POST or None)
    begun: Draft | None = None
    if desk.stores and start.is_valid() and form.is_valid():
        try:
            return desk.keep(lambda: _keep(desk, party, form, start, cases))
        except ChangedMeanwhileError as error:
            begun = Draft.objects.select_related("changed_by").get(uid=_mark(desk, party, start))
            form = _form(desk, party, at_version(request, begun.version))
            form.refuse(error)
        except DomainError as error:
            (start if error.field in start.fields else form).refuse(error)
    return desk.show(
        "notifications/withdraw.html",
        panel=desk.panel(unsaved(desk.treaty, party, ACT, desk.user), form, dict(form.initial)),
        form=form,
        start=start,
        begun=begun,
        theirs=differences(begun, form.values()) if begun else [],
        party_name=named.name,
    )


def _form(desk: WritingDesk, party: Party, data: QueryDict | None) -> ActForm:
    return ActForm(
        ACT,
        asks_entry=is_entry_unknown(desk.treaty, party.pk, desk.today),
        data=data,
        initial=first_fields(desk.treaty, ACT),
    )


def _mark(desk: WritingDesk, party: Party, start: StartForm) -> UUID:
    """The mark of the draft that this form begins: nobody else's, and one a party."""
    return uuid5(start.cleaned_data["uid"], f"{desk.user.pk} {party.code}")


def _keep(
    desk: WritingDesk, party: Party, form: ActForm, start: StartForm, cases: dict[UUID, Case]
) -> Draft:
    """The draft of this form: begun now, or changed where an earlier click has begun it."""
    case = _case(cases, start)
    draft = _begin(desk, party, form, start, case)
    if case is not None and draft.case_id != case.pk:
        sentence = gettext("Matter: this form has begun a draft in another matter already.")
        raise RuleBrokenError(sentence, field="case")
    if draft.fields == clean_fields(ACT, form.values()):
        return draft
    return edit_draft(
        draft=draft,
        fields=form.values(),
        version=form.seen_version() or 1,
        actor=desk.user,
        now=desk.now,
    )


def _begin(
    desk: WritingDesk, party: Party, form: ActForm, start: StartForm, case: Case | None
) -> Draft:
    return draft_notification(
        treaty=desk.treaty,
        party=party,
        act=ACT,
        fields=form.values(),
        actor=desk.user,
        now=desk.now,
        case=case,
        uid=_mark(desk, party, start),
    )


def _chosen(request: HttpRequest, parties: list[Named]) -> Named:
    code = request.POST.get("party") or request.GET.get("party")
    return next((party for party in parties if party.code == code), parties[0])


def _case(cases: dict[UUID, Case], start: StartForm) -> Case | None:
    chosen = start.cleaned_data.get("case")
    return cases[UUID(chosen)] if chosen else None
