"""A real broker on the private socket that the settings name, as the embedded run has it."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings

from treatyflow.celery import app
from treatyflow.supervisor import broker as embedded


def wait_until(happened: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait for an outcome; fail with its name past the limit."""
    end = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > end:
            pytest.fail(f"{what} did not happen within {seconds} seconds")
        time.sleep(0.05)


class Broker:
    """A Valkey server that can be killed, emptied and started again."""

    def __init__(self, folder: Path, listens: Path) -> None:
        self.folder = embedded.private_folder(folder)
        self.listens = listens
        embedded.private_folder(listens.parent)
        self.log = folder / "broker.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, unless it runs, and wait until it answers."""
        if self.process and self.process.poll() is None:
            return
        program = next(embedded.server_programs(), None)
        if program is None:
            pytest.skip("no Valkey or Redis program is installed on this machine")
        self.listens.unlink(missing_ok=True)
        command = embedded.server_arguments(program, folder=self.folder, listens=self.listens)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        wait_until(lambda: embedded.answers(self.listens), 20, "the broker's answer")

    def kill(self) -> None:
        """End it without warning, as ``kill -9`` does."""
        if self.process:
            self.process.kill()
            self.process.wait()

    def flush(self) -> None:
        """Lose every task that waits."""
        with app.connection_for_write() as connection:
            connection.default_channel.client.flushall()

    def waiting(self) -> int:
        """Return how many tasks wait for a worker."""
        with app.connection_for_write() as connection:
            return int(connection.default_channel.client.llen(settings.CELERY_TASK_DEFAULT_QUEUE))


@pytest.fixture(scope="session")
def _broker_of_the_run() -> Iterator[Broker]:
    data = Path(settings.TREATYFLOW_DATA)
    started = Broker(data / "broker", embedded.socket_path(data))
    yield started
    started.kill()


@pytest.fixture
def broker(_broker_of_the_run: Broker) -> Iterator[Broker]:
    """A running, empty broker, where ``queue.nudge`` and workers find it."""
    _broker_of_the_run.start()
    _broker_of_the_run.flush()
    yield _broker_of_the_run
    # A task left waiting must not meet the worker of another test.
    _broker_of_the_run.start()
    _broker_of_the_run.flush()
    app.pool.force_close_all()
