"""One clock: its date with every version of it, what moved it, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from notifications import permissions
from notifications.errors import DomainError
from notifications.models import Deadline, DeadlineVersion, Fact, Notification, Party, User
from notifications.services.outcomes import confirm_outcome
from notifications.services.overriding import object_to_date, override_date
from notifications.services.silence import is_proposed, siblings
from notifications.web.acting import day_typed, party_chosen
from notifications.web.acting_parties import acting_on
from notifications.web.clock import day_of, person, read_clock
from notifications.web.clocks import Clock, Reason, clock
from notifications.web.kept import DO, LOOK, keeps_typed
from notifications.web.ledger import Line, facts_of, lines, stops_in_words
from notifications.web.ledger_forms import ObjectionForm, OutcomeForm, OverrideForm
from notifications.web.names import Named, PartyNames, party_names
from notifications.web.silences import silence_of
from notifications.web.thread import SENDERS, title_of

OVERRIDE, OBJECT, CONFIRM, DECLINE = "override", "object", "confirm", "decline"


@dataclass(frozen=True)
class Move:
    """One version of the date: the one before, this one, and why it was counted."""

    reason: Reason
    before: DeadlineVersion | None

    @property
    def version(self) -> DeadlineVersion:
        """The version."""
        return self.reason.version

    @property
    def is_moved(self) -> bool:
        """Whether it names another day than the one before."""
        return self.before is None or not self.version.has_days_of(self.before)


@dataclass
class Bench:
    """A person with one clock before them: what it says and what they may do with it."""

    request: HttpRequest
    user: User
    now: datetime
    today: date
    names: PartyNames
    found: Deadline
    entries: list[Line]
    clocks: list[Deadline]

    def wants(self, *what: str) -> bool:
        """Whether one of these buttons was pressed."""
        return self.request.method == "POST" and self.request.POST.get(DO) in what

    def data(self, *what: str) -> Any:
        """What was typed into the form of these buttons."""
        return self.request.POST if self.wants(*what) else None

    @property
    def kept(self) -> dict[str, Any]:
        """What was typed before the session ended: it is shown again, and nothing is done."""
        return self.request.POST.dict() if self.wants(LOOK) else {}

    @property
    def is_live(self) -> bool:
        """Acts are for live cases alone."""
        return self.found.case.is_live

    @property
    def overrides(self) -> bool:
        """Whether the person registers another date here."""
        is_allowed = _rule(self.found).get("override") == "allowed"
        counts = self.found.status in ("running", "disputed")
        return (
            self.is_live
            and is_allowed
            and counts
            and permissions.can_override(self.user, self.found, self.today)
        )

    @property
    def objecting(self) -> list[Named]:
        """The parties for which the person may object to a date that was registered."""
        registered = [
            line
            for line in self.entries
            if line.is_standing and line.fact.kind == Fact.Kind.OVERRIDE
        ]
        if not (self.is_live and registered):
            return []
        return acting_on(self.found.act, self.user, self.today, self.names)

    @property
    def decides(self) -> bool:
        """Whether the person says what a silence means."""
        return (
            self.is_live
            and is_proposed(self.found, self.clocks)
            and permissions.can_confirm_outcome(self.user, self.found, self.today)
        )


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def deadline(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One clock, for everybody who may read its notification."""
    bench = _open(request, uid)
    silence = silence_of(bench.found, bench.clocks, names=bench.names)
    decides = bench.decides and silence is not None and silence.outcome is None
    objecting = bench.objecting
    override = OverrideForm(data=bench.data(OVERRIDE), initial=bench.kept)
    objection = ObjectionForm(parties=objecting, data=bench.data(OBJECT), initial=bench.kept)
    outcome = OutcomeForm(data=bench.data(CONFIRM, DECLINE), initial=bench.kept)
    deeds: dict[str, tuple[bool, Any, Callable[[Bench, Any], str]]] = {
        OVERRIDE: (bench.overrides, override, _override),
        OBJECT: (bool(objecting), objection, _object),
        CONFIRM: (decides, outcome, _confirm),
        DECLINE: (decides, outcome, _confirm),
    }
    wanted = request.POST.get(DO, "") if request.method == "POST" else LOOK
    if wanted != LOOK:
        is_able, form, do = deeds.get(wanted, (False, outcome, _confirm))
        if not is_able:
            raise Http404
        if form.is_valid():
            try:
                return _done(bench, do(bench, form))
            except DomainError as error:
                form.refuse(error)
    context = {
        **_shown(bench),
        "silence": silence,
        "override": override if bench.overrides else None,
        "objection": objection if objecting else None,
        "objecting": objecting,
        "outcome_form": outcome if decides else None,
        "records": bench.is_live
        and permissions.can_move_clock(bench.user, bench.found.case, bench.found, bench.today),
    }
    return render(request, "notifications/deadline.html", context)


def _open(request: HttpRequest, uid: UUID) -> Bench:
    user, now, names = person(request), read_clock(), party_names(request)
    versions = DeadlineVersion.objects.select_related("computed_by").order_by("no")
    visible = (
        Deadline.objects.visible_to(user, day_of(now))
        .with_reasons()
        .select_related("case__treaty", "notification__treaty", "notification__case")
        .select_related("notification__circulation", "met_by__circulation")
        .prefetch_related(
            Prefetch("versions", queryset=versions),
            Prefetch("notification__sender_rows", queryset=SENDERS.queryset),
        )
    )
    found = get_object_or_404(visible, uid=uid)
    today = day_of(now, found.act.zone)
    mine = Q(deadline=found) | Q(deadline=None, notification=None)
    entries = lines(facts_of(found.case, user, day_of(now)).filter(mine), names, today)
    clocks = siblings(found) if found.clause_id else [found]
    return Bench(request, user, now, today, names, found, entries, clocks)


def _shown(bench: Bench) -> dict[str, Any]:
    found, names = bench.found, bench.names
    told = clock(found, names, found.versions.all(), readable=_readable(bench))
    return {
        "notification": found.act,
        "title": title_of(found.act, names),
        "treaty": found.act.treaty,
        "today": bench.today,
        "clock": told,
        "moves": _moves(told),
        "lines": bench.entries,
        "stops": stops_in_words(bench.entries),
        "others": _others(bench),
    }


def _readable(bench: Bench) -> list[int]:
    """The key of the act that met the clock, where the person may read it."""
    if bench.found.met_by_id is None:
        return []
    visible = Notification.objects.visible_to(bench.user, day_of(bench.now))
    return list(visible.filter(pk=bench.found.met_by_id).values_list("pk", flat=True))


def _others(bench: Bench) -> list[Deadline]:
    """The clocks of the same clause for the other parties, by their names."""
    others = {item.bearer_id: item for item in bench.clocks if item.pk != bench.found.pk}
    return [others[named.pk] for named in bench.names.sort(key for key in others if key)]


def _moves(told: Clock) -> list[Move]:
    """Every version with the one before it, the newest first."""
    befores = [None, *(reason.version for reason in told.reasons)]
    pairs = zip(told.reasons, befores, strict=False)
    return [Move(reason, before) for reason, before in pairs][::-1]


def _rule(found: Deadline) -> dict[str, Any]:
    version = found.version.clause_version
    return version.rule if version else {}


def _override(bench: Bench, form: OverrideForm) -> str:
    override_date(
        deadline=bench.found,
        on=day_typed(form, "on"),
        reason=form.cleaned_data["reason"],
        actor=bench.user,
        now=bench.now,
    )
    return gettext("Registered: both dates are kept and shown, and those concerned are told.")


def _object(bench: Bench, form: ObjectionForm) -> str:
    party: Party = party_chosen(form, bench.objecting)
    object_to_date(
        deadline=bench.found,
        party=party,
        reason=form.cleaned_data["reason"],
        actor=bench.user,
        now=bench.now,
    )
    return gettext("Recorded: the date is disputed from now on.")


def _confirm(bench: Bench, form: OutcomeForm) -> str:
    is_confirmed = bench.wants(CONFIRM)
    confirm_outcome(
        deadline=bench.found,
        is_confirmed=is_confirmed,
        reason=form.cleaned_data["reason"],
        actor=bench.user,
        now=bench.now,
    )
    if is_confirmed:
        return gettext("Confirmed: every party is told what the silence means.")
    return gettext("Declined: every party is told that the silence means nothing.")


def _done(bench: Bench, sentence: str) -> HttpResponse:
    messages.success(bench.request, sentence)
    return redirect("deadline", uid=bench.found.uid)
