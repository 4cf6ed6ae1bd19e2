"""What is refused before anything starts: one sentence, a status that is not 0, nothing running."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.supervisor.running import Run, free_port

pytestmark = pytest.mark.supervisor
Start = Callable[..., Run]


@pytest.mark.parametrize("port", ["eighty", "0", "65536", "-1", "80.5"])
def test_a_port_that_is_none(start: Start, port: str) -> None:
    run = start(PORT=port)
    assert run.end() == 1
    assert run.said().splitlines() == [
        f"TreatyFlow cannot start: PORT must be a whole number from 1 to 65535, not “{port}”."
    ]


def test_a_data_folder_that_is_a_file(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    run = start(TREATYFLOW_DATA=str(file))
    assert run.end() == 1
    assert run.said().startswith(f"The data folder “{file}” cannot be used (Not a directory)")
    assert len(run.said().splitlines()) == 1


def test_a_database_that_does_not_answer(start: Start) -> None:
    run = start(DATABASE_URL=f"postgresql://treatyflow:secret@127.0.0.1:{free_port()}/treatyflow")
    assert run.end() == 1
    assert run.said().startswith("The database does not answer: ")
    assert len(run.said().splitlines()) == 1
    assert "secret" not in run.said()


def test_a_redis_that_does_not_answer(start: Start) -> None:
    run = start(REDIS_URL=f"redis://:secret@127.0.0.1:{free_port()}/0")
    assert run.end() == 1
    assert run.said().startswith("The Redis server of REDIS_URL does not answer: ")
    assert len(run.said().splitlines()) == 1
    assert "secret" not in run.said()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DATABASE_URL", "mysql://host/db", "DATABASE_URL must begin with postgresql://"),
        ("REDIS_URL", "http://host/0", "REDIS_URL must begin with redis://"),
        ("EMAIL_URL", "gopher://host", "EMAIL_URL must begin with smtp://"),
        ("TREATYFLOW_BASE_URL", "nowhere", "TREATYFLOW_BASE_URL must be an address"),
        ("TREATYFLOW_DEMO", "perhaps", "TREATYFLOW_DEMO must be 1 or 0"),
    ],
)
def test_a_variable_that_makes_no_sense(start: Start, name: str, value: str, sentence: str) -> None:
    run = start(**{name: value})
    assert run.end() == 1
    assert sentence in run.said()
    assert len(run.said().splitlines()) == 1
