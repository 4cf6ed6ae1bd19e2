"""What a real worker and a real beat leave behind for ``/readyz`` and for a container's check."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings

from notifications.models import Heartbeat
from notifications.queue import nudge
from tests.infrastructure.brokers import Broker, wait_until
from tests.infrastructure.workers import StartWorker, worker_environment

pytestmark = pytest.mark.django_db(transaction=True)
SWEEPS = {"track_deadlines", "send_alerts", "record_responses"}


@pytest.fixture
def start_beat(broker: Broker, tmp_path: Path) -> Iterator[Callable[[Path], None]]:
    """Start a real beat; it ends with the test."""
    started: list[subprocess.Popen[bytes]] = []

    def start(alive: Path) -> None:
        command = f"{sys.executable} -m celery --workdir {settings.BASE_DIR} --app treatyflow"
        beat = f"beat --pidfile= --schedule {tmp_path / 'schedule'}"
        environment = worker_environment(TREATYFLOW_ALIVE_FILE=str(alive))
        with (tmp_path / "beat.log").open("wb") as log:
            process = subprocess.Popen(
                [*command.split(), *beat.split()], env=environment, stdout=log, stderr=log
            )
        started.append(process)

    yield start
    for process in started:
        process.terminate()
        process.wait(timeout=30)


def seen() -> dict[str, datetime]:
    return dict(Heartbeat.objects.values_list("name", "seen_at"))


def test_a_worker_and_its_sweeps_are_seen_and_beat_is_not_where_there_is_none(
    start_worker: StartWorker, tmp_path: Path
) -> None:
    began, alive = datetime.now(UTC), tmp_path / "worker-alive"
    worker = start_worker(TREATYFLOW_ALIVE_FILE=str(alive))
    nudge("send_alerts")
    wait_until(lambda: {"worker"} | SWEEPS <= set(seen()), 30, "the signs of life")
    worker.stop()
    assert "beat" not in seen(), "a nudge of the pages is no knock of beat"
    assert min(seen().values()) >= began
    assert alive.exists()


def test_beat_is_seen_through_its_knock_and_at_the_instant_of_the_knock(
    start_worker: StartWorker, start_beat: Callable[[Path], None], tmp_path: Path, broker: Broker
) -> None:
    began, alive = datetime.now(UTC), tmp_path / "beat-alive"
    start_beat(alive)
    wait_until(lambda: broker.waiting() >= len(SWEEPS), 30, "the knock of beat")
    knocked = datetime.now(UTC)
    assert alive.exists()
    assert not seen(), "nobody took the knock yet"
    start_worker()
    wait_until(lambda: "beat" in seen(), 30, "the sign of beat")
    assert began <= seen()["beat"] <= knocked
