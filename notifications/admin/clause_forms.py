"""The form of a clause: its rule as text, a day to try it on, the reason for the change."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.admin.forms import name_the_fields
from notifications.admin.typed import ModelChoiceField
from notifications.errors import BadFileError, DomainError
from notifications.models import Treaty
from notifications.services.clause_preview import Occasion

EXAMPLE = """id: xv-2
article: XV(2)
governs: withdrawal
summary: Notice at least six months before the intended withdrawal.
starts: given
count: [{add: P6M}]
minimum: true
yields: effect
addressees: [depositaries, parties]
"""


# What a browser's field for a date with its time gives.
MINUTE = "%Y-%m-%dT%H:%M"


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "vDateField"})
    return forms.DateField(label=label, required=False, widget=widget, help_text=help_text)


class ClauseForm(forms.Form):
    """``seen`` is the version that was changed, ``shown`` the digest of what would move."""

    use_required_attribute = False
    rule = forms.CharField(
        label=_("Rule"),
        strip=False,
        max_length=20_000,
        widget=forms.Textarea(
            attrs={"rows": 18, "class": "rule", "dir": "ltr", "spellcheck": "false", "lang": "en"}
        ),
        help_text=_("YAML, written as in a treaty file."),
    )
    given_on = _day(_("Try it on an act given on"))
    received_on = _day(
        _("and received on"),
        _("Left empty: on the same day. Everything else is taken as done then."),
    )
    effective_on = _day(
        _("The notice names the day"),
        _("For a clause that lets a notice name a later date than the earliest one."),
    )
    states_at = forms.DateTimeField(
        label=_("The act itself states"),
        required=False,
        input_formats=[MINUTE],
        widget=forms.DateTimeInput(
            format=MINUTE, attrs={"type": "datetime-local", "class": "vDateField"}
        ),
        help_text=_(
            "The time that a clause counts from where it takes one of the act's own fields, in the "
            "zone of the treaty. Left empty: the day of receipt."
        ),
    )
    in_conflict = forms.BooleanField(
        label=_("An armed conflict of the party lasts since the day of notice"), required=False
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
        help_text=_("Required to save; it stands in the register and with every date that moves."),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    def full_clean(self) -> None:
        """Check, with sentences made for each field."""
        name_the_fields(self)
        super().full_clean()

    def occasion(self, zone: str, today: date) -> Occasion:
        """The act on which the rule is tried; ``today`` where no day is said."""
        said = self.cleaned_data
        states: datetime | None = said["states_at"]
        return Occasion(
            given_on=said["given_on"] or today,
            received_on=said["received_on"],
            states=states and states.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC),
            effective_on=said["effective_on"],
            in_conflict=said["in_conflict"],
        )

    def require_reason(self) -> None:
        """Ask for the reason: saving needs one."""
        if not self.cleaned_data.get("reason", "").strip():
            self.add_error("reason", gettext("Reason is missing."))

    def refuse(self, error: DomainError) -> None:
        """Show a refusal at its field; of a rule every problem, with its line and its key."""
        if isinstance(error, BadFileError):
            for problem in error.problems:
                self.add_error("rule", _problem(problem.line, problem.key, problem.sentence))
            return
        self.add_error(error.field if error.field in self.fields else None, error.sentence)


class NewClauseForm(ClauseForm):
    """The same for a clause that the treaty does not have yet."""

    field_order = ("treaty",)
    treaty = ModelChoiceField(label=_("Treaty"), queryset=Treaty.objects.order_by("short_title"))


def _problem(line: int | None, key: str, sentence: str) -> str:
    values = {"line": line, "key": key, "sentence": sentence}
    if line is not None and key:
        return gettext("Line %(line)d, %(key)s: %(sentence)s") % values
    if line is not None:
        return gettext("Line %(line)d: %(sentence)s") % values
    return gettext("%(key)s: %(sentence)s") % values if key else sentence
