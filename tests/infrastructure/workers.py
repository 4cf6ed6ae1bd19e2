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


class Worker:
    """One worker process; what it says stands in ``log``."""

    def __init__(self, log: Path, environment: dict[str, str]) -> None:
        self.log = log
        command = (
            f"{sys.executable} -m celery --workdir {settings.BASE_DIR} --app treatyflow --quiet "
            "worker --pool solo --without-gossip --without-mingle --without-heartbeat"
        )
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                command.split(), env=environment, stdout=output, stderr=output
            )

    def said(self) -> str:
        """Return all that it said so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def wait_until_ready(self) -> None:
        """Wait until it takes tasks."""
        wait_until(
            lambda: "treatyflow.celery: ready" in self.said() or self.process.poll() is not None,
            60,
            "the worker's start",
        )
        if self.process.poll() is not None:
            pytest.fail(f"the worker ended at its start:\n{self.said()}")

    def kill(self) -> None:
        """End it without warning."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """Let it finish its task and end."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=60)


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


@pytest.fixture
def start_worker(transactional_db: None, broker: Broker, tmp_path: Path) -> Iterator[StartWorker]:
    """Start real workers on the test's database; they are killed when the test ends."""
    started: list[Worker] = []

    def start(**environment: str) -> Worker:
        worker = Worker(tmp_path / f"worker-{len(started)}.log", worker_environment(**environment))
        started.append(worker)
        worker.wait_until_ready()
        return worker

    yield start
    for worker in started:
        worker.kill()
