"""Runs that end with their test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.supervisor.running import Run


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data folder for all runs of a module, so that only the first one makes its tables."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture
def start(data: Path, tmp_path: Path) -> Iterator[Callable[..., Run]]:
    """Start a run; keywords are its environment."""
    runs: list[Run] = []

    def start_one(**environment: str) -> Run:
        run = Run(data, tmp_path / f"run-{len(runs)}.log", **environment)
        runs.append(run)
        return run

    yield start_one
    for run in runs:
        run.clear_away()
