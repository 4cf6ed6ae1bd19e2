"""The cast of Open Skies around every test of the services."""

from __future__ import annotations

from pathlib import Path

import pytest

from notifications.models import Role, User
from tests.factories import Cast, make_cast, make_user
from tests.services.replays import FJORD, PASS, STRAIT


@pytest.fixture
def cast(db: None) -> Cast:
    """One treaty with six parties and two depositaries, and its people."""
    return make_cast()


@pytest.fixture
def treaties(tmp_path: Path) -> Path:
    """The files of three invented treaties."""
    folder = tmp_path / "treaties"
    folder.mkdir()
    for text in (FJORD, PASS, STRAIT):
        (folder / f"{text.split()[1]}.yaml").write_text(text)
    return folder


@pytest.fixture
def secretary(cast: Cast) -> User:
    """A person of the secretariat; the mandate is of an organisation that is party to nothing."""
    return make_user("Sofia Secretary", "UNO", Role.SECRETARIAT)
