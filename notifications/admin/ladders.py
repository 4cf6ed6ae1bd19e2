"""Ladders: on which days before its date a kind of deadline is told of."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.admin.asking import Asking
from notifications.admin.changing import ServiceAdmin
from notifications.admin.forms import ReasonedForm
from notifications.models import Ladder
from notifications.services.alerts import LADDER
from notifications.services.ladders import save_ladder


class LadderForm(ReasonedForm):
    """A ladder, its days as numbers with commas between."""

    stages = forms.CharField(
        label=_("Days"),
        widget=forms.TextInput(attrs={"class": "vTextField", "inputmode": "numeric"}),
        help_text=_(
            "Days before the date, with commas between. The day itself and a lapse are always told."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = self.instance.stages if self.instance.pk else LADDER
        self.initial["stages"] = ", ".join(str(number) for number in days)

    def clean_stages(self) -> list[int]:
        """The days, as numbers; which of them may stand, the service knows."""
        typed = self.cleaned_data["stages"].replace(";", ",").split(",")
        numbers = [part.strip() for part in typed if part.strip()]
        for part in numbers:
            if not (part.isascii() and part.isdigit() and len(part) <= 6):
                sentence = gettext("Days: “%(part)s” is no whole number.") % {"part": part[:20]}
                raise ValidationError(sentence)
        return [int(part) for part in numbers]


@admin.register(Ladder)
class LadderAdmin(ServiceAdmin):
    """They count for clocks computed from then on; what is planned already stays."""

    form = LadderForm
    fields = ("name", "applies_to", "stages")
    labels: ClassVar = {"name": _("Name"), "applies_to": _("Applies to")}
    list_display = ("name", "applies_to", "days")
    search_fields = ("name",)
    ordering = ("name",)

    @admin.display(description=_("Days before the date"))
    def days(self, row: Ladder) -> str:
        """The days, the longest first."""
        return ", ".join(str(number) for number in row.stages)

    def store(self, *, record: Any, form: Any, by: Asking) -> Ladder:
        """Save it."""
        typed = form.cleaned_data
        return save_ladder(
            ladder=record,
            **{name: typed[name] for name in ("name", "applies_to", "stages", "reason")},
            actor=by.user,
            now=by.now,
        )
