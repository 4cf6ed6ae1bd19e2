"""Waking a worker after the commit; nothing depends on it, the next sweep finds the rows anyway."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal

from celery import current_app
from django.db import transaction
from kombu import Connection

logger = logging.getLogger(__name__)

Knock = Literal["track_deadlines", "send_alerts", "record_responses"]

# A person is waiting for the page: the broker gets this long, and after a failure is left alone for
# a while.
CONNECT_SECONDS: Final = 1
QUIET_SECONDS: Final = 15.0
EXPIRES_SECONDS: Final = 55

_quiet_until = 0.0


def nudge(name: Knock, *, expires: int = EXPIRES_SECONDS) -> None:
    """Ask a worker to do ``name`` soon, after the commit; a broker that is away is only logged.

    ``expires``: so many seconds later no worker takes it any more.
    """
    transaction.on_commit(lambda: _send(name, expires), robust=True)


def is_answering() -> bool:
    """Say whether the broker takes a connection and answers, within about a second."""
    try:
        with _connection():
            return True
    except Exception:  # noqa: BLE001 - whatever the transport raises, it does not answer
        return False


@contextmanager
def _connection() -> Iterator[Connection]:
    """A connection of its own: the pool would try again for ever."""
    limits = {
        "socket_connect_timeout": CONNECT_SECONDS,
        "socket_timeout": CONNECT_SECONDS,
        "max_retries": 0,
    }
    with current_app.connection_for_write(transport_options=limits) as connection:
        connection.ensure_connection(max_retries=1, interval_start=0, timeout=CONNECT_SECONDS)
        yield connection


def _send(name: Knock, expires: int) -> None:
    global _quiet_until  # noqa: PLW0603 - one memory a process: the broker is away for all of it
    if time.monotonic() < _quiet_until:
        return
    try:
        with _connection() as connection:
            current_app.send_task(
                f"notifications.tasks.{name}",
                connection=connection,
                retry=False,
                ignore_result=True,
                expires=expires,
            )
    except Exception as error:  # noqa: BLE001 - whatever the transport raises, the act itself is done
        _quiet_until = time.monotonic() + QUIET_SECONDS
        logger.warning("no worker was woken, the next sweep will find the work: %s", error)
