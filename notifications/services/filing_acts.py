"""The acts of a party, one verb each: every one begins a draft that two persons make an act."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, TypedDict, Unpack

from notifications.models import Case, Draft, Notification, Party, Treaty, User
from notifications.services.drafting import draft_notification


class Common(TypedDict, total=False):
    """What every verb takes besides its own fields.

    ``treaty``, ``party``, ``actor`` and ``now`` are required; ``case`` joins the act to a matter,
    ``more`` holds further fields of ``acts.py`` and of every act (source, visibility, joint_with).
    """

    treaty: Treaty
    party: Party
    actor: User
    now: datetime
    case: Case | None
    more: dict[str, Any]


def _draft(
    act: str,
    fields: dict[str, Any],
    refers_to: Notification | None = None,
    **common: Unpack[Common],
) -> Draft:
    return draft_notification(
        treaty=common["treaty"],
        party=common["party"],
        act=act,
        fields={**common.get("more", {}), **fields},
        actor=common["actor"],
        now=common["now"],
        refers_to=refers_to,
        case=common.get("case"),
    )


def _codes(parties: Sequence[Party] | None) -> list[str]:
    return [party.code for party in parties or ()]


def withdraw(*, article: str, text: str = "", **common: Unpack[Common]) -> Draft:
    """Give notice of withdrawal under an article of the treaty (VCLT 54(a), 67(2))."""
    return _draft("withdrawal", {"article": article, "text": text}, **common)


def rescind(*, notification: Notification, text: str = "", **common: Unpack[Common]) -> Draft:
    """Take back a notice before it takes effect (VCLT 68)."""
    return _draft("rescission", {"text": text}, notification, **common)


def suspend(*, article: str = "", text: str = "", **common: Unpack[Common]) -> Draft:
    """Suspend the operation of the treaty: recorded and told, it moves no clock (VCLT 57, 60)."""
    return _draft("suspension", {"article": article, "text": text}, **common)


def allege_breach(
    *,
    against: Sequence[Party],
    text: str,
    respond_by: date | None = None,
    **common: Unpack[Common],
) -> Draft:
    """Allege a breach by one or several parties, who alone are asked to answer by a day."""
    fields = {"against": _codes(against), "respond_by": respond_by, "text": text}
    return _draft("breach-allegation", fields, **common)


def propose_dialogue(
    *,
    text: str,
    addressees: Sequence[Party] | None = None,
    respond_by: date | None = None,
    notification: Notification | None = None,
    **common: Unpack[Common],
) -> Draft:
    """Propose a dialogue to some parties, or to all."""
    fields = {"addressees": _codes(addressees), "respond_by": respond_by, "text": text}
    return _draft("dialogue-proposal", fields, notification, **common)


def ask_for_assurances(
    *,
    text: str,
    addressees: Sequence[Party] | None = None,
    respond_by: date | None = None,
    notification: Notification | None = None,
    **common: Unpack[Common],
) -> Draft:
    """Ask some parties, or all, for an assurance by a day."""
    fields = {"addressees": _codes(addressees), "respond_by": respond_by, "text": text}
    return _draft("assurance-request", fields, notification, **common)


def request_conference(
    *, notification: Notification | None = None, text: str = "", **common: Unpack[Common]
) -> Draft:
    """Ask the depositaries for a conference: told to all, it starts no clock of its own."""
    return _draft("conference-request", {"text": text}, notification, **common)
