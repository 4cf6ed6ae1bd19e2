"""The forms by which a note given on paper is entered: which note, and what it says."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _

from notifications.acts import ACTS, Act
from notifications.web.act_inputs import Lists
from notifications.web.clock import read_day
from notifications.web.file_fields import one_file, several_files, what_is_taken
from notifications.web.form_fields import Token, choice, day, switch
from notifications.web.forms import ActForm, DomainForm
from notifications.web.names import Named

# The languages in which notes come: those of the United Nations, and what a treaty adds.
UN_LANGUAGES = ("ar", "zh-hans", "en", "fr", "ru", "es")
RECEIVED = "received_"
AS_IT_STANDS = "as_it_stands"


class WhichForm(DomainForm):
    """Under which treaty the note was given, by whom, and what kind of act it is."""

    def __init__(
        self,
        *,
        treaties: Iterable[tuple[str, str]],
        parties: Iterable[Named],
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        none = ("", _("Choose"))
        self.fields["treaty"] = choice(label=_("Treaty"), choices=[none, *treaties], is_asked=True)
        self.fields["party"] = choice(
            label=_("Given by"),
            choices=[none, *((party.code, party.name) for party in parties)],
            is_asked=True,
            help_text=_("Of a joint note, one of its senders; the others are named on the form."),
        )
        self.fields["act"] = choice(
            label=_("What the note is"), choices=[none, *_acts()], is_asked=True
        )


def _acts() -> list[tuple[Any, Any]]:
    """The acts of a party, by subject."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for act in ACTS.values():
        if "party" in act.filers:
            groups.setdefault(gettext(act.group), []).append((act.kind, gettext(act.title)))
    return list(groups.items())


class PaperNoteForm(ActForm):
    """What the note says, when it was given and received, and its scan."""

    def __init__(
        self,
        act: Act,
        lists: Lists,
        *,
        receivers: Iterable[Named],
        targets: Iterable[tuple[str, str]],
        languages: Iterable[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(act.kind, lists, **kwargs)
        said = list(self.fields)
        self.receivers = tuple(receivers)
        self._ask_days()
        self._ask_paper(languages)
        choices = list(targets)
        if choices:
            self.fields["refers_to"] = choice(
                label=_("Refers to"),
                choices=[("", _("No act")), *choices],
                help_text=_("It stands in the same matter as the act it refers to."),
            )
        self.fields["uid"] = Token()
        self.fields[AS_IT_STANDS] = switch(label=_("Record it as it stands, with these flags"))
        self.said = tuple(name for name in said if name != "version")
        if "in_force_for_party" in self.fields:
            self.fields["in_force_for_party"].label = _("In force for the party since")
        if "joint_with" in self.fields:
            self.fields["joint_with"].help_text = _("The other senders of a joint note.")

    def _ask_days(self) -> None:
        self.fields["given_on"] = day(
            label=_("Given on"), is_asked=True, help_text=_("The date that the note bears.")
        )
        for party in self.receivers:
            label = gettext("Received by %(party)s on") % {"party": party.in_text}
            self.fields[RECEIVED + party.code] = day(
                label=label,
                help_text=_("The day the note came in; leave it empty where it is not known."),
            )

    def _ask_paper(self, languages: Iterable[str]) -> None:
        known = dict.fromkeys([*UN_LANGUAGES, *languages])
        self.fields["language"] = choice(
            label=_("Language of the note"), choices=_named_languages(known), is_asked=True
        )
        self.fields["scan"] = one_file(label=_("Scan of the note"), help_text=what_is_taken())
        self.fields["files"] = several_files(
            label=_("Enclosures"), help_text=_("Full powers, annexes: what came with the note.")
        )

    def act_values(self) -> dict[str, Any]:
        """What the note says, as typed; the other senders of a joint one apart."""
        values = self.values()
        return {name: values[name] for name in self.said if name in values and name != "joint_with"}

    def joint_codes(self) -> list[str]:
        """The codes of the other senders."""
        return list(self.values().get("joint_with") or [])

    def typed_days(self) -> tuple[date | None, dict[str, date]]:
        """The day on which it was given, and those of receipt by code; what is none, said there."""
        given = self._day("given_on")
        if given is None and not self.has_error("given_on"):
            self._missing("given_on")
        received = {party.code: self._day(RECEIVED + party.code) for party in self.receivers}
        return given, {code: on for code, on in received.items() if on is not None}

    def _day(self, name: str) -> date | None:
        typed = str(self.cleaned_data.get(name) or "").strip()
        if not typed:
            return None
        try:
            return read_day(typed)
        except ValueError:
            sentence = gettext("%(field)s: “%(value)s” is no date of the calendar.")
            said = {"field": self.fields[name].label, "value": typed[:40]}
            self.add_error(name, sentence % said)
        return None

    def ask_for_scan(self) -> None:
        """Say where the scan is missing; a browser keeps no file for a page that comes back."""
        if not self.cleaned_data.get("scan"):
            self._missing("scan")

    def _missing(self, name: str) -> None:
        self.add_error(name, gettext("%(field)s is missing.") % {"field": self.fields[name].label})

    def part(self, *names: str) -> list[forms.BoundField]:
        """Some fields, in this order, those that the form has."""
        return [self[name] for name in names if name in self.fields]

    @property
    def when_fields(self) -> list[forms.BoundField]:
        """When it was given and received."""
        return self.part("given_on", *(RECEIVED + party.code for party in self.receivers))

    @property
    def said_fields(self) -> list[forms.BoundField]:
        """What it refers to and what it says."""
        return self.part("refers_to", *self.said)

    @property
    def paper_fields(self) -> list[forms.BoundField]:
        """The paper itself."""
        return self.part("language", "scan", "files")


def _named_languages(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Languages by their names in the reader's language; codes that are none are left out."""
    named = []
    for code in codes:
        try:
            named.append((code, str(get_language_info(code)["name_translated"])))
        except KeyError:
            continue
    first = [(code, name) for code, name in named if code == settings.LANGUAGE_CODE]
    return [*first, *sorted((one for one in named if one not in first), key=lambda one: one[1])]
