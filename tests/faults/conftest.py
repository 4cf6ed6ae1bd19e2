"""A real worker with a lease of two seconds, a real broker, and a fast server that misbehaves."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from pytest_django import Settings

from tests.infrastructure.brokers import Broker
from tests.infrastructure.sink import Behaviour, Sink
from tests.infrastructure.workers import StartWorker, Worker, worker_environment

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="session")
def _server_of_the_run() -> Iterator[Sink]:
    with Sink() as server:
        yield server


@pytest.fixture
def sink(_server_of_the_run: Sink, transactional_db: None, settings: Settings) -> Sink:
    """The server, empty and willing; sweeps of the test's own process send to it too."""
    server = _server_of_the_run
    server.go_down()
    server.behaviour, server.received = Behaviour(), []
    server.count = server.connections = server.most_at_once = 0
    server.come_back()
    settings.TREATYFLOW_MAIL_TRANSPORT = "smtp"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    return server


@pytest.fixture
def start(start_worker: StartWorker, sink: Sink) -> Callable[..., Worker]:
    """Start a worker that sends to the server."""

    def begin(**environment: str) -> Worker:
        return start_worker(EMAIL_URL=sink.url, TREATYFLOW_MAIL_TRANSPORT="smtp", **environment)

    return begin


@pytest.fixture
def start_beat(broker: Broker, tmp_path: Path) -> Iterator[Callable[[], None]]:
    """Start real beats; they end with the test."""
    started: list[subprocess.Popen[bytes]] = []

    def begin() -> None:
        name = f"beat-{len(started)}"
        folder = django_settings.BASE_DIR
        command = f"{sys.executable} -m celery --workdir {folder} --app treatyflow"
        beat = f"beat --pidfile= --schedule {tmp_path / name}"
        with (tmp_path / f"{name}.log").open("wb") as log:
            started.append(
                subprocess.Popen(
                    [*command.split(), *beat.split()],
                    env=worker_environment(),
                    stdout=log,
                    stderr=log,
                )
            )

    yield begin
    for process in started:
        process.terminate()
        process.wait(timeout=30)
