"""The mailbox to which alerts are answered: IMAP or a Maildir, read and never emptied."""

from __future__ import annotations

from notifications.inbox.box import Box, BoxDownError, MailUnreadableError
from notifications.inbox.opening import box_of

__all__ = ["Box", "BoxDownError", "MailUnreadableError", "box_of"]
