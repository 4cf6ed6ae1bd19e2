"""Worker processes of a benchmark, started, told to sweep, and asked what it took."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any


class Worker:
    """A worker process that sweeps when it is told to."""

    def __init__(self) -> None:
        pipe = subprocess.PIPE
        command = [sys.executable, "-m", "benchmarks.inside", "worker"]
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)
        assert self._said() == "ready"

    def start(self) -> None:
        """Tell it to sweep."""
        assert self._process.stdin is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()

    def end(self) -> dict[str, Any]:
        """Wait until it has swept; what it took."""
        data: dict[str, Any] = json.loads(self._said())
        return data

    def stop(self) -> None:
        """Let it end."""
        self._process.communicate(timeout=30)

    def _said(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


@contextlib.contextmanager
def working(number: int) -> Iterator[list[Worker]]:
    """So many workers, which end with the block."""
    workers = [Worker() for _ in range(number)]
    try:
        yield workers
    finally:
        for worker in workers:
            worker.stop()
