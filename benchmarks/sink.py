"""The server that all mail of the benchmarks goes to: it takes every mail and drops it.

A process of its own (``python -m benchmarks.sink``) prints its port and serves until its input
ends. Like a mail server it has a process for each connection, so that several senders do not wait
for one another.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import threading
from functools import partial

from aiosmtpd.smtp import SMTP, Envelope, Session


class Dropping:
    """Takes every mail."""

    async def handle_EHLO(
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,
        envelope: Envelope,  # noqa: ARG002
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        """It takes commands in groups (RFC 2920), as mail servers do; the library can, unsaid."""
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", responses[-1]]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002
        """It is dropped."""
        return "250 OK"


async def _talk(line: socket.socket) -> None:
    """Serve one connection until it is closed."""
    loop, closed = asyncio.get_running_loop(), asyncio.Event()

    class Talk(SMTP):
        def connection_lost(self, error: Exception | None) -> None:
            super().connection_lost(error)
            closed.set()

    await loop.connect_accepted_socket(partial(Talk, Dropping()), line)
    await closed.wait()


def main() -> None:
    """Serve until the input ends."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=64)
    print(listening.getsockname()[1], flush=True)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how a connection ended

    def end() -> None:
        sys.stdin.read()
        os._exit(0)

    threading.Thread(target=end, daemon=True).start()
    while True:
        line, _ = listening.accept()
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as asyncio's own servers do
        if os.fork() == 0:
            listening.close()
            asyncio.run(_talk(line))
            os._exit(0)
        line.close()


if __name__ == "__main__":
    main()
