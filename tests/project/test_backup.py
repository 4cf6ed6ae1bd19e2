"""Backing up and restoring, by the very lines of ``docs/operations.md``, and the proof after it."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import psycopg
import pytest

from notifications.services import standing
from tests.infrastructure import postgres
from tests.infrastructure.images import ROOT
from tests.infrastructure.stacks import Stack, as_role

pytestmark = pytest.mark.image
PAGE = (ROOT / "docs" / "operations.md").read_text()
SCENARIO = "notifications/library/scenarios/inf-2018-2019.yaml"


def blocks(heading: str) -> list[list[str]]:
    """The commands below a heading, block by block."""
    section = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    found = re.findall(r"^```\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    return [block.splitlines() for block in found]


class Operator:
    """Carries out lines of the page, with its places as they are here."""

    def __init__(self, stack: Stack, superuser_url: str) -> None:
        self.stack = stack
        self.folder = stack.folder / "operator"
        self.folder.mkdir(exist_ok=True)
        programs = postgres.find_programs()
        secrets = {
            "OWNER_PASSWORD_FILE": str(stack.folder / "secrets" / "owner_password"),
            "APP_PASSWORD_FILE": str(stack.folder / "secrets" / "app_password"),
            "SUPERUSER_URL": superuser_url,
            "SUPERUSER_URL_OF_TREATYFLOW": f"{superuser_url.removesuffix('/postgres')}/treatyflow",
        }
        path = f"{programs}:{stack.image.at('/venv/bin')}:/usr/bin:/bin"
        inherited = stack.image.environment | stack.environment("web")
        self.environment = inherited | secrets | {"PATH": path}

    def here(self, line: str) -> str:
        """A line with its places as they are here."""
        app = self.stack.image.at("/app")
        line = line.replace(".venv/bin/python manage.py", f"python {app}/manage.py")
        line = line.replace(" bin/start", f" {app}/bin/start")
        line = line.replace(" deploy/roles.sql", f" {ROOT}/deploy/roles.sql")
        line = line.replace("127.0.0.1:5432", f"127.0.0.1:{self.stack.database_port}")
        return self.stack.image.inside(line)

    def carry_out(self, lines: list[str]) -> str:
        """Run the lines one after the other; each must succeed."""
        said = ""
        for line in lines:
            done = subprocess.run(
                ["/bin/sh", "-euc", self.here(line)],
                cwd=self.folder,
                env=self.environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
            said += done.stdout
        return said


@pytest.fixture
def operator(migrated: Stack, superuser_url: str) -> Operator:
    return Operator(migrated, superuser_url)


def test_what_was_backed_up_is_restored_whole_and_proves_itself(
    operator: Operator, superuser_url: str
) -> None:
    stack = operator.stack
    operator.carry_out([f".venv/bin/python manage.py replay {stack.image.at('/app')}/{SCENARIO}"])
    scan = stack.image.at("/var/lib/treatyflow/documents/of-this-test")
    scan.write_text("a scan")
    before = proof(operator)
    assert before["ok"] is True
    assert before["events"]
    _there, back_up, _there_too, restore = blocks("Back up and restore")

    operator.carry_out(back_up)
    scan.unlink()
    said = operator.carry_out(restore)

    assert "Every link holds and every trigger stands." in said
    assert proof(operator) == before
    assert scan.read_text() == "a scan"
    scan.unlink()
    url = as_role(superuser_url, "treatyflow", stack.folder)
    with psycopg.connect(url, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
        )
        assert rows.fetchall() == [("treatyflow_owner",)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("TRUNCATE notifications_event")


def proof(operator: Operator) -> dict[str, object]:
    report: dict[str, object] = json.loads(
        operator.carry_out([".venv/bin/python manage.py verify_register --json"])
    )
    return report


def test_with_containers_it_is_the_same_tools_with_the_same_words() -> None:
    in_containers, by_hand, restore_there, restore_here = blocks("Back up and restore")
    assert options(in_containers, "pg_dump") == options(by_hand, "pg_dump")
    assert options(restore_there, "pg_restore") == options(restore_here, "pg_restore")
    assert options(restore_there, "dropdb") == options(restore_here, "dropdb")
    assert "bin/start migrate" in restore_here[-2], "by hand what `up` does by itself"


# Where the server is, and where the file: that alone differs.
PLACES = {"--username", "--dbname", "--file", "--maintenance-db"}


def options(lines: list[str], program: str) -> list[str]:
    """The options that one of the lines gives to a program."""
    (line,) = [line for line in lines if f"{program} " in line]
    return [
        word
        for word in line.partition(f"{program} ")[2].split()
        if word.startswith("--") and word not in PLACES
    ]


def test_the_page_names_every_check_of_ready() -> None:
    names = ["database", "broker", *(name for name, _ask in standing._ASKED)]
    table = re.findall(r"^\| `(\w+)` \|", PAGE.partition("## Is it alive")[2], re.MULTILINE)
    assert table[: len(names)] == names


def test_every_command_of_the_application_on_the_page_exists() -> None:
    commands = set(re.findall(r"manage\.py (\w+)", PAGE))
    listed = subprocess.run(
        [sys.executable, "manage.py", "help", "--commands"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert commands
    assert commands <= set(listed)
