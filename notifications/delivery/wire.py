"""Wire: one connection to the mail server, on which no letter takes longer than it may.

A time-out of a socket holds for each wait alone: a server that answers slowly, or by single bytes,
would keep a letter for as long as it likes, while another worker takes the message over.
"""

from __future__ import annotations

import math
import smtplib
import socket
import ssl
import time
from collections.abc import Callable
from typing import Final, Self

from django.conf import settings

_OVER: Final = "timed out"  # in the words of the library
_LONGEST: Final = 8192  # bytes of a line of an answer; RFC 5321 (4.5.3.1.5) has 512
_CHUNK: Final = 4096  # bytes read at once

# Acknowledge at once (Linux): a server that answers a group by single writes may hold back the
# second answer until the first is acknowledged, which otherwise takes 40 ms.
_QUICK: Final[int | None] = getattr(socket, "TCP_QUICKACK", None)
_HELD_BACK: Final = 0.03  # seconds; a shorter wait is none for an acknowledgement


class Wire:
    """The connection, opened by the EMAIL_… settings. Raises OSError or ValueError."""

    def __init__(self, smtp: smtplib.SMTP, line: socket.socket, until: float) -> None:
        self._smtp = smtp
        self._line = line
        self.until = until  # monotonic seconds
        self.does_pipeline = smtp.has_extn("pipelining")
        self._timeout = settings.EMAIL_TIMEOUT
        self._said = b""  # what came after the last answer
        self._acknowledges_at_once = False
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    @classmethod
    def open(cls, *, until: float = math.inf) -> Self:
        """A connection ready for letters, by ``until`` (monotonic seconds)."""
        host, port, name = settings.EMAIL_HOST, settings.EMAIL_PORT, settings.TREATYFLOW_HOST
        timeout = _left(until, settings.EMAIL_TIMEOUT)
        smtp: smtplib.SMTP
        if settings.EMAIL_USE_SSL:
            context = ssl.create_default_context()
            smtp = smtplib.SMTP_SSL(host, port, name, timeout=timeout, context=context)
        else:
            smtp = smtplib.SMTP(host, port, name, timeout=timeout)
        try:
            if settings.EMAIL_USE_TLS:
                smtp.starttls(context=ssl.create_default_context())
            if settings.EMAIL_HOST_USER:
                smtp.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
            smtp.ehlo_or_helo_if_needed()
            if smtp.sock is None:
                raise ConnectionResetError
            return cls(smtp, smtp.sock, until)
        except BaseException:
            smtp.close()
            raise

    def ask(
        self, command: str, meanwhile: Callable[[], object] = lambda: None
    ) -> tuple[int, bytes]:
        """The answer to a command, or to the first of a group sent in one go (RFC 2920).

        ``meanwhile`` is called before the answer is waited for.
        Addresses in it are as ``emails.deliverable`` makes them, so that none ends a command.
        """
        self._put(f"{command}\r\n".encode("ascii"))
        return self.answer_after(meanwhile)

    def answer_after(self, meanwhile: Callable[[], object]) -> tuple[int, bytes]:
        """The next answer; ``meanwhile`` is called first, and where it fails the line ends."""
        try:
            meanwhile()
        except BaseException:
            self.hang_up()  # the answers are still to come, and belong to no other letter
            raise
        return self.next_answer()

    def send(self, content: bytes, meanwhile: Callable[[], object]) -> tuple[int, bytes]:
        """Send bytes as they are; the answer to them, before which ``meanwhile`` is called."""
        self._put(content)
        return self.answer_after(meanwhile)

    def next_answer(self) -> tuple[int, bytes]:
        """The code and the words of the next answer; -1 where it begins with no code.

        Raises OSError where it is lost or silent, or a line of an answer has no end.
        """
        words = []
        while True:
            line = self._next_line()
            words.append(line[4:].strip())
            if line[3:4] != b"-" or not line[:3].isdigit():
                code = int(line[:3]) if line[:3].isdigit() else -1
                return code, b"\n".join(words)

    def quit(self) -> None:
        """Say good-bye, if the server listens."""
        self.until = time.monotonic() + self._timeout
        try:
            self.ask("QUIT")
        except OSError:
            pass
        finally:
            self.hang_up()

    def hang_up(self) -> None:
        """Without QUIT, which the server might take for content."""
        self._smtp.close()

    def _put(self, content: bytes) -> None:
        self._line.settimeout(_left(self.until, self._timeout))
        self._line.sendall(content)

    def _next_line(self) -> bytes:
        while True:
            line, end, rest = self._said.partition(b"\n")
            if end:
                self._said = rest
                return line
            if len(line) > _LONGEST:
                self.hang_up()
                raise ConnectionError("an answer without end")
            self._said += self._more()

    def _more(self) -> bytes:
        """What the server says next, within the time that is left."""
        self._line.settimeout(_left(self.until, self._timeout))
        if self._acknowledges_at_once and _QUICK is not None:
            self._line.setsockopt(socket.IPPROTO_TCP, _QUICK, 1)
        began = time.monotonic()
        said = self._line.recv(_CHUNK)
        if not said:
            raise ConnectionResetError
        # Learnt by the first wait: with all others each answer would cost a packet of its own.
        if self.does_pipeline and time.monotonic() - began > _HELD_BACK:
            self._acknowledges_at_once = True
        return said


def _left(until: float, most: float) -> float:
    """The seconds that one wait may take. Raises TimeoutError where none are left."""
    left = min(until - time.monotonic(), most)
    if left <= 0:
        raise TimeoutError(_OVER)
    return left
