"""Send: by SMTP, or nowhere but into the mailbox page."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.utils.translation import gettext

from notifications.delivery.letters import Answer, Letter, Transport
from notifications.delivery.smtp import SmtpTransport
from notifications.models import Case


def transport_for(case: Case | None, *, sends_replays: bool = False) -> Transport:
    """By SMTP, or kept for the mailbox page; a replay's mail leaves only if asked for."""
    is_replay = case is not None and not case.is_live
    if settings.TREATYFLOW_MAIL_TRANSPORT == "mailbox" or (is_replay and not sends_replays):
        return MailboxTransport()
    return SmtpTransport()


class MailboxTransport:
    """Keeps every message: the rows themselves are the mailbox."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def send(self, letter: Letter) -> Answer:  # noqa: ARG002 - the way out needs no envelope
        """Accepted, whatever the letter."""
        return Answer("accepted", gettext("kept in the mailbox"))
