"""The pages of a dossier: one that prints, and the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from notifications.models import Attachment, Notification, Outcome
from notifications.web.act_fields import Said, said
from notifications.web.clock import day_of, person, read_clock
from notifications.web.clocks import Clock, clock
from notifications.web.dossier.archive import archive
from notifications.web.dossier.brief import answers, in_short
from notifications.web.dossier.gathering import Dossier
from notifications.web.dossier.proof import proof
from notifications.web.dossier.telling import sees_all, told
from notifications.web.dossier.words import told_in_words
from notifications.web.each_party import gathered
from notifications.web.grid import addressees, tally
from notifications.web.ledger import lines
from notifications.web.names import PartyNames, party_names
from notifications.web.notification import readable
from notifications.web.silences import MEANINGS
from notifications.web.thread import CaseRecords, thread, title_of


@dataclass(frozen=True)
class ActShown:
    """One act as the dossier shows it."""

    act: Notification
    title: str
    target: Notification | None
    fields: list[Said]
    receipts: list[Any]
    defects: list[Any]
    responses: list[Any]
    clocks: list[Clock]
    papers: list[Any]
    answers: str


@dataclass(frozen=True)
class OutcomeShown:
    """What a silence was found to mean, and who kept it."""

    outcome: Outcome
    meaning: str
    silent: str


def _gather(request: HttpRequest, uid: UUID) -> Dossier:
    user, now = person(request), read_clock()
    found = readable(user, day_of(now), uid)
    records = CaseRecords(found.case, user, day_of(now, found.zone))
    return Dossier(found, records, party_names(request))


@require_safe
def dossier(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Everything about one notice on one page, for everybody who may read the notice."""
    found = _gather(request, uid)
    records, names, notice = found.records, found.names, found.notice
    rows = addressees(
        notice, names, responses=records.responses, reports=records.reports, acts=records.acts
    )
    heard = told(found.acts, records.user, records.today)
    context = {
        "notification": notice,
        "treaty": notice.treaty,
        "title": title_of(notice, names),
        "now": read_clock(),
        "today": records.today,
        "in_short": in_short(found),
        "acts": [_shown(found, act) for act in found.acts],
        "rows": rows,
        "tally": tally(rows),
        "entries": thread(records, names),
        "facts": lines(found.facts, names, records.today),
        "outcomes": [_found(row, names) for row in found.outcomes],
        "told": told_in_words(heard, found.acts, names),
        "is_told_of_all": sees_all(records.user, notice.treaty, records.today),
        "proof": proof(found),
    }
    return render(request, "notifications/dossier.html", context)


def _found(row: Outcome, names: PartyNames) -> OutcomeShown:
    codes = [code for code in row.silent if code in names.by_code]
    silent = names.listed(names.by_code[code].pk for code in codes)
    return OutcomeShown(row, gettext(MEANINGS[row.meaning]), silent)


def _shown(found: Dossier, act: Notification) -> ActShown:
    key = act.pk
    return ActShown(
        act=act,
        title=title_of(act, found.names),
        target=next((one for one in found.acts if one.pk == act.refers_to_id), None),
        fields=said(act.act, act.fields, found.names, act.zone),
        receipts=[row for row in found.records.receipts if row.notification_id == key],
        defects=found.defects[key],
        responses=[row for row in found.responses if row.notification_id == key],
        clocks=gathered(_clocks(found, act), found.names),
        papers=[row for row in found.attachments if key in _acts_of(row)],
        answers=answers(found, act),
    )


def _clocks(found: Dossier, act: Notification) -> list[Clock]:
    convened = found.records.conferences_on(act)
    rows = found.deadlines[act.pk]
    return [clock(row, found.names, row.versions.all(), convened) for row in rows]


def _acts_of(paper: Attachment) -> set[int | None]:
    """The act that the paper came with, or that it answers."""
    return {paper.notification_id, paper.response.notification_id if paper.response else None}


@require_safe
def dossier_file(request: HttpRequest, uid: UUID) -> FileResponse:
    """The same as one ZIP file."""
    found, now = _gather(request, uid), read_clock()
    heard = told(found.acts, found.records.user, found.records.today)
    content = archive(found, heard, proof(found), now=now)
    circulation = getattr(found.notice, "circulation", None)
    name = circulation.number if circulation else f"{found.notice.act}-{found.notice.given_on}"
    return FileResponse(
        content, as_attachment=True, filename=f"{name}.zip", content_type="application/zip"
    )
