"""The ledger of a matter: what was recorded, and the forms that record and end a fact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from notifications import permissions
from notifications.errors import DomainError, RuleBrokenError
from notifications.lifecycle import UNFINISHED
from notifications.models import Case, Deadline, Notification, Party, User, members_of
from notifications.services.ledger import end_fact, record_fact
from notifications.web.acting import day_typed
from notifications.web.clock import day_of, person, read_clock
from notifications.web.kept import DO, LOOK, keeps_typed
from notifications.web.ledger import Line, clock_name, facts_of, lines
from notifications.web.ledger_forms import EndForm, FactForm
from notifications.web.names import PartyNames, party_names
from notifications.web.thread import SENDERS, case_title, title_of

END = "end"


@dataclass
class Desk:
    """A person with the ledger of a matter open: what of it may be read, and chosen."""

    request: HttpRequest
    user: User
    now: datetime
    today: date
    names: PartyNames
    case: Case
    acts: list[Notification]
    clocks: list[Deadline]

    @property
    def records(self) -> bool:
        """Whether the person records facts here."""
        return self.case.is_live and permissions.can_record_fact(self.user, self.case, self.today)

    def wants(self, what: str = "") -> bool:
        """Whether this button was pressed."""
        pressed = self.request.POST.get(DO, "") if self.request.method == "POST" else LOOK
        return pressed != LOOK and (pressed == END) is (what == END)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def facts(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The ledger of a matter, for everybody who may read an act of it."""
    desk = _open(request, uid)
    if request.method == "POST" and not desk.records:
        raise Http404
    found = lines(facts_of(desk.case, desk.user, desk.today), desk.names, desk.today)
    form = _form(desk)
    ending, end_form = _ending(desk, found)
    try:
        if desk.wants() and form.is_valid():
            return _done(desk, _recorded(desk, form))
        if desk.wants(END) and ending is not None and end_form.is_valid():
            return _done(desk, _ended(desk, ending, end_form))
    except DomainError as error:
        (end_form if desk.wants(END) else form).refuse(error)
    context = {
        "title": case_title(desk.case, desk.case.treaty, desk.names),
        "treaty": desk.case.treaty,
        "today": desk.today,
        "acts": [(act, title_of(act, desk.names)) for act in desk.acts],
        "lines": found,
        "records": desk.records,
        "form": form,
        "ending": ending,
        "end_form": end_form,
    }
    return render(request, "notifications/facts.html", context)


def _open(request: HttpRequest, uid: UUID) -> Desk:
    """The matter, where the person may read an act of it; 404 for every other one."""
    user, now, names = person(request), read_clock(), party_names(request)
    case = get_object_or_404(Case.objects.select_related("treaty"), uid=uid)
    visible = Notification.objects.visible_to(user, day_of(now)).filter(case=case)
    acts = list(visible.prefetch_related(SENDERS).order_by("entered_at", "pk"))
    if not acts:
        raise Http404
    clocks = list(
        Deadline.objects.filter(notification__in=acts, status__in=(*UNFINISHED, "lapsed"))
        .with_reasons()
        .select_related("notification")
        .order_by("notification", "due_at", "pk")
    )
    today = day_of(now, case.treaty.zone)
    return Desk(request, user, now, today, names, case, acts, clocks)


def _form(desk: Desk) -> FactForm:
    chosen = desk.request.GET.get("clock", "")
    return FactForm(
        clocks=[(str(clock.uid), clock_name(clock, desk.names)) for clock in desk.clocks],
        acts=[(str(act.uid), title_of(act, desk.names)) for act in desk.acts],
        parties=desk.names.sort(members_of(desk.case, desk.today).values_list("pk", flat=True)),
        data=desk.request.POST if desk.wants() or _looks(desk) else None,
        initial={"on": desk.today.isoformat(), "deadline": chosen},
    )


def _looks(desk: Desk) -> bool:
    """Whether a form that was kept through sign-in is shown again as it was typed."""
    return desk.request.POST.get(DO) == LOOK


def _ending(desk: Desk, found: list[Line]) -> tuple[Line | None, EndForm]:
    """What lasts and was chosen to be ended, with its form."""
    chosen = desk.request.POST.get("fact") or desk.request.GET.get("end", "")
    ending = next(
        (line for line in found if line.is_lasting and str(line.fact.uid) == chosen), None
    )
    if desk.wants(END) and ending is None:
        messages.warning(desk.request, gettext("This entry was changed meanwhile: look again."))
    data = desk.request.POST if desk.wants(END) else None
    kept = desk.request.POST.dict() if _looks(desk) else {}
    return ending, EndForm(data=data, initial={"until": desk.today.isoformat(), **kept})


def _recorded(desk: Desk, form: FactForm) -> str:
    typed = form.cleaned_data
    record_fact(
        case=desk.case,
        kind=typed["kind"],
        on=day_typed(form, "on"),
        until=day_typed(form, "until") if typed["until"].strip() else None,
        days=_days(typed["days"]),
        reason=typed["reason"],
        source=typed["source"],
        actor=desk.user,
        now=desk.now,
        deadline=next((c for c in desk.clocks if str(c.uid) == typed["deadline"]), None),
        party=Party.objects.filter(code=typed["party"]).first(),
        notification=next((a for a in desk.acts if str(a.uid) == typed["notification"]), None),
        uid=typed["uid"],
    )
    return gettext("Recorded: what depends on it was counted anew, and those concerned are told.")


def _days(typed: str) -> int | None:
    """The number typed. Raises RuleBrokenError where it is none."""
    text = typed.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        sentence = gettext("Extended by days: a whole number from 1 to %(most)d must stand here.")
        raise RuleBrokenError(sentence % {"most": 36_500}, field="days")
    return int(text)


def _ended(desk: Desk, ending: Line, form: EndForm) -> str:
    end_fact(
        fact=ending.fact,
        until=day_typed(form, "until"),
        reason=form.cleaned_data["reason"],
        actor=desk.user,
        now=desk.now,
    )
    return gettext("Recorded: it is over, and what it held was counted anew.")


def _done(desk: Desk, sentence: str) -> HttpResponse:
    messages.success(desk.request, sentence)
    return redirect("facts", uid=desk.case.uid)
