"""The database of the version before migrates, takes the new library, and still proves itself.

``tests/data/before.*.sql.xz`` are that version's demonstration, dumped from SQLite and PostgreSQL:
five replayed cases, and a live one whose withdrawal was issued, received, circulated, acknowledged
and answered, with running clocks, planned alerts and sent messages.
"""

from __future__ import annotations

import json
import lzma
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data"
BEFORE = {"ok": True, "events": 294, "records": 1856, "missing_triggers": [], "broken": None}

# What must still be true of the live case, whatever the tables look like by now.
LIVE = """
from django.utils import timezone
from notifications.models import Alert, Deadline, Message
from notifications.services.sweeps import record_responses, send_alerts, track_deadlines
live = {"case__origin": "live"}
print(Deadline.objects.filter(status="running", **live).count())
print(Alert.objects.filter(state="planned", **live).count() > 0)
print(set(Message.objects.values_list("state", flat=True)))
for sweep in (track_deadlines, send_alerts, record_responses):
    sweep(now=timezone.now())
"""
SEALED = "UPDATE notifications_notification SET text = 'another'"


def dump(vendor: str) -> str:
    return lzma.decompress((DATA / f"before.{vendor}.sql.xz").read_bytes()).decode()


class Installation:
    """``manage.py`` on one database, with the embedded settings."""

    def __init__(self, **environment: str) -> None:
        unwanted = {"DATABASE_URL", "DJANGO_SETTINGS_MODULE", "REDIS_URL", "EMAIL_URL"}
        inherited = {name: value for name, value in os.environ.items() if name not in unwanted}
        self.environment = inherited | environment

    def manage(self, *words: str) -> str:
        """Run a command that must succeed; return what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def proof(self) -> dict[str, object]:
        """What ``verify_register`` says."""
        report: dict[str, object] = json.loads(self.manage("verify_register", "--json"))
        return report


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Installation:
    with sqlite3.connect(tmp_path / "treatyflow.sqlite3") as database:
        database.executescript(dump("sqlite"))
    database.close()
    return Installation(TREATYFLOW_DATA=str(tmp_path))


@pytest.fixture
def url() -> Iterator[str]:
    """A database of its own in the cluster of this run."""
    cluster = os.environ["DATABASE_URL"]
    name = f"upgrade_{os.getpid()}"
    with psycopg.connect(cluster, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield urlunsplit(urlsplit(cluster)._replace(path=f"/{name}"))
    with psycopg.connect(cluster, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def on_postgresql(url: str, tmp_path: Path) -> Installation:
    with psycopg.connect(url) as connection:
        connection.execute(dump("postgresql"))
    return Installation(TREATYFLOW_DATA=str(tmp_path), DATABASE_URL=url)


def upgrade_and_prove(before: Installation) -> None:
    before.manage("migrate", "--no-input", "--verbosity", "0")
    assert before.proof() == BEFORE, "the tables moved, and nothing that was said has changed"
    before.manage("load_library")
    before.manage("load_library")
    running, has_planned, states = before.manage(
        "shell", "--no-imports", "--command", LIVE
    ).splitlines()
    assert (int(running), has_planned, states) == (3, "True", "{'sent'}")
    after = before.proof()
    assert after["ok"] is True, after


@pytest.mark.sqlite_only
def test_the_version_before_on_sqlite(on_sqlite: Installation, tmp_path: Path) -> None:
    upgrade_and_prove(on_sqlite)
    with (
        sqlite3.connect(tmp_path / "treatyflow.sqlite3") as database,
        pytest.raises(sqlite3.IntegrityError, match="sealed: UPDATE"),
    ):
        database.execute(SEALED)
    database.close()


@pytest.mark.postgresql_only
def test_the_version_before_on_postgresql(on_postgresql: Installation, url: str) -> None:
    upgrade_and_prove(on_postgresql)
    with (
        psycopg.connect(url) as connection,
        pytest.raises(psycopg.DatabaseError, match="sealed: UPDATE"),
    ):
        connection.execute(SEALED)


@pytest.mark.sqlite_only
def test_a_record_that_was_changed_before_the_upgrade_is_named_after_it(
    on_sqlite: Installation, tmp_path: Path
) -> None:
    with sqlite3.connect(tmp_path / "treatyflow.sqlite3") as database:
        database.execute("DROP TRIGGER sealed_notifications_notification_update")
        database.execute(f"{SEALED} WHERE id = 1")
    database.close()
    on_sqlite.manage("migrate", "--no-input", "--verbosity", "0")
    done = subprocess.run(
        [sys.executable, "manage.py", "verify_register", "--json"],
        cwd=ROOT,
        env=on_sqlite.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    report = json.loads(done.stdout)
    assert (done.returncode, report["ok"], report["missing_triggers"]) == (1, False, [])
    assert str(report["broken"]).startswith("notification 1:")
