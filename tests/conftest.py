"""What every test stands on: the process's own data folder, real servers, and no silent skip."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase

from notifications import queue
from notifications.register import drop_triggers, install_triggers
from notifications.services import silence_memory

pytest_plugins = (
    "tests.infrastructure.brokers",
    "tests.infrastructure.browsers",
    "tests.infrastructure.images",
    "tests.infrastructure.imap",
    "tests.infrastructure.mail",
    "tests.infrastructure.services",
    "tests.infrastructure.pseudo",
    "tests.infrastructure.workers",
)

IS_STRICT = os.environ.get("TREATYFLOW_NO_SKIPS") == "1"


def pytest_configure(config: pytest.Config) -> None:
    """Make the data folder of this run."""
    settings.TREATYFLOW_DATA.mkdir(mode=0o700, parents=True, exist_ok=True)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove it, unless somebody named it."""
    folder = Path(settings.TREATYFLOW_DATA)
    if folder.name.startswith("treatyflow-test-") and folder.parent == Path(tempfile.gettempdir()):
        shutil.rmtree(folder, ignore_errors=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, rather than skip, what one database alone can show."""
    other = "sqlite_only" if connection.vendor == "postgresql" else "postgresql_only"
    left_out = [item for item in items if item.get_closest_marker(other)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Where nothing may be skipped, a skip is a failure with its reason."""
    report = yield
    if IS_STRICT and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
    return report


@pytest.fixture(scope="session", autouse=True)
def _seals_lifted_between_tests() -> Iterator[None]:
    """The flush after a test that commits would be refused by the triggers that seal the rows."""
    flush = TransactionTestCase._fixture_teardown

    def lift_and_flush(case: TransactionTestCase) -> None:
        drop_triggers()
        flush(case)
        install_triggers()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lift_and_flush)
        yield


@pytest.fixture(autouse=True)
def _broker_not_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test inherits from another one the memory that the broker was away."""
    monkeypatch.setattr(queue, "_quiet_until", 0.0)


@pytest.fixture(autouse=True)
def _silence_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test inherits what another one's silence alarm found."""
    monkeypatch.setattr(silence_memory, "_kept", None)
