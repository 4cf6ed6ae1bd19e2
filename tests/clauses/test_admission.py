"""When an act is admitted: not before, not after, and within times that open periodically."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from notifications.clauses.compute import Result, compute
from notifications.clauses.facts import Facts, ReceiptFact
from notifications.clauses.schema import Clause

MakeClause = Callable[..., Clause]
MakeFacts = Callable[..., Facts]

THREE_YEARS = {"not_before": {"starts": "in_force_for_party", "count": [{"add": "P3Y"}]}}
ENTERED = {"sender": "USA", "entries": {"USA": date(2016, 11, 4)}}


def day(text: str) -> date:
    return date.fromisoformat(text)


def words(result: Result) -> list[str]:
    return [step.words for step in result.trace]


@pytest.mark.parametrize(
    ("given", "status", "due"),
    [
        pytest.param("2019-11-03", "premature", None, id="the day before"),
        pytest.param("2019-11-04", "computed", "2020-11-04", id="the first lawful day"),
        pytest.param("2025-01-20", "computed", "2026-01-20", id="later"),
    ],
)
def test_an_act_before_its_first_lawful_day_yields_no_date(
    *, make_clause: MakeClause, make_facts: MakeFacts, given: str, status: str, due: str | None
) -> None:
    clause = make_clause(count=[{"add": "P1Y"}], admissible=THREE_YEARS)

    result = compute(clause, make_facts(given, **ENTERED))

    assert (result.status, result.due_on) == (status, day(due) if due else None)
    assert result.lawful_on == (None if due else day("2019-11-04"))


def test_a_premature_act_is_told_the_first_lawful_day_and_why(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clause = make_clause(count=[{"add": "P1Y"}], admissible=THREE_YEARS)

    result = compute(clause, make_facts("2017-08-04", **ENTERED))

    assert words(result) == [
        "4 August 2017, the date of the note",
        (
            "too early: the first lawful day is 4 November 2019, 3 years after the entry into "
            "force for the party (4 November 2016)"
        ),
    ]


def test_an_act_in_time_is_told_the_test_before_its_steps(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clause = make_clause(count=[{"add": "P1Y"}], admissible=THREE_YEARS)

    result = compute(clause, make_facts("2019-11-04", **ENTERED))

    assert words(result)[1:3] == [
        "not too early: the act is admitted from 4 November 2019 on",
        "+ 1 year → 4 November 2020",
    ]


@pytest.mark.parametrize(
    ("given", "status"),
    [("2020-08-30", "computed"), ("2020-08-31", "computed"), ("2020-09-01", "too-late")],
)
def test_an_act_after_its_last_lawful_day_is_too_late(
    make_clause: MakeClause, make_facts: MakeFacts, given: str, status: str
) -> None:
    limit = {"not_after": {"starts": "circulated", "count": [{"add": "P3M"}]}}

    result = compute(make_clause(admissible=limit), make_facts(given, circulated_on="2020-05-31"))

    assert result.status == status
    if status == "too-late":
        assert result.lawful_on == day("2020-08-31")
        assert words(result)[1] == (
            "too late: the last lawful day was 31 August 2020, 3 months after the circulation "
            "(31 May 2020)"
        )
    else:
        assert words(result)[1] == "not too late: the act is admitted until 31 August 2020"


def test_a_limit_on_the_day_of_a_fact_itself_is_told_without_a_length(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clause = make_clause(admissible={"not_before": {"starts": "in_force"}})

    result = compute(clause, make_facts("2020-01-01", in_force_on=day("2020-01-02")))

    assert words(result)[1] == "too early: the first lawful day is 2 January 2020"


# --- times that open periodically: ten years after entry into force, for one year

ILO = {"window": {"starts": "in_force", "first": "P10Y", "every": "P10Y", "for": "P1Y"}}


@pytest.mark.parametrize(
    ("registered", "status", "due", "lawful"),
    [
        pytest.param(
            "1955-03-01", "premature", None, "1960-07-04", id="within the first ten years"
        ),
        pytest.param("1960-07-03", "premature", None, "1960-07-04", id="the day before it opens"),
        pytest.param("1960-07-04", "computed", "1961-07-04", None, id="its first day counts"),
        pytest.param("1961-07-04", "computed", "1962-07-04", None, id="its last day counts"),
        pytest.param("1961-07-05", "premature", None, "1970-07-04", id="the day after it closed"),
        pytest.param("2021-01-01", "computed", "2022-01-01", None, id="in the seventh"),
    ],
)
def test_a_denunciation_outside_its_window_is_premature_and_one_within_counts_a_year(
    *,
    make_clause: MakeClause,
    make_facts: MakeFacts,
    registered: str,
    status: str,
    due: str | None,
    lawful: str | None,
) -> None:
    clause = make_clause(starts="registered", count=[{"add": "P1Y"}], admissible=ILO)
    facts = make_facts("1950-01-01", registered_on=day(registered), in_force_on=day("1950-07-04"))

    result = compute(clause, facts)

    assert result.status == status
    assert result.due_on == (day(due) if due else None)
    assert result.lawful_on == (day(lawful) if lawful else None)


@pytest.mark.parametrize(
    ("registered", "told"),
    [
        ("1960-09-01", "in time: the act is admitted from 4 July 1960 to 4 July 1961"),
        ("1962-09-01", "too early: the act is next admitted from 4 July 1970 to 4 July 1971"),
    ],
)
def test_the_trace_names_the_window(
    *, make_clause: MakeClause, make_facts: MakeFacts, registered: str, told: str
) -> None:
    clause = make_clause(starts="registered", count=[{"add": "P1Y"}], admissible=ILO)
    facts = make_facts("1950-01-01", registered_on=day(registered), in_force_on=day("1950-07-04"))

    assert words(compute(clause, facts))[1] == told


def test_all_conditions_must_hold(make_clause: MakeClause, make_facts: MakeFacts) -> None:
    clause = make_clause(admissible={**ILO, **THREE_YEARS})
    facts = {"in_force_on": day("1950-07-04"), "sender": "USA"}

    late = make_facts("1960-08-01", **facts, entries={"USA": day("1958-01-01")})
    fine = make_facts("1961-02-01", **facts, entries={"USA": day("1958-01-01")})

    assert (compute(clause, late).status, compute(clause, late).lawful_on) == (
        "premature",
        day("1961-01-01"),
    )
    assert compute(clause, fine).status == "computed"
    assert [step.kind for step in compute(clause, fine).trace] == [
        "given-note",
        "not-before",
        "within-window",
        "effect",
    ]


@pytest.mark.parametrize(
    ("admissible", "missing"),
    [
        (THREE_YEARS, "in_force_for_party"),
        (ILO, "in_force"),
        ({"not_after": {"starts": "circulated", "count": [{"add": "P3M"}]}}, "circulated"),
        ({"not_before": {"starts": {"clause": "xv-3"}}}, "clause"),
        (
            {
                "not_before": {
                    "starts": "given",
                    "count": [{"term": {"from": "in_force", "first": "P1Y", "every": "P1Y"}}],
                }
            },
            "in_force",
        ),
        (
            {"not_before": {"starts": {"count_of": "objection", "reaches": 2}}},
            "count_of",
        ),
    ],
)
def test_without_the_fact_for_the_test_the_clause_waits_for_it(
    make_clause: MakeClause, make_facts: MakeFacts, admissible: object, missing: str
) -> None:
    result = compute(make_clause(admissible=admissible), make_facts("2020-05-22"))

    assert (result.status, result.awaiting, result.due_on) == ("awaiting", missing, None)


def test_the_entry_of_a_party_that_is_unknown_is_taken_as_the_earliest_it_can_be(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    facts = make_facts("2002-01-01", in_force_on=day("2000-01-01"), sender="USA")

    result = compute(make_clause(admissible=THREE_YEARS), facts)

    assert (result.status, result.lawful_on) == ("premature", day("2003-01-01"))
    assert "the party’s own not being recorded" in words(result)[1]


def test_the_test_is_of_the_day_from_which_the_clause_counts_and_not_of_the_note(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clause = make_clause(starts="received", admissible=THREE_YEARS)

    result = compute(clause, make_facts("2019-11-01", receipts={"CAN": "2019-11-04"}, **ENTERED))

    assert (result.status, result.due_on) == ("computed", day("2019-11-04"))


def test_a_window_for_an_act_is_tested_like_a_date(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    keys = {
        "yields": "lapse",
        "count": None,
        "opens": [{"add": "P1M"}],
        "closes": [{"add": "P2M"}],
    }
    clause = make_clause(**keys, admissible=THREE_YEARS)

    result = compute(clause, make_facts("2017-08-04", **ENTERED))

    assert (result.status, result.opens_on, result.due_on) == ("premature", None, None)


def test_a_disputed_receipt_of_an_act_in_time_is_told_beside_the_receipt(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    made = make_facts("2019-11-01", **ENTERED)
    receipt = ReceiptFact("CAN", day("2019-11-05"), claimed_on=day("2019-11-02"))
    facts = Facts(**{**vars(made), "receipts": (receipt,)})

    result = compute(make_clause(starts="received", admissible=THREE_YEARS), facts)

    assert result.status == "disputed"
    assert sorted(words(result)[1:3]) == [
        "not too early: the act is admitted from 4 November 2019 on",
        "this date is disputed: the other side states 2 November 2019",
    ]
