"""One input for each field of an act, by the kind of the field (acts.py)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.acts import ActField
from notifications.acts.common import JOINT_WITH
from notifications.models import Notification
from notifications.web.form_fields import (
    choice,
    day,
    instant,
    line,
    number,
    several,
    suggesting,
    switch,
    text,
)
from notifications.web.names import Named

# What every act can carry besides its own fields; they stand apart at the end of its form.
COMMON = ("joint_with", "visibility")
PICKED = frozenset({"choice", "party", "clause"})


@dataclass(frozen=True)
class Lists:
    """What the inputs offer, read where the form of an act asks for it.

    ``parties`` for a field that names some, ``states`` for one of all that ever took part,
    ``partners`` with whom the act can be given, ``clauses`` by id; ``zone`` is the treaty's.
    ``suggested`` holds, by the name of a line, what is usually typed there and what it is.
    """

    parties: tuple[Named, ...] = ()
    states: tuple[Named, ...] = ()
    partners: tuple[Named, ...] = ()
    clauses: tuple[tuple[str, str], ...] = ()
    zone: str = "UTC"
    suggested: Mapping[str, tuple[tuple[str, str], ...]] = dataclass_field(default_factory=dict)


def input_of(field: ActField, lists: Lists) -> forms.Field:
    """The input of one field."""
    named: dict[str, Any] = {
        "label": _(field.label),
        "help_text": _(field.help) if field.help else "",
    }
    if field.kind == "yes-no":
        return switch(**named)
    named["is_asked"] = field.is_required
    if field.kind == "instant":
        return instant(zone=lists.zone, **_in_zone(named, lists.zone))
    if field.kind == "parties":
        return several(choices=_choices(lists.parties), **named)
    if suggested := lists.suggested.get(field.name):
        return suggesting(suggested=suggested, **named)
    if field.kind in PICKED:
        return choice(choices=[("", _("Choose")), *_options(field, lists)], **named)
    make = {"line": line, "text": text, "date": day, "number": number}[field.kind]
    return make(**named)


def _options(field: ActField, lists: Lists) -> Iterable[tuple[str, Any]]:
    """What can be picked, where one of a list is asked for."""
    if field.kind == "party":
        return _choices(lists.states)
    if field.kind == "clause":
        return lists.clauses
    return [(value, _(label)) for value, label in field.choices]


def common_inputs(lists: Lists) -> dict[str, forms.Field]:
    """The inputs that every act has: with whom it is given, and who may read it."""
    inputs: dict[str, forms.Field] = {}
    if lists.partners:
        inputs["joint_with"] = several(
            label=_(JOINT_WITH.label),
            choices=_choices(lists.partners),
            help_text=_(JOINT_WITH.help),
        )
    inputs["visibility"] = choice(
        label=_("Who may read it"),
        choices=Notification.Visibility.choices,
        help_text=_("Sender, addressees and depositaries always can."),
    )
    return inputs


def _choices(parties: Iterable[Named]) -> list[tuple[str, str]]:
    return [(party.code, party.name) for party in parties]


def _in_zone(named: dict[str, Any], zone: str) -> dict[str, Any]:
    sentence = gettext("Date and time in the zone of the treaty, %(zone)s.") % {"zone": zone}
    said = [str(named["help_text"]), sentence]
    return {**named, "help_text": " ".join(part for part in said if part)}
