"""What starts a clock besides a recorded fact: another clause, a field; the first or the last."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from notifications.clauses.compute import Result, compute
from notifications.clauses.facts import Facts, ReceiptFact
from notifications.clauses.schema import Clause

MakeClause = Callable[..., Clause]
MakeFacts = Callable[..., Facts]


def day(text: str) -> date:
    return date.fromisoformat(text)


def words(result: Result) -> list[str]:
    return [step.words for step in result.trace]


def test_a_clock_runs_from_the_date_of_another_clause(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clause = make_clause(starts={"clause": "xv-3"}, count=[{"add": "P30D"}])
    facts = make_facts(
        "2020-05-22", yielded={"xv-3": day("2020-07-06")}, articles={"xv-3": "XV(3)"}
    )

    result = compute(clause, facts)

    assert result.due_on == day("2020-08-05")
    assert words(result)[0] == "6 July 2020, the date under Article XV(3)"


def test_an_article_with_a_name_of_its_own_is_named_by_it(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    facts = make_facts(
        "2020-05-22", yielded={"annex-4": day("2020-07-06")}, articles={"annex-4": "Annex, para 4"}
    )

    result = compute(make_clause(starts={"clause": "annex-4"}), facts)

    assert words(result)[0] == "6 July 2020, the date under “Annex, para 4”"


def test_an_instant_of_another_clause_is_counted_from_in_hours_and_its_date_in_days(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    reached = datetime(2020, 7, 6, 22, 30, tzinfo=UTC)
    facts = make_facts("2020-05-22", yielded={"xv-3": reached}, zone="Europe/Paris")
    start = {"clause": "xv-3"}

    hours = compute(make_clause(starts=start, count=[{"add": "PT1H"}]), facts)
    days = compute(make_clause(starts=start, count=[{"add": "P1D"}]), facts)

    assert hours.due_at == datetime(2020, 7, 6, 23, 30, tzinfo=UTC)
    assert days.due_on == day("2020-07-08")


@pytest.mark.parametrize("yielded", [{}, {"xv-3": None}, {"xv-2": date(2020, 7, 6)}])
def test_a_clock_waits_for_the_other_clause_and_says_for_which(
    make_clause: MakeClause, make_facts: MakeFacts, yielded: dict[str, date | None]
) -> None:
    facts = make_facts("2020-05-22", yielded=yielded, articles={"xv-3": "XV(3)"})

    result = compute(make_clause(starts={"clause": "xv-3"}), facts)

    assert (result.status, result.awaiting) == ("awaiting", "clause")
    assert words(result) == ["there is no date under Article XV(3) yet"]


def test_a_clock_runs_from_a_date_that_the_act_itself_states(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clause = make_clause(starts={"field": "until_on"}, governs="derogation", count=[{"add": "P1M"}])

    result = compute(clause, make_facts("2020-03-20", stated={"until_on": day("2020-06-30")}))

    assert result.due_on == day("2020-07-30")
    assert words(result)[0] == "30 June 2020, stated in the notification (Derogation until)"


def test_without_that_date_it_waits_and_names_the_field_as_the_form_does(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clause = make_clause(starts={"field": "until_on"}, governs="derogation")

    result = compute(clause, make_facts("2020-03-20", stated={"from_on": day("2020-03-25")}))

    assert (result.status, result.awaiting) == ("awaiting", "field")
    assert words(result) == ["the notification does not state it (Derogation until)"]


@pytest.mark.parametrize(
    ("which", "due", "told"),
    [
        ("first", "2020-05-22", "22 May 2020, received by HUN"),
        ("last", "2020-05-25", "25 May 2020, last received by CAN"),
    ],
)
def test_the_first_receipt_counts_or_where_the_clause_says_so_the_last_so_far(
    *, make_clause: MakeClause, make_facts: MakeFacts, which: str, due: str, told: str
) -> None:
    facts = make_facts("2020-05-20", receipts={"CAN": "2020-05-25", "HUN": "2020-05-22"})

    result = compute(make_clause(starts="received", which=which), facts)

    assert (result.due_on, words(result)[0]) == (day(due), told)


def test_the_last_receipt_never_waits_for_one_that_is_not_recorded(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    made = make_facts("2020-05-20")
    facts = Facts(**{**vars(made), "receipts": (ReceiptFact("HUN", day("2020-05-22")),)})

    result = compute(make_clause(starts="deposited", which="last"), facts)

    assert (result.due_on, words(result)[0]) == (
        day("2020-05-22"),
        "22 May 2020, deposited with HUN",
    )
