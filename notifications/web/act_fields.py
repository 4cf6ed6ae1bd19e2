"""The fields of an act as a page shows them: label and value, empty ones left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext

from notifications.acts import ACTS
from notifications.web import words
from notifications.web.names import PartyNames


@dataclass(frozen=True)
class Said:
    """One field of an act: its label, and its value in words; ``is_long`` asks for paragraphs."""

    label: str
    value: str
    is_long: bool = False


def said(act: str, fields: dict[str, Any], names: PartyNames) -> list[Said]:
    """What the act says besides its text, in the order of its form."""
    shown = []
    for field in ACTS[act].fields:
        value = fields.get(field.name)
        if field.name == "text" or value in (None, "", []):
            continue
        shown.append(
            Said(gettext(field.label), _words(field.kind, value, names), field.kind == "text")
        )
    return [*shown, *_common(fields, names)]


def _common(fields: dict[str, Any], names: PartyNames) -> list[Said]:
    labels = {
        "addressees": ("parties", gettext("Addressed to")),
        "joint_with": ("parties", gettext("Joint with")),
        "in_force_for_party": ("date", gettext("In force for the party since")),
        "dated": ("line", gettext("Dated")),
        "source": ("text", gettext("Source")),
    }
    return [
        Said(label, _words(kind, fields[name], names), kind == "text")
        for name, (kind, label) in labels.items()
        if fields.get(name)
    ]


def _words(kind: str, value: Any, names: PartyNames) -> str:
    if kind == "yes-no":
        return gettext("yes") if value else gettext("no")
    if kind in {"party", "parties"}:
        codes = [value] if isinstance(value, str) else value
        return ", ".join(sorted(names.of_code(code) for code in codes))
    if kind == "date":
        return words.full_date(date.fromisoformat(value))
    return str(value)
