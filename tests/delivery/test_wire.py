"""A server that answers slowly cannot keep a letter for longer than it may take."""

from __future__ import annotations

import contextlib
import math
import smtplib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pytest_django import Settings

from notifications.delivery import Answer, Letter, SmtpTransport
from notifications.delivery.wire import Wire

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
    """A socket that says the same answer, each time after a while, and notes its options."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.options: list[tuple[int, int, int]] = []

    def settimeout(self, _seconds: float) -> None:
        return None

    def setsockopt(self, *option: int) -> None:
        self.options.append(option)  # type: ignore[arg-type]

    def recv(self, _most: int) -> bytes:
        time.sleep(self.seconds)
        return b"250 OK\r\n"


@pytest.mark.skipif(not hasattr(socket, "TCP_QUICKACK"), reason="the system has no such option")
@pytest.mark.parametrize(
    ("does_pipeline", "seconds", "is_quick"),
    [(True, 0.04, True), (True, 0.0, False), (False, 0.04, False)],
)
def test_a_group_waits_once_alone_for_a_late_acknowledgement(
    *, does_pipeline: bool, seconds: float, is_quick: bool
) -> None:
    smtp = smtplib.SMTP()
    smtp.esmtp_features = {"pipelining": ""} if does_pipeline else {}
    smtp.does_esmtp = True
    line = Line(seconds)
    wire = Wire(smtp, line, math.inf)  # type: ignore[arg-type]
    quick = (socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
    assert wire.next_answer() == (250, b"OK")
    assert quick not in line.options
    wire.next_answer()
    assert (quick in line.options) is is_quick


class Saying:
    """A server that greets, and then says what it was made with to all that comes."""

    def __init__(self, settings: Settings, said: bytes) -> None:
        self._said = said
        self._listening = socket.create_server(("127.0.0.1", 0))
        settings.EMAIL_HOST, settings.EMAIL_PORT = self._listening.getsockname()
        settings.EMAIL_TIMEOUT = 5
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._listening.close()
        self._thread.join()

    def _serve(self) -> None:
        line, _ = self._listening.accept()
        with line, line.makefile("rb") as commands, contextlib.suppress(OSError):
            line.sendall(b"220 x\r\n")
            for command in commands:
                line.sendall(b"250 x\r\n" if command[:4].upper() == b"EHLO" else self._said)


@contextmanager
def hung_up(wire: Wire) -> Iterator[Wire]:
    try:
        yield wire
    finally:
        wire.hang_up()


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (b"250 fine\r\n", (250, b"fine")),
        (b"550-no\r\n550-such\r\n550 person\r\n", (550, b"no\nsuch\nperson")),
        (b"250\r\n", (250, b"")),
        (b"250 bare end\n", (250, b"bare end")),
        (b"what?\r\n", (-1, b"?")),
        (b"250-fine\r\nbut\r\n", (-1, b"fine\n")),
        (b"\r\n", (-1, b"")),
    ],
)
def test_answers_are_read_as_rfc_5321_has_them(
    settings: Settings, said: bytes, answer: tuple[int, bytes]
) -> None:
    with Saying(settings, said), hung_up(Wire.open()) as wire:
        assert wire.ask("NOOP") == answer


def test_a_line_without_end_is_no_answer(settings: Settings) -> None:
    with Saying(settings, b"250 " + b"x" * 20_000), hung_up(Wire.open()) as wire:
        with pytest.raises(ConnectionError, match="without end"):
            wire.ask("NOOP")
        with pytest.raises(OSError, match="Bad file"):
            wire.ask("NOOP")


def test_the_last_part_of_a_letter_is_not_held_back(settings: Settings) -> None:
    with dripping(settings, does_pipeline=False), hung_up(Wire.open()) as wire:
        assert wire._line.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
