"""Ladders: how long before its date a kind of deadline is told of, in days and in hours."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.admin.asking import Asking
from notifications.admin.changing import ServiceAdmin
from notifications.admin.forms import ReasonedForm
from notifications.models import Ladder
from notifications.services.ladders import save_ladder
from notifications.services.rungs import HOURS, LADDER


class LadderForm(ReasonedForm):
    """A ladder, its days and its hours as numbers with commas between."""

    stages = forms.CharField(
        label=_("Days"),
        widget=forms.TextInput(attrs={"class": "vTextField", "inputmode": "numeric"}),
        help_text=_(
            "Days before the date, with commas between. The day itself and a lapse are always told."
        ),
    )
    hours = forms.CharField(
        label=_("Hours"),
        widget=forms.TextInput(attrs={"class": "vTextField", "inputmode": "numeric"}),
        help_text=_(
            "For clocks in hours: hours before the instant, with commas between. The instant "
            "itself is always told; a rung longer than a clock is left out."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = self.instance.stages if self.instance.pk else LADDER
        hours = self.instance.hours if self.instance.pk else HOURS
        self.initial["stages"], self.initial["hours"] = _listed(days), _listed(hours)

    def clean_stages(self) -> list[int]:
        """The days, as numbers; which of them may stand, the service knows."""
        return _numbers(
            self.cleaned_data["stages"], gettext("Days: “%(part)s” is no whole number.")
        )

    def clean_hours(self) -> list[int]:
        """The hours, likewise."""
        return _numbers(
            self.cleaned_data["hours"], gettext("Hours: “%(part)s” is no whole number.")
        )


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(str(number) for number in numbers)


def _numbers(typed: str, refusal: str) -> list[int]:
    """The numbers between commas; ``refusal`` is said of what is none, its ``part``."""
    parts = [part.strip() for part in typed.replace(";", ",").split(",") if part.strip()]
    for part in parts:
        if not (part.isascii() and part.isdigit() and len(part) <= 6):
            raise ValidationError(refusal % {"part": part[:20]})
    return [int(part) for part in parts]


@admin.register(Ladder)
class LadderAdmin(ServiceAdmin):
    """They count for clocks computed from then on; what is planned already stays."""

    form = LadderForm
    fields = ("name", "applies_to", "stages", "hours")
    labels: ClassVar = {"name": _("Name"), "applies_to": _("Applies to")}
    list_display = ("name", "applies_to", "days", "hours_before")
    search_fields = ("name",)
    ordering = ("name",)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, with what holds where it names no ladder."""
        sentence = gettext(
            "Where no ladder here says otherwise, a deadline is told of %(days)s days before its "
            "date, and a clock in hours %(hours)s hours before its instant."
        )
        usual = {"days": _listed(LADDER), "hours": _listed(HOURS)}
        return super().changelist_view(
            request, {**(extra_context or {}), "explained": sentence % usual}
        )

    @admin.display(description=_("Days before the date"))
    def days(self, row: Ladder) -> str:
        """The days, the longest first."""
        return _listed(row.stages)

    @admin.display(description=_("Hours before the instant"))
    def hours_before(self, row: Ladder) -> str:
        """The hours, the longest first."""
        return _listed(row.hours)

    def store(self, *, record: Any, form: Any, by: Asking) -> Ladder:
        """Save it."""
        typed = form.cleaned_data
        return save_ladder(
            ladder=record,
            **{name: typed[name] for name in ("name", "applies_to", "stages", "hours", "reason")},
            actor=by.user,
            now=by.now,
        )
