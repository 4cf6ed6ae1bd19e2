"""Steps besides adding: back, to a month's start, to fixed dates, to terms, off holidays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from notifications.clauses.compute import Result, compute
from notifications.clauses.facts import Facts
from notifications.clauses.schema import Clause

MakeClause = Callable[..., Clause]
MakeFacts = Callable[..., Facts]

DUTY = {"yields": "duty", "duty": {"bearer": "notifier", "act": "correction"}}


def day(text: str) -> date:
    return date.fromisoformat(text)


def words(result: Result) -> list[str]:
    return [step.words for step in result.trace]


@pytest.mark.parametrize(
    ("given", "steps", "expected"),
    [
        ("2024-03-31", [{"subtract": "P1M"}], "2024-02-29"),
        ("2023-03-31", [{"subtract": "P1M"}], "2023-02-28"),
        ("2024-02-29", [{"subtract": "P1Y"}], "2023-02-28"),
        ("2020-01-15", [{"subtract": "P1M2D"}], "2019-12-13"),
        ("2020-03-01", [{"subtract": "P2W"}], "2020-02-16"),
        ("1815-06-09", [{"subtract": "P1D"}], "1815-06-08"),
        ("2020-05-22", [{"start": "month"}], "2020-05-01"),
        ("2020-05-01", [{"start": "month"}], "2020-05-01"),
        pytest.param(
            "2020-05-22",
            [{"add": "P6M"}, {"start": "month"}],
            "2020-11-01",
            id="the first day of the sixth month after",
        ),
        ("2020-01-01", [{"until": "01-01"}], "2020-01-01"),
        ("2020-01-01", [{"after": "01-01"}], "2021-01-01"),
        ("2019-12-31", [{"after": "01-01"}], "2020-01-01"),
        ("2020-01-02", [{"after": "01-01"}], "2021-01-01"),
        ("2020-12-31", [{"after": "12-31"}], "2021-12-31"),
        ("2024-02-29", [{"until": "02-28"}], "2025-02-28"),
        pytest.param(
            "2018-12-26",
            [{"until": "01-01"}, {"until": "06-30"}],
            "2019-06-30",
            id="30 June of a year begun",
        ),
    ],
)
def test_a_step_moves_the_date_by_the_calendar(
    make_clause: MakeClause, make_facts: MakeFacts, given: str, steps: object, expected: str
) -> None:
    assert compute(make_clause(count=steps), make_facts(given)).due_on == day(expected)


def test_each_of_these_steps_says_what_it_does(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    steps = [{"subtract": "P1M"}, {"start": "month"}, {"after": "01-01"}]

    result = compute(make_clause(count=steps), make_facts("2024-03-31"))

    assert words(result)[1:] == [
        "− 1 month, to the last day of a shorter month → 29 February 2024",
        "the first day of the same month → 1 February 2024",
        "the next 1 January → 1 January 2025",
        "1 January 2025, 00:00 UTC",
    ]


TERM = {"from": "in_force", "first": "P10Y", "every": "P5Y", "notice": "P6M"}


@pytest.mark.parametrize(
    ("given", "end"),
    [
        pytest.param("1990-03-15", "2000-08-31", id="long before the first term ends"),
        pytest.param("2000-02-29", "2000-08-31", id="on the last day for the notice"),
        pytest.param("2000-03-01", "2005-08-31", id="a day too late for the first"),
        pytest.param("2005-02-28", "2005-08-31", id="on the last day for the second"),
        pytest.param("2005-03-01", "2010-08-31", id="a day too late for the second"),
    ],
)
def test_notice_reaches_the_first_end_of_a_term_that_leaves_its_time(
    make_clause: MakeClause, make_facts: MakeFacts, given: str, end: str
) -> None:
    facts = make_facts(given, in_force_on=day("1990-08-31"))

    assert compute(make_clause(count=[{"term": TERM}]), facts).due_on == day(end)


def test_a_term_without_notice_ends_on_the_day_itself_too(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clause = make_clause(count=[{"term": {"from": "in_force", "first": "P3Y", "every": "P1Y"}}])

    on_it = compute(clause, make_facts("2003-02-01", in_force_on=day("2000-02-01")))
    after_it = compute(clause, make_facts("2003-02-02", in_force_on=day("2000-02-01")))

    assert (on_it.due_on, after_it.due_on) == (day("2003-02-01"), day("2004-02-01"))


def test_terms_are_counted_in_one_addition_from_their_beginning(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clause = make_clause(count=[{"term": {"from": "in_force", "first": "P1Y", "every": "P1Y"}}])

    result = compute(clause, make_facts("2007-06-01", in_force_on=day("2000-02-29")))

    assert result.due_on == day("2008-02-29")


def test_the_trace_of_a_term_says_from_what_it_runs_and_how_long(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    facts = make_facts("2001-04-02", in_force_on=day("1990-08-31"))

    result = compute(make_clause(count=[{"term": TERM}]), facts)

    assert words(result)[1] == (
        "the end of a term, with 6 months or more before it: 10 years from the entry into force "
        "(31 August 1990), then every 5 years → 31 August 2005"
    )


@pytest.mark.parametrize(
    ("of", "keys", "missing"),
    [
        ("in_force", {}, "in_force"),
        ("in_force_for_party", {"sender": "USA"}, "in_force_for_party"),
        ("consented", {"bearer": "USA"}, "consented"),
    ],
)
def test_a_term_waits_for_the_fact_from_which_it_runs(
    *,
    make_clause: MakeClause,
    make_facts: MakeFacts,
    of: str,
    keys: dict[str, object],
    missing: str,
) -> None:
    clause = make_clause(count=[{"term": {**TERM, "from": of}}])

    result = compute(clause, make_facts("2001-04-02", **keys))

    assert (result.status, result.awaiting, result.due_on) == ("awaiting", missing, None)


def test_a_term_of_a_party_whose_own_day_is_unknown_says_so(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clause = make_clause(count=[{"term": {**TERM, "from": "in_force_for_party"}}])
    facts = make_facts("2001-04-02", in_force_on=day("1990-08-31"), sender="USA")

    result = compute(clause, facts)

    assert "the party’s own not being recorded (31 August 1990)" in words(result)[1]


@pytest.mark.parametrize(
    ("given", "roll", "expected", "told"),
    [
        pytest.param(
            "2026-07-14",
            {"calendar": "FR"},
            "2026-07-15",
            ["not on a public holiday (FR: National Day) → 15 July 2026"],
            id="a holiday by its name",
        ),
        pytest.param(
            "2026-04-04",
            {"calendar": "FR", "weekend": True},
            "2026-04-07",
            [
                "not on a Saturday → 5 April 2026",
                "not on a Sunday → 6 April 2026",
                "not on a public holiday (FR: Easter Monday) → 7 April 2026",
            ],
            id="a weekend, then a holiday",
        ),
        pytest.param("2026-04-04", {"calendar": "FR"}, "2026-04-04", [], id="holidays alone"),
        pytest.param("2026-07-14", {"weekend": True}, "2026-07-14", [], id="weekends alone"),
        pytest.param(
            "2026-07-15", {"calendar": "FR", "weekend": True}, "2026-07-15", [], id="none"
        ),
    ],
)
def test_an_act_to_be_done_moves_off_weekends_and_named_holidays(
    *,
    make_clause: MakeClause,
    make_facts: MakeFacts,
    given: str,
    roll: dict[str, object],
    expected: str,
    told: list[str],
) -> None:
    clause = make_clause(count=[{"roll": "forward", **roll}], **DUTY)

    result = compute(clause, make_facts(given))

    assert result.due_on == day(expected)
    assert words(result)[1:-1] == told


def test_no_date_moves_off_a_weekend_unless_a_step_says_so(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    result = compute(make_clause(count=[{"add": "P30D"}], **DUTY), make_facts("2026-12-25"))

    assert result.due_on == day("2027-01-24")  # a Sunday
