"""A mailbox for replies, and a notice of which the parties have been told."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from notifications.models import Notification
from notifications.services.sweeps import send_alerts
from tests.delivery.ways_out import Told
from tests.factories import NOW, Cast, issue, make_cast


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    (tmp_path / "new").mkdir()
    settings.TREATYFLOW_INBOX_URL = f"maildir://{tmp_path}"
    settings.TREATYFLOW_REPLY_TO = "replies@treatyflow.example"
    return tmp_path


@pytest.fixture
def cast(db: None, folder: Path) -> Cast:
    return make_cast()


@pytest.fixture
def notice(cast: Cast) -> Notification:
    notification = issue(cast)
    send_alerts(now=NOW, transport=Told())
    return notification
