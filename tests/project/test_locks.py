"""The lock files: every package pinned and hashed, one version everywhere, and no address."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-uv.lock")


def pins(name: str) -> dict[str, str]:
    """Return each package's line without its hashes, by name."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    found = [line.removesuffix(" \\") for line in lines if re.match(r"[a-z0-9]", line)]
    return {line.partition("==")[0]: line for line in found}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_address_and_every_package_has_hashes(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"https?:|file:|--index|--find-links|--extra| @ ", text)
    for entry in re.split(r"\n(?=[a-z0-9])", text.strip()):
        assert re.match(r"[a-z0-9._-]+==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry


def test_what_runs_is_what_is_tested() -> None:
    tested = pins("requirements-dev.lock")
    assert {name: tested.get(name) for name in pins("requirements.lock")} == pins(
        "requirements.lock"
    )
