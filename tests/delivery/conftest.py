"""One world a test, and the mailbox as the way out unless the test asks for a server."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from tests.delivery.records import World, make_world


@pytest.fixture(autouse=True)
def _mail_stays_here(settings: Settings) -> None:
    settings.TREATYFLOW_MAIL_TRANSPORT = "mailbox"
    settings.TREATYFLOW_HOST = "treatyflow.example"
    settings.TREATYFLOW_BASE_URL = "https://treatyflow.example"
    settings.TREATYFLOW_FROM = "TreatyFlow <alerts@treatyflow.example>"
    settings.TREATYFLOW_LEASE_SECONDS = 30


@pytest.fixture
def world(db: None) -> World:
    """A treaty of six parties and a withdrawal, without people."""
    return make_world()
