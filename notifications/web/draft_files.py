"""The files that go with a draft: added and removed by its mission until it is sent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from notifications import permissions
from notifications.errors import DomainError
from notifications.models import Draft
from notifications.services.draft_files import add_files, remove_file
from notifications.services.fields import FILES
from notifications.web.clock import day_of, person, read_clock
from notifications.web.draft_desk import seen_version
from notifications.web.file_fields import several_files, uploads_of, what_is_taken
from notifications.web.forms import DomainForm
from notifications.web.kept import DO

OPEN = frozenset({"draft", "returned"})


class FilesForm(DomainForm):
    """Files to be added to a draft."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields["files"] = several_files(label=_("Add files"), help_text=what_is_taken())


@require_http_methods(["GET", "HEAD", "POST"])
def draft_files(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Add files to a draft, or take one away; who may only read the draft sees the list."""
    user, now = person(request), read_clock()
    drafts = Draft.objects.visible_to(user, day_of(now)).select_related("case__treaty", "party")
    draft = get_object_or_404(drafts, uid=uid)
    today = day_of(now, draft.case.treaty.zone)
    is_open = draft.state in OPEN and permissions.can_edit(user, draft, today)
    form = FilesForm(data=request.POST or None, files=request.FILES or None)
    if request.method == "POST":
        if not permissions.can_edit(user, draft, today):
            raise Http404
        try:
            sentence = _change(request, draft, form)
        except DomainError as error:
            form.is_valid()
            form.refuse(error)
            draft = drafts.get(pk=draft.pk)
        else:
            messages.success(request, sentence)
            return redirect("draft-files", uid=uid)
    context = {
        "draft": draft,
        "treaty": draft.case.treaty,
        "form": form,
        "files": draft.fields.get(FILES, []),
        "is_open": is_open,
    }
    return render(request, "notifications/draft_files.html", context)


def _change(request: HttpRequest, draft: Draft, form: FilesForm) -> str:
    """Do what was asked; what was done is returned in words. Raises DomainError."""
    user, now, version = person(request), read_clock(), seen_version(request)
    if request.POST.get(DO) == "remove":
        sha256 = request.POST.get("sha256", "")
        remove_file(draft=draft, sha256=sha256, version=version, actor=user, now=now)
        return gettext("The file was removed from the draft.")
    form.is_valid()
    uploads = uploads_of(form.cleaned_data.get("files", []))
    add_files(draft=draft, uploads=uploads, version=version, actor=user, now=now)
    return gettext("Added: it goes with the act when that is issued.")
