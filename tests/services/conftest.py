"""The cast of Open Skies around every test of the services."""

from __future__ import annotations

import pytest

from tests.factories import Cast, make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    """One treaty with six parties and two depositaries, and its people."""
    return make_cast()
