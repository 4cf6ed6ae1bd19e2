"""Forecast: the page that shows what would be told, when and to whom, without telling it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from notifications.admin.asking import asking
from notifications.admin.naming import CodeNames
from notifications.emails.stages import stage_words
from notifications.emails.words import bearer_of, deadline_title, kind_of
from notifications.errors import RuleBrokenError
from notifications.services.forecasting import Addressee, Forecast, Foreseen, forecast

ROWS: Final = 500


class ForecastForm(forms.Form):
    """Up to which day, and for which party."""

    until = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    party = forms.CharField(label=_("Party (its code)"), required=False, max_length=20)


@dataclass(frozen=True)
class Row:
    """One stage of one deadline, in words."""

    at: datetime
    treaty: str
    title: str
    bearer: str
    stage: str
    due_on: date | None
    people: tuple[Addressee, ...]


@require_safe
def forecast_page(request: HttpRequest) -> HttpResponse:
    """The next 90 days, or up to the day that is asked for; the acts that may be read alone."""
    by = asking(request)
    form = ForecastForm(request.GET or None)
    found: Forecast | None = None
    asked = form.cleaned_data if form.is_bound and form.is_valid() else {}
    if not form.is_bound or form.is_valid():
        try:
            found = forecast(
                now=by.now,
                until=asked.get("until"),
                party=asked.get("party", ""),
                actor=by.user,
            )
        except RuleBrokenError as error:
            form.add_error(error.field or None, error.sentence)
    names = CodeNames()
    shown = found.rows[:ROWS] if found else ()
    context = {
        **admin.site.each_context(request),
        "title": _("Forecast"),
        "form": form,
        "found": found,
        "rows": [_row(row, names) for row in shown],
        "left": len(found.rows) - len(shown) if found else 0,
    }
    return render(request, "admin/forecast.html", context)


def _row(row: Foreseen, names: CodeNames) -> Row:
    deadline = row.deadline
    return Row(
        at=row.at,
        treaty=deadline.case.treaty.short_name,
        title=deadline_title(kind_of(deadline), row.version),
        bearer=bearer_of(deadline, names),
        stage=stage_words(row.stage),
        due_on=row.version.due_on,
        people=row.people,
    )
