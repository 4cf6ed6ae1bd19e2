"""All versions of an act: as it was issued, and as each correction makes it read.

A correction is an act of its own that points to the corrected one; nothing issued is changed, and
no clock is moved by it (VCLT 79).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from notifications.models import Notification

CORRECTION = "correction"


@dataclass(frozen=True)
class Version:
    """The text of an act from one of its acts on: itself (``no`` 1), or a correction of it.

    ``is_applied`` is false where the passage that a correction names does not stand in the text: it
    then concerns something else than the text, and the text is that of the version before.
    """

    no: int
    notification: Notification
    text: str
    passage: str = ""
    reads: str = ""
    should_read: str = ""
    is_applied: bool = True


def versions_of(
    notification: Notification, *, among: Iterable[Notification] | None = None
) -> list[Version]:
    """Every version of the act that it is, or corrects, in the order in which they were issued.

    ``among`` are the corrections of its case that count, those that a reader may read for instance;
    unsaid, all of them.
    """
    original = corrected(notification)
    if among is None:
        among = Notification.objects.filter(case=original.case_id, act=CORRECTION)
    known, versions = {original.pk}, [Version(1, original, original.text)]
    for act in sorted(among, key=lambda act: act.pk):
        if act.pk in known or act.refers_to_id not in known or act.is_void:
            continue
        known.add(act.pk)
        versions.append(_next(versions[-1], act))
    return versions


def corrected(notification: Notification) -> Notification:
    """The act that a correction corrects in the end; any other act is itself."""
    while notification.act == CORRECTION and notification.refers_to is not None:
        notification = notification.refers_to
    return notification


def _next(before: Version, act: Notification) -> Version:
    reads, should_read = act.fields.get("reads", ""), act.fields.get("should_read", "")
    is_applied = bool(reads) and reads in before.text
    return Version(
        no=before.no + 1,
        notification=act,
        text=before.text.replace(reads, should_read) if is_applied else before.text,
        passage=act.fields.get("passage", ""),
        reads=reads,
        should_read=should_read,
        is_applied=is_applied,
    )
