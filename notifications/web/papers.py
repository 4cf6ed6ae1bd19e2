"""Files that go with acts, answers and drafts: what a page lists, and the downloads."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from notifications import permissions
from notifications.documents import open_file
from notifications.models import (
    Attachment,
    Defect,
    Document,
    Draft,
    Notification,
    Receipt,
    User,
    counted,
)
from notifications.services.fields import FILES
from notifications.web import words
from notifications.web.clock import day_of, person, read_clock
from notifications.web.names import PartyNames

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Papers:
    """The files of an act by what they are, and those of the answers to it, by who gave them."""

    scans: list[Attachment] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)
    answers: list[tuple[str, Attachment]] = field(default_factory=list)


def papers_of(found: Notification, names: PartyNames) -> Papers:
    """Every file of an act and of the answers to it: one query."""
    rows = Attachment.objects.filter(
        Q(notification=found) | Q(response__notification=found)
    ).select_related("document", "response")
    papers = Papers()
    for row in rows.order_by("pk"):
        if row.response is not None:
            papers.answers.append((names.said(row.response.party_id), row))
        else:
            (papers.scans if row.is_scan else papers.files).append(row)
    return papers


def defects_of(found: Notification) -> list[Defect]:
    """What was brought to the sender's attention, the oldest first: one query."""
    return list(found.defects.select_related("by").order_by("pk"))


def paper_context(
    found: Notification, receipts: list[Receipt], user: User, today: date, names: PartyNames
) -> dict[str, Any]:
    """What the page of a notification shows of papers and of the due form."""
    return {
        "papers": papers_of(found, names),
        "paper_entry": entry_words(found, receipts) if found.is_paper else "",
        "defects": defects_of(found),
        "may_bring_defect": permissions.can_bring_defect(user, found, today),
    }


def entry_words(found: Notification, receipts: list[Receipt]) -> str:
    """How late a paper note was entered: "entered on 22 November 2026, 12 days after …"."""
    entered = words.day_in(found.entered_at, found.zone)
    first = min((row.on for row, _claim in counted(receipts).values()), default=None)
    said = {"day": words.bare_date(entered)}
    if first is None:
        return _after_given(entered, found.given_on, said)
    days = (entered - first).days
    if days <= 0:
        return gettext("entered on %(day)s, the day on which it was received") % said
    sentence = ngettext(
        "entered on %(day)s, %(days)d day after it was received",
        "entered on %(day)s, %(days)d days after it was received",
        days,
    )
    return sentence % {**said, "days": days}


def _after_given(entered: date, given_on: date, said: dict[str, Any]) -> str:
    days = (entered - given_on).days
    if days <= 0:
        return gettext("entered on %(day)s, the day on which it was given") % said
    sentence = ngettext(
        "entered on %(day)s, %(days)d day after it was given",
        "entered on %(day)s, %(days)d days after it was given",
        days,
    )
    return sentence % {**said, "days": days}


@require_safe
def attachment(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """Download a file that goes with an act or an answer, for those who may read that."""
    visible = Attachment.objects.visible_to(person(request), day_of(read_clock()))
    found = get_object_or_404(visible.select_related("document"), uid=uid)
    return download(found.document, found.name)


@require_safe
def draft_file(request: HttpRequest, uid: UUID, sha256: str) -> HttpResponseBase:
    """Download a file that goes with a draft, for those who may see the draft."""
    drafts = Draft.objects.visible_to(person(request), day_of(read_clock()))
    draft = get_object_or_404(drafts, uid=uid)
    named = next((one for one in draft.fields.get(FILES, []) if one["sha256"] == sha256), None)
    if named is None:
        raise Http404
    return download(get_object_or_404(Document, sha256=sha256), named["name"])


def download(document: Document, name: str) -> FileResponse:
    """The file as it was handed in, to be saved and never shown inside this site."""
    try:
        file = open_file(document.sha256)
    except OSError:
        logger.exception("document %s: its file cannot be read", document.pk)
        raise Http404 from None
    answer = FileResponse(file, as_attachment=True, filename=name, content_type=document.type)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    answer["Cache-Control"] = "private, no-store"
    return answer
