"""``deploy/roles.sql``: the role of the application reads and writes rows, and can lift nothing."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests.infrastructure import postgres
from tests.infrastructure.images import ROOT
from tests.infrastructure.stacks import Stack, as_role

pytestmark = pytest.mark.image
EMPTY = "LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TRIGGER sealed_notifications_event_row ON notifications_event",
        "ALTER TABLE notifications_event DISABLE TRIGGER ALL",
        "TRUNCATE notifications_event",
        "DROP TABLE notifications_event CASCADE",
        "ALTER TABLE notifications_event ADD COLUMN x integer",
        f"CREATE OR REPLACE FUNCTION treatyflow_refuse() RETURNS trigger {EMPTY}",
        "DROP FUNCTION treatyflow_refuse() CASCADE",
        "SET session_replication_role = replica",
        "CREATE TABLE mine (x integer)",
        "CREATE TEMPORARY TABLE notifications_event (x integer)",
        "CREATE SCHEMA mine",
        "SET ROLE treatyflow_owner",
        "ALTER ROLE treatyflow SUPERUSER",
        "COPY (SELECT 1) TO PROGRAM 'true'",
    ],
)
def test_the_role_of_the_application_can_lift_nothing(
    migrated: Stack, superuser_url: str, statement: str
) -> None:
    url = as_role(superuser_url, "treatyflow", migrated.folder)
    refused = pytest.raises(psycopg.errors.InsufficientPrivilege)
    with psycopg.connect(url, autocommit=True) as connection, refused:
        connection.execute(statement)


def test_the_role_of_the_application_can_grant_itself_nothing(
    migrated: Stack, superuser_url: str
) -> None:
    url = as_role(superuser_url, "treatyflow", migrated.folder)
    with psycopg.connect(url, autocommit=True) as connection:
        # PostgreSQL refuses this where nothing of the table may be granted, or warns of it.
        with contextlib.suppress(psycopg.errors.InsufficientPrivilege):
            connection.execute("GRANT TRUNCATE ON notifications_event TO treatyflow")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("TRUNCATE notifications_event")


def test_what_it_may_write_is_still_refused_by_the_triggers(
    migrated: Stack, superuser_url: str
) -> None:
    url = as_role(superuser_url, "treatyflow", migrated.folder)
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in (
            "UPDATE notifications_event SET act = 'x'",
            "DELETE FROM notifications_event",
        ):
            with pytest.raises(psycopg.DatabaseError, match="sealed: "):
                connection.execute(statement)
    proof = ["/bin/sh", "-c", "python manage.py verify_register --json"]
    done = migrated.image.run(proof, migrated.environment("web"))
    assert json.loads(done.stdout)["ok"] is True


def test_tables_that_a_later_migration_makes_are_the_application_s_too(
    migrated: Stack, superuser_url: str
) -> None:
    owner = as_role(superuser_url, "treatyflow_owner", migrated.folder)
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("CREATE TABLE later (id bigserial, x text)")
    with psycopg.connect(as_role(superuser_url, "treatyflow", migrated.folder)) as connection:
        connection.execute("INSERT INTO later (x) VALUES ('a')")
        assert connection.execute("UPDATE later SET x = 'b'").rowcount == 1
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("DROP TABLE later")


@pytest.mark.parametrize("role", ["postgres", "treatyflow_owner", "treatyflow"])
def test_nobody_comes_in_without_a_password(superuser_url: str, role: str) -> None:
    parts = urlsplit(superuser_url)
    url = urlunsplit(parts._replace(netloc=f"{role}@127.0.0.1:{parts.port}"))
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(url, connect_timeout=5)


def test_roles_without_their_files_are_refused(superuser_url: str, tmp_path: Path) -> None:
    programs = postgres.find_programs()
    assert programs is not None
    done = subprocess.run(
        [programs / "psql", "--no-psqlrc", superuser_url, "--file", ROOT / "deploy" / "roles.sql"],
        env={
            "OWNER_PASSWORD_FILE": str(tmp_path / "none"),
            "APP_PASSWORD_FILE": str(tmp_path / "none"),
            "PATH": os.environ["PATH"],
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "division by zero" in done.stderr
