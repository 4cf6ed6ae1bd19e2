"""Forms: they carry what was typed to a service and back; the services decide what is right."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.acts import ACTS, POSITIONS
from notifications.errors import DomainError
from notifications.models import Notification
from notifications.services.findings import DOUBTS, PARTICIPATION_UNKNOWN
from notifications.web.act_inputs import COMMON, Lists, common_inputs, input_of
from notifications.web.file_fields import several_files, what_is_taken
from notifications.web.form_fields import (
    SeenVersion,
    Token,
    choice,
    day,
    hour,
    line,
    several,
    switch,
    text,
)
from notifications.web.names import Named

PARTIES = Notification.Visibility.PARTIES.value
# The switch that confirms an act although it is too early, too late or disputed.
DOUBTED = "confirmed_doubt"


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
        self,
        act: str,
        lists: Lists,
        *,
        asks_entry: bool = False,
        asks_doubt: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.act = ACTS[act]
        for field in self.act.fields:
            self.fields[field.name] = input_of(field, lists)
        if asks_entry:
            self.fields["in_force_for_party"] = day(
                label=_("In force for your party since"),
                help_text=_("The list of parties to this treaty is not complete: name the day."),
            )
            self.fields["confirmed"] = switch(label=_("I confirm that it is a party to the treaty"))
        if asks_doubt:
            self.fields[DOUBTED] = switch(
                label=_("I confirm that it is to be given although its time or basis is in doubt"),
                help_text=_("Only needed where “What this starts” asks for it."),
            )
        for name, common in common_inputs(lists).items():
            self.fields.setdefault(name, common)

    @property
    def own(self) -> list[forms.BoundField]:
        """The fields of the act, without those that every act has."""
        return [field for field in self if field.name not in COMMON]

    @property
    def common(self) -> list[forms.BoundField]:
        """Those that every act has."""
        return [field for field in self if field.name in COMMON]

    @property
    def is_common_filled(self) -> bool:
        """Whether one of these says something that one must not overlook."""
        said = [field.value() for field in self.common]
        return any(value and value != PARTIES for value in said) or any(
            field.errors for field in self.common
        )

    def values(self) -> dict[str, Any]:
        """The fields of the act as typed; what the form does not hold is not said."""
        typed = {name: self._typed(name) for name in self.fields if name != "version"}
        is_doubt_confirmed = bool(typed.pop(DOUBTED, False))
        if {"confirmed", DOUBTED} & set(self.fields):
            confirmed = [PARTICIPATION_UNKNOWN] if typed.get("confirmed") else []
            typed["confirmed"] = [*confirmed, *(DOUBTS if is_doubt_confirmed else ())]
        if typed.get("visibility") == PARTIES:
            typed["visibility"] = ""  # what holds anyway is not said
        return typed

    def seen_version(self) -> int:
        """The version of the draft that the person saw; 0 where it is not said."""
        return int(self.cleaned_data["version"])

    def _typed(self, name: str) -> Any:
        # A field that was refused has no clean value: what was typed stands for it.
        is_clean = name not in self.errors and name in self.cleaned_data
        return self.cleaned_data[name] if is_clean else self.data.get(name, "")


class StartForm(DomainForm):
    """For whom, on which act and in which matter; ``uid`` is the mark of the draft."""

    uid = Token()

    def __init__(
        self,
        *,
        parties: list[tuple[str, str]],
        targets: list[tuple[str, str]],
        must_refer: bool,
        cases: list[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if targets:
            self.fields["refers_to"] = choice(
                label=_("Refers to"),
                choices=[("", _("Choose") if must_refer else _("No act")), *targets],
                is_asked=must_refer,
                help_text=_("It stands in the same matter as the act it refers to."),
            )
        if len(parties) > 1:
            self.fields["party"] = choice(
                label=_("On behalf of"),
                choices=parties,
                is_asked=True,
            )
        if cases and not must_refer:
            self.fields["case"] = choice(
                label=_("Matter"),
                choices=[("", _("A new matter")), *cases],
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
    at = hour(
        label=_("Hour of receipt"),
        help_text=_("In the treaty’s zone. Needed where a time-limit counts hours."),
    )

    def __init__(self, *, parties: list[Named], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if len(parties) > 1:
            self.fields["party"] = choice(
                label=_("Received by"),
                choices=[(party.code, party.name) for party in parties],
                is_asked=True,
            )


class MailedAnswerForm(DomainForm):
    """One party's position, and its text: of an answer that came by mail it may be corrected."""

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


class ResponseForm(MailedAnswerForm):
    """The same, given on the page; ``uid`` tells a second click from a second response."""

    uid = Token()

    def __init__(self, *, parties: list[Named], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields["files"] = several_files(label=_("Files"), help_text=what_is_taken())
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

    def __init__(self, *, others: list[Named], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if others:
            self.fields["joint_with"] = several(
                label=_("Convened jointly with"),
                choices=[(party.code, party.name) for party in others],
                help_text=_("It is issued when the other depositary has agreed to it too."),
            )


class StatementForm(DomainForm):
    """What a state said in public, when, and where it can be read."""

    on = day(label=_("Made on"), is_asked=True)
    text = text(
        label=_("Text of the statement"),
        is_asked=True,
        help_text=_("In the words of the state that made it."),
        rows=8,
    )
    source = line(
        label=_("Source"), help_text=_("Where it was published: a name and a date, or an address.")
    )

    def __init__(self, *, parties: list[Named], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if len(parties) > 1:
            self.fields["party"] = choice(
                label=_("Made by"),
                choices=[("", _("Choose")), *((party.code, party.name) for party in parties)],
                is_asked=True,
            )
            self.order_fields(["party"])


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
