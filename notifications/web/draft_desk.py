"""The desk on which an act is written: who, when, under which treaty, what is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from notifications.acts import ACTS, is_by_depositary
from notifications.models import Draft, Notification, Treaty, User
from notifications.services.drafting import send_for_approval
from notifications.web.clock import day_of, person, read_clock
from notifications.web.forms import ActForm
from notifications.web.kept import DO, LOOK
from notifications.web.names import PartyNames, party_names
from notifications.web.starting import Starting, starting

SAVE, SEND, FILE = "save", "send", "file"
WAITING = "awaiting-approval"


@dataclass
class WritingDesk:
    """A person who writes an act under a treaty, on a day in its zone."""

    request: HttpRequest
    user: User
    now: datetime
    treaty: Treaty
    names: PartyNames

    @property
    def today(self) -> date:
        """The day in the treaty's zone."""
        return day_of(self.now, self.treaty.zone)

    @property
    def wants(self) -> str:
        """What the button that was pressed asks for; a panel that looks asks for nothing."""
        if self.request.method != "POST" or self.request.headers.get("HX-Request"):
            return LOOK
        return str(self.request.POST.get(DO, LOOK))

    @property
    def stores(self) -> bool:
        """Whether something is to be stored."""
        return self.wants in {SAVE, SEND, FILE}

    def keep(self, store: Callable[[], Draft]) -> HttpResponse:
        """Store, and send for approval where that was asked; refused, neither is done.

        What a first click has sent, a second one finds sent. Raises DomainError.
        """
        with transaction.atomic():
            draft = store()
            if self.wants == SEND and draft.state != WAITING:
                send_for_approval(draft=draft, version=draft.version, actor=self.user, now=self.now)
        if self.wants == SEND and is_by_depositary(ACTS[draft.act], draft.fields):
            return redirect("draft-approval", uid=draft.uid)
        sentence = gettext("Saved. Nobody outside your mission sees it.")
        if self.wants == SEND:
            sentence = gettext("Sent for approval: your head of mission can issue it now.")
            if draft.fields.get("joint_with"):
                sentence = gettext(
                    "Sent: those who give it with you are asked to agree, and then your head of "
                    "mission can issue it."
                )
        messages.success(self.request, sentence)
        return redirect("draft", uid=draft.uid)

    def filed(self, file: Callable[[], Notification | Draft]) -> HttpResponse:
        """File what one person can file; a draft, where others have to agree to it first.

        Raises DomainError.
        """
        act = file()
        if isinstance(act, Draft):
            messages.success(
                self.request,
                gettext("It waits for those who give it with you; it is issued when they agree."),
            )
            return redirect("draft", uid=act.uid)
        messages.success(
            self.request, gettext("Issued. It is sealed now, and every party is told.")
        )
        return redirect("notification", uid=act.uid)

    def panel(self, seen: Draft, form: ActForm, stored: dict[str, Any]) -> Starting:
        """*What this starts*, for what was typed, or else for what is stored."""
        fields = stored
        if form.is_bound:
            unasked = {name: value for name, value in stored.items() if name not in form.fields}
            fields = {**unasked, **form.values()}
        return starting(seen, fields, self.today, self.names)

    def show(self, template: str, *, panel: Starting, **more: Any) -> HttpResponse:
        """The whole page, or the panel alone where htmx asks for it."""
        is_panel = bool(self.request.headers.get("HX-Request"))
        context = {"treaty": self.treaty, "today": self.today, "panel": panel, **more}
        name = "notifications/_starting.html" if is_panel else template
        return render(self.request, name, context)


def at_version(request: HttpRequest, version: int) -> QueryDict:
    """What was typed, as an answer to the draft as it stands now: saving again replaces it."""
    data = request.POST.copy()
    data["version"] = str(version)
    return data


def seen_version(request: HttpRequest) -> int:
    """The version that the person read; 0, which no draft has, where it is not said."""
    version = request.POST.get("version", "")
    return int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0


def sit_down(request: HttpRequest, treaty: Treaty) -> WritingDesk:
    """The desk of the person who asks, now."""
    return WritingDesk(request, person(request), read_clock(), treaty, party_names(request))
