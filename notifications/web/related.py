"""What in the same case refers to an act: objections, acceptances, rescissions, and corrections."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from notifications.acts import ACTS
from notifications.models import Notification
from notifications.web import words
from notifications.web.names import PartyNames
from notifications.web.thread import senders_of


@dataclass(frozen=True)
class Related:
    """One act that refers to another: by whom, and whether it changes nothing of it."""

    act: Notification
    by: str
    is_void: bool


@dataclass
class RelatedGroup:
    """Those of one kind, in the order in which they came in."""

    kind: str
    title: str
    acts: list[Related] = field(default_factory=list)


def referring_to(
    found: Notification, acts: Iterable[Notification], names: PartyNames
) -> list[RelatedGroup]:
    """The acts that refer to one, by kind, in the order of the menu; ``acts`` of the case."""
    groups: dict[str, RelatedGroup] = {}
    for act in acts:
        if act.refers_to_id == found.pk:
            group = groups.setdefault(act.act, RelatedGroup(act.act, words.act_title(act.act)))
            group.acts.append(Related(act, senders_of(act, names), act.is_void))
    return [groups[kind] for kind in ACTS if kind in groups]


@dataclass(frozen=True)
class Wording:
    """One correction of a passage: what was written, what it should read, by which act."""

    passage: str
    reads: str
    should_read: str
    correction: Notification
    by: str
    is_this: bool


def wordings(found: Notification, acts: Iterable[Notification], names: PartyNames) -> list[Wording]:
    """Every correction of an act, in order; of a correction, every one of the act it corrects.

    What cannot be read (``acts`` holds the acts of the case that can) is not followed.
    """
    known = {act.pk: act for act in acts}
    root = _corrected(found, known)
    return [
        Wording(
            passage=act.fields.get("passage", ""),
            reads=act.fields.get("reads", ""),
            should_read=act.fields.get("should_read", ""),
            correction=act,
            by=senders_of(act, names),
            is_this=act.pk == found.pk,
        )
        for act in known.values()
        if act.act == "correction" and not act.is_void and _corrected(act, known) == root
    ]


def _corrected(act: Notification, known: dict[int, Notification]) -> int:
    """The key of the act, or of the text's first correction, with which the versions begin."""
    while act.act == "correction" and act.refers_to_id in known:
        act = known[act.refers_to_id]
    return act.pk
