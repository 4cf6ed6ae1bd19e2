"""SMTP: letter after letter over one connection, in as few steps as its server takes them."""

from __future__ import annotations

import re
import smtplib
import time
from collections.abc import Sequence
from typing import Final, Self

from django.utils.translation import gettext

from notifications.delivery.letters import Answer, Letter, LineDownError
from notifications.delivery.refusals import blames_sender
from notifications.delivery.wire import Wire
from notifications.emails.addresses import one_line

REPLY_CHARACTERS: Final = 500

GO_ON: Final = 354  # the answer to DATA
CLOSING: Final = 421  # the last answer before a server hangs up
OUT_OF_ORDER: Final = 503
GROUP: Final = 3  # MAIL, RCPT, DATA


_Said = tuple[int, bytes | str]  # a code, and words


class _AnewError(Exception):
    """The server has not taken the letter, which is to be begun anew over another connection."""

    def __init__(self, cause: OSError) -> None:
        super().__init__(str(cause))
        self.cause = cause


class SmtpTransport:
    """One connection to the server of EMAIL_URL, opened when it is needed and when it was lost.

    Where the server takes commands in groups, the envelope of the letter that follows leaves in one
    go with the content of the one before it, as RFC 2920 (3.1) allows: a letter is one step then.
    What a server refuses of that is said once more without it; where it takes no content so, or is
    silent, nothing more is said ahead.
    """

    def __init__(self) -> None:
        self._wire: Wire | None = None
        self._ahead: tuple[str, str] | None = None  # the envelope that the server has already
        self._goes_ahead = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """What ended the run in the midst of a letter leaves a server that waits for content."""
        if kind is not None:
            self._hang_up()
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
            code, words, is_begun = error.smtp_code, error.smtp_error, False
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
        if self._wire is not None and self._ahead in (None, (letter.sender, letter.recipient)):
            self._wire.until = letter.until
            following = letter.following if self._goes_ahead else ""
            try:
                return self._exchange(self._wire, letter, following)
            except _AnewError:
                pass
        self._hang_up()
        letter.meanwhile()  # opening a connection may take long
        if letter.until <= time.monotonic():
            raise TimeoutError  # for this letter; the line may be well
        self._wire = _opened(letter.until)
        try:
            return self._exchange(self._wire, letter, "")
        except _AnewError as error:
            raise error.cause from error

    def _exchange(
        self, wire: Wire, letter: Letter, following: str
    ) -> tuple[int, bytes | str, bool]:
        """The last answer of the server, and whether it had taken MAIL FROM. Raises _AnewError."""
        mail, recipient = _envelope(letter.sender, letter.recipient)
        is_said, self._ahead = self._ahead is not None, None
        code: int
        words: bytes | str
        try:
            if is_said:
                code, words = wire.answer_after(letter.meanwhile)
            else:
                first = _group(letter.sender, letter.recipient) if wire.does_pipeline else mail
                code, words = wire.ask(first, letter.meanwhile)
        except OSError as error:
            # Silence may mean that the server has dropped what was said ahead.
            self._goes_ahead &= not (is_said and isinstance(error, TimeoutError))
            raise _AnewError(error) from error
        is_begun = _is_positive(code)
        if code == CLOSING or (is_said and not is_begun):
            self._goes_ahead &= code == CLOSING
            raise _AnewError(smtplib.SMTPResponseException(code, words))
        if wire.does_pipeline:
            answers = self._answers(wire, (code, words), is_said=is_said)
            return *self._after_group(wire, letter, following, answers), is_begun
        if is_begun:
            code, words = wire.ask(recipient)
        if _is_positive(code):
            code, words = wire.ask("DATA")
            if code != GO_ON:
                return *self._no_answer_to_data(code, words), is_begun
            code, words = wire.send(_content(letter.mail), letter.meanwhile)
        return code, words, is_begun

    def _answers(self, wire: Wire, first: _Said, *, is_said: bool) -> list[_Said]:
        """The answers to MAIL, RCPT and DATA sent at once, as far as they come.

        Raises _AnewError where the server does not go by the order of what was said ahead.
        """
        answers = [first]
        try:
            while len(answers) < GROUP and answers[-1][0] != CLOSING:
                answers.append(wire.next_answer())
        except OSError:
            self._goes_ahead &= not is_said
            self._hang_up()
            if _refusal(answers) is None:
                raise
        refusal = _refusal(answers)
        code, words = refusal or answers[-1]
        is_of_order = code == OUT_OF_ORDER if refusal else code not in (GO_ON, CLOSING)
        if is_said and is_of_order:
            self._goes_ahead = False
            raise _AnewError(smtplib.SMTPResponseException(code, words))
        return answers

    def _after_group(
        self, wire: Wire, letter: Letter, following: str, answers: Sequence[_Said]
    ) -> _Said:
        """What follows the answers to a group of commands.

        The content leaves only if all three were taken. A server that waits for content although it
        refused the sender or the recipient is hung up on: it must not take a letter from that.
        """
        refusal = _refusal(answers)
        if refusal is None and answers[-1][0] == GO_ON:
            return self._hand_over(wire, letter, following)
        if answers[-1][0] == GO_ON:
            self._hang_up()
        return refusal or self._no_answer_to_data(*answers[-1])

    def _hand_over(self, wire: Wire, letter: Letter, following: str) -> _Said:
        """The content, and with it the envelope of the letter that follows, if there is one.

        Raises _AnewError where the server refuses both together. A server that answers nothing, or
        what is neither consent nor refusal, may have taken the letter.
        """
        content = _content(letter.mail)
        if not following:
            return wire.send(content, letter.meanwhile)
        self._ahead = (letter.sender, following)
        self._goes_ahead = False  # until it was taken so
        group = f"{_group(*self._ahead)}\r\n".encode("ascii")
        code, words = wire.send(content + group, letter.meanwhile)
        if _is_positive(code):
            self._goes_ahead = True
        elif code == CLOSING or not 400 <= code < 600:
            self._hang_up()
        else:
            raise _AnewError(smtplib.SMTPResponseException(code, words))
        return code, words

    def _no_answer_to_data(self, code: int, words: bytes | str) -> _Said:
        """An answer other than 354: no letter was handed over, whatever a strange server says.

        One that does not refuse may be waiting for content: it must not take a command for that.
        """
        if 400 <= code < 600:
            return code, words
        self._hang_up()
        return 451, words

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
        wire, self._wire, self._ahead = self._wire, None, None
        if wire is not None:
            wire.hang_up()

    def _close(self) -> None:
        """With QUIT, but not to a server that may be waiting for content."""
        if self._ahead is not None:
            self._hang_up()
        wire, self._wire = self._wire, None
        if wire is not None:
            wire.quit()


def _envelope(sender: str, recipient: str) -> tuple[str, str]:
    return f"MAIL FROM:<{sender}>", f"RCPT TO:<{recipient}>"


def _group(sender: str, recipient: str) -> str:
    """The commands before the content, of which DATA must be the last (RFC 2920)."""
    return "\r\n".join((*_envelope(sender, recipient), "DATA"))


def _content(mail: bytes) -> bytes:
    """The content as it is transferred: lines ended by CRLF, their first dot doubled, the end."""
    stuffed = mail.replace(b"\n.", b"\n..")
    if stuffed.startswith(b"."):
        stuffed = b"." + stuffed
    return stuffed + (b".\r\n" if stuffed.endswith(b"\r\n") else b"\r\n.\r\n")


def _refusal(answers: Sequence[_Said]) -> _Said | None:
    """The first answer to MAIL or RCPT that is no consent."""
    return next((one for one in answers[:2] if not _is_positive(one[0])), None)


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
