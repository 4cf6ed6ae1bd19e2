"""The server that all mail of the benchmarks goes to: it takes every mail, counts and drops it.

A process of its own (``python -m benchmarks.sink``) prints its port and serves until its input
ends; for every line of it, it prints how many mails it took.
"""

from __future__ import annotations

import asyncio
import sys
from functools import partial

from aiosmtpd.smtp import SMTP, Envelope, Session


class Counting:
    """Takes every mail."""

    def __init__(self) -> None:
        self.count = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002
        """One mail more."""
        self.count += 1
        return "250 OK"


async def main() -> None:
    """Serve until the input ends."""
    loop, counting = asyncio.get_running_loop(), Counting()
    server = await loop.create_server(partial(SMTP, counting), "127.0.0.1", 0)
    async with server:
        print(server.sockets[0].getsockname()[1], flush=True)
        while await asyncio.to_thread(sys.stdin.readline):
            print(counting.count, flush=True)


if __name__ == "__main__":
    asyncio.run(main())
