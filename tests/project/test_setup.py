"""``bin/setup`` on machines that lack something: one sentence, a status that is not 0."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

OLD = """#!/bin/sh
[ "$1" = -V ] && echo "Python 3.9.2" && exit 0
exit 1
"""
WITHOUT_VENV = """#!/bin/sh
[ "$1" = -V ] && echo "Python 3.11.2" && exit 0
case "$2" in *ensurepip*) exit 1 ;; esac
exit 0
"""


def setup(folder: Path, python: str) -> subprocess.CompletedProcess[str]:
    """Run a copy of the script, so that this checkout's environment is left alone."""
    (folder / "bin").mkdir()
    (folder / "bin" / "setup").write_text((ROOT / "bin" / "setup").read_text())
    for lock in ("requirements.lock", "requirements-uv.lock"):
        (folder / lock).write_text((ROOT / lock).read_text())
    return subprocess.run(
        ["sh", "bin/setup"],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHON": python, "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        (OLD, "is Python 3.9.2, but Python 3.11 or newer is needed"),
        (WITHOUT_VENV, "has no venv module; install it"),
    ],
)
def test_a_python_that_will_not_do(tmp_path: Path, script: str, sentence: str) -> None:
    python = tmp_path / "python3"
    python.write_text(script)
    python.chmod(0o755)
    answer = setup(tmp_path, str(python))
    assert answer.returncode == 1
    assert sentence in answer.stderr
    assert len((answer.stdout + answer.stderr).splitlines()) == 1
    assert not (tmp_path / ".venv").exists()


def test_no_python_at_all(tmp_path: Path) -> None:
    answer = setup(tmp_path, str(tmp_path / "nowhere"))
    assert answer.returncode == 1
    assert "was not found; install Python 3.11 or newer" in answer.stderr
    assert len((answer.stdout + answer.stderr).splitlines()) == 1


def test_an_environment_of_another_folder_is_left_alone(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "kept").write_text("")
    (tmp_path / ".venv").symlink_to(other)
    answer = setup(tmp_path, sys.executable)
    assert answer.returncode == 1
    assert answer.stderr == (
        "setup: .venv is a link to another folder; remove the link and run this again.\n"
    )
    assert (other / "kept").exists()
