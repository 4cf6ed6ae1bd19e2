"""One sealed row held against what the register says of it."""

from __future__ import annotations

import json
from typing import Any

from django.db import models

from notifications.models import ClauseVersion, IncomingMail, Message, Rendering
from notifications.register.chain import canonical, content, digest_of, plain, sayable


def agrees(row: models.Model, said: dict[str, Any]) -> bool:
    """Whether a row has the digest and the columns that an event names, and its own digest holds.

    Values are compared as JSON text: to Python, 1 and true are the same.
    """
    now = {**sayable(row), "digest": getattr(row, "digest", None)}
    is_as_said = bool(said) and all(
        name in now and canonical(now[name]) == canonical(value) for name, value in said.items()
    )
    return is_as_said and ("digest" not in said or said["digest"] == recomputed_digest(row))


def recomputed_digest(row: models.Model) -> str | None:
    """The digest a row should carry, worked out anew from its columns; None where they disagree."""
    if isinstance(row, Rendering):
        return digest_of(bytes(row.mime))
    if isinstance(row, ClauseVersion):
        return digest_of(canonical(row.rule))
    if isinstance(row, Message):
        return message_digest(row)
    if isinstance(row, IncomingMail):
        return incoming_digest(row)
    text = str(getattr(row, "canonical", ""))
    columns = content(row)
    is_as_stated = all(
        canonical(columns[name]) == canonical(value)
        for name, value in json.loads(text).items()
        if name in columns
    )
    return digest_of(text) if is_as_stated else None


def message_digest(message: Message) -> str | None:
    """SHA-256 over a message as sent: its headers, its address and the digest of its content."""
    if message.rendering is None or message.sent_at is None:
        return None
    return digest_of(
        canonical(
            {
                "address": message.address,
                "headers": message.headers,
                "rendering": message.rendering.digest,
                "sent_at": plain(message.sent_at),
            }
        )
    )


def incoming_digest(mail: IncomingMail) -> str:
    """SHA-256 over a mail as it came: its bytes, its Message-ID, its sender and its subject."""
    names = ("message_id", "sender", "subject")
    return digest_of(
        canonical({"raw": plain(mail.raw), **{name: getattr(mail, name) for name in names}})
    )
