"""Real Celery workers, as processes of their own, on the database of the test."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection

from tests.infrastructure.brokers import Broker, wait_until

HOSTS = 3  # kept between tests; a test has few environments of its own


class Host:
    """A process that forks workers (``worker_host``), all of them with one environment."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.infrastructure.worker_host"],
            cwd=settings.BASE_DIR,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, log: Path) -> int:
        """Fork a worker that writes to the log; its process id."""
        if self._process.stdin is None or self._process.stdout is None:
            raise AssertionError("the host was made with pipes")
        print(log, file=self._process.stdin, flush=True)
        return int(self._process.stdout.readline())

    def end(self) -> None:
        """Let it end; its workers go on."""
        self._process.communicate()


class Worker:
    """One worker process; what it says stands in ``log``."""

    def __init__(self, log: Path, host: Host) -> None:
        self.log = log
        self.pid = host.start(log)

    def said(self) -> str:
        """Return all that it said so far."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def is_running(self) -> bool:
        """Whether the process is there; its host leaves none behind that has ended."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def wait_until_ready(self) -> None:
        """Wait until it takes tasks."""
        wait_until(
            lambda: "treatyflow.celery: ready" in self.said() or not self.is_running(),
            60,
            "the worker's start",
        )
        if not self.is_running():
            pytest.fail(f"the worker ended at its start:\n{self.said()}")

    def kill(self) -> None:
        """End it without warning."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Let it finish its task and end."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self.is_running():
            os.kill(self.pid, how)
        wait_until(lambda: not self.is_running(), 60, "the worker's end")


class StartWorker(Protocol):
    """Starts a worker that is ready; keywords are its environment."""

    def __call__(self, **environment: str) -> Worker: ...


def worker_environment(**changes: str) -> dict[str, str]:
    """Return the environment in which another process finds this test's database and broker."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "treatyflow.settings.test",
        "TREATYFLOW_DATA": str(settings.TREATYFLOW_DATA),
        "PYTHONUNBUFFERED": "1",
    }
    if url := os.environ.get("DATABASE_URL"):
        name = connection.settings_dict["NAME"]
        environment["DATABASE_URL"] = urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    return environment | changes


@pytest.fixture(scope="session")
def _hosts() -> Iterator[dict[frozenset[tuple[str, str]], Host]]:
    """By what each changes of the environment, the one last used at the end."""
    hosts: dict[frozenset[tuple[str, str]], Host] = {}
    yield hosts
    for host in hosts.values():
        host.end()


@pytest.fixture
def start_worker(
    transactional_db: None,
    broker: Broker,
    tmp_path: Path,
    _hosts: dict[frozenset[tuple[str, str]], Host],
) -> Iterator[StartWorker]:
    """Start real workers on the test's database; they are killed when the test ends."""
    started: list[Worker] = []

    def start(**environment: str) -> Worker:
        key = frozenset(environment.items())
        host = _hosts.pop(key, None) or Host(worker_environment(**environment))
        _hosts[key] = host
        worker = Worker(tmp_path / f"worker-{len(started)}.log", host)
        started.append(worker)
        worker.wait_until_ready()
        return worker

    yield start
    for worker in started:
        worker.kill()
    for key in list(_hosts)[:-HOSTS]:
        _hosts.pop(key).end()
