"""Filing a withdrawal: the form with its live panel, saved as a draft or sent for approval."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from notifications.errors import DomainError
from notifications.models import ACTING_ROLES, Case, Draft, Party, Treaty
from notifications.services.drafting import draft_notification
from notifications.web.clock import day_of, person, read_clock
from notifications.web.draft_desk import WritingDesk, sit_down
from notifications.web.draft_facts import first_fields, is_entry_unknown, open_cases
from notifications.web.forms import ActForm, StartForm
from notifications.web.kept import keeps_typed
from notifications.web.names import Named
from notifications.web.starting import unsaved

ACT = "withdrawal"


@keeps_typed
@require_http_methods(["GET", "POST"])
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
    form = _form(desk, party)
    if desk.stores and start.is_valid() and form.is_valid():
        try:
            return desk.keep(lambda: _begin(desk, party, form, _case(cases, start)))
        except DomainError as error:
            form.refuse(error)
    panel = desk.panel(unsaved(desk.treaty, party, ACT, desk.user), form, dict(form.initial))
    return desk.show(
        "notifications/withdraw.html", panel=panel, form=form, start=start, party_name=named.name
    )


def _form(desk: WritingDesk, party: Party) -> ActForm:
    return ActForm(
        ACT,
        asks_entry=is_entry_unknown(desk.treaty, party.pk, desk.today),
        data=desk.request.POST or None,
        initial=first_fields(desk.treaty, ACT),
    )


def _begin(desk: WritingDesk, party: Party, form: ActForm, case: Case | None) -> Draft:
    return draft_notification(
        treaty=desk.treaty,
        party=party,
        act=ACT,
        fields=form.values(),
        actor=desk.user,
        now=desk.now,
        case=case,
    )


def _chosen(request: HttpRequest, parties: list[Named]) -> Named:
    code = request.POST.get("party") or request.GET.get("party")
    return next((party for party in parties if party.code == code), parties[0])


def _case(cases: dict[UUID, Case], start: StartForm) -> Case | None:
    chosen = start.cleaned_data.get("case")
    return cases[UUID(chosen)] if chosen else None
