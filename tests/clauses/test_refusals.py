"""Malformed treaty files: refused whole, every problem with its line, its key and one sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from notifications.clauses.loader import load_treaty_directory, load_treaty_file
from notifications.errors import BadFileError, Problem

ProblemsOf = Callable[[str], list[Problem]]


@pytest.mark.parametrize(
    ("old", "new", "key", "sentence"),
    [
        ("id: lake-pact", "id: Lake Pact", "id", "no id"),
        ("id: lake-pact", "id: 12", "id", '"12" is not text'),
        ("id: lake-pact", "id: 2020-01-01", "id", '"2020-01-01" is not text'),
        ("title: Pact on the Lake\n", "", "title", "required"),
        ("title: Pact on the Lake", "title:", "title", "no value"),
        ("title: Pact on the Lake", f"title: {'x' * 401}", "title", "longer than 400"),
        ("title: Pact on the Lake", f"title: {'x' * 121}", "short_name", "needs a short name"),
        ("depositaries: [CAN]", "depositaries: CAN", "depositaries", "list"),
        ("depositaries: [CAN]", "depositaries: [CAN, XXX]", "depositaries[1]", '"XXX" is unknown'),
        ("depositaries: [CAN]", "depositaries: [Canada]", "depositaries[0]", "neither an alpha-3"),
        ("depositaries: [CAN]", f"depositaries: [{'x' * 41}]", "depositaries[0]", "neither an"),
        ("depositaries: [CAN]", "depositaries: [CAN, CAN]", "depositaries[1]", "twice"),
        ("zone: UTC", "zone: Mars/Olympus", "zone", "no IANA time zone"),
        ("zone: UTC", "zone: localtime", "zone", "no IANA time zone"),
        ("zone: UTC", "zone: right/Europe/Paris", "zone", "no IANA time zone"),
        ("zone: UTC", "zone: Europe", "zone", "no IANA time zone"),
        ("zone: UTC", "zone: ../UTC", "zone", "no IANA time zone"),
        ("zone: UTC\n", "", "zone", "required"),
        ("zone: UTC", "zone: UTC\nregistered_no: 1", "registered_no", "unknown"),
        ("zone: UTC", "zone: UTC\nadopted: 2021-02-30", "adopted", "no date of the calendar"),
        ("zone: UTC", "zone: UTC\nadopted: '2021-02-30'", "adopted", "no date of the calendar"),
        ("zone: UTC", "zone: UTC\nin_force: 1992", "in_force", "no date of the calendar"),
        ("zone: UTC", "zone: UTC\nsigned: 2021-02-03 10:00Z", "signed", "no date of the calendar"),
        (
            "zone: UTC",
            "zone: UTC\nparticipants_complete: yes",
            "participants_complete",
            "true or false",
        ),
        ("zone: UTC", "zone: UTC\nparties: [ZZZ]", "parties[0]", '"ZZZ" is unknown'),
        ("zone: UTC", "zone: UTC\nparties: [{in_force: 2001-01-01}]", "parties[0].party", "requ"),
        ("zone: UTC", "zone: UTC\nparties: [{party: USA, left: 1}]", "parties[USA].left", "unkn"),
        ("zone: UTC", "zone: UTC\nparties: [USA]", "parties[0]", "Say in_force for the party or"),
        ("zone: UTC", "zone: UTC\nparties: [{party: USA}]", "parties[USA]", "Say in_force for the"),
        ("zone: UTC", "zone: UTC\nsigned: 1799-12-31", "signed", "between 1800 and 2300"),
        ("zone: UTC", "zone: UTC\nadopted: 2301-01-01", "adopted", "between 1800 and 2300"),
        ("zone: UTC", 'zone: UTC\nsource: "a\\ud800b"', "", "not well-formed"),
        ("zone: UTC", 'zone: UTC\n"\\udfff": b', "", "not well-formed"),
        (
            "zone: UTC",
            "zone: UTC\nin_force: 2000-01-01\nparties: [USA, USA]",
            "parties[1]",
            "twice for the same time",
        ),
        (
            "zone: UTC",
            "zone: UTC\nparties: [{party: USA, in_force: 2002-01-01, until: 2001-01-01}]",
            "parties[USA].until",
            "not before",
        ),
        ("zone: UTC", "zone: UTC\nparties: [5]", "parties[0]", "Keys with values"),
    ],
)
def test_a_fault_of_the_treaty_is_refused(
    *, treaty_text: str, problems_of: ProblemsOf, old: str, new: str, key: str, sentence: str
) -> None:
    assert old in treaty_text

    problems = problems_of(treaty_text.replace(old, new, 1))

    assert [problem.key for problem in problems] == [key]
    assert sentence in problems[0].sentence


def test_all_problems_of_a_file_come_in_one_report_with_their_lines(
    problems_of: ProblemsOf,
) -> None:
    problems = problems_of(
        """\
id: lake-pact
title: 5
depositaries: [XXX]
zone: UTC
zone: UTC
adopted: 2001-02-30
parties:
  - {party: USA}
  - {party: QQQ}
clauses:
  - id: art-9
    article: Art. 9
    governs: withdrawal
    starts: announced
    count:
      - {add: P6M}
      - {add: P1.5M}
    yields: effect
    colour: red
  - Art. 10
"""
    )

    assert [(problem.line, problem.key) for problem in problems] == [
        (2, "title"),
        (3, "depositaries[0]"),
        (5, "zone"),
        (6, "adopted"),
        (8, "parties[USA]"),
        (9, "parties[QQQ]"),
        (14, "clauses[art-9].starts"),
        (17, "clauses[art-9].count[1].add"),
        (19, "clauses[art-9].colour"),
        (20, "clauses[1]"),
    ]


def test_a_problem_reads_as_one_line(treaty_text: str, tmp_path: Path) -> None:
    path = tmp_path / "lake.yaml"
    path.write_text(treaty_text.replace("P6M", "P1.5M"), encoding="utf-8")

    with pytest.raises(BadFileError) as refusal:
        load_treaty_file(path, known_parties=["CAN"])

    assert str(refusal.value) == (
        f"{path}, line 10: clauses[art-9].count[0].add: "
        '"P1.5M" is a fraction; a period counts in whole units.'
    )


def test_a_directory_is_refused_with_the_problems_of_all_its_files(
    treaty_text: str, tmp_path: Path
) -> None:
    (tmp_path / "a.yaml").write_text(treaty_text.replace("zone: UTC\n", ""), encoding="utf-8")
    (tmp_path / "b.yaml").write_text(treaty_text.replace("P6M", "P0M"), encoding="utf-8")
    (tmp_path / "c.yaml").write_text(treaty_text, encoding="utf-8")
    (tmp_path / "d.yaml").write_text(treaty_text, encoding="utf-8")

    with pytest.raises(BadFileError) as refusal:
        load_treaty_directory(tmp_path, known_parties=["CAN"])

    assert [(Path(problem.file).name, problem.key) for problem in refusal.value.problems] == [
        ("a.yaml", "zone"),
        ("b.yaml", "clauses[art-9].count[0].add"),
        ("d.yaml", "id"),
    ]


def test_a_directory_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFileError, match="There is no such directory"):
        load_treaty_directory(tmp_path / "none", known_parties=[])
