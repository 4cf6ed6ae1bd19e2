"""Entering a note that was given on paper: which one, what it says, its scan, what it starts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from notifications import permissions
from notifications.acts import ACTS, Act
from notifications.errors import DomainError, RuleBrokenError
from notifications.models import Notification, Party, Treaty, User
from notifications.services.findings import Finding
from notifications.services.paper_flags import findings_of
from notifications.services.paper_notes import (
    check_days,
    enter_paper_note,
    surroundings,
    unsaved_note,
)
from notifications.web.clock import day_of, person, read_clock
from notifications.web.draft_facts import first_fields, is_entry_unknown, lists_for
from notifications.web.file_fields import uploads_of
from notifications.web.kept import DO, LOOK, keeps_typed
from notifications.web.names import Named, PartyNames, party_names
from notifications.web.paper_forms import AS_IT_STANDS, PaperNoteForm, WhichForm
from notifications.web.referring import named_target, readable_targets
from notifications.web.starting import Starting, starting
from notifications.web.thread import SENDERS, title_of
from notifications.web.words import sort_key

ENTER = "enter"
MOST_RECEIVERS = 4
MOST_LISTED = 10


@dataclass
class Sheet:
    """One note on the desk of the secretariat: who enters it, and which one it is."""

    request: HttpRequest
    user: User
    now: datetime
    names: PartyNames
    treaty: Treaty
    party: Party
    act: Act
    targets: dict[str, Notification]
    form: PaperNoteForm

    @property
    def today(self) -> date:
        """The day in the treaty's zone."""
        return day_of(self.now, self.treaty.zone)

    @property
    def target(self) -> Notification | None:
        """What the note refers to, as chosen."""
        chosen = self.form["refers_to"].value() if "refers_to" in self.form.fields else ""
        return self.targets.get(str(chosen))

    def senders(self) -> list[Party]:
        """Who gave it, the one chosen first."""
        others = Party.objects.filter(code__in=self.form.joint_codes())
        return [self.party, *others.exclude(pk=self.party.pk).order_by("code")]


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def paper_note(request: HttpRequest) -> HttpResponse:
    """Choose which note was given, then enter what it says: for the secretariat alone."""
    user, now = person(request), read_clock()
    if not permissions.can_enter_paper_note(user, day_of(now)):
        raise Http404
    asked = request.POST if request.method == "POST" else request.GET
    names = party_names(request)
    treaties = Treaty.objects.visible_to(user, day_of(now))
    titles = [(treaty.slug, treaty.short_name) for treaty in treaties]
    titles.sort(key=lambda title: sort_key(title[1]))
    which = WhichForm(treaties=titles, parties=_parties(names), data=asked or None)
    if not asked or not which.is_valid():
        return _choose(request, which, user, now, names)
    sheet = _sheet(request, which, user, now, names)
    if request.method == "POST" and request.POST.get(DO, LOOK) == ENTER:
        entered = _enter(sheet)
        if entered is not None:
            messages.success(request, gettext("Entered: it is sealed, and everybody is told."))
            return redirect("notification", uid=entered.uid)
    return _show(sheet)


def _parties(names: PartyNames) -> list[Named]:
    return names.sort(Party.objects.values_list("pk", flat=True))


def _choose(
    request: HttpRequest, which: WhichForm, user: User, now: datetime, names: PartyNames
) -> HttpResponse:
    visible = Notification.objects.visible_to(user, day_of(now)).live().filter(is_paper=True)
    found = visible.with_way().prefetch_related(SENDERS).order_by("-entered_at", "-pk")
    context = {
        "form": which,
        "today": day_of(now),
        "entered": [{"act": act, "title": title_of(act, names)} for act in found[:MOST_LISTED]],
    }
    return render(request, "notifications/paper_notes.html", context)


def _sheet(
    request: HttpRequest, which: WhichForm, user: User, now: datetime, names: PartyNames
) -> Sheet:
    treaty = Treaty.objects.get(slug=which.cleaned_data["treaty"])
    party = Party.objects.get(code=which.cleaned_data["party"])
    act = ACTS[which.cleaned_data["act"]]
    today = day_of(now, treaty.zone)
    readable = readable_targets(treaty, user, today) if act.refers_to else []
    targets = {str(one.uid): one for one in readable if one.act in act.refers_to}
    is_sent = request.method == "POST"
    form = PaperNoteForm(
        act,
        lists_for(act, treaty, today, names, own=party.pk, for_depositary=False),
        receivers=_receivers(treaty, party, today, names),
        targets=[(uid, named_target(one, names)) for uid, one in targets.items()],
        languages=treaty.authentic_languages,
        asks_entry=not act.by_non_parties and is_entry_unknown(treaty, party.pk, today),
        data=request.POST if is_sent else None,
        files=request.FILES if is_sent else None,
        initial={
            **first_fields(treaty, act.kind),
            "language": user.language,
            "refers_to": request.GET.get("to", ""),
        },
    )
    return Sheet(request, user, now, names, treaty, party, act, targets, form)


def _receivers(treaty: Treaty, party: Party, today: date, names: PartyNames) -> list[Named]:
    """The depositaries; without one the other parties, where they are few."""
    depositaries = set(treaty.depositary_rows.values_list("party_id", flat=True))
    members = set(Party.objects.party_to(treaty, today).values_list("pk", flat=True))
    found = (depositaries or members) - {party.pk}
    return names.sort(found) if len(found) <= MOST_RECEIVERS else []


def _enter(sheet: Sheet) -> Notification | None:
    """Enter the note; None where something stands against it, which the form says."""
    form = sheet.form
    if not form.is_valid():
        return None
    form.ask_for_scan()
    given_on, received = form.typed_days()
    if form.errors or given_on is None:
        return None
    flagged = _flagged(sheet, given_on)
    if flagged and not form.has_error(None) and not form.cleaned_data[AS_IT_STANDS]:
        said = [*(finding.sentence for finding in flagged), gettext("Tick here to record it so.")]
        form.add_error(AS_IT_STANDS, " ".join(said))
    if form.errors:
        return None
    scan = form.cleaned_data["scan"]
    by_code = {party.code: party for party in Party.objects.filter(code__in=received)}
    try:
        return enter_paper_note(
            treaty=sheet.treaty,
            senders=sheet.senders(),
            act=sheet.act.kind,
            fields=form.act_values(),
            given_on=given_on,
            received={by_code[code]: on for code, on in received.items()},
            scan=scan.file,
            scan_name=scan.name,
            language=form.cleaned_data["language"],
            actor=sheet.user,
            now=sheet.now,
            refers_to=sheet.target,
            files=uploads_of(form.cleaned_data["files"]),
            uid=UUID(str(form.cleaned_data["uid"])),
        )
    except DomainError as error:
        form.refuse(error)
    return None


def _flagged(sheet: Sheet, given_on: date) -> list[Finding]:
    """What would be flagged, were it entered as typed; what cannot be is said at its field."""
    try:
        check_days(given_on, {}, sheet.today)
        note = unsaved_note(
            treaty=sheet.treaty,
            senders=sheet.senders(),
            act=sheet.act.kind,
            fields=sheet.form.act_values(),
            refers_to=sheet.target,
            case=sheet.target.case if sheet.target else None,
        )
        return findings_of(note, sheet.senders(), surroundings(note, given_on))
    except RuleBrokenError as error:
        sheet.form.refuse(error)
        return []


def _show(sheet: Sheet) -> HttpResponse:
    form = sheet.form
    panel, flagged = _panel(sheet)
    is_panel = bool(sheet.request.headers.get("HX-Request"))
    if not flagged and not form.has_error(AS_IT_STANDS):
        del form.fields[AS_IT_STANDS]
    context: dict[str, Any] = {
        "treaty": sheet.treaty,
        "today": sheet.today,
        "party": sheet.party,
        "party_name": sheet.names.said(sheet.party.pk),
        "act": sheet.act,
        "about": f"notifications/acts/{sheet.act.kind}.html",
        "form": form,
        "panel": panel,
        "flagged": flagged,
        "asks_for_files_again": form.is_bound and not is_panel,
    }
    name = "_paper_starting.html" if is_panel else "paper_note.html"
    return render(sheet.request, f"notifications/{name}", context)


def _panel(sheet: Sheet) -> tuple[Starting, list[Finding]]:
    """What the note starts, counted from the day on which it was given, and what is flagged."""
    form, given_on = sheet.form, sheet.today
    values: dict[str, Any] = dict(form.initial)
    if form.is_bound:
        form.is_valid()
        values = form.act_values()
        given_on = _day_or_today(sheet)
    values = {name: value for name, value in values.items() if name in form.said}
    senders = sheet.senders() if form.is_bound else [sheet.party]
    try:
        note = unsaved_note(
            treaty=sheet.treaty,
            senders=senders,
            act=sheet.act.kind,
            fields=values,
            refers_to=sheet.target,
            case=sheet.target.case if sheet.target else None,
        )
    except RuleBrokenError as error:
        return Starting(refusal=error.sentence), []
    note.author = note.written_by = sheet.user
    panel = starting(note, note.fields, given_on, sheet.names)
    if panel.refusal or not form.is_bound:
        return panel, []
    return panel, findings_of(note, senders, surroundings(note, given_on))


def _day_or_today(sheet: Sheet) -> date:
    """The day on which the note was given, or today where none is typed that could be."""
    typed = str(sheet.form.data.get("given_on", "")).strip()
    try:
        return min(date.fromisoformat(typed), sheet.today)
    except ValueError:
        return sheet.today
