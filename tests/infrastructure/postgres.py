"""A PostgreSQL cluster for one run of the tests, in a temporary folder."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import psycopg

# Nothing in it must survive a loss of power.
OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "127.0.0.1",
    "max_connections": "60",
}


def find_programs() -> Path | None:
    """Return the folder with ``initdb`` and ``postgres``, the newest version first, or None."""
    installed = Path("/usr/lib/postgresql")
    versions = sorted(
        installed.glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True
    )
    on_path = [
        Path(found).resolve().parent for name in ("initdb",) if (found := shutil.which(name))
    ]
    return next(
        (
            folder
            for folder in (*versions, *on_path)
            if all(os.access(folder / name, os.X_OK) for name in ("initdb", "postgres"))
        ),
        None,
    )


def _as_somebody() -> dict[str, str]:
    """Return how to start processes: PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    return {"user": "postgres" if "postgres" in names else "nobody"}


def _free_port() -> int:
    with socket.socket() as candidate:
        candidate.bind(("127.0.0.1", 0))
        return int(candidate.getsockname()[1])


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError as error:
            if server.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}") from error
            time.sleep(0.1)
        else:
            return


@contextlib.contextmanager
def cluster(
    programs: Path,
    *,
    superuser: str = "treatyflow",
    password: str = "",
    options: Mapping[str, str] = OPTIONS,
) -> Iterator[str]:
    """Yield the address of a database on a fresh cluster, which ends with the block.

    With a password everybody must give one; without, nobody is asked.
    """
    somebody = _as_somebody()
    with tempfile.TemporaryDirectory(prefix="treatyflow-postgres-") as name:
        folder = Path(name)
        if user := somebody.get("user"):
            os.chown(folder, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
        data, secret = folder / "data", folder / "password"
        secret.write_text(password)
        asked = ("--auth", "scram-sha-256", "--pwfile", secret) if password else ("--auth", "trust")
        subprocess.run(
            [
                *(programs / "initdb", "--pgdata", data, "--username", superuser, *asked),
                *("--encoding", "UTF8", "--no-locale", "--no-sync"),
            ],
            check=True,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            **somebody,
        )
        port = _free_port()
        settings = [word for key, value in options.items() for word in ("-c", f"{key}={value}")]
        log = (folder / "log").open("wb")
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, "-p", str(port), "-k", folder, *settings],
            cwd=folder,
            stdout=log,
            stderr=log,
            **somebody,
        )
        try:
            account = f"{superuser}:{password}" if password else superuser
            url = f"postgresql://{account}@127.0.0.1:{port}/postgres"
            _wait_for(url, server, folder / "log")
            yield url
        finally:
            server.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(timeout=10)
            server.kill()
            server.wait()
            log.close()
