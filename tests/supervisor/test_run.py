"""``manage.py run`` from its first line to its last, as real processes."""

from __future__ import annotations

import os
import signal
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.infrastructure.brokers import wait_until
from tests.supervisor.running import Run, wait_until_gone
from treatyflow.celery import app
from treatyflow.supervisor import broker

pytestmark = pytest.mark.supervisor
Start = Callable[..., Run]

# A leash gives its program three seconds; the rest is for a busy machine.
SECONDS_AFTER_A_KILL = 10


def test_it_answers_at_the_address_that_it_prints_and_is_the_only_one_there(
    start: Start, data: Path, tmp_path: Path
) -> None:
    run = start()
    run.wait_until_up()

    assert run.status_of("/") in {200, 302}
    _assert_all_else_is_private(data)
    names = " ".join(run.descendants().values())
    assert all(word in names for word in ("valkey-server", "gunicorn", "worker", "beat"))

    again = start()
    assert again.end() == 1
    assert again.said().startswith(f"TreatyFlow already runs on the data folder “{data}”")
    assert len(again.said().splitlines()) == 1

    elsewhere = start(TREATYFLOW_DATA=str(tmp_path / "other"), PORT=run.port)
    assert elsewhere.end() == 1
    assert elsewhere.said().startswith(f"Port {run.port} is taken by another program")
    assert len(elsewhere.said().splitlines()) == 1

    assert run.status_of("/") in {200, 302}, "the first run goes on"


def _assert_all_else_is_private(data: Path) -> None:
    listens = broker.socket_path(data)
    assert broker.answers(listens)
    assert stat.S_IMODE(listens.stat().st_mode) == 0o600
    assert stat.S_IMODE(listens.parent.stat().st_mode) == 0o700
    assert list((data / "broker").glob("appendonlydir/*.aof"))
    assert (data / "treatyflow.sqlite3").is_file()


def test_asked_to_stop_twice_it_ends_all_in_order_after_the_task_in_hand(
    start: Start, data: Path, tmp_path: Path
) -> None:
    run = start(DJANGO_SETTINGS_MODULE="tests.supervisor.settings_with_slow_task")
    run.wait_until_up()
    processes = run.descendants()
    with app.connection_for_write(f"redis+socket://{broker.socket_path(data)}") as connection:
        app.send_task("tests.supervisor.write_slowly", (str(tmp_path), 3.0), connection=connection)
    wait_until((tmp_path / "begun").exists, 20, "the task's beginning")

    run.process.send_signal(signal.SIGINT)
    time.sleep(0.2)
    run.process.send_signal(signal.SIGTERM)

    assert run.end() == 0, run.said()
    assert (tmp_path / "done").exists(), "the task in hand was not finished"
    stopped = [line.split()[0] for line in run.lines() if line.endswith("has stopped")]
    assert stopped == ["beat", "worker", "web", "broker", "everything"]
    assert "is killed" not in run.said()
    wait_until_gone(processes, 1)


def test_a_killed_supervisor_leaves_nothing_and_the_next_run_starts(start: Start) -> None:
    run = start()
    run.wait_until_up()
    processes = run.descendants()
    assert len(processes) >= 8, "each program and its leash"

    run.process.kill()
    run.process.wait()
    again = start(PORT=run.port)

    wait_until_gone(processes, SECONDS_AFTER_A_KILL)
    again.wait_until_up()


def test_a_program_that_dies_brings_all_down_with_a_clear_line(start: Start) -> None:
    run = start()
    run.wait_until_up()
    processes = run.descendants()
    worker = next(
        process
        for process, command in processes.items()
        if " worker " in command and "leash.py" not in command
    )

    os.kill(worker, signal.SIGKILL)

    assert run.end() == 1
    assert any(
        line.startswith("worker ended by itself (killed by signal 9)") for line in run.lines()
    ), run.said()
    wait_until_gone(processes, 1)
