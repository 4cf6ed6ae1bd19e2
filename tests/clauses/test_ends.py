"""The end of a count: at the end of a day, as a target, with what outlasts it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from notifications.clauses.compute import Result, compute
from notifications.clauses.facts import Extension, Facts, Lasting, Stop
from notifications.clauses.schema import Clause

MakeClause = Callable[..., Clause]
MakeFacts = Callable[..., Facts]


def words(result: Result) -> list[str]:
    return [step.words for step in result.trace]


def test_an_effect_at_the_end_of_its_day_comes_at_24_hours(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clause = make_clause(count=[{"add": "P1Y"}, {"until": "12-31"}], at="end")

    result = compute(clause, make_facts("2017-10-12"))

    assert result.due_on == date(2018, 12, 31)
    assert result.due_at == datetime(2019, 1, 1, tzinfo=UTC)
    assert words(result)[-1] == "31 December 2018, 24:00 UTC"


def test_an_effect_at_the_end_of_its_day_can_still_be_stopped_on_that_day(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    stop = Stop(date(2020, 6, 22), date(2020, 6, 25), "talks")
    facts = make_facts("2020-05-22", stops=(stop,))

    at_start = compute(make_clause(count=[{"add": "P1M"}]), facts)
    at_end = compute(make_clause(count=[{"add": "P1M"}], at="end"), facts)

    assert (at_start.due_on, at_end.due_on) == (date(2020, 6, 22), date(2020, 6, 25))


def test_a_date_in_a_zone_ends_on_its_clock(make_clause: MakeClause, make_facts: MakeFacts) -> None:
    clause = make_clause(count=[{"add": "P2Y"}], at="end", zone="Europe/Brussels")

    result = compute(clause, make_facts("2017-03-29"))

    assert result.due_at == datetime(2019, 3, 29, 23, 0, tzinfo=UTC)
    assert words(result)[-1] == "29 March 2019, 24:00 Europe/Brussels"


PROMPTLY = {
    "starts": "received",
    "yields": "duty",
    "duty": {
        "bearer": "depositaries",
        "act": "correction",
        "soft": "P7D",
        "on_lapse": "conference",
    },
}


def test_promptly_is_a_target_and_the_trace_says_that_the_clause_names_no_days(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    facts = make_facts("2022-02-10", receipts={"CAN": "2022-02-11"})

    result = compute(make_clause(**PROMPTLY), facts)

    assert (result.status, result.due_on) == ("computed", date(2022, 2, 18))
    assert words(result)[1] == (
        "+ 7 days, a target only: the clause itself names no number of days → 18 February 2022"
    )


def test_a_target_in_hours_runs_from_the_minute(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    duty = {**PROMPTLY["duty"], "soft": "PT24H"}  # type: ignore[dict-item]
    clause = make_clause(**{**PROMPTLY, "starts": {"field": "occurs_at"}, "duty": duty})
    facts = make_facts("2022-02-10", stated={"occurs_at": datetime(2022, 2, 11, 10, tzinfo=UTC)})

    result = compute(clause, facts)

    assert result.due_at == datetime(2022, 2, 12, 10, tzinfo=UTC)
    assert words(result)[1].startswith("+ 24 hours, a target only")


def test_a_target_in_hours_from_a_mere_date_says_from_which_hour(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    duty = {**PROMPTLY["duty"], "soft": "PT24H"}  # type: ignore[dict-item]
    facts = make_facts("2022-02-10", receipts={"CAN": "2022-02-11"})

    result = compute(make_clause(**{**PROMPTLY, "duty": duty}), facts)

    assert result.due_at == datetime(2022, 2, 12, tzinfo=UTC)
    assert words(result)[1].startswith("the hour is not known")


@pytest.mark.parametrize(
    ("survives", "until"),
    [
        ("P20Y", date(2040, 11, 22)),
        ([{"add": "P1Y"}, {"until": "12-31"}], date(2021, 12, 31)),
        ([{"add": "P1Y"}, {"next": "day"}], date(2021, 11, 23)),
    ],
)
def test_obligations_that_outlast_an_effect_have_a_second_date(
    make_clause: MakeClause, make_facts: MakeFacts, survives: object, until: date
) -> None:
    clause = make_clause(count=[{"add": "P6M"}], survives=survives)

    result = compute(clause, make_facts("2020-05-22"))

    assert (result.due_on, result.survives_on) == (date(2020, 11, 22), until)
    assert "the obligations that outlast it end on" in words(result)[-1]


def test_the_second_date_moves_with_the_first(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clause = make_clause(count=[{"add": "P6M"}], survives="P20Y", minimum=True)

    named = compute(clause, make_facts("2020-05-22", effective_on="2021-01-01"))
    longer = Extension(date(2020, 6, 1), date(2020, 12, 22), "agreed", days=30)
    extended = compute(clause, make_facts("2020-05-22", extended_to=(longer,)))

    assert named.survives_on == date(2041, 1, 1)
    assert extended.survives_on == date(2040, 12, 22)


def test_an_open_date_has_no_second_one(make_clause: MakeClause, make_facts: MakeFacts) -> None:
    war = Lasting("armed-conflict", date(2020, 1, 1), None)
    clause = make_clause(count=[{"add": "P6M"}], survives="P20Y", open_while="armed-conflict")

    result = compute(clause, make_facts("2020-05-22", lasting=(war,)))

    assert (result.status, result.survives_on) == ("open", None)


def test_a_second_date_that_waits_for_a_fact_leaves_the_first_alone(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    term = {"from": "in_force", "first": "P1Y", "every": "P1Y"}
    clause = make_clause(count=[{"add": "P6M"}], survives=[{"term": term}])

    result = compute(clause, make_facts("2020-05-22"))

    assert (result.status, result.due_on, result.survives_on) == (
        "computed",
        date(2020, 11, 22),
        None,
    )
