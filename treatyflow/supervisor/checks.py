"""What must hold before anything starts; each refusal is one sentence that says what to do."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import socket
import tempfile
import time
from pathlib import Path

from django.db import DatabaseError, connection
from kombu.exceptions import OperationalError

from treatyflow.celery import app

# A killed run's last processes end within seconds; a new run waits for them rather than refusing.
WAIT_FOR_THE_DEAD_SECONDS = 10.0
ANSWER_SECONDS = 5


class RefusedError(Exception):
    """The run cannot start or go on; its text is the sentence for the person at the terminal."""


def open_data_folder(path: Path) -> None:
    """Make the data folder, for this user alone, and see that it can be written."""
    try:
        if not path.exists():
            path.mkdir(mode=0o700, parents=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise RefusedError(
            f"The data folder “{path}” cannot be used ({reason}); "
            "name another with TREATYFLOW_DATA=dir."
        ) from error


def take_lock(path: Path) -> int:
    """Return the data folder's lock file, locked until the last process that holds it has ended."""
    lock = os.open(path / "run.lock", os.O_RDWR | os.O_CREAT, 0o600)
    end = time.monotonic() + WAIT_FOR_THE_DEAD_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if _is_alive(_process_named_in(lock)) or time.monotonic() > end:
                raise RefusedError(
                    f"TreatyFlow already runs on the data folder “{path}”; "
                    "end that run first, or name another folder with TREATYFLOW_DATA=dir."
                ) from error
            time.sleep(0.1)
        else:
            os.ftruncate(lock, 0)
            os.pwrite(lock, str(os.getpid()).encode(), 0)
            return lock


def _process_named_in(lock: int) -> int:
    text = os.pread(lock, 32, 0)
    return int(text) if text.isdigit() else 0


def _is_alive(process: int) -> bool:
    if process <= 0:
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def check_port(port: int) -> None:
    """See that the port can be opened."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as candidate:
        candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            candidate.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                sentence = f"Port {port} is taken by another program"
            else:
                sentence = f"Port {port} cannot be opened ({os.strerror(error.errno or 0)})"
            raise RefusedError(
                f"{sentence}; choose another, such as PORT={9000 if port != 9000 else 9001}."
            ) from error


def check_database() -> None:
    """See that the database answers."""
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        raise RefusedError(f"The database does not answer: {_first_line(error)}") from error
    finally:
        with contextlib.suppress(DatabaseError):
            connection.close()


def check_redis() -> None:
    """See that the Redis server of REDIS_URL answers."""
    options = {"socket_connect_timeout": ANSWER_SECONDS, "socket_timeout": ANSWER_SECONDS}
    try:
        with app.connection_for_write(transport_options=options) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=ANSWER_SECONDS)
    except (OperationalError, OSError) as error:
        raise RefusedError(
            f"The Redis server of REDIS_URL does not answer: {_first_line(error)}"
        ) from error


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
