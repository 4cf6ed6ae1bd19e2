"""A message read back as it was sent: its bytes, and its parts for a page that shows them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP

from notifications.models import Message, Rendering


@dataclass(frozen=True)
class Part:
    """An attachment: its file name, its media type, its content."""

    name: str
    type: str
    content: bytes


@dataclass(frozen=True)
class Parts:
    """What a mail program would show of a message; ``headers`` are decoded, in their order."""

    subject: str
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str
    attachments: tuple[Part, ...]


def as_sent(message: Message) -> bytes:
    """The whole mail, byte for byte as it was sent; empty before that."""
    if message.rendering is None or message.sent_at is None:
        return b""
    return message.headers.encode("ascii") + bytes(message.rendering.mime)


def parts(message: Message) -> Parts:
    """The mail taken apart; everything is empty before it was sent."""
    mail = message_from_bytes(as_sent(message), EmailMessage, policy=SMTP)
    attachments = tuple(
        Part(part.get_filename(""), part.get_content_type(), _content(part))
        for part in mail.iter_attachments()
    )
    headers = tuple((name, _decoded(raw)) for name, raw in mail.raw_items())
    return Parts(
        subject=dict(headers).get("Subject", ""),
        headers=headers,
        text=_body(mail, "plain"),
        html=_body(mail, "html"),
        attachments=attachments,
    )


def _decoded(raw: str) -> str:
    """A header unfolded and decoded; Python's own address parser puts spaces into long names."""
    return str(make_header(decode_header(re.sub(r"\r?\n\s", " ", raw))))


def _content(part: EmailMessage) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    return str(part.get_content()).replace("\r\n", "\n") if part is not None else ""


def text_of(rendering: Rendering) -> str:
    """The plain text of a rendering, as its readers saw it."""
    mail = message_from_bytes(bytes(rendering.mime), EmailMessage, policy=SMTP)
    return _body(mail, "plain")
