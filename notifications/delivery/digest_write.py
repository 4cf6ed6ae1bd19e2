"""Write: the content of digests, sealed before anything is sent; one rendering a digest."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from notifications import emails, register
from notifications.delivery.digest_claim import Digest
from notifications.delivery.refusals import words_of
from notifications.models import Alert, Mandate, Message, RegisterHead, Rendering, Role

logger = logging.getLogger(__name__)


@dataclass
class Composed:
    """The content of one digest, the messages told in it, and those that could not be written.

    ``rendering`` is None where none could be. A fault is told by the key of its message.
    """

    messages: tuple[Message, ...]
    rendering: Rendering | None = None
    faults: dict[int, str] = field(default_factory=dict)
    failed: tuple[Message, ...] = ()

    @property
    def may_leave(self) -> bool:
        """Whether its reader may do without digests: what an administrator is told, nobody may."""
        return any(message.alert.kind != Alert.Kind.UNDELIVERED for message in self.messages)


def write_digests(digests: Sequence[Digest], *, now: datetime) -> list[Composed]:
    """Find or write and seal the content of these digests, in their order, with one event.

    What was written for an earlier try is used again while it tells the same on the same day. An
    alert that cannot be written is left out, and holds up no other.
    """
    alerts = {message.alert_id for digest in digests for message in digest.messages}
    languages = {emails.spoken(digest.reader.language) for digest in digests}
    background = emails.gather(alerts, languages)
    heads = _heads({digest.reader.pk for digest in digests}, now)
    stored = _stored(digests)
    composed = []
    for digest in digests:
        envelope = _envelope(digest, now, heads.get(digest.reader.pk))
        words, one = _words(digest, background, envelope)
        if one.messages:
            said = _gathers(one.messages, envelope)
            known = (row for row in stored.get(one.messages[0].pk, ()) if row.gathers == said)
            one.rendering = next(known, None) or _compose(words, one, envelope, said)
        composed.append(one)
    _seal(composed, now=now)
    return composed


def _envelope(digest: Digest, now: datetime, head: emails.Head | None) -> emails.Envelope:
    reader = digest.reader
    language = emails.spoken(reader.language)
    seed = f"digest:{digest.messages[0].pk}:{language}"
    return emails.Envelope(language, reader.zone, now, seed, head)


def _words(
    digest: Digest, background: emails.Background, envelope: emails.Envelope
) -> tuple[list[Any], Composed]:
    """What each of its alerts says, and which of them cannot be written."""
    words, told, failed = [], [], []
    faults: dict[int, str] = {}
    for message in digest.messages:
        try:
            words.append(emails.word_of(background, message.alert_id, envelope))
        except Exception as error:  # one faulty alert must not stop all the others
            logger.exception("alert %s cannot be written in a digest", message.alert_id)
            faults[message.pk] = words_of(error)
            failed.append(message)
        else:
            told.append(message)
    return words, Composed(tuple(told), faults=faults, failed=tuple(failed))


def _gathers(messages: Sequence[Message], envelope: emails.Envelope) -> dict[str, Any]:
    on = envelope.at.astimezone(ZoneInfo(envelope.zone)).date()
    return {
        "language": envelope.language,
        "messages": [message.pk for message in messages],
        "on": on.isoformat(),
    }


def _compose(
    words: list[Any], one: Composed, envelope: emails.Envelope, said: dict[str, Any]
) -> Rendering:
    """The content, not stored yet."""
    mime = emails.compose(words, envelope)
    carrier = one.messages[0]
    return Rendering(
        alert_id=carrier.alert_id,
        language=envelope.language,
        mime=mime,
        digest=register.digest_of(mime),
        carrier=carrier,
        gathers=said,
    )


def _stored(digests: Sequence[Digest]) -> dict[int, list[Rendering]]:
    """What was written for earlier tries, by the key of the carrier, the newest first."""
    keys = [message.pk for digest in digests for message in digest.messages]
    found: dict[int, list[Rendering]] = {}
    for rendering in Rendering.objects.filter(carrier__in=keys).order_by("-pk"):
        found.setdefault(rendering.carrier_id or 0, []).append(rendering)
    return found


def _heads(users: set[int], now: datetime) -> dict[int, emails.Head]:
    """The head of the register for those who act for a depositary: two queries."""
    today = now.date()
    officers = (
        Mandate.objects.filter(Q(to_on=None) | Q(to_on__gte=today))
        .filter(user__in=users, role=Role.DEPOSITARY_OFFICER, from_on__lte=today)
        .values_list("user", flat=True)
    )
    keepers = set(officers)
    if not keepers:
        return {}
    row = RegisterHead.objects.filter(pk=1).values_list("length", "digest").first()
    return dict.fromkeys(keepers, emails.Head(*row)) if row else {}


@transaction.atomic
def _seal(composed: Sequence[Composed], *, now: datetime) -> None:
    """Insert what is new, with the event that covers it."""
    new = [one.rendering for one in composed if one.rendering is not None and not one.rendering.pk]
    if not new:
        return
    Rendering.objects.bulk_create(new)
    register.append(register.Entry("digests-written", new[0].alert, at=now, rows=tuple(new)))
