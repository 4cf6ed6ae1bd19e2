"""A server that answers slowly cannot keep a letter for longer than it may take."""

from __future__ import annotations

import math
import smtplib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pytest_django import Settings

from notifications.delivery import Letter
from notifications.delivery.send import Answer, SmtpTransport
from notifications.delivery.wire import Wire, _Bounded

SLOW = 0.3  # seconds between two bytes, each within the time of a single wait


class Dripping:
    """Greets at once; from MAIL on, its answers come byte by byte."""

    def __init__(self, *, does_pipeline: bool) -> None:
        self.verbs: list[str] = []
        self.extensions = "250-x\r\n250-PIPELINING\r\n250 HELP" if does_pipeline else "250 x"
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]

    def serve(self) -> None:
        line, _ = self._listening.accept()
        with line, line.makefile("rb") as said:
            line.sendall(b"220 x\r\n")
            for command in said:
                verb = command[:4].decode().strip().upper()
                self.verbs.append(verb)
                if verb == "EHLO":
                    line.sendall(f"{self.extensions}\r\n".encode())
                    continue
                try:
                    for byte in b"250 OK\r\n":
                        time.sleep(SLOW)
                        line.sendall(bytes([byte]))
                except OSError:
                    return

    def close(self) -> None:
        self._listening.close()


@contextmanager
def dripping(settings: Settings, *, does_pipeline: bool) -> Iterator[Dripping]:
    server = Dripping(does_pipeline=does_pipeline)
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_TIMEOUT = 5
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        yield server
    finally:
        server.close()
        thread.join()


@pytest.mark.parametrize("does_pipeline", [True, False])
def test_a_letter_is_given_up_in_time_and_its_content_is_not_begun(
    settings: Settings, does_pipeline: bool
) -> None:
    with dripping(settings, does_pipeline=does_pipeline) as server, SmtpTransport() as line:
        letter = Letter("a@b.example", "c@d.example", b"x\r\n", time.monotonic() + 3 * SLOW)
        answer = line.send(letter)

    assert answer.outcome == "deferred"
    assert answer.reply == "The mail server did not answer in time."
    assert server.verbs[:2] == ["EHLO", "MAIL"]
    assert "X" not in server.verbs


def test_a_letter_whose_time_is_over_is_not_begun(settings: Settings) -> None:
    with dripping(settings, does_pipeline=False) as server, SmtpTransport() as line:
        letter = Letter("a@b.example", "c@d.example", b"x\r\n", time.monotonic() + 3 * SLOW)
        line.send(letter)
        late = line.send(letter._replace(until=time.monotonic()))
        assert late == Answer("deferred", "The mail server did not answer in time.")

    assert server.verbs.count("MAIL") == 1


class Line:
    """A socket that says one answer, and notes which options were set before it was read."""

    def __init__(self) -> None:
        self.options: list[tuple[int, int, int]] = []

    def settimeout(self, _seconds: float) -> None:
        return None

    def setsockopt(self, *option: int) -> None:
        self.options.append(option)  # type: ignore[arg-type]

    def recv_into(self, buffer: bytearray) -> int:
        buffer[:8] = b"250 OK\r\n"
        return 8


@pytest.mark.skipif(not hasattr(socket, "TCP_QUICKACK"), reason="the system has no such option")
@pytest.mark.parametrize("does_pipeline", [True, False])
def test_a_group_is_answered_without_waiting_for_late_acknowledgements(
    *, does_pipeline: bool
) -> None:
    smtp = smtplib.SMTP()
    smtp.esmtp_features = {"pipelining": ""} if does_pipeline else {}
    line = Line()
    smtp.does_esmtp = True
    said = _Bounded(line, Wire(smtp, math.inf))  # type: ignore[arg-type]
    assert said.read(8) == b"250 OK\r\n"
    quick = (socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
    assert line.options == ([quick] if does_pipeline else [])


def test_the_last_part_of_a_letter_is_not_held_back(settings: Settings) -> None:
    with dripping(settings, does_pipeline=False):
        wire = Wire.open()
        assert wire._smtp.sock is not None
        assert wire._smtp.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        wire.hang_up()
