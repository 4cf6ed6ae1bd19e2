"""A real SMTP server that takes mail, refuses it, dawdles, or hangs up, as it is told."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from pytest_django import Settings


@dataclass(frozen=True)
class Received:
    """One message that was taken, as it came over the wire."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        """The message, parsed."""
        return message_from_bytes(self.content, policy=policy.default)  # type: ignore[return-value]


class Sink:
    """What the server took, and how it answers from now on; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._received: list[Received] = []
        self._server: Server | None = None
        self._port = 0
        self.connections = 0
        self.answer_sender = ""
        self.answer_recipient: dict[str, str] = {}
        self.answer_data = ""
        self.seconds_a_message = 0.0
        self.hang_ups_after_data = 0

    @property
    def port(self) -> int:
        """The port on 127.0.0.1."""
        return self._port

    @property
    def url(self) -> str:
        """The server as an ``EMAIL_URL``."""
        return f"smtp://127.0.0.1:{self._port}"

    @property
    def received(self) -> list[Received]:
        """All messages taken so far, in their order."""
        with self._lock:
            return list(self._received)

    def addresses(self) -> list[str]:
        """The recipients of all messages taken so far, sorted, repeats included."""
        return sorted(address for one in self.received for address in one.recipients)

    def take(self, envelope: Envelope) -> None:
        """Keep a message."""
        content = envelope.content or b""
        with self._lock:
            self._received.append(
                Received(
                    sender=envelope.mail_from or "",
                    recipients=tuple(envelope.rcpt_tos),
                    content=content.encode() if isinstance(content, str) else content,
                )
            )

    def clear(self) -> None:
        """Forget what was taken and answer as a willing server does."""
        self.come_back()
        server, port = self._server, self._port
        self.__init__()  # type: ignore[misc]
        self._server, self._port = server, port

    def go_down(self) -> None:
        """Close the port: nobody listens until ``come_back``."""
        if self._server:
            self._server.stop()
            self._server = None

    def come_back(self) -> None:
        """Listen, on the same port as before."""
        if self._server is None:
            self._server = Server(Handler(self), hostname="127.0.0.1", port=self._port)
            self._server.start()
            self._port = self._server.port


@dataclass
class Handler:
    """aiosmtpd's questions, answered as the sink says."""

    sink: Sink
    hung_up: list[SMTP] = field(default_factory=list)

    async def handle_EHLO(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        self.sink.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.sink.answer_sender:
            return self.sink.answer_sender
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := self.sink.answer_recipient.get(address, self.sink.answer_recipient.get("*")):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.sink.seconds_a_message:
            await asyncio.sleep(self.sink.seconds_a_message)
        if self.sink.answer_data:
            return self.sink.answer_data
        self.sink.take(envelope)
        if self.sink.hang_ups_after_data > 0:
            self.sink.hang_ups_after_data -= 1
            if server.transport is not None:
                server.transport.abort()
        return "250 OK"


class Server(Controller):
    """The server on a port that the system chooses."""

    def _trigger_server(self) -> None:
        if self.server is None:
            raise AssertionError("the server is made before it is triggered")
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()

    def factory(self) -> Any:
        return SMTP(self.handler, hostname="sink.example", enable_SMTPUTF8=True)


@pytest.fixture(scope="session")
def _sink_of_the_run() -> Iterator[Sink]:
    sink = Sink()
    sink.come_back()
    yield sink
    sink.go_down()


@pytest.fixture
def smtp_sink(_sink_of_the_run: Sink, settings: Settings) -> Sink:
    """An empty, willing SMTP server, and this process's settings pointing to it.

    A worker is pointed to it by ``start_worker(EMAIL_URL=smtp_sink.url)``.
    """
    _sink_of_the_run.clear()
    settings.TREATYFLOW_MAIL_TRANSPORT = "smtp"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = _sink_of_the_run.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    return _sink_of_the_run
