"""A fast SMTP server that takes mail and drops or keeps it, and misbehaves when it is told to."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Self

GREETING: Final = b"220 sink.example ready\r\n"
END: Final = b"\r\n.\r\n"
CHUNK: Final = 1 << 18


@dataclass
class Behaviour:
    """What the server does: an answer per command in place of its own, delays, hang-ups.

    ``answers`` are by the verb, ``CONTENT`` for what comes after the content; ``of_recipients`` by
    address, in place of that of RCPT. A careless server waits for content whatever it refused.

    Of commands that came in one go with the content before them, ``of_content_with_more`` answers
    that content (``close`` hangs up, ``silence`` waits; what is no refusal takes it), ``of_ahead``
    each of them, by the verb, and ``drops_what_is_ahead`` loses them.
    """

    answers: dict[str, str] = field(default_factory=dict)
    of_recipients: dict[str, str] = field(default_factory=dict)
    seconds_a_message: float = 0.0
    hang_ups_after_data: int = 0
    announces_pipelining: bool = True
    is_careless: bool = False
    keeps: bool = True
    of_content_with_more: str = ""
    of_ahead: dict[str, str] = field(default_factory=dict)
    drops_what_is_ahead: bool = False


@dataclass(frozen=True)
class Received:
    """One mail: to whom, and its bytes with the dots of the transfer taken out."""

    recipient: str
    content: bytes

    @property
    def message_id(self) -> str:
        """The Message-ID in its head."""
        head = self.content.partition(b"\r\n\r\n")[0].decode("ascii", "replace")
        lines = (line.partition(":") for line in head.split("\r\n"))
        return next(value.strip() for name, _, value in lines if name.lower() == "message-id")


class Sink:
    """The server; ``behaviour`` may be changed while it runs."""

    def __init__(self, behaviour: Behaviour | None = None) -> None:
        self.behaviour = behaviour or Behaviour()
        self.received: list[Received] = []
        self.count = 0
        self.connections = 0
        self.most_at_once = 0  # connections
        self.unended: list[bytes] = []  # what was said of contents that had no end
        self.ahead = 0  # how often commands came in one go with the content before them
        self.port = 0
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._listening: socket.socket | None = None

    @property
    def url(self) -> str:
        """The address as EMAIL_URL has it."""
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def is_open(self) -> bool:
        """Whether somebody is connected."""
        return bool(self._open)

    def __enter__(self) -> Self:
        self.come_back()
        return self

    def __exit__(self, *_: object) -> None:
        self.go_down()

    def come_back(self) -> None:
        """Listen, on the same port as before."""
        self._listening = socket.create_server(("127.0.0.1", self.port), backlog=64)
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listening,), daemon=True).start()

    def go_down(self) -> None:
        """Listen no more, and hang up on everybody."""
        if self._listening is not None:
            with contextlib.suppress(OSError):
                self._listening.shutdown(socket.SHUT_RDWR)
            self._listening.close()
            self._listening = None
        for line in list(self._open):
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def take(self, recipient: str, content: bytes) -> None:
        """Count a mail, and keep it where that is wanted."""
        with self._lock:
            self.count += 1
            if self.behaviour.keeps:
                self.received.append(Received(recipient, content.replace(b"\r\n..", b"\r\n.")))

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                line, _ = listening.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        self._open.add(line)
        self.most_at_once = max(self.most_at_once, len(self._open))
        with line, contextlib.suppress(OSError):
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _Session(self, line).serve()
        self._open.discard(line)


class _Session:
    """One connection."""

    def __init__(self, sink: Sink, line: socket.socket) -> None:
        self._sink = sink
        self._line = line
        self._buffer = b""
        self._replies: list[bytes] = []
        self._has_sender = False
        self._recipient = ""
        self._is_ahead = False
        self._does: dict[str, Callable[[bytes], str]] = {
            "EHLO": self._ehlo,
            "HELO": lambda _: "250 sink.example",
            "MAIL": self._mail,
            "RCPT": self._rcpt,
            "RSET": self._rset,
            "NOOP": lambda _: "250 OK",
        }

    def serve(self) -> None:
        """Answer command after command until the other side hangs up."""
        self._line.sendall(GREETING)
        while True:
            command = self._read(b"\r\n")
            verb = command[:4].decode("ascii", "replace").upper()
            if verb == "QUIT":
                self._say("221 bye")
                self._flush()
                return
            if verb == "DATA":
                if not self._take_content():
                    return
            else:
                self._say(self._does.get(verb, lambda _: "502 unknown")(command))
            if self._replies and self._replies[-1].startswith(b"421"):
                self._flush()
                return

    def _read(self, end: bytes) -> bytes:
        """The bytes up to an end; what was answered so far leaves before it is waited for more."""
        while True:
            found, has_end, rest = self._buffer.partition(end)
            if has_end:
                self._buffer = rest
                return found
            self._flush()
            more = self._line.recv(CHUNK)
            if not more:
                raise ConnectionResetError
            self._buffer += more

    def _say(self, reply: str) -> None:
        self._replies.append(reply.encode() + b"\r\n")

    def _flush(self) -> None:
        if self._replies:
            said = b"".join(self._replies)
            self._replies.clear()
            self._line.sendall(said)

    def _ehlo(self, _: bytes) -> str:
        lines = ["250-sink.example", "250-8BITMIME"]
        if self._sink.behaviour.announces_pipelining:
            lines.append("250-PIPELINING")
        return "\r\n".join([*lines, "250 HELP"])

    def _mail(self, _: bytes) -> str:
        reply = self._of_ahead("MAIL") or self._sink.behaviour.answers.get("MAIL", "250 OK")
        self._has_sender = reply.startswith("2")
        return reply

    def _rcpt(self, command: bytes) -> str:
        address = command.partition(b"<")[2].partition(b">")[0].decode()
        behaviour = self._sink.behaviour
        reply = behaviour.of_recipients.get(address) or behaviour.answers.get("RCPT", "250 OK")
        reply = self._of_ahead("RCPT") or reply
        if not (self._has_sender or behaviour.is_careless):
            return "503 MAIL first"
        if reply.startswith("2"):
            self._recipient = address
        return reply

    def _rset(self, _: bytes) -> str:
        self._has_sender, self._recipient = False, ""
        return "250 OK"

    def _take_content(self) -> bool:
        """DATA and what follows it; False where the server hangs up."""
        behaviour = self._sink.behaviour
        if not (self._recipient or behaviour.is_careless):
            self._say("503 RCPT first")
            return True
        if reply := self._of_ahead("DATA") or behaviour.answers.get("DATA"):
            self._say(reply)
            return not reply.startswith("421") or self._last_words()
        self._say("354 go on")
        content = self._read_content()
        self._is_ahead = bool(self._buffer)
        self._sink.ahead += self._is_ahead
        if behaviour.drops_what_is_ahead:
            self._buffer = b""
        if behaviour.seconds_a_message:
            time.sleep(behaviour.seconds_a_message)
        reply = self._judge(content)
        self._rset(b"")
        if reply == "silence":
            self._line.recv(1)  # until the other side gives up
        if reply in ("close", "silence"):
            return False
        if behaviour.hang_ups_after_data:
            behaviour.hang_ups_after_data -= 1
            return False
        self._say(reply)
        return True

    def _judge(self, content: bytes) -> str:
        """What is said to a content; it is taken where that is no refusal."""
        reply = self._sink.behaviour.answers.get("CONTENT", "250 OK")
        if self._is_ahead:
            reply = self._sink.behaviour.of_content_with_more or reply
        if not reply.startswith(("4", "5", "close", "silence")):
            self._sink.take(self._recipient, content)
        return reply

    def _read_content(self) -> bytes:
        try:
            return self._read(END) + b"\r\n"
        except OSError:
            if self._buffer:
                self._sink.unended.append(self._buffer)
            raise

    def _of_ahead(self, verb: str) -> str:
        return self._sink.behaviour.of_ahead.get(verb, "") if self._is_ahead else ""

    def _last_words(self) -> bool:
        self._flush()
        return False
