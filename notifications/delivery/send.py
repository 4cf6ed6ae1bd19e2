"""Send: the ways out of the house, one protocol for all of them."""

from __future__ import annotations

import math
import re
import smtplib
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Final, Literal, NamedTuple, Protocol, Self

from django.conf import settings
from django.utils.translation import gettext

from notifications.delivery.refusals import blames_sender
from notifications.delivery.wire import Wire
from notifications.emails.addresses import one_line
from notifications.models import Case

REPLY_CHARACTERS: Final = 500

# A letter is begun in the first third of a lease alone, and given up before another worker may take
# the message: its mark must stand by then.
BEGIN_SHARE: Final = 1 / 3
END_SHARE: Final = 9 / 10

GO_ON: Final = 354  # the answer to DATA
CLOSING: Final = 421  # the last answer before a server hangs up
GROUP: Final = 3  # MAIL, RCPT, DATA


class Letter(NamedTuple):
    """A mail on its way: the addresses on its envelope and its bytes.

    ``until``: when it is given up if the server has not taken it (monotonic seconds).
    ``meanwhile`` may be called while the server is at work on it, once or more often.
    """

    sender: str
    recipient: str
    mail: bytes
    until: float = math.inf
    meanwhile: Callable[[], None] = lambda: None


class Answer(NamedTuple):
    """What became of a letter, and the words of the server, without the recipient's address.

    ``is_our_fault`` says of a refusal that it is about the sender or the configuration, not about
    the recipient.
    """

    outcome: Literal["accepted", "deferred", "refused"]
    reply: str
    is_our_fault: bool = False


class _NotBegunError(Exception):
    """The line was lost before the server took the first command of a letter."""

    def __init__(self, cause: OSError) -> None:
        super().__init__(str(cause))
        self.cause = cause


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
        self._wire: Wire | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def send(self, letter: Letter) -> Answer:
        """Hand over one letter; 4xx and a lost connection are deferred, 5xx is refused.

        A server that hangs up after the content, or is silent until the letter is given up, may
        have taken it: it is deferred and comes again under the same Message-ID.
        """
        code: int
        words: bytes | str
        try:
            code, words, is_begun = self._transact(letter)
        except smtplib.SMTPResponseException as error:
            code, words = _no_answer_to_data(error.smtp_code, error.smtp_error)
            is_begun = False
        except OSError as error:
            self._hang_up()
            return Answer("deferred", _without(letter.recipient, _told(error)))
        reply = _without(letter.recipient, _reply(code, words))
        if _is_positive(code):
            return Answer("accepted", reply)
        self._recover(code)
        if 500 <= code < 600:
            return Answer("refused", reply, is_our_fault=not is_begun or blames_sender(reply))
        return Answer("deferred", reply)

    def _transact(self, letter: Letter) -> tuple[int, bytes | str, bool]:
        """One letter, and whether its sender was taken; anew where the old connection is gone."""
        if self._wire is not None:
            self._wire.until = letter.until
            try:
                code, words, is_begun = self._exchange(self._wire, letter)
            except _NotBegunError:
                code, words, is_begun = CLOSING, b"", False
            if is_begun or code != CLOSING:
                return code, words, is_begun
            self._close()
        letter.meanwhile()  # opening a connection may take long
        if letter.until <= time.monotonic():
            raise TimeoutError  # for this letter; the line may be well
        self._wire = _opened(letter.until)
        try:
            return self._exchange(self._wire, letter)
        except _NotBegunError as error:
            raise error.cause from error

    def _exchange(self, wire: Wire, letter: Letter) -> tuple[int, bytes | str, bool]:
        """The last answer of the server, and whether it had taken MAIL FROM.

        Raises _NotBegunError where the line was lost before that.
        """
        mail, recipient = f"MAIL FROM:<{letter.sender}>", f"RCPT TO:<{letter.recipient}>"
        group = f"{mail}\r\n{recipient}\r\nDATA"
        code: int
        words: bytes | str
        try:
            code, words = wire.ask(group if wire.does_pipeline else mail, letter.meanwhile)
        except OSError as error:
            raise _NotBegunError(error) from error
        is_begun = _is_positive(code)
        if wire.does_pipeline:
            return *self._after_group(wire, letter, code, words), is_begun
        if is_begun:
            code, words = wire.ask(recipient)
        if _is_positive(code):
            code, words = wire.ask("DATA")
            if code != GO_ON:
                return *_no_answer_to_data(code, words), is_begun
            code, words = wire.send(_content(letter.mail))
        return code, words, is_begun

    def _after_group(
        self, wire: Wire, letter: Letter, code: int, words: bytes | str
    ) -> tuple[int, bytes | str]:
        """What follows MAIL, RCPT and DATA sent at once, with the answer to the first of them.

        The content leaves only if all three were taken. A server that waits for content although it
        refused the sender or the recipient is hung up on: it must not take a letter from that.
        """
        answers = [(code, words)]
        try:
            while len(answers) < GROUP and answers[-1][0] != CLOSING:
                answers.append(wire.next_answer())
        except OSError:
            self._hang_up()
            if _refusal(answers) is None:
                raise
        refusal = _refusal(answers)
        if refusal is None and answers[-1][0] == GO_ON:
            return wire.send(_content(letter.mail))
        if answers[-1][0] == GO_ON:
            self._hang_up()
        return refusal or _no_answer_to_data(*answers[-1])

    def _recover(self, code: int) -> None:
        """Clear what the letter that was not taken left behind, for the next one."""
        try:
            is_clear = (
                code != CLOSING and self._wire is not None and self._wire.ask("RSET")[0] == 250
            )
        except OSError:
            is_clear = False
        if not is_clear:
            self._close()

    def _hang_up(self) -> None:
        wire, self._wire = self._wire, None
        if wire is not None:
            wire.hang_up()

    def _close(self) -> None:
        wire, self._wire = self._wire, None
        if wire is not None:
            wire.quit()


def _content(mail: bytes) -> bytes:
    """The content as it is transferred: lines ended by CRLF, their first dot doubled, the end."""
    stuffed = mail.replace(b"\n.", b"\n..")
    if stuffed.startswith(b"."):
        stuffed = b"." + stuffed
    return stuffed + (b".\r\n" if stuffed.endswith(b"\r\n") else b"\r\n.\r\n")


def _refusal(answers: Sequence[tuple[int, bytes | str]]) -> tuple[int, bytes | str] | None:
    """The first answer to MAIL or RCPT that is no consent."""
    return next((one for one in answers[:2] if not _is_positive(one[0])), None)


def _no_answer_to_data(code: int, words: bytes | str) -> tuple[int, bytes | str]:
    """An answer other than 354: no letter was handed over, whatever a strange server says."""
    return (code if code >= 400 else 451), words


def _is_positive(code: int) -> bool:
    return 200 <= code < 300


def _opened(until: float) -> Wire:
    """A connection ready for letters. Raises LineDownError."""
    try:
        return Wire.open(until=until)
    except (OSError, ValueError) as error:
        raise LineDownError(_told(error)) from error


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
    return one_line(f"{type(error).__name__}: {error}")


def _reply(code: int, words: bytes | str) -> str:
    """An answer on one line of signs that can be read: nothing else is kept alike everywhere."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {one_line(text)}".rstrip()


def _without(address: str, reply: str) -> str:
    """The reply without the address: the register names no addresses."""
    if address.lower() in reply.lower():
        reply = re.sub(re.escape(address), "…", reply, flags=re.IGNORECASE)
    return reply[:REPLY_CHARACTERS]
