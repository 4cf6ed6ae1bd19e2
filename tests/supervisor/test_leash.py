"""Programs on the leash: stopped in time, killed past it, never left behind."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Callable, Iterator

import pytest

from treatyflow.supervisor.children import Children, Output

STUBBORN = """
import os, signal, time
# Not by print: the signal may come while "here" is still being written.
signal.signal(signal.SIGTERM, lambda *_: os.write(1, b"not yet\\n"))
print("here", flush=True)
time.sleep(60)
"""
MANNERLY = """
import signal, time
asked = []
signal.signal(signal.SIGTERM, lambda *_: asked.append(1))
print("here", flush=True)
while not asked: time.sleep(0.1)
time.sleep(0.5)
print("finishing", flush=True)
"""
PARENT = """
import subprocess, sys
grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print("grandchild", grandchild.pid, flush=True)
sys.exit(7)
"""


class Held:
    """Children whose words are kept."""

    def __init__(self, lock: int) -> None:
        self.stream = io.StringIO()
        self.children = Children(Output(self.stream), os.environ, held=lock)

    def said(self) -> list[str]:
        """What was passed on so far."""
        return [line.partition("| ")[2] for line in self.stream.getvalue().splitlines()]

    def wait_for(self, word: str) -> None:
        """Pass on output until ``word`` was said."""
        assert self.children.wait_until(lambda: word in self.stream.getvalue(), 20), self.said()


@pytest.fixture
def held(tmp_path: object) -> Iterator[Held]:
    """Children that end with the test, in a process whose signals are put back."""
    handlers: dict[int, Callable[..., object] | int | None] = {
        signal.SIGCHLD: signal.getsignal(signal.SIGCHLD)
    }
    lock = os.open(os.devnull, os.O_RDONLY)
    held = Held(lock)
    yield held
    for name in list(held.children.running):
        held.children.stop(name, 0)
    held.children.close()
    os.close(lock)
    for number, handler in handlers.items():
        signal.signal(number, handler)


def test_a_program_that_finishes_its_work_is_waited_for(held: Held) -> None:
    held.children.start("work", [sys.executable, "-c", MANNERLY])
    held.wait_for("here")
    held.children.stop("work", 20)
    assert held.said() == ["here", "finishing", "work has stopped"]


def test_a_program_that_will_not_stop_is_killed_and_that_is_said(held: Held) -> None:
    child = held.children.start("work", [sys.executable, "-c", STUBBORN])
    held.wait_for("here")
    held.children.stop("work", 1)
    assert held.said()[-2:] == [
        "work did not stop within 1 seconds and is killed",
        "work has stopped",
    ]
    assert child.status == 128 + signal.SIGKILL


def test_what_a_program_started_ends_with_it_and_its_status_is_kept(held: Held) -> None:
    child = held.children.start("work", [sys.executable, "-c", PARENT])
    assert held.children.wait_until(lambda: child.status is not None, 20)
    held.children.forget(child)
    assert child.status == 7
    grandchild = int(held.said()[0].split()[1])
    with pytest.raises(ProcessLookupError):
        wait_until_dead(held, grandchild)


def wait_until_dead(held: Held, process: int) -> None:
    """Raise ProcessLookupError once the process is gone."""

    def probe() -> bool:
        os.kill(process, 0)
        return False

    held.children.wait_until(probe, 10)
