"""The cast of Open Skies around every test of the pages, on a fixed clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from notifications.models import User
from tests.factories import NOW, Cast, make_cast

LATER = NOW + timedelta(hours=1)
Clock = Callable[[datetime], None]


@pytest.fixture
def cast(db: None) -> Cast:
    """One treaty with six parties and two depositaries, and its people."""
    return make_cast()


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The pages' clock: an hour after ``NOW``, until a test sets it."""

    def set_to(now: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: now)

    set_to(LATER)
    return set_to


@pytest.fixture
def sign_in(client: Client) -> Callable[[User], Client]:
    """A browser of its own for a person."""

    def browser_of(user: User) -> Client:
        browser = Client()
        browser.force_login(user)
        return browser

    return browser_of
