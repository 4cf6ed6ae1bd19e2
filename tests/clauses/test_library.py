"""The library that comes with the product: it loads whole, and its dates are the published ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

import notifications
from notifications.clauses.compute import Result, compute
from notifications.clauses.facts import Facts
from notifications.clauses.loader import (
    PartyRecord,
    load_party_file,
    load_treaty_directory,
    read_yaml,
)
from notifications.clauses.treaty import TreatyFile

LIBRARY = Path(notifications.__file__).parent / "library"

MakeFacts = Callable[..., Facts]


@pytest.fixture(scope="module")
def parties() -> dict[str, PartyRecord]:
    return {record.code: record for record in load_party_file(LIBRARY / "parties.yaml")}


@pytest.fixture(scope="module")
def treaties(parties: dict[str, PartyRecord]) -> dict[str, TreatyFile]:
    files = load_treaty_directory(LIBRARY / "treaties", known_parties=parties)
    return {treaty.id: treaty for treaty in files}


def count(treaty: TreatyFile, clause_id: str, make_facts: MakeFacts, **facts: object) -> Result:
    clause = next(clause for clause in treaty.clauses if clause.id == clause_id)
    depositaries = frozenset(treaty.depositaries)
    return compute(clause, make_facts(**facts, zone=treaty.zone, depositaries=depositaries))


@pytest.mark.parametrize(
    ("treaty", "clause", "given", "receipts", "opens", "due"),
    [
        ("open-skies", "xv-2", "2020-05-22", {"CAN": "2020-05-22"}, None, "2020-11-22"),
        ("open-skies", "xv-3", "2020-05-22", {"HUN": "2020-05-22"}, "2020-06-21", "2020-07-21"),
        ("open-skies", "xv-2", "2021-06-18", {"HUN": "2021-06-18"}, None, "2021-12-18"),
        ("open-skies", "xv-3", "2021-06-18", {"CAN": "2021-06-18"}, "2021-07-18", "2021-08-17"),
        ("cfe", "xix-2", "2023-06-09", {"NLD": "2023-06-09"}, None, "2023-11-07"),
        ("cfe", "xxi-4", "2023-06-09", {"NLD": "2023-06-09"}, None, "2023-06-30"),
        ("inf", "xv-2", "2019-02-02", {"RUS": "2019-02-02"}, None, "2019-08-02"),
        ("abm", "xv-2", "2001-12-13", {"RUS": "2001-12-13"}, None, "2002-06-13"),
    ],
)
def test_the_clauses_give_the_published_dates(
    *,
    treaties: dict[str, TreatyFile],
    make_facts: MakeFacts,
    treaty: str,
    clause: str,
    given: str,
    receipts: dict[str, str],
    opens: str | None,
    due: str,
) -> None:
    result = count(treaties[treaty], clause, make_facts, given_on=given, receipts=receipts)

    assert result.due_on == date.fromisoformat(due)
    assert result.opens_on == (date.fromisoformat(opens) if opens else None)


@pytest.mark.parametrize(
    ("treaty", "number", "left"),
    [
        ("open-skies", 34, {"USA": "2020-11-22", "RUS": "2021-12-18"}),
        ("cfe", 30, {"RUS": "2023-11-07"}),
        ("inf", 6, {"SUN": "1991-12-26", "USA": "2019-08-02"}),
        ("abm", 6, {"SUN": "1991-12-26", "USA": "2002-06-13"}),
    ],
)
def test_the_participants_and_those_who_left_are_known(
    treaties: dict[str, TreatyFile], treaty: str, number: int, left: dict[str, str]
) -> None:
    entries = treaties[treaty].parties

    assert len({entry.party for entry in entries}) == len(entries) == number
    assert {entry.party: str(entry.until) for entry in entries if entry.until} == left
    assert treaties[treaty].participants_complete is (number > 6)


@pytest.mark.parametrize("treaty", ["inf", "abm"])
def test_the_soviet_union_is_succeeded_in_its_treaties_without_a_day_between(
    treaties: dict[str, TreatyFile], parties: dict[str, PartyRecord], treaty: str
) -> None:
    entries = {entry.party: entry for entry in treaties[treaty].parties}
    followed = {code for code, entry in entries.items() if entry.succeeds == "SUN"}
    assert followed == {"RUS", "BLR", "KAZ", "UKR"}
    assert followed <= {succession.new for succession in parties["SUN"].successors}
    assert {entries[code].in_force for code in followed} == {entries["SUN"].until}


def test_the_exercise_is_the_treaty_on_open_skies_with_nobody_gone(
    treaties: dict[str, TreatyFile], parties: dict[str, PartyRecord]
) -> None:
    (exercise,) = load_treaty_directory(LIBRARY / "exercise", known_parties=parties)

    assert exercise.id == "open-skies-exercise"
    real = {clause.id: clause for clause in treaties["open-skies"].clauses}
    assert {"xv-2", "xv-3"} <= {clause.id for clause in exercise.clauses}
    assert all(clause == real[clause.id] for clause in exercise.clauses)
    assert len(exercise.parties) == 34
    assert not any(entry.until for entry in exercise.parties)


def test_every_clause_of_the_library_says_where_it_comes_from(
    treaties: dict[str, TreatyFile],
) -> None:
    for treaty in treaties.values():
        for clause in treaty.clauses:
            name = f"{treaty.id} {clause.id}"
            assert clause.summary, name
            assert clause.confidence, name
            assert clause.basis, name
            # What rests on recollection says so, and nothing else is without a source.
            assert clause.source.startswith("http") or clause.basis == "recollection", name


def test_the_five_scenarios_are_read_strictly_and_name_treaties_of_the_library(
    treaties: dict[str, TreatyFile],
) -> None:
    documents = [read_yaml(path).data for path in sorted((LIBRARY / "scenarios").glob("*.yaml"))]

    assert [document["id"] for document in documents if isinstance(document, dict)] == [
        "abm-2001-2002",
        "cfe-ru-2023",
        "inf-2018-2019",
        "open-skies-ru-2021",
        "open-skies-us-2020",
    ]
    assert {document["treaty"] for document in documents if isinstance(document, dict)} <= set(
        treaties
    )
