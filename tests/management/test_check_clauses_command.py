"""``manage.py check_clauses``: real notices against clauses, and its exit statuses."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

HEAD = "title: Pact\ndepositaries: [CAN]\nzone: UTC\nin_force: 2000-01-01\n"
PACTS = {
    "by-notice": """
  - {id: art-1, article: Art. 1, governs: withdrawal, starts: given, count: [{add: P6M}],
     yields: effect, addressees: [depositaries]}
""",
    "by-receipt": """
  - {id: art-1, article: Art. 1, governs: withdrawal, starts: received, yields: effect,
     count: [{add: P1Y}, {next: day}]}
  - {id: art-2, article: Art. 2, governs: instrument, starts: deposited, yields: effect,
     count: [{add: P60D}, {next: month}]}
""",
    "by-registration": """
  - {id: art-1, article: Art. 1, governs: withdrawal, starts: registered, yields: effect,
     count: [{add: P1Y}],
     admissible: {window: {starts: in_force_for_party, first: P10Y, every: P10Y, for: P1Y}}}
""",
    "by-mode": """
  - {id: art-1, article: Art. 1, governs: instrument, starts: deposited, yields: effect,
     count: [{add: P90D}], when: {mode: accession}}
  - {id: art-2, article: Art. 2, governs: instrument, starts: deposited, yields: effect,
     count: [{add: P30D}]}
""",
    "by-consequence": """
  - {id: art-1, article: Art. 1, governs: withdrawal, starts: circulated, yields: right,
     count: [{add: P30D}]}
  - {id: art-2, article: Art. 2, governs: withdrawal, starts: {clause: art-1}, yields: effect,
     count: [{add: P1M}]}
""",
    "barred": """
  - {id: art-1, article: Art. 1, governs: withdrawal, yields: not-permitted}
""",
    "silent": " []\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of treaty files, one for each of the ways in which notices are counted."""
    folder = tmp_path / "treaties"
    folder.mkdir()
    for name, clauses in PACTS.items():
        text = f"id: {name}\n{HEAD}clauses:{clauses}"
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def events(tmp_path: Path) -> Any:
    """Write a file of notices, each checked independently unless its keys say otherwise."""

    def write(*rows: dict[str, Any]) -> Path:
        path = tmp_path / "events.yaml"
        checked = [
            {
                "id": f"ev{number:03d}",
                "state": "USA",
                "kind": "withdrawal",
                "independent_check": True,
                **row,
            }
            for number, row in enumerate(rows, start=1)
        ]
        path.write_text(json.dumps({"events": checked}, indent=1), encoding="utf-8")
        return path

    return write


def run(path: Path, *words: str | Path) -> tuple[int, str]:
    """The exit status and what was printed."""
    out = StringIO()
    try:
        call_command("check_clauses", str(path), *map(str, words), stdout=out)
    except CommandError as error:
        return error.returncode, out.getvalue() + str(error)
    return 0, out.getvalue()


def computed(path: Path, folder: Path) -> list[dict[str, Any]]:
    """The events of the report in JSON, whatever their status."""
    _code, text = run(path, "--treaties", folder, "--json")
    found: list[dict[str, Any]] = json.JSONDecoder().raw_decode(text)[0]["events"]
    return found


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"treaty": "open-skies", "notice_date": "2020-05-22"}, "2020-11-22"),
        ({"treaty": "cfe", "state": "RUS", "notice_date": "2023-06-09"}, "2023-11-07"),
        ({"treaty": "by-receipt", "state": "ITA", "notice_date": "2014-12-31"}, "2016-01-01"),
        (
            {
                "treaty": "by-receipt",
                "state": "AUS",
                "kind": "entry-into-force",
                "notice_date": "2002-07-01",
            },
            "2002-09-01",
        ),
        ({"treaty": "by-notice", "notice_date": "2004-08-31"}, "2005-02-28"),
    ],
)
def test_published_dates_are_computed(
    events: Any, folder: Path, row: dict[str, Any], expected: str
) -> None:
    (event,) = computed(events({**row, "effective_date": expected}), folder)
    assert (event["computed"], event["status"], event["days"]) == (expected, "agree", 0)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        # Given is the date of the notice, whatever the day of receipt, and the other way round.
        ({"treaty": "by-notice", "received_date": "2020-06-01"}, "2020-11-22"),
        ({"treaty": "by-receipt", "received_date": "2020-06-01"}, "2021-06-02"),
        ({"treaty": "by-registration", "registered_date": "2020-06-03"}, "2021-06-03"),
        ({"treaty": "by-registration", "received_date": "2020-06-02"}, "2021-06-02"),
        ({"treaty": "by-registration"}, "2021-05-22"),
        ({"treaty": "by-consequence", "received_date": "2020-06-01"}, "2020-08-01"),
    ],
)
def test_each_clause_counts_from_its_own_fact(
    events: Any, folder: Path, row: dict[str, Any], expected: str
) -> None:
    row = {**row, "notice_date": "2020-05-22", "effective_date": expected}
    (event,) = computed(events(row), folder)
    assert (event["computed"], event["result"]) == (expected, "computed")


def test_the_mode_chooses_the_clause(events: Any, folder: Path) -> None:
    row = {"treaty": "by-mode", "kind": "entry-into-force", "notice_date": "2018-09-12"}
    accession = {**row, "mode": "accession", "effective_date": "2018-12-11"}
    ratification = {**row, "mode": "ratification", "effective_date": "2018-10-12"}
    unsaid = {**row, "mode": None, "effective_date": "2018-10-12"}
    found = computed(events(accession, ratification, unsaid), folder)
    assert [event["status"] for event in found] == ["agree"] * 3


def test_a_premature_notice_agrees_where_the_clause_finds_it_premature(
    events: Any, folder: Path
) -> None:
    row = {"treaty": "by-registration", "outcome": "premature-no-effect", "effective_date": None}
    early = {**row, "notice_date": "2005-01-01", "independent_check": False}
    in_time = {**row, "notice_date": "2010-06-01"}
    code, text = run(events(early, in_time), "--treaties", folder)
    assert code == 1
    first, second, *_rest = text.splitlines()
    assert first.startswith("ev001  premature  premature  -  ")
    assert "→ too early: " in first
    assert "1 January 2010" in first
    assert second.startswith("ev002  premature  2011-06-01  -  ")


def test_the_day_on_which_a_party_joined_is_taken_from_the_file(events: Any, folder: Path) -> None:
    path = folder / "by-registration.yaml"
    parties = "parties:\n  - {party: JPN, in_force: 2005-07-01}\n"
    path.write_text(path.read_text(encoding="utf-8") + parties, encoding="utf-8")
    row = {"treaty": "by-registration", "notice_date": "2010-06-01"}
    rows = [{**row, "state": "JPN"}, {**row, "state": "XYZ"}]
    found = computed(events(*({**row, "effective_date": "2011-06-01"} for row in rows)), folder)
    assert [event["result"] for event in found] == ["premature", "computed"]


def test_where_a_treaty_has_no_exit_clause_twelve_months_are_computed(
    events: Any, folder: Path
) -> None:
    row = {"treaty": "silent", "notice_date": "2020-05-22", "effective_date": "2021-05-22"}
    (event,) = computed(events(row), folder)
    assert (event["status"], event["result"]) == ("agree", "disputed")
    assert [step["kind"] for step in event["trace"]] == [
        "given-note",
        "no-exit-clause",
        "add",
        "effect",
    ]


def test_what_the_treaty_does_not_admit_differs(events: Any, folder: Path) -> None:
    row = {"notice_date": "2020-05-22", "effective_date": "2020-11-22"}
    rows = [{**row, "treaty": "barred"}, {**row, "treaty": "barred", "kind": "entry-into-force"}]
    found = computed(events(*rows), folder)
    assert [(event["status"], event["computed"], event["days"]) for event in found] == [
        ("differ", None, None)
    ] * 2
    assert [event["result"] for event in found] == ["not-permitted", "awaiting"]


def test_people_read_one_line_a_notice_and_the_totals(events: Any, folder: Path) -> None:
    row = {"treaty": "by-notice", "notice_date": "2020-05-22"}
    path = events(
        {**row, "effective_date": "2020-11-22"},
        {**row, "effective_date": "2020-11-21"},
        {**row, "effective_date": "2020-11-22", "independent_check": False},
    )
    code, text = run(path, "--treaties", folder)
    way = "22 May 2020, the date of the note → + 6 months → 22 November 2020, 00:00 UTC"
    assert code == 1
    assert text.splitlines() == [
        f"ev001  2020-11-22  2020-11-22  0  {way}",
        f"ev002  2020-11-21  2020-11-22  +1  {way}",
        "1 agree, 1 differ, 1 skipped",
        "1 of 2 notices differ.",
    ]


def test_exit_status_is_zero_where_all_agree(events: Any, folder: Path) -> None:
    row = {"treaty": "by-notice", "notice_date": "2020-05-22", "effective_date": "2020-11-22"}
    code, text = run(events(row), "--treaties", folder)
    assert (code, text.splitlines()[-1]) == (0, "1 agree, 0 differ, 0 skipped")


def test_what_is_not_computed_is_skipped_with_its_reason(events: Any, folder: Path) -> None:
    row = {"treaty": "nowhere", "notice_date": "2020-05-22", "effective_date": "2020-11-22"}
    found = computed(
        events(
            {**row, "independent_check": False},
            {**row, "kind": "suspension"},
            {**row, "notice_date": None},
        ),
        folder,
    )
    assert {event["status"] for event in found} == {"skipped"}
    assert [event["reason"] for event in found] == [
        "its dates are not checked independently",
        "only withdrawal and entry-into-force are computed",
        "the date of the notice is not known",
    ]


def test_json_has_the_shape_that_is_promised(events: Any, folder: Path) -> None:
    row = {"treaty": "by-notice", "notice_date": "2020-05-22", "effective_date": "2020-11-20"}
    code, text = run(events(row), "--treaties", folder, "--json")
    report = json.JSONDecoder().raw_decode(text)[0]
    assert (code, report["agree"], report["differ"], report["skipped"]) == (1, 0, 1, 0)
    (event,) = report["events"]
    assert set(event) == {"id", "expected", "computed", "status", "days", "result", "trace"}
    assert (event["expected"], event["days"]) == ("2020-11-20", 2)
    assert event["trace"][1] == {
        "kind": "add",
        "before": "2020-05-22",
        "after": "2020-11-22",
        "params": {"months": 6},
        "words": "+ 6 months → 22 November 2020",
    }


def test_a_folder_replaces_treaties_of_the_library(
    events: Any, folder: Path, tmp_path: Path
) -> None:
    row = {"treaty": "open-skies", "notice_date": "2020-05-22", "effective_date": "2020-11-22"}
    path = events(row)
    assert run(path)[0] == 0
    text = (folder / "by-receipt.yaml").read_text(encoding="utf-8")
    (folder / "open-skies.yaml").write_text(
        text.replace("id: by-receipt", "id: open-skies"), encoding="utf-8"
    )
    assert computed(path, folder)[0]["computed"] == "2021-05-23"
    assert run(path)[0] == 0


BAD = """\
note: none
events:
  - id: ev1
    state: USA
    treaty: atlantis
    kind: withdrawal
    notice_date: 2020-05-22
    independent_check: true
  - {id: ev1, state: USA, treaty: cfe, kind: withdrawal, notice_date: '2020-02-30',
     effective_date: 2020-11-22, independent_check: true}
  - {id: ev2, independent_check: maybe}
  - {id: ev3, treaty: cfe, kind: withdrawal, notice_date: 2020-05-22, effective_date: soon,
     independent_check: true, state: 7}
  - ev4
  - {state: USA}
"""


def test_every_problem_of_a_bad_file_comes_in_one_report(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(BAD, encoding="utf-8")
    code, text = run(path)
    assert code == 2
    told = [line.removeprefix(f"{path}, ") for line in text.splitlines()]
    assert told == [
        (
            "line 3: events[ev1].effective_date: The published date is required: this row is to be "
            "computed."
        ),
        'line 5: events[ev1].treaty: The treaty "atlantis" is not in the library.',
        (
            'line 9: events[ev1].notice_date: "2020-02-30" is no date of the calendar, such as '
            "2020-05-22."
        ),
        'line 9: events[ev1].id: "ev1" stands twice.',
        "line 11: events[ev2].independent_check: Only true or false may stand here.",
        (
            'line 12: events[ev3].effective_date: "soon" is no date of the calendar, such as '
            "2020-05-22."
        ),
        'line 13: events[ev3].state: "7" is not text: put it in quotation marks.',
        "line 14: events[4]: Keys with values must stand here.",
        "line 15: events[5].id: This key is required.",
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("- a\n", 'A file of notices holds a list under the key "events".'),
        ("{}\n", "events: This key is required."),
        ("events: {a: 1}\n", "events: A list must stand here."),
        ("events: []\nevents: []\n", "The key stands twice, first in line 1."),
        ("events: [\n", "The file is not well-formed YAML"),
    ],
)
def test_a_file_that_is_none_of_notices_is_refused(
    tmp_path: Path, text: str, sentence: str
) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text, encoding="utf-8")
    code, said = run(path)
    assert (code, sentence in said) == (2, True)


def test_a_bad_treaty_file_or_none_at_all_is_refused(events: Any, folder: Path) -> None:
    path = events()
    (folder / "barred.yaml").write_text("id: barred\n", encoding="utf-8")
    code, text = run(path, "--treaties", folder)
    assert (code, "barred.yaml" in text) == (2, True)
    code, text = run(path, "--treaties", folder / "none")
    assert (code, "There is no such directory." in text) == (2, True)
    code, text = run(folder / "none.yaml")
    assert (code, "The file cannot be read" in text) == (2, True)
