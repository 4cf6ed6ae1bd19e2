"""A message that left, the reply to it, and a place for it in the mailbox."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from notifications.emails.replying import reply_address
from notifications.models import Message
from tests.factories import NOW

LATER = NOW + timedelta(days=1)


def sent_to(person: object) -> Message:
    return Message.objects.get(user=person, alert__kind="issued", state="sent")


def reply(
    message: Message,
    *,
    sender: str = "",
    to: str = "",
    text: str = "We regret this decision.",
    message_id: str = "<one@example.org>",
    extra: str = "",
) -> bytes:
    return (
        f"From: {sender or message.user.email}\r\nTo: {to or reply_address(message)}\r\n"
        f"Subject: Re: notice\r\nMessage-ID: {message_id}\r\n{extra}\r\n{text}\r\n"
    ).encode()


def put(folder: Path, name: str, raw: bytes, *, at: int = 1) -> Path:
    """A mail in the Maildir, come at this second."""
    file = folder / "new" / name
    file.write_bytes(raw)
    os.utime(file, (at, at))
    return file
