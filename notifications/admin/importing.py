"""Import and export: a file is looked at first, row by row; then what was shown is what is done.

Between the two the file travels with the page, signed and compressed: nothing of it is kept here
until it is confirmed, and no other file can take its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.core import signing
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from notifications.admin.asking import Asking, asking
from notifications.admin.forms import name_the_fields
from notifications.errors import BadFileError, ChangedMeanwhileError, DomainError
from notifications.register import canonical, digest_of
from notifications.services.exchange import (
    COLUMNS,
    KINDS,
    ImportPlan,
    apply_import,
    export,
    plan_import,
)

SALT: Final = "notifications.admin.import"
MOST_BYTES: Final = 2 * 1024 * 1024
SHOWN_FOR: Final = 3600  # seconds in which a plan that was shown can be confirmed
TITLES: Final = {
    "parties": _("Parties from and into files"),
    "treaties": _("Treaties from and into files"),
    "participations": _("Participations from and into files"),
    "mandates": _("Mandates from and into files"),
}


class FileForm(forms.Form):
    """A file to look at."""

    use_required_attribute = False
    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        help_text=_("CSV in UTF-8, with commas or semicolons, at most 2 MiB."),
    )

    def full_clean(self) -> None:
        """Check, with sentences made for each field."""
        name_the_fields(self)
        super().full_clean()

    def clean_file(self) -> Any:
        """Refuse what is too large for a page."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            sentence = gettext(
                "File: it is larger than 2 MiB; larger ones are imported with manage.py "
                "import_registry."
            )
            raise forms.ValidationError(sentence)
        return file


class ConfirmForm(forms.Form):
    """The file that was looked at, and why it is imported."""

    use_required_attribute = False
    token = forms.CharField(widget=forms.HiddenInput, strip=False)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
        help_text=_("Why this is imported; it stands in the register."),
    )

    def full_clean(self) -> None:
        """Check, with sentences made for each field."""
        name_the_fields(self)
        super().full_clean()


@dataclass(frozen=True)
class Looked:
    """A file that was looked at: its content, its name, and the digest of what it would do."""

    data: bytes
    name: str
    plan: str

    def signed(self, kind: str, by: Asking) -> str:
        """The same as a token that only we can have made, for this person and this page."""
        told = [kind, by.user.pk, self.name, self.plan, self.data.decode("latin-1")]
        return signing.dumps(told, salt=SALT, compress=True)

    @classmethod
    def from_token(cls, token: str, kind: str, by: Asking) -> Looked:
        """Read a token back. Raises ChangedMeanwhileError where it is too old or not ours."""
        try:
            said = signing.loads(token, salt=SALT, max_age=SHOWN_FOR)
        except signing.BadSignature as error:
            raise ChangedMeanwhileError(_choose_again()) from error
        if said[:2] != [kind, by.user.pk]:
            raise ChangedMeanwhileError(_choose_again())
        return cls(said[4].encode("latin-1"), said[2], said[3])


def _choose_again() -> str:
    return gettext("File: what was shown is too old to be confirmed; choose the file again.")


def _plan_digest(plan: ImportPlan) -> str:
    rows = [[row.line, row.action, row.label, row.changes] for row in plan.rows]
    return digest_of(canonical(rows))


@require_http_methods(["GET", "HEAD", "POST"])
def import_page(request: HttpRequest, kind: str) -> HttpResponse:
    """Choose a file, look at what it would do, confirm."""
    _known(kind)
    if request.method != "POST":
        return _page(request, kind, FileForm())
    if "token" in request.POST:
        return _confirmed(request, kind)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, kind, form)
    file = form.cleaned_data["file"]
    return _looked(request, kind, file.read(), file.name)


def _known(kind: str) -> None:
    if kind not in KINDS:
        raise Http404


def _looked(request: HttpRequest, kind: str, data: bytes, name: str) -> HttpResponse:
    """Show every row's change, or every problem of the file."""
    by = asking(request)
    try:
        plan = plan_import(kind, data, file=name, actor=by.user, now=by.now)
    except BadFileError as error:
        return _page(request, kind, FileForm(), problems=error.problems)
    token = Looked(data, name, _plan_digest(plan)).signed(kind, by)
    form = ConfirmForm(initial={"token": token})
    return _page(request, kind, FileForm(), plan=plan, confirm=form)


def _confirmed(request: HttpRequest, kind: str) -> HttpResponse:
    """Import what was shown, whole; where it would do something else by now, show that instead."""
    by, form = asking(request), ConfirmForm(request.POST)
    is_whole = form.is_valid()
    try:
        looked = Looked.from_token(request.POST.get("token", ""), kind, by)
        if not is_whole:
            return _unconfirmed(request, kind, looked, form)
        plan = _import(kind, looked, form.cleaned_data["reason"], by)
    except BadFileError as error:
        return _page(request, kind, FileForm(), problems=error.problems)
    except ChangedMeanwhileError as error:
        return _page(request, kind, FileForm(), notice=error.sentence)
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, error.sentence)
        return _unconfirmed(request, kind, looked, form)
    counts = {**plan.counts, "file": plan.file}
    said = gettext(
        "Imported from %(file)s: %(create)d entered, %(change)d changed, %(same)d as they were."
    )
    messages.success(request, said % counts)
    return redirect("admin:import", kind)


def _unconfirmed(
    request: HttpRequest, kind: str, looked: Looked, form: ConfirmForm
) -> HttpResponse:
    by = asking(request)
    plan = plan_import(kind, looked.data, file=looked.name, actor=by.user, now=by.now)
    return _page(request, kind, FileForm(), plan=plan, confirm=form)


@transaction.atomic
def _import(kind: str, looked: Looked, reason: str, by: Asking) -> ImportPlan:
    """Import, and undo it where it did something else than was shown."""
    plan = apply_import(
        kind, looked.data, file=looked.name, actor=by.user, now=by.now, reason=reason
    )
    if _plan_digest(plan) != looked.plan:
        raise ChangedMeanwhileError(
            gettext("Somebody changed the records meanwhile: choose the file and look once more.")
        )
    return plan


def _page(request: HttpRequest, kind: str, form: FileForm, **more: Any) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": TITLES[kind],
        "kind": kind,
        "kinds": [(name, TITLES[name]) for name in KINDS],
        "columns": COLUMNS[kind],
        "form": form,
        "plan": None,
        "confirm": None,
        "notice": "",
        "problems": [],
        **more,
    }
    return render(request, "admin/import.html", context)


@require_safe
def export_page(request: HttpRequest, kind: str) -> StreamingHttpResponse:
    """Every record of a kind as a file that an import takes back."""
    _known(kind)
    by = asking(request)
    answer = StreamingHttpResponse(
        export(kind, by.user, by.today), content_type="text/csv; charset=utf-8"
    )
    name = f"{kind}-{by.today.isoformat()}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
