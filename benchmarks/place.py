"""Where rows are measured: a database of their own, thrown away afterwards, never the user's."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import psycopg

from benchmarks.measuring import Outcome
from tests.infrastructure import postgres

ROOT: Final = Path(__file__).resolve().parents[1]
# As PostgreSQL comes, but that it does not wait for the disk: the loop it is held against does not
# either. A commit survives the end of any process, not the loss of power.
OPTIONS: Final = {"listen_addresses": "127.0.0.1", "max_connections": "60", "fsync": "off"}


@contextlib.contextmanager
def database(folder: Path) -> Iterator[str]:
    """The address of an empty PostgreSQL database, or nothing where none is installed."""
    programs = postgres.find_programs()
    if programs is None:
        yield ""
        return
    with postgres.cluster(programs, options=OPTIONS) as url:
        name = f"bench_{folder.name.replace('-', '_').lower()}"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        yield f"{url.rpartition('/')[0]}/{name}"


@contextlib.contextmanager
def sink() -> Iterator[int]:
    """The port of an SMTP server that runs as a process of its own."""
    command = [sys.executable, "-m", "benchmarks.sink"]
    pipe = subprocess.PIPE
    server = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT)
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        yield int(server.stdout.readline())
    finally:
        server.stdin.close()
        server.wait(timeout=10)
        server.stdout.close()


def environment(folder: Path, url: str, port: int) -> dict[str, str]:
    """In which a process works on that database and that server alone."""
    own = {"DATABASE_URL", "EMAIL_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "PORT"}
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in own and not name.startswith("TREATYFLOW_")
    }
    return {
        **inherited,
        "DJANGO_SETTINGS_MODULE": "treatyflow.settings.dev",
        "TREATYFLOW_DATA": str(folder),
        "REDIS_URL": "redis://127.0.0.1:1",
        "DATABASE_URL": url,
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
    }


def measure(subject: str) -> dict[str, Outcome]:
    """Let a process of its own measure the rows of a subject, and return them by name."""
    with tempfile.TemporaryDirectory(prefix="treatyflow-bench-") as name:
        folder = Path(name)
        with database(folder) as url, sink() as port:
            command = [sys.executable, "-m", "benchmarks.inside", subject]
            done = subprocess.run(
                command,
                env=environment(folder, url, port),
                cwd=ROOT,
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
    data: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return {row["row"]: Outcome(**row) for row in data}
