"""Recurring duties: what comes again and again, when it is due next, and that it was fulfilled."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from notifications import permissions
from notifications.errors import DomainError
from notifications.models import Deadline, Notification, User
from notifications.services.run_ending import fulfil_run, is_duty, is_late
from notifications.web.acting import day_typed
from notifications.web.clock import day_of, person, read_clock
from notifications.web.form_fields import choice, day, text
from notifications.web.forms import DomainForm
from notifications.web.kept import DO, LOOK, keeps_typed
from notifications.web.names import PartyNames, party_names
from notifications.web.run_rows import Row, ended_rows, row_of, running_rows, runs_seen
from notifications.web.thread import SENDERS, listed_title

# Acts given before a run began can have fulfilled it; the newest are offered.
BEFORE = timedelta(days=366)
MOST_ACTS = 50


class FulfilForm(DomainForm):
    """The day on which a duty was fulfilled, and what there is to be said."""

    on = day(label=_("Fulfilled on"), is_asked=True)
    note = text(
        label=_("Note"),
        rows=2,
        help_text=_("For example: sent as message 12. Nothing to declare is an answer too."),
    )


class RunForm(FulfilForm):
    """The same on a page of its own, with the acts by which it can have been done."""

    def __init__(self, *, acts: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if acts:
            self.fields["notification"] = choice(
                label=_("By the act"),
                choices=[("", _("No act that was filed here")), *acts],
            )


@require_safe
def recurring(request: HttpRequest) -> HttpResponse:
    """The runs that concern the person: those that run first, then those that ended."""
    user, now, names = person(request), read_clock(), party_names(request)
    today = day_of(now)
    rows = running_rows(user, today, names)
    ended = ended_rows(user, today, names)
    context = {
        "now": now,
        "today": today,
        "running": [(row, _short_form(row)) for row in rows],
        "ended": [(row, _short_form(row)) for row in ended],
    }
    return render(request, "notifications/recurring.html", context)


def _short_form(row: Row) -> FulfilForm | None:
    """The small form beside a run that the person may settle; ids of its own on the page."""
    return FulfilForm(auto_id=f"{row.run.uid}-%s") if row.can_fulfil else None


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def run(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One run, and the record that it was fulfilled: by whoever may say so."""
    user, now, names = person(request), read_clock(), party_names(request)
    found = get_object_or_404(runs_seen(user, day_of(now)), uid=uid)
    today = day_of(now, found.version.zone)
    if not (is_duty(found) and permissions.can_fulfil_run(user, found, today)):
        raise Http404
    acts = _acts_by(found, user, today)
    titles = [(str(act.uid), listed_title(act, names)) for act in acts]
    data = request.POST if request.method == "POST" else None
    form = RunForm(acts=titles, data=data, initial={"on": today.isoformat()})
    if data is not None and data.get(DO) != LOOK and form.is_valid():
        try:
            return _fulfilled(request, found, form, acts)
        except DomainError as error:
            form.refuse(error)
    return _shown(request, found, form, names, today)


def _shown(
    request: HttpRequest, found: Deadline, form: RunForm, names: PartyNames, today: date
) -> HttpResponse:
    context = {"today": today, "row": row_of(found, names), "form": form}
    return render(request, "notifications/run.html", context)


def _acts_by(found: Deadline, user: User, today: date) -> list[Notification]:
    """The acts under the treaty that can have fulfilled it, the newest first."""
    visible = Notification.objects.visible_to(user, today).live()
    acts = visible.filter(treaty=found.case.treaty_id)
    if found.run_from is not None:
        acts = acts.filter(given_on__gte=found.run_from - BEFORE)
    if found.bearer_id is not None:
        acts = acts.filter(sender_rows__party=found.bearer_id)
    joined = acts.select_related("treaty").prefetch_related(SENDERS)
    return list(joined.order_by("-given_on", "-pk")[:MOST_ACTS])


def _fulfilled(
    request: HttpRequest, found: Deadline, form: RunForm, acts: list[Notification]
) -> HttpResponse:
    chosen = form.cleaned_data.get("notification", "")
    done = fulfil_run(
        run=found,
        on=day_typed(form, "on"),
        actor=person(request),
        now=read_clock(),
        notification=next((act for act in acts if str(act.uid) == chosen), None),
        note=form.cleaned_data["note"],
    )
    said = gettext("Recorded as fulfilled in time.")
    if is_late(done):
        said = gettext("Recorded as fulfilled, after its day.")
    messages.success(request, said)
    return redirect("recurring")
