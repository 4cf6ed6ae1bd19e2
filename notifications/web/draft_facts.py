"""What the pages of a draft read: open matters, parties, and what others changed meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext

from notifications.acts import ACTS
from notifications.models import (
    Case,
    ClauseVersion,
    Draft,
    Notification,
    Participation,
    Party,
    Treaty,
    User,
)
from notifications.web.names import Named, PartyNames


def open_cases(treaty: Treaty, user: User, today: date) -> dict[UUID, Case]:
    """Live matters of a treaty in which the person may read something, the newest first."""
    acts = Notification.objects.visible_to(user, today).filter(case=OuterRef("pk"))
    drafts = Draft.objects.visible_to(user, today).filter(case=OuterRef("pk"))
    cases = Case.objects.live().filter(Exists(acts) | Exists(drafts), treaty=treaty)
    return {case.uid: case for case in cases.order_by("-pk")[:50]}


def members(treaty: Treaty, today: date, names: PartyNames) -> list[Named]:
    """The parties to a treaty on a day, sorted by name."""
    parties = Party.objects.party_to(treaty, today)
    return names.sort(parties.values_list("pk", flat=True))


def is_entry_unknown(treaty: Treaty, party_id: int, today: date) -> bool:
    """Whether the form must ask since when the treaty has been in force for the party."""
    if treaty.participants_complete:
        return False
    return not Participation.objects.on(today).filter(treaty=treaty, party=party_id).exists()


def first_fields(treaty: Treaty, act: str) -> dict[str, Any]:
    """What a new form holds: the article of the clause that yields the effect, where it is one."""
    effects = [
        version.rule["article"]
        for version in ClauseVersion.objects.governing(treaty, act)
        if version.rule.get("yields") == "effect"
    ]
    return {"article": effects[0]} if len(effects) == 1 else {}


def initial_values(draft: Draft) -> dict[str, Any]:
    """What the form of a stored draft holds."""
    confirmed = bool(draft.fields.get("confirmed"))
    return {**draft.fields, "confirmed": confirmed, "version": draft.version}


@dataclass(frozen=True)
class Difference:
    """A field that somebody else filled otherwise than the person who typed meanwhile."""

    label: str
    value: str


def differences(draft: Draft, typed: dict[str, Any]) -> list[Difference]:
    """The fields in which the stored draft differs from what was typed, as stored."""
    found = []
    for field in ACTS[draft.act].fields:
        stored = draft.fields.get(field.name, "")
        mine = typed.get(field.name, "")
        if _plain(stored) != _plain(mine):
            found.append(Difference(gettext(field.label), _plain(stored) or gettext("(empty)")))
    return found


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else ""
    if isinstance(value, list):
        return ", ".join(value)
    return str(value).replace("\r\n", "\n").strip()
