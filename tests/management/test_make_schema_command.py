"""``manage.py make_schema``: writes the schema of treaty files, or says that it is out of date."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from notifications.clauses.json_schema import treaty_schema
from notifications.management.commands import make_schema
from notifications.services.library import SCHEMA


def told(*options: str) -> str:
    output = StringIO()
    call_command("make_schema", *options, stdout=output)
    return output.getvalue()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A schema of its own, in a project of its own."""
    path = tmp_path / "treaty.schema.json"
    monkeypatch.setattr(make_schema, "SCHEMA", path)
    monkeypatch.setattr(settings, "BASE_DIR", tmp_path)
    return path


def test_what_is_shipped_is_up_to_date() -> None:
    assert told("--check") == f"{SCHEMA.relative_to(settings.BASE_DIR)}: up to date\n"


def test_it_writes_the_schema_once(place: Path) -> None:
    assert told() == "treaty.schema.json: renewed\n"
    assert json.loads(place.read_text(encoding="utf-8")) == treaty_schema()
    assert told() == "treaty.schema.json: up to date\n"


@pytest.mark.parametrize("content", [None, "{}\n"])
def test_a_check_names_what_is_out_of_date_and_writes_nothing(
    place: Path, content: str | None
) -> None:
    if content is not None:
        place.write_text(content, encoding="utf-8")

    with pytest.raises(CommandError, match="is out of date: run manage") as refusal:
        told("--check")

    assert refusal.value.returncode == 1
    assert (place.read_text(encoding="utf-8") if place.exists() else None) == content
