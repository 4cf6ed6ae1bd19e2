"""The strict reader: what it takes as it stands, what it refuses, and the lines it knows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from notifications.clauses.loader import Document, read_yaml
from notifications.errors import BadFileError


def read(tmp_path: Path, text: str | bytes) -> Document:
    path = tmp_path / "file.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_yaml(path)


def test_only_true_and_false_are_booleans(tmp_path: Path) -> None:
    document = read(tmp_path, "[on, off, yes, no, y, n, True, NO, true, false]")

    assert document.data == ["on", "off", "yes", "no", "y", "n", "True", "NO", True, False]


def test_plain_values_are_taken_as_written(tmp_path: Path) -> None:
    document = read(tmp_path, "[12, 16.1, 010, 1:30, 0x1F, 1_000, 12-31, ~, null, .inf, '12']")

    expected = [12, 16.1, "010", "1:30", "0x1F", "1_000", "12-31", None, None, ".inf", "12"]
    assert document.data == expected


def test_dates_and_instants_are_read_and_quoted_ones_stay_text(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        "[2020-05-22, '2020-05-22', 2022-02-11 10:00Z, 2022-02-11T11:00:00+01:00, "
        "2022-02-11 10:00]",
    )

    instant = datetime(2022, 2, 11, 10, tzinfo=UTC)
    assert document.data == [
        date(2020, 5, 22),
        "2020-05-22",
        instant,
        instant,
        instant.replace(tzinfo=None),
    ]


def test_a_key_path_has_its_line_and_a_missing_key_that_of_its_parent(tmp_path: Path) -> None:
    document = read(tmp_path, "a:\n  b:\n    - x\n    - {c: 1,\n       d: 2}\n")

    assert document.line_of(("a", "b", 1, "d")) == 5
    assert document.line_of(("a", "b", 1, "nothing", 3)) == 4
    assert document.line_of(("a", "b", 0)) == 3


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "The key stands twice, first in line 1."),
        ("a: 1\n12: 2\n", 2, 'The key "12" is not text.'),
        ("a: 1\ntrue: 2\n", 2, 'The key "true" is not text.'),
        ("a: 1\n[b]: 2\n", 2, "The key of a mapping is not text."),
        ("a: 2021-02-30\n", 1, '"2021-02-30" is no date of the calendar.'),
        ("a: 2021-02-03 25:00Z\n", 1, '"2021-02-03 25:00Z" is no date of the calendar.'),
        ("a: &x 1\nb: *x\n", 1, "anchors and aliases are not read"),
        ("a: !!python/object:os.system 1\n", 1, "is not read here"),
        ("a: !!bool yes\n", 1, "The tag bool is not read here."),
        ("a: !!set {b: null}\n", 1, "The tag set is not read here."),
        ("a: [1\nb: 2\n", 2, "not well-formed YAML"),
        ("a: 1\n---\nb: 2\n", 2, "found another document"),
        ("a: \t- 1\n  b\n c: [", None, "not well-formed YAML"),
        (b"a: \xff\n", None, "The file is not UTF-8 text."),
        (b"a: \x01\n", None, "a character that YAML does not allow"),
        ("[" * 3000, None, "nested too deeply"),
    ],
)
def test_a_file_that_is_no_strict_yaml_is_refused(
    tmp_path: Path, text: str | bytes, line: int | None, sentence: str
) -> None:
    with pytest.raises(BadFileError) as refusal:
        read(tmp_path, text)

    (problem,) = refusal.value.problems
    assert sentence in problem.sentence
    assert line is None or problem.line == line


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFileError, match="cannot be read: No such file"):
        read_yaml(tmp_path / "none.yaml")


def test_an_empty_file_holds_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, "# nothing\n").data is None
