"""How the tests draft and file the acts of a party and of a depositary."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from notifications.models import Draft, Notification, Role, User
from notifications.services.depositary_acts import file_depositary_act
from notifications.services.drafting import draft_notification, send_for_approval
from tests.factories import NOW, Cast, make_user


def head_of(code: str, name: str = "") -> User:
    """A head of mission of a party."""
    return make_user(name or f"Head {code}", code, Role.HEAD_OF_MISSION)


def draft_of(cast: Cast, act: str, code: str = "USA", *, now: datetime = NOW, **more: Any) -> Draft:
    """A draft of the United States or of Russia, by its drafter."""
    drafter = {"USA": cast.us_drafter, "RUS": cast.russian_drafter}[code]
    refers_to, fields = more.pop("refers_to", None), more
    return draft_notification(
        treaty=cast.treaty,
        party=cast.party(code),
        act=act,
        fields=fields,
        actor=drafter,
        now=now,
        refers_to=refers_to,
    )


def sent(draft: Draft, *, now: datetime = NOW) -> Draft:
    """The draft, sent for approval by who wrote it."""
    return send_for_approval(draft=draft, version=draft.version, actor=draft.author, now=now)


def as_depositary(
    cast: Cast, act: str, *codes: str, now: datetime = NOW, **more: Any
) -> Notification | Draft:
    """An act of the depositaries, by the Canadian officer unless another is named."""
    actor, refers_to = more.pop("actor", cast.canadian_officer), more.pop("refers_to", None)
    uid = more.pop("uid", None)
    return file_depositary_act(
        act=act,
        treaty=cast.treaty,
        senders=[cast.party(code) for code in codes or ("CAN",)],
        fields=more,
        actor=actor,
        now=now,
        refers_to=refers_to,
        uid=uid,
    )
