"""Send: the ways out of the house, one protocol for all of them."""

from __future__ import annotations

import re
import smtplib
import ssl
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Literal, Protocol, Self

from django.conf import settings
from django.utils.translation import gettext

from notifications.models import Case

REPLY_CHARACTERS: Final = 500

# A letter is begun in the first third of a lease alone; a server that is silent for the rest of it
# is given up before another worker may take the message.
BEGIN_SHARE: Final = 1 / 3
TIMEOUT_SHARE: Final = 2 / 3

# RFC 3463: the second number is the subject; 3 is the mail system, 5 the protocol, 6 the content,
# 7 who may send what (a relay that is denied, a login that is wanted).
_STATUS: Final = re.compile(r"5\.(\d{1,3})\.\d{1,3}")
_SUBJECTS_OF_THE_SENDER: Final = frozenset({"3", "5", "6", "7"})
_BAD_SENDERS: Final = frozenset({"5.1.7", "5.1.8"})
_ABOUT_THE_DIALOGUE: Final = frozenset({"500", "501", "502", "503", "504", "530", "534", "535"})


@dataclass(frozen=True)
class Letter:
    """A mail on its way: the addresses on its envelope and its bytes."""

    sender: str
    recipient: str
    mail: bytes


@dataclass(frozen=True)
class Answer:
    """What became of a letter, and the words of the server, without the recipient's address.

    ``is_our_fault`` says of a refusal that it is about the sender or the configuration, not about
    the recipient.
    """

    outcome: Literal["accepted", "deferred", "refused"]
    reply: str
    is_our_fault: bool = False


class LineDownError(Exception):
    """No letter can be sent at present; the sentence says why."""


class Transport(Protocol):
    """A way out: opened for a run, used for one letter after another, closed."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def send(self, letter: Letter) -> Answer:
        """Hand over one letter. Raises LineDownError where no letter can be handed over."""
        ...


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


class SmtpTransport:
    """One connection to the server of EMAIL_URL, opened when it is needed and when it was lost."""

    def __init__(self) -> None:
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def send(self, letter: Letter) -> Answer:
        """Hand over one letter; 4xx and a lost connection are deferred, 5xx is refused.

        A server that hangs up after the content may have taken the letter: it is deferred and comes
        again under the same Message-ID.
        """
        code: int
        words: bytes | str
        try:
            is_begun, code, words = self._transact(letter)
        except smtplib.SMTPResponseException as error:
            is_begun, code, words = False, error.smtp_code, error.smtp_error
        except OSError as error:
            self._close()
            return Answer("deferred", _without(letter.recipient, _told(error)))
        reply = _without(letter.recipient, _reply(code, words))
        if 200 <= code < 300:
            return Answer("accepted", reply)
        self._recover(code)
        if 500 <= code < 600:
            return Answer("refused", reply, is_our_fault=not is_begun or _blames_sender(reply))
        return Answer("deferred", reply)

    def _transact(self, letter: Letter) -> tuple[bool, int, bytes | str]:
        """The whole dialogue; first, whether the server took the sender."""
        smtp, code, words = self._begin(letter)
        is_begun = 200 <= code < 300
        if is_begun:
            code, words = smtp.rcpt(letter.recipient)
        if 200 <= code < 300:
            code, words = smtp.data(letter.mail)
        return is_begun, code, words

    def _begin(self, letter: Letter) -> tuple[smtplib.SMTP, int, bytes | str]:
        """MAIL FROM; on a new connection where the server has closed the old one meanwhile."""
        if self._smtp is not None:
            try:
                code, words = self._smtp.mail(letter.sender)
            except OSError:
                code, words = 421, b""
            if code != 421:
                return self._smtp, code, words
            self._close()
        self._smtp = _open()
        return self._smtp, *self._smtp.mail(letter.sender)

    def _recover(self, code: int) -> None:
        """Clear what the letter that was not taken left behind, for the next one."""
        try:
            is_clear = code != 421 and self._smtp is not None and self._smtp.rset()[0] == 250
        except OSError:
            is_clear = False
        if not is_clear:
            self._close()

    def _close(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        try:
            smtp.quit()
        except OSError:
            smtp.close()


def _blames_sender(reply: str) -> bool:
    """Whether a refusal is about who sends, how, or what (RFC 5321, RFC 3463), not to whom."""
    code, _space, words = reply.partition(" ")
    status = _STATUS.match(words)
    if status is None:
        return code in _ABOUT_THE_DIALOGUE
    return status[1] in _SUBJECTS_OF_THE_SENDER or status[0] in _BAD_SENDERS


def _open() -> smtplib.SMTP:
    """A connection ready for letters, by the EMAIL_… settings. Raises LineDownError."""
    host, port, name = settings.EMAIL_HOST, settings.EMAIL_PORT, settings.TREATYFLOW_HOST
    timeout = min(settings.EMAIL_TIMEOUT, settings.TREATYFLOW_LEASE_SECONDS * TIMEOUT_SHARE)
    smtp: smtplib.SMTP | None = None
    try:
        if settings.EMAIL_USE_SSL:
            context = ssl.create_default_context()
            smtp = smtplib.SMTP_SSL(host, port, name, timeout=timeout, context=context)
        else:
            smtp = smtplib.SMTP(host, port, name, timeout=timeout)
        if settings.EMAIL_USE_TLS:
            smtp.starttls(context=ssl.create_default_context())
        if settings.EMAIL_HOST_USER:
            smtp.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
        smtp.ehlo_or_helo_if_needed()
    except (OSError, ValueError) as error:
        if smtp is not None:
            smtp.close()
        raise LineDownError(_told(error)) from error
    return smtp


def _told(error: Exception) -> str:
    """A fault of the connection in words."""
    # smtplib tells of a silence as of a lost connection, with the words of the time-out.
    if isinstance(error, TimeoutError) or "timed out" in str(error):
        return gettext("The mail server did not answer in time.")
    match error:
        case smtplib.SMTPResponseException():
            return _reply(error.smtp_code, error.smtp_error)
        case ConnectionRefusedError():
            return gettext("The mail server refused the connection.")
        case smtplib.SMTPServerDisconnected() | ConnectionResetError() | BrokenPipeError():
            return gettext("The mail server closed the connection.")
    return f"{type(error).__name__}: {error}"


def _reply(code: int, words: bytes | str) -> str:
    return f"{code} {words.decode('utf-8', 'replace') if isinstance(words, bytes) else words}"


def _without(address: str, reply: str) -> str:
    """The reply on one line, without the address: the register names no addresses."""
    return " ".join(re.sub(re.escape(address), "…", reply, flags=re.IGNORECASE).split())[
        :REPLY_CHARACTERS
    ]
