"""An effect carries over to treaties that exist: in the registry, the library, or a folder."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from notifications.errors import BadFileError
from notifications.models import Treaty
from notifications.services.library import load_library
from notifications.services.library_files import read_treaty_files

NOW = datetime(2024, 3, 1, 9, 0, tzinfo=UTC)

LAKE = """\
id: lake
title: Convention on the Lake
depositaries: [un-sg]
zone: UTC
clauses:
  - id: "12"
    article: "12"
    governs: withdrawal
    starts: received
    count: [{add: P1Y}]
    yields: effect
    cascades: [%s]
"""
LINE = LAKE.splitlines().index("    cascades: [%s]") + 1
PROTOCOL = "id: %s\ntitle: Protocol\ndepositaries: [un-sg]\nzone: UTC\n"


def write(folder: Path, cascades: str, *protocols: str) -> Path:
    (folder / "lake.yaml").write_text(LAKE % cascades)
    for name in protocols:
        (folder / f"{name}.yaml").write_text(PROTOCOL % name)
    return folder


@pytest.mark.django_db
def test_a_treaty_that_is_nowhere_refuses_the_load(tmp_path: Path) -> None:
    with pytest.raises(BadFileError) as refusal:
        load_library(directories=[write(tmp_path, "shore, river", "shore")], now=NOW)

    (problem,) = refusal.value.problems
    assert problem.file == str(tmp_path / "lake.yaml")
    assert (problem.line, problem.key) == (LINE, "clauses[12].cascades[1]")
    assert problem.sentence == 'The treaty "river" is not in the library.'
    assert not Treaty.objects.exists()


def test_every_other_problem_of_the_file_stands_in_the_same_report(tmp_path: Path) -> None:
    lake = LAKE.replace("zone: UTC", "zone: Mars") + "parent: nowhere\n"
    (tmp_path / "lake.yaml").write_text(lake % "river")
    with pytest.raises(BadFileError) as refusal:
        read_treaty_files(tmp_path)
    found = [(problem.key, problem.line is not None) for problem in refusal.value.problems]
    assert sorted(found) == [("clauses[12].cascades[0]", True), ("parent", True), ("zone", True)]


@pytest.mark.django_db
def test_no_effect_carries_over_to_its_own_treaty(tmp_path: Path) -> None:
    with pytest.raises(BadFileError, match="not to its own"):
        load_library(directories=[write(tmp_path, "lake")], now=NOW)


@pytest.mark.django_db
def test_the_treaty_can_be_in_the_registry_already(tmp_path: Path) -> None:
    load_library(directories=[write(tmp_path, "shore", "shore")], now=NOW)
    (tmp_path / "shore.yaml").unlink()

    assert load_library(directories=[tmp_path], now=NOW).treaties.unchanged == 1


@pytest.mark.django_db
def test_a_file_that_is_refused_itself_is_not_also_said_to_be_missing(tmp_path: Path) -> None:
    first, second = tmp_path / "one", tmp_path / "two"
    first.mkdir()
    second.mkdir()
    (second / "shore.yaml").write_text((PROTOCOL % "shore").replace("UTC", "Mars"))

    with pytest.raises(BadFileError) as refusal:
        load_library(directories=[write(first, "shore"), second], now=NOW)

    assert [problem.key for problem in refusal.value.problems] == ["zone"]


def test_files_that_are_only_tried_are_held_against_the_library_too(tmp_path: Path) -> None:
    assert "lake" in read_treaty_files(write(tmp_path, "open-skies"))

    with pytest.raises(BadFileError, match=r"cascades\[0\]: The treaty \"river\" is not in"):
        read_treaty_files(write(tmp_path, "river"))
