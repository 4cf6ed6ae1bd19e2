"""The page for people who encode treaties: every example loads, counts, and prints what it says."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from notifications.clauses import vocabulary as words
from notifications.clauses.loader import load_party_file, load_treaty_file
from notifications.clauses.schema import Clause
from notifications.services.library import PARTIES

PAGE = Path(settings.BASE_DIR) / "docs" / "clauses.md"
BLOCK = re.compile(r"^```(yaml|console)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Example:
    """The clauses of one example, and a command on them with the sentence that it prints."""

    clauses: str
    command: str
    printed: str


def blocks() -> list[tuple[str, str]]:
    return BLOCK.findall(PAGE.read_text(encoding="utf-8"))


def examples() -> Iterator[Example]:
    clauses = ""
    for kind, text in blocks()[1:]:
        if kind == "yaml":
            clauses = text
            continue
        lines = text.splitlines()
        for command, printed in zip(lines[::2], lines[1::2], strict=True):
            yield Example(clauses, command, printed)


def treaty_text(clauses: str) -> str:
    """The treaty file of the page with these clauses."""
    indented = "".join(f"  {line}\n" for line in clauses.splitlines())
    return f"{blocks()[0][1]}clauses:\n{indented}"


def loaded(tmp_path: Path, clauses: str) -> tuple[Clause, ...]:
    path = tmp_path / "lake.yaml"
    path.write_text(treaty_text(clauses), encoding="utf-8")
    return load_treaty_file(path, known_parties=known_parties()).clauses


@cache
def known_parties() -> frozenset[str]:
    return frozenset(record.code for record in load_party_file(PARTIES))


@pytest.mark.parametrize("example", [pytest.param(item, id=item.command) for item in examples()])
def test_an_example_prints_its_sentence(tmp_path: Path, example: Example) -> None:
    loaded(tmp_path, example.clauses)
    program, *arguments = shlex.split(example.command.removeprefix("$ "))
    assert program == "manage.py"
    said = [str(tmp_path) if argument == "mine" else argument for argument in arguments]
    output = StringIO()

    call_command(*said, "--json", stdout=output)

    assert json.loads(output.getvalue())["sentence"] == example.printed


def test_every_example_is_counted() -> None:
    shown = [text for kind, text in blocks()[1:] if kind == "yaml"]

    assert len(shown) > 20
    assert set(shown) == {example.clauses for example in examples()}


def test_there_is_an_example_of_every_family_of_rules(tmp_path: Path) -> None:
    """Every start, every step, every yield and every modifier stands in one of them."""
    text = "".join(clauses for kind, clauses in blocks()[1:] if kind == "yaml")
    clauses = [
        clause.as_data()
        for kind, snippet in blocks()[1:]
        if kind == "yaml"
        for clause in loaded(tmp_path, snippet)
    ]

    assert {clause["yields"] for clause in clauses} == set(words.YIELDS)
    used = {key for clause in clauses for key in clause}
    assert set(words.CLAUSE_KEYS) - used == {"earlier_of"}
    for word in (*words.STEPS, "count_of", "field", "clause", "yearly", "every", "window"):
        assert re.search(rf"[{{ ]{word}: ", text), word
    for start in set(words.STARTS) - {"circulated"}:
        assert re.search(rf"(starts|from): {start}\b", text), start


def test_what_the_examples_leave_out_is_in_the_text() -> None:
    codes = CODE.findall(BLOCK.sub("", PAGE.read_text(encoding="utf-8")))
    said = {word for code in codes for word in re.findall(r"[a-z_-]+", code)}

    for word in ("earlier_of", "circulated", "not_after", *words.BASES, *words.CONFIDENCES):
        assert word in said, word


def test_the_page_is_linked_where_people_begin() -> None:
    root = Path(settings.BASE_DIR)

    assert "(docs/clauses.md)" in (root / "README.md").read_text(encoding="utf-8")
    assert "(clauses.md)" in (root / "docs" / "architecture.md").read_text(encoding="utf-8")
