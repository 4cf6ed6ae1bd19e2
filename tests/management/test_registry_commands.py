"""``manage.py import_registry`` and ``export_registry``: files in and out on the command line."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from notifications.models import Event, Party
from tests.factories import make_party

pytestmark = pytest.mark.django_db

TEXT = "code,kind,name_en\nFRA,state,France\nBEL,state,Belgium\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "parties.csv"
    path.write_text(TEXT)
    return path


def run(command: str, *words: Any) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command(command, *[str(word) for word in words], stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_a_dry_run_tells_each_change_and_changes_nothing(file: Path) -> None:
    make_party("FRA", "Frankreich")
    out, _err = run("import_registry", "parties", file, "--dry-run")
    assert "line 2: FRA: changed: name_en “Frankreich” → “France”" in out
    assert "line 3: BEL: new: code “BEL”; kind “state”" in out
    assert "parties: 1 new, 1 changed, 0 the same (nothing was changed)" in out
    assert not Party.objects.filter(code="BEL").exists()


def test_an_import_counts_on_in_the_terminal_and_says_why_in_the_register(file: Path) -> None:
    out, err = run("import_registry", "parties", file, "--reason", "the new list")
    assert out == "parties: 2 new, 0 changed, 0 the same\n"
    assert "2 of 2 rows written" in err
    assert json.loads(Event.objects.get().body)["reason"] == "the new list"
    run("import_registry", "parties", file)
    assert Event.objects.count() == 1


def test_json_holds_the_whole_plan(file: Path) -> None:
    out, _err = run("import_registry", "parties", file, "--dry-run", "--json")
    plan = json.loads(out)
    assert (plan["kind"], plan["is_dry_run"]) == ("parties", True)
    assert plan["counts"] == {"create": 2, "change": 0, "same": 0}
    assert plan["rows"][0]["changes"][0] == {"column": "code", "before": "", "after": "FRA"}


def test_a_bad_file_ends_with_status_2_and_every_problem_by_line(file: Path) -> None:
    file.write_text(TEXT + "xx,state,Nowhere\nITA,land,Italy\n")
    with pytest.raises(CommandError) as ended:
        run("import_registry", "parties", file)
    assert ended.value.returncode == 2
    assert "parties.csv, line 4: code:" in str(ended.value)
    assert "parties.csv, line 5: kind:" in str(ended.value)
    assert not Party.objects.exists()


def test_a_file_that_is_not_there_is_said_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"cannot be read: No such file") as ended:
        run("import_registry", "parties", tmp_path / "none.csv")
    assert ended.value.returncode == 2
    with pytest.raises(CommandError, match="cannot be written"):
        run("export_registry", "parties", tmp_path / "no" / "folder.csv")


def test_what_is_exported_is_imported_as_the_same(file: Path, tmp_path: Path) -> None:
    run("import_registry", "parties", file)
    out, _err = run("export_registry", "parties", tmp_path / "out.csv")
    assert "parties: 2 written to" in out
    out, _err = run("import_registry", "parties", tmp_path / "out.csv")
    assert out == "parties: 0 new, 0 changed, 2 the same\n"
    out, _err = run("export_registry", "parties", "-")
    assert out.encode() == (tmp_path / "out.csv").read_bytes()
