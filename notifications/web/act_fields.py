"""The fields of an act as a page shows them: label and value, empty ones left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext, gettext_noop

from notifications.acts import ACTS, ActField
from notifications.emails.act_lines import field_words
from notifications.models import Notification
from notifications.web.names import PartyNames


@dataclass(frozen=True)
class Said:
    """One field of an act: its label, and its value in words; ``is_long`` asks for paragraphs."""

    label: str
    value: str
    is_long: bool = False


# What an act may carry besides its own fields, as a page shows it.
COMMON: Final = (
    ActField("addressees", gettext_noop("Addressed to"), "parties"),
    ActField("joint_with", gettext_noop("Joint with"), "parties"),
    ActField("in_force_for_party", gettext_noop("In force for the party since"), "date"),
    ActField("dated", gettext_noop("Dated")),
    ActField("source", gettext_noop("Source"), "text"),
    ActField("visibility", gettext_noop("Who may read it"), "visibility"),
)


def said(act: str, fields: dict[str, Any], names: PartyNames, zone: str = "UTC") -> list[Said]:
    """What the act says besides its text, in the order of its form; instants in ``zone``."""
    own = [field for field in ACTS[act].fields if field.name != "text"]
    named = {field.name for field in own}
    shown = [*own, *(field for field in COMMON if field.name not in named)]
    return [
        Said(gettext(field.label), _words(field, value, names, zone), field.kind == "text")
        for field in shown
        if (value := fields.get(field.name)) not in (None, "", [])
    ]


def _words(field: ActField, value: Any, names: PartyNames, zone: str) -> str:
    if field.kind == "visibility":
        return str(Notification.Visibility(value).label)

    def naming(codes: list[str]) -> list[str]:
        known = sorted(names.by_code[code] for code in codes if code in names.by_code)
        return [named.name for named in known] + [c for c in codes if c not in names.by_code]

    return field_words(field, value, zone=zone, naming=naming)
