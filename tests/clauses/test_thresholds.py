"""The day on which enough acts have come in: a number, a share, all, the last; within a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from notifications.clauses.compute import Result, compute
from notifications.clauses.facts import Facts, ReferringAct
from notifications.clauses.schema import Clause

MakeClause = Callable[..., Clause]
MakeFacts = Callable[..., Facts]

CONVENE = {"yields": "duty", "duty": {"bearer": "depositaries", "act": "conference"}}
EVERYBODY = frozenset({"CAN", "FRA", "HUN", "RUS", "USA"})


def day(text: str) -> date:
    return date.fromisoformat(text)


def words(result: Result) -> list[str]:
    return [step.words for step in result.trace]


def requests(*rows: str, act: str = "conference-request") -> tuple[ReferringAct, ...]:
    """Acts by who and when, as in "USA 2020-06-01"."""
    return tuple(ReferringAct(act, row[:3], day(row[4:])) for row in rows)


def counted(reaches: object, **keys: object) -> dict[str, object]:
    return {"count_of": "conference-request", "reaches": reaches, **keys}


@pytest.mark.parametrize(
    ("reaches", "reached_on"),
    [
        (1, "2020-06-01"),
        (3, "2020-06-20"),
        (5, "2020-07-30"),
        ("all", "2020-07-30"),
        ("last", "2020-07-30"),
        pytest.param("majority", "2020-06-20", id="three of five"),
        pytest.param("3/5", "2020-06-20", id="three fifths, exactly three"),
        pytest.param("2/3", "2020-07-05", id="two thirds, rounded up to four"),
        pytest.param("7/8", "2020-07-30", id="seven eighths, rounded up to all five"),
        pytest.param("1/10", "2020-06-01", id="a tenth, rounded up to one"),
    ],
)
def test_a_threshold_is_reached_on_the_day_of_the_act_that_was_missing(
    make_clause: MakeClause, make_facts: MakeFacts, reaches: object, reached_on: str
) -> None:
    came = requests(
        "HUN 2020-07-30", "USA 2020-06-01", "CAN 2020-06-20", "FRA 2020-06-02", "RUS 2020-07-05"
    )
    clause = make_clause(starts=counted(reaches), **CONVENE)

    result = compute(clause, make_facts("2020-05-22", referring=came, parties=EVERYBODY))

    assert result.due_on == day(reached_on)


def test_the_third_request_opens_the_time_for_a_conference(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clause = make_clause(
        starts=counted(3, within="P90D", of="circulated"),
        count=None,
        opens=[{"add": "P30D"}],
        closes=[{"add": "P60D"}],
        **CONVENE,
    )
    came = requests("USA 2020-06-01", "FRA 2020-06-05", "CAN 2020-07-05")

    result = compute(clause, make_facts("2020-05-22", circulated_on="2020-05-23", referring=came))

    assert (result.opens_on, result.due_on) == (day("2020-08-04"), day("2020-09-03"))
    assert words(result)[0] == (
        "5 July 2020, “Request for a conference” from CAN completes the number needed (3), "
        "in the time until 21 August 2020"
    )


@pytest.mark.parametrize(("third", "is_reached"), [("2020-08-21", True), ("2020-08-22", False)])
def test_the_last_day_of_the_time_for_it_counts_and_the_day_after_does_not(
    make_clause: MakeClause, make_facts: MakeFacts, third: str, is_reached: bool
) -> None:
    came = requests("USA 2020-06-01", "FRA 2020-06-05", f"CAN {third}")
    clause = make_clause(starts=counted(3, within="P90D", of="circulated"), **CONVENE)

    result = compute(clause, make_facts("2020-05-22", circulated_on="2020-05-23", referring=came))

    assert (result.status == "computed") is is_reached
    if not is_reached:
        assert (result.awaiting, words(result)) == (
            "count_of",
            ["“Request for a conference”: 2 so far, of 3 needed in the time until 21 August 2020"],
        )


def test_a_threshold_waits_for_the_fact_that_begins_its_time(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    came = requests("USA 2020-06-01")
    clause = make_clause(starts=counted(1, within="P90D", of="circulated"), **CONVENE)

    result = compute(clause, make_facts("2020-05-22", referring=came))

    assert (result.status, result.awaiting) == ("awaiting", "circulated")
    assert words(result) == ["not yet circulated"]


def test_a_party_that_asks_twice_counts_once_by_its_first_request(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    came = requests("USA 2020-06-01", "USA 2020-06-02", "FRA 2020-06-09")

    two = compute(
        make_clause(starts=counted(2), **CONVENE), make_facts("2020-05-22", referring=came)
    )
    three = compute(
        make_clause(starts=counted(3), **CONVENE), make_facts("2020-05-22", referring=came)
    )

    assert two.due_on == day("2020-06-09")
    assert three.status == "awaiting"


def test_the_last_act_is_the_latest_recorded_and_never_waits_for_more(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    came = requests("USA 2020-06-01", "FRA 2020-06-05", "USA 2020-06-09")
    clause = make_clause(starts=counted("last"), **CONVENE)

    result = compute(clause, make_facts("2020-05-22", referring=came, parties=EVERYBODY))

    assert result.due_on == day("2020-06-09")
    assert (
        words(result)[0] == "9 June 2020, “Request for a conference” from USA, the last one so far"
    )
    assert compute(clause, make_facts("2020-05-22")).awaiting == "count_of"


def test_the_last_act_within_its_time_counts_though_its_party_acts_again_after_it(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    came = requests("FRA 2020-06-01", "USA 2020-08-21", "USA 2020-08-22")
    clause = make_clause(starts=counted("last", within="P90D", of="circulated"), **CONVENE)

    result = compute(clause, make_facts("2020-05-22", circulated_on="2020-05-23", referring=came))

    assert result.due_on == day("2020-08-21")


def test_acts_of_another_kind_and_of_others_than_the_parties_do_not_count_to_a_share(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    came = (
        *requests("USA 2020-06-01", "BRA 2020-06-02"),
        *requests("FRA 2020-06-03", act="consultation-request"),
    )
    clause = make_clause(starts=counted("majority"), **CONVENE)

    result = compute(clause, make_facts("2020-05-22", referring=came, parties=EVERYBODY))

    assert words(result) == ["“Request for a conference”: 1 so far, of 3 needed"]


def test_a_share_of_parties_that_are_not_known_is_awaited(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clause = make_clause(starts=counted("7/8"), **CONVENE)

    result = compute(clause, make_facts("2020-05-22", referring=requests("USA 2020-06-01")))

    assert (result.status, result.awaiting) == ("awaiting", "count_of")
    assert "depends on the parties, who are not known" in words(result)[0]
