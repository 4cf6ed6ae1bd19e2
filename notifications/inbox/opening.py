"""From INBOX_URL to a mailbox."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from django.conf import settings

from notifications.inbox.box import Box
from notifications.inbox.imap import Imap, Place
from notifications.inbox.maildir import Maildir

_SECURITY: Final = {"imaps": "ssl", "imap+tls": "tls", "imap": ""}
_PORTS: Final = {"imaps": 993, "imap+tls": 143, "imap": 143}


def box_of() -> Box | None:
    """The mailbox of INBOX_URL; None where none is named. The settings have checked its form."""
    url = settings.TREATYFLOW_INBOX_URL
    if not url:
        return None
    split = urlsplit(url)
    if split.scheme == "maildir":
        return Maildir(Path(unquote(split.path)))
    return Imap(
        Place(
            host=split.hostname or "",
            port=split.port or _PORTS[split.scheme],
            user=unquote(split.username or ""),
            password=unquote(split.password or ""),
            folder=unquote(split.path.lstrip("/")) or "INBOX",
            security=_SECURITY[split.scheme],
        )
    )
