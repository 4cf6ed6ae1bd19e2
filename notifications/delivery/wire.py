"""Wire: one connection to the mail server, on which no letter takes longer than it may.

A time-out of a socket holds for each wait alone: a server that answers slowly, or by single bytes,
would keep a letter for as long as it likes, while another worker takes the message over.
"""

from __future__ import annotations

import io
import math
import smtplib
import socket
import ssl
import time
from collections.abc import Callable
from typing import Final, Self

from django.conf import settings

_OVER: Final = "timed out"  # in the words of the library
# Acknowledge at once (Linux): a server that answers a group by single writes may hold back the
# second answer until the first is acknowledged, which otherwise takes 40 ms.
_QUICK: Final[int | None] = getattr(socket, "TCP_QUICKACK", None)


class Wire:
    """The connection, opened by the EMAIL_… settings. Raises OSError or ValueError."""

    def __init__(self, smtp: smtplib.SMTP, until: float) -> None:
        self._smtp = smtp
        self.until = until  # monotonic seconds
        self.does_pipeline = smtp.has_extn("pipelining")
        if smtp.sock is not None:
            smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            smtp.file = io.BufferedReader(_Bounded(smtp.sock, self))

    @classmethod
    def open(cls, *, until: float = math.inf) -> Self:
        """A connection ready for letters, by ``until`` (monotonic seconds)."""
        host, port, name = settings.EMAIL_HOST, settings.EMAIL_PORT, settings.TREATYFLOW_HOST
        timeout = _wait(until)
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
            return cls(smtp, until)
        except BaseException:
            smtp.close()
            raise

    @property
    def wait(self) -> float:
        """The seconds that one wait may take. Raises TimeoutError where none are left."""
        return _wait(self.until)

    def ask(self, command: str, meanwhile: Callable[[], None] = lambda: None) -> tuple[int, bytes]:
        """The answer to a command, or to the first of a group sent in one go (RFC 2920).

        ``meanwhile`` is called before the answer is waited for.
        Addresses in it are as ``emails.deliverable`` makes them, so that none ends a command.
        """
        self._put(f"{command}\r\n".encode("ascii"))
        try:
            meanwhile()
        except BaseException:
            self.hang_up()  # the answers are still to come, and belong to no other letter
            raise
        return self.next_answer()

    def send(self, content: bytes) -> tuple[int, bytes]:
        """Send bytes as they are; the answer to them."""
        self._put(content)
        return self.next_answer()

    def _put(self, content: bytes) -> None:
        if self._smtp.sock is not None:
            self._smtp.sock.settimeout(self.wait)
        self._smtp.send(content)

    def next_answer(self) -> tuple[int, bytes]:
        """The answer to the next command of a group."""
        return self._smtp.getreply()

    def quit(self) -> None:
        """Say good-bye, if the server listens."""
        self.until = time.monotonic() + settings.EMAIL_TIMEOUT
        try:
            self._smtp.quit()
        except OSError:
            self._smtp.close()

    def hang_up(self) -> None:
        """Without QUIT, which the server might take for content."""
        self._smtp.close()


class _Bounded(io.RawIOBase):
    """What the server says, read within the time that the wire has left."""

    def __init__(self, line: socket.socket, wire: Wire) -> None:
        super().__init__()
        self._line = line
        self._wire = wire

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        self._line.settimeout(self._wire.wait)
        if self._wire.does_pipeline and _QUICK is not None:
            self._line.setsockopt(socket.IPPROTO_TCP, _QUICK, 1)
        return self._line.recv_into(buffer)


def _wait(until: float) -> float:
    left = min(until - time.monotonic(), settings.EMAIL_TIMEOUT)
    if left <= 0:
        raise TimeoutError(_OVER)
    return left
