"""What the steps of a clause make of a date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from notifications.clauses.compute import compute
from notifications.clauses.facts import Facts
from notifications.clauses.schema import Clause, Duty

MakeClause = Callable[..., Clause]
MakeFacts = Callable[..., Facts]


@pytest.mark.parametrize(
    ("given", "steps", "expected"),
    [
        pytest.param("2020-05-22", [{"add": "P6M"}], "2020-11-22", id="Open Skies XV(2), USA"),
        pytest.param(
            "2023-06-09", [{"add": "P150D"}, {"next": "day"}], "2023-11-07", id="CFE XIX(2), RUS"
        ),
        pytest.param(
            "2002-07-01", [{"add": "P60D"}, {"next": "month"}], "2002-09-01", id="Rome Statute"
        ),
        pytest.param(
            "2018-12-26", [{"until": "01-01"}, {"until": "06-30"}], "2019-06-30", id="ICRW XI, JPN"
        ),
        pytest.param(
            "2017-10-12", [{"add": "P1Y"}, {"until": "12-31"}], "2018-12-31", id="UNESCO II(6)"
        ),
        pytest.param(
            "2014-12-31", [{"add": "P1Y"}, {"next": "day"}], "2016-01-01", id="Energy Charter 47"
        ),
        pytest.param("2004-08-31", [{"add": "P6M"}], "2005-02-28", id="31 August + 6 months"),
        pytest.param("2024-02-29", [{"add": "P1Y"}], "2025-02-28", id="29 February + 1 year"),
    ],
)
def test_the_worked_examples_come_out_as_published(
    make_clause: MakeClause, make_facts: MakeFacts, given: str, steps: object, expected: str
) -> None:
    result = compute(make_clause(count=steps), make_facts(given))

    assert result.status == "computed"
    assert result.due_on == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("given", "step", "expected"),
    [
        ("2024-01-31", {"add": "P1M"}, "2024-02-29"),
        ("2023-01-31", {"add": "P1M"}, "2023-02-28"),
        ("2023-11-30", {"add": "P3M"}, "2024-02-29"),
        ("1900-01-31", {"add": "P1M"}, "1900-02-28"),
        ("2000-02-29", {"add": "P4Y"}, "2004-02-29"),
        ("2023-05-31", {"add": "P1M1D"}, "2023-07-01"),
        ("2023-12-31", {"add": "P2M"}, "2024-02-29"),
        ("2023-12-31", {"add": "P1Y2M"}, "2025-02-28"),
        ("2024-02-29", {"add": "P1Y12M"}, "2026-02-28"),
        ("2020-12-15", {"add": "P2W3D"}, "2021-01-01"),
        ("2020-02-28", {"add": "P1D"}, "2020-02-29"),
        ("2021-02-28", {"add": "P1D"}, "2021-03-01"),
        ("1815-06-09", {"add": "P150D"}, "1815-11-06"),
        ("2199-12-31", {"add": "P6M"}, "2200-06-30"),
        ("2020-12-31", {"next": "day"}, "2021-01-01"),
        ("2020-12-31", {"next": "month"}, "2021-01-01"),
        ("2020-11-01", {"next": "month"}, "2020-12-01"),
        ("2020-12-31", {"until": "12-31"}, "2020-12-31"),
        ("2021-01-01", {"until": "12-31"}, "2021-12-31"),
        ("2020-07-01", {"until": "06-30"}, "2021-06-30"),
    ],
)
def test_a_step_moves_the_date_by_the_calendar(
    make_clause: MakeClause, make_facts: MakeFacts, given: str, step: object, expected: str
) -> None:
    result = compute(make_clause(count=[step]), make_facts(given))

    assert result.due_on == date.fromisoformat(expected)


def test_months_are_added_in_one_addition_and_not_month_by_month(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    in_one = compute(make_clause(count=[{"add": "P2M"}]), make_facts("2023-01-31"))
    in_two = compute(make_clause(count=[{"add": "P1M"}] * 2), make_facts("2023-01-31"))

    assert in_one.due_on == date(2023, 3, 31)
    assert in_two.due_on == date(2023, 3, 28)


def test_an_empty_count_is_the_same_day(make_clause: MakeClause, make_facts: MakeFacts) -> None:
    result = compute(make_clause(count=[]), make_facts("2020-05-22"))

    assert result.due_on == date(2020, 5, 22)
    assert result.due_at == datetime(2020, 5, 22, tzinfo=UTC)


def test_an_effect_comes_when_its_date_begins_and_a_duty_and_a_lapse_when_it_ends(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    facts = make_facts("2020-05-22")
    duty = {"bearer": "notifier", "act": "correction"}

    effect = compute(make_clause(count=[{"add": "P1D"}]), facts)
    owed = compute(make_clause(count=[{"add": "P1D"}], yields="duty", duty=duty), facts)
    lapse = compute(make_clause(count=[{"add": "P1D"}], yields="lapse"), facts)

    assert effect.due_at == datetime(2020, 5, 23, tzinfo=UTC)
    assert owed.due_at == lapse.due_at == datetime(2020, 5, 24, tzinfo=UTC)
    assert effect.due_on == owed.due_on == lapse.due_on == date(2020, 5, 23)


def test_a_window_opens_at_its_first_midnight_and_closes_at_its_last(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clause = make_clause(
        starts="received",
        count=None,
        opens=[{"add": "P30D"}],
        closes=[{"add": "P60D"}],
        yields="duty",
        duty={"bearer": "depositaries", "act": "conference"},
    )

    result = compute(clause, make_facts("2020-05-20", receipts={"CAN": "2020-05-22"}))

    assert (result.opens_on, result.due_on) == (date(2020, 6, 21), date(2020, 7, 21))
    assert result.opens_at == datetime(2020, 6, 21, tzinfo=UTC)
    assert result.due_at == datetime(2020, 7, 22, tzinfo=UTC)
    assert clause.duty == Duty("depositaries", "conference")


def test_a_later_date_that_the_notice_names_wins_over_a_minimum(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clause = make_clause(count=[{"add": "P6M"}], minimum=True)

    result = compute(clause, make_facts("2020-05-22", effective_on="2021-01-01"))

    assert result.due_on == date(2021, 1, 1)
    assert result.earliest_on == date(2020, 11, 22)
    assert result.flags == ()
    assert "named-later" in [step.kind for step in result.trace]


def test_an_earlier_date_is_computed_to_the_lawful_one_and_flagged(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clause = make_clause(count=[{"add": "P6M"}], minimum=True)

    result = compute(clause, make_facts("2020-05-22", effective_on="2020-11-21"))

    assert result.due_on == result.earliest_on == date(2020, 11, 22)
    assert result.flags == ("earlier-than-clause",)
    assert any("21 November 2020" in step.words for step in result.trace)


def test_naming_the_very_date_of_a_minimum_changes_nothing(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clause = make_clause(count=[{"add": "P6M"}], minimum=True)

    named = compute(clause, make_facts("2020-05-22", effective_on="2020-11-22"))

    assert named == compute(clause, make_facts("2020-05-22"))


def test_a_clause_that_is_no_minimum_keeps_its_date_and_says_so(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clause = make_clause(count=[{"add": "P6M"}])

    later = compute(clause, make_facts("2020-05-22", effective_on="2021-01-01"))
    earlier = compute(clause, make_facts("2020-05-22", effective_on="2020-06-01"))

    assert later.due_on == earlier.due_on == date(2020, 11, 22)
    assert later.flags == ()
    assert later.earliest_on is None
    assert "named-fixed" in [step.kind for step in later.trace]
    assert earlier.flags == ("earlier-than-clause",)
    assert earlier.earliest_on == date(2020, 11, 22)


def test_a_notice_without_the_required_statement_is_counted_and_flagged(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clause = make_clause(count=[{"add": "P3M"}], requires=["statement-of-extraordinary-events"])

    without = compute(clause, make_facts("2020-05-22"))
    stated = compute(clause, make_facts("2020-05-22", has_reasons=True))

    assert without.flags == ("missing-statement",)
    assert stated.flags == ()
    assert without.due_on == stated.due_on == date(2020, 8, 22)


def test_a_treaty_that_admits_no_such_act_yields_no_date(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clause = make_clause(starts=None, count=None, yields="not-permitted")

    result = compute(clause, make_facts("2020-05-22"))

    assert result.status == "not-permitted"
    assert result.due_on is None
    assert result.due_at is None
    assert [step.words for step in result.trace] == ["the treaty admits no such act"]
