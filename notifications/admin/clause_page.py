"""The page of a clause: its rule to write, what that computes, what it would move, its history."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from notifications.admin.asking import asking
from notifications.admin.clause_forms import EXAMPLE, ClauseForm, NewClauseForm
from notifications.admin.clause_trying import Tried, try_rule
from notifications.clauses.writing import rule_text
from notifications.models import Clause, ClauseVersion, Treaty

# What a person may do with the form; whatever else is sent only tries the rule.
VERBS: Final = frozenset({"preview", "impact", "save"})
MARKS: Final = {"- ": "removed", "+ ": "added", "  ": "kept"}


@dataclass(frozen=True)
class Version:
    """One version of a rule, and its lines with how they differ from the version before."""

    row: ClauseVersion
    lines: tuple[tuple[str, str], ...]


def clause_page(request: HttpRequest, clause: Clause) -> HttpResponse:
    """Show a clause, try a rule, or save it as the next version."""
    by, versions = asking(request), versions_of(clause)
    form: ClauseForm
    tried = Tried()
    if request.method == "POST":
        form = ClauseForm(request.POST)
        if form.is_valid():
            tried = try_rule(form, _verb(request), clause.treaty, clause, by)
        if tried.saved is not None:
            return _saved(request, tried.saved)
        form.data = {**request.POST.dict(), "shown": tried.digest}
    else:
        newest = versions[0].row
        initial = {"rule": rule_text(newest.rule), "given_on": by.today, "seen": newest.no}
        form = ClauseForm(initial=initial)
    title = gettext("Clause %(clause)s of %(treaty)s")
    said = title % {"clause": clause.slug, "treaty": clause.treaty.short_title}
    return _page(request, said, form, tried, clause=clause, versions=versions)


def new_clause_page(request: HttpRequest) -> HttpResponse:
    """Try the rule of a clause that a treaty does not have yet, or add it."""
    by = asking(request)
    form: ClauseForm
    tried = Tried()
    if request.method == "POST":
        form = NewClauseForm(request.POST)
        if form.is_valid():
            treaty: Treaty = form.cleaned_data["treaty"]
            tried = try_rule(form, _verb(request), treaty, None, by)
        if tried.saved is not None:
            return _saved(request, tried.saved)
    else:
        chosen = Treaty.objects.filter(slug=request.GET.get("treaty", "")).first()
        form = NewClauseForm(initial={"rule": EXAMPLE, "given_on": by.today, "treaty": chosen})
    return _page(request, gettext("Add a clause"), form, tried)


def _verb(request: HttpRequest) -> str:
    verb = request.POST.get("do", "")
    return verb if verb in VERBS else "preview"


def _saved(request: HttpRequest, version: ClauseVersion) -> HttpResponse:
    said = gettext("Version %(no)d of the clause is saved.") % {"no": version.no}
    messages.success(request, said)
    return redirect("admin:notifications_clause_change", version.clause_id)


def _page(
    request: HttpRequest, title: str, form: ClauseForm, tried: Tried, **more: Any
) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": title,
        "opts": Clause._meta,
        "form": form,
        "tried": tried,
        "clause": None,
        "versions": [],
        **more,
    }
    return render(request, "admin/clause.html", context)


def versions_of(clause: Clause) -> list[Version]:
    """Every version, the newest first: one query."""
    rows = clause.versions.select_related("entered_by").order_by("no")
    texts = [(row, rule_text(row.rule).splitlines()) for row in rows]
    before: list[str] = []
    told = []
    for row, lines in texts:
        told.append(Version(row, tuple(_compared(before, lines))))
        before = lines
    return told[::-1]


def _compared(before: list[str], after: list[str]) -> Iterable[tuple[str, str]]:
    if not before:
        return [("kept", line) for line in after]
    compared = difflib.ndiff(before, after)
    return [(MARKS[line[:2]], line[2:]) for line in compared if line[:2] in MARKS]
