"""``manage.py run`` as a real process, and what it started."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.infrastructure.brokers import wait_until

ROOT = Path(__file__).resolve().parents[2]
NOT_INHERITED = {"DATABASE_URL", "REDIS_URL", "EMAIL_URL", "TREATYFLOW_BASE_URL", "PORT"}


def free_port() -> int:
    """Return a port on which nobody listens at the moment."""
    with socket.socket() as candidate:
        candidate.bind(("127.0.0.1", 0))
        return int(candidate.getsockname()[1])


def is_alive(process: int) -> bool:
    """Say whether a process runs; one that ended and waits to be noticed does not."""
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return bool(state) and not state.startswith("Z")


class Run:
    """One run on a data folder; what it says stands in ``log``."""

    def __init__(self, data: Path, log: Path, **environment: str) -> None:
        self.log = log
        self.port = environment.setdefault("PORT", str(free_port()))
        inherited = {key: value for key, value in os.environ.items() if key not in NOT_INHERITED}
        defaults = {
            "DJANGO_SETTINGS_MODULE": "treatyflow.settings.dev",
            "TREATYFLOW_DATA": str(data),
            "TREATYFLOW_DEMO": "0",
        }
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "run"],
                cwd=ROOT,
                env=inherited | defaults | environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def said(self) -> str:
        """Return all that it printed so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def lines(self) -> list[str]:
        """Return what the supervisor itself said, line by line."""
        return [
            line.partition("| ")[2] for line in self.said().splitlines() if line.startswith("run ")
        ]

    def wait_for(self, text: str, seconds: float = 60) -> None:
        """Wait until it prints ``text``."""
        wait_until(
            lambda: text in self.said() or self.process.poll() is not None,
            seconds,
            f"the line “{text}”",
        )
        assert text in self.said(), self.said()

    def wait_until_up(self) -> None:
        """Wait until the address is printed and the worker takes tasks."""
        self.wait_for(f"TreatyFlow is at http://127.0.0.1:{self.port}/")
        self.wait_for("treatyflow.celery: ready")

    def end(self, seconds: float = 60) -> int:
        """Wait until it has ended; return its exit status."""
        return self.process.wait(timeout=seconds)

    def status_of(self, path: str) -> int:
        """Ask for a page and return the status of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", int(self.port), timeout=10)
        with contextlib.closing(connection):
            connection.request("GET", path)
            return connection.getresponse().status

    def descendants(self) -> dict[int, str]:
        """Return the processes under it, with their command lines."""
        listing = subprocess.run(
            ["ps", "-ww", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True
        ).stdout
        rows = [line.split(None, 2) for line in listing.splitlines()]
        family = {self.process.pid}
        found: dict[int, str] = {}
        for _ in range(5):  # deeper than the family is
            for pid, parent, command in (row for row in rows if len(row) == 3):
                if int(parent) in family:
                    family.add(int(pid))
                    found[int(pid)] = command
        return {pid: command for pid, command in found.items() if not command.startswith("ps ")}

    def clear_away(self) -> None:
        """End it, whatever the test did."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def wait_until_gone(processes: dict[int, str], seconds: float) -> None:
    """Fail where one of them still runs after ``seconds``."""
    end = time.monotonic() + seconds
    while left := {pid: text for pid, text in processes.items() if is_alive(pid)}:
        assert time.monotonic() < end, f"left behind: {left}"
        time.sleep(0.1)
