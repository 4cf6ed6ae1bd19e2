"""Runs that follow one another from no act: on dates of every year, and every so long."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from notifications.clauses.compute import Result, compute
from notifications.clauses.facts import Facts
from notifications.clauses.schema import Clause

MakeClause = Callable[..., Clause]
MakeFacts = Callable[..., Facts]


def day(text: str) -> date:
    return date.fromisoformat(text)


def words(result: Result) -> list[str]:
    return [step.words for step in result.trace]


REPORT = {
    "governs": "none",
    "yields": "duty",
    "duty": {"bearer": "each-party", "act": "correction"},
}


@pytest.mark.parametrize(
    ("run_from", "ends_on"),
    [
        ("2020-02-15", "2020-02-15"),
        ("2020-02-16", "2020-11-15"),
        ("2020-11-15", "2020-11-15"),
        ("2020-11-16", "2021-02-15"),
        ("2020-12-31", "2021-02-15"),
    ],
)
def test_each_run_ends_on_the_next_of_the_dates_of_every_year(
    make_clause: MakeClause, make_facts: MakeFacts, run_from: str, ends_on: str
) -> None:
    clause = make_clause(**REPORT, starts={"yearly": ["11-15", "02-15"]})

    result = compute(clause, make_facts("1999-01-01", run_from=day(run_from)))

    assert result.due_on == day(ends_on)
    assert "the first of the clause’s dates on or after" in words(result)[0]


@pytest.mark.parametrize(
    ("run_from", "ends_on"),
    [
        pytest.param("2000-03-01", "2003-08-31", id="the first after three years"),
        pytest.param("2003-08-31", "2003-08-31", id="on its day"),
        pytest.param("2003-09-01", "2008-08-31", id="the second five years later"),
        pytest.param("2050-01-01", "2053-08-31", id="the tenth"),
    ],
)
def test_each_run_ends_so_long_after_the_one_before(
    make_clause: MakeClause, make_facts: MakeFacts, run_from: str, ends_on: str
) -> None:
    start = {"every": "P5Y", "from": "in_force", "first": "P3Y"}
    clause = make_clause(**REPORT, starts=start)
    facts = make_facts("2000-03-01", run_from=day(run_from), in_force_on=day("2000-08-31"))

    result = compute(clause, facts)

    assert result.due_on == day(ends_on)
    assert words(result)[0].endswith(
        "the next in a series: 3 years after the entry into force (31 August 2000), then every "
        "5 years"
    )


def test_runs_of_half_a_year_keep_the_end_of_the_month(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clause = make_clause(**REPORT, starts={"every": "P6M", "from": "in_force"})

    ends = [
        compute(
            clause, make_facts("2000-01-01", run_from=day(start), in_force_on=day("2000-08-31"))
        )
        for start in ("2000-09-01", "2001-03-01", "2001-09-01", "2003-09-01")
    ]

    assert [str(result.due_on) for result in ends] == [
        "2001-02-28",
        "2001-08-31",
        "2002-02-28",
        "2004-02-29",
    ]


def test_runs_wait_for_the_fact_from_which_they_are_counted(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clause = make_clause(**REPORT, starts={"every": "P5Y", "from": "in_force"})

    result = compute(clause, make_facts("2000-01-01"))

    assert (result.status, result.awaiting) == ("awaiting", "in_force")
