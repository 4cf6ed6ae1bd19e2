"""Forms: they carry what was typed to a service and back; the services decide what is right."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.acts import ACTS, POSITIONS, ActField
from notifications.errors import DomainError
from notifications.models import Case
from notifications.services.examining import PARTICIPATION_UNKNOWN
from notifications.web.form_fields import (
    SeenVersion,
    Token,
    asked,
    choice,
    day,
    line,
    switch,
    text,
)
from notifications.web.names import Named


class NamingForm(forms.Form):
    """A form whose every refusal names its field, in one sentence."""

    use_required_attribute = False

    def full_clean(self) -> None:
        """Check, with sentences made for each field."""
        for field in self.fields.values():
            named = {"field": field.label or ""}
            choose = gettext("%(field)s: choose one of the list.") % named
            no_text = gettext("%(field)s: it holds a control character, which is no text.") % named
            field.error_messages.update(
                required=gettext("%(field)s is missing.") % named,
                invalid_choice=choose,
                invalid_list=choose,
                null_characters_not_allowed=no_text,
            )
        super().full_clean()


class DomainForm(NamingForm):
    """A form that can say, at the right field, what the domain refused."""

    def refuse(self, error: DomainError) -> None:
        """Show a refusal at its field, or above the form."""
        self.add_error(error.field if error.field in self.fields else None, error.sentence)


class ActForm(DomainForm):
    """The fields of an act (acts.py), one input each; values go to the service as typed."""

    version = SeenVersion(required=False)

    def __init__(
        self, act: str, *, parties: Iterable[Named] = (), asks_entry: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.act = ACTS[act]
        choices = [(party.code, party.name) for party in parties]
        for field in self.act.fields:
            self.fields[field.name] = _input(field, choices)
        if asks_entry:
            self.fields["in_force_for_party"] = day(
                label=_("In force for your party since"),
                help_text=_("The list of parties to this treaty is not complete: name the day."),
            )
            self.fields["confirmed"] = switch(label=_("I confirm that it is a party to the treaty"))

    def values(self) -> dict[str, Any]:
        """The fields of the act as typed; what the form does not hold is not said."""
        typed = {name: self._typed(name) for name in self.fields if name != "version"}
        if "confirmed" in typed:
            typed["confirmed"] = [PARTICIPATION_UNKNOWN] if typed["confirmed"] else []
        return typed

    def seen_version(self) -> int:
        """The version of the draft that the person saw; 0 where it is not said."""
        return int(self.cleaned_data["version"])

    def _typed(self, name: str) -> Any:
        # A field that was refused has no clean value: what was typed stands for it.
        is_clean = name not in self.errors and name in self.cleaned_data
        return self.cleaned_data[name] if is_clean else self.data.get(name, "")


def _input(field: ActField, choices: list[tuple[str, str]]) -> forms.Field:
    named: dict[str, Any] = {
        "label": _(field.label),
        "help_text": _(field.help) if field.help else "",
    }
    if field.kind == "yes-no":
        return switch(**named)
    if field.kind in {"party", "parties"}:
        widget = forms.SelectMultiple(attrs={"class": "form-select", "size": 8})
        many = forms.MultipleChoiceField(choices=choices, widget=widget, required=False, **named)
        return asked(many, field.is_required)
    make = {"line": line, "text": text, "date": day}[field.kind]
    return make(is_asked=field.is_required, **named)


class StartForm(DomainForm):
    """For whom, and in which matter, an act is filed; ``uid`` is the mark of its draft."""

    uid = Token()

    def __init__(
        self, *, parties: list[Named], cases: Mapping[uuid.UUID, Case], **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        if len(parties) > 1:
            self.fields["party"] = choice(
                label=_("On behalf of"),
                choices=[(party.code, party.name) for party in parties],
                is_asked=True,
            )
        if cases:
            self.fields["case"] = choice(
                label=_("Matter"),
                choices=[
                    ("", _("A new matter")),
                    *((str(uid), case.title) for uid, case in cases.items()),
                ],
                help_text=_("Acts on one matter stand together, in order."),
            )


class ReceiptForm(DomainForm):
    """The day on which the note was received."""

    on = day(
        label=_("Received on"),
        is_asked=True,
        help_text=_(
            "The day the note came in, not the day it is entered here: clocks take this day."
        ),
    )

    def __init__(self, *, parties: list[Named], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if len(parties) > 1:
            self.fields["party"] = choice(
                label=_("Received by"),
                choices=[(party.code, party.name) for party in parties],
                is_asked=True,
            )


class ResponseForm(DomainForm):
    """One party's position and its text; ``uid`` tells a second click from a second response."""

    uid = Token()
    position = choice(
        label=_("Position"),
        choices=[
            ("", _("Choose a position")),
            *((key, _(name)) for key, name in POSITIONS.items()),
        ],
        is_asked=True,
    )
    text = text(
        label=_("Text"),
        help_text=_("In the words of your government. It is kept as given and never changed."),
        rows=8,
    )

    def __init__(self, *, parties: list[Named], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if len(parties) > 1:
            self.fields["party"] = choice(
                label=_("On behalf of"),
                choices=[(party.code, party.name) for party in parties],
                is_asked=True,
            )


class ConferenceForm(DomainForm):
    """When the conference opens, and what is said of it."""

    held_on = day(label=_("Day of the conference"), is_asked=True)
    text = text(
        label=_("Text of the invitation"),
        help_text=_("Place, hour and agenda, as the parties will read it."),
    )
    all_the_same = switch(
        label=_("Convene it all the same"),
        help_text=_("For a day after the window, or where another conference stands."),
    )


class ReturnForm(DomainForm):
    """Why a draft goes back."""

    reason = text(label=_("Reason"), is_asked=True, rows=3)


class RegisterFilter(forms.Form):
    """Which entries of the register are shown."""

    treaty = forms.ChoiceField(required=False, label=_("Treaty"))
    origin = forms.ChoiceField(
        required=False,
        label=_("Cases"),
        choices=[("", _("All cases")), ("live", _("Live cases")), ("replay", _("Replayed cases"))],
    )

    def __init__(self, *, treaties: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        treaty = self.fields["treaty"]
        if isinstance(treaty, forms.ChoiceField):
            treaty.choices = [("", _("All treaties")), *treaties]
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-select"
