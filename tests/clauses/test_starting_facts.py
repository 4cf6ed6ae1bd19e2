"""From which fact a clock runs, and what it says while the fact is missing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from notifications.clauses.compute import Result, compute
from notifications.clauses.facts import Facts
from notifications.clauses.schema import Clause

MakeClause = Callable[..., Clause]
MakeFacts = Callable[..., Facts]
DUTY_OF_THE_ADDRESSEE = {"bearer": "addressee", "act": "response"}


def first_words(result: Result) -> str:
    return result.trace[0].words


def test_given_is_the_date_of_the_note_until_an_addressee_has_it(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clause = make_clause(addressees=["depositaries", "parties"])

    before = compute(clause, make_facts("2020-05-20"))
    after = compute(clause, make_facts("2020-05-20", receipts={"HUN": "2020-05-22"}))

    assert before.due_on == date(2020, 5, 20)
    assert first_words(before) == "20 May 2020, the date of the note"
    assert after.due_on == date(2020, 5, 22)
    assert first_words(after) == "22 May 2020, received by HUN"


def test_given_takes_the_first_receipt_and_which_last_the_latest_so_far(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    facts = make_facts(
        "2020-05-20", receipts={"HUN": "2020-05-25", "CAN": "2020-05-22", "USA": "2020-05-23"}
    )

    first = compute(make_clause(addressees=["depositaries"]), facts)
    last = compute(make_clause(addressees=["depositaries"], which="last"), facts)

    assert first.due_on == date(2020, 5, 22)
    assert last.due_on == date(2020, 5, 25)
    assert first_words(last) == "25 May 2020, last received by HUN"


def test_which_last_never_waits_for_the_others(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clause = make_clause(starts="received", which="last")

    result = compute(clause, make_facts("2020-05-20", receipts={"CAN": "2020-05-22"}))

    assert result.status == "computed"
    assert result.due_on == date(2020, 5, 22)


@pytest.mark.parametrize(
    ("addressees", "expected"),
    [
        pytest.param(["depositaries"], "2020-05-19", id="the depositary's receipt alone"),
        pytest.param(["parties"], "2020-05-21", id="a party's receipt, not the office's"),
        pytest.param(["RUS"], "2020-05-23", id="one party by its code"),
        pytest.param(None, "2020-05-19", id="addressed to all where the clause names none"),
    ],
)
def test_given_counts_receipts_by_the_clauses_own_addressees_alone(
    make_clause: MakeClause, make_facts: MakeFacts, addressees: object, expected: str
) -> None:
    receipts = {"un-sg": "2020-05-19", "USA": "2020-05-21", "RUS": "2020-05-23"}
    facts = make_facts("2020-05-18", receipts=receipts, depositaries=frozenset({"un-sg"}))

    result = compute(make_clause(addressees=addressees), facts)

    assert result.due_on == date.fromisoformat(expected)


def test_a_receipt_by_one_to_whom_the_act_was_not_addressed_does_not_count(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    facts = make_facts("2020-05-18", receipts={"RUS": "2020-05-20"}, addressees=frozenset({"USA"}))

    result = compute(make_clause(addressees=["parties"]), facts)

    assert result.due_on == date(2020, 5, 18)


def test_received_waits_for_the_depositary_and_not_for_a_party(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clause = make_clause(starts="received", count=[{"add": "P30D"}])

    result = compute(clause, make_facts("2020-05-20", receipts={"RUS": "2020-05-20"}))

    assert result.status == "awaiting"
    assert result.awaiting == "received"
    assert result.due_on is None
    assert first_words(result) == "not yet received"


def test_received_is_the_addressees_receipt_where_there_is_no_depositary(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    facts = make_facts(
        "2001-12-12",
        receipts={"RUS": "2001-12-13"},
        depositaries=frozenset(),
        addressees=frozenset({"RUS"}),
    )

    assert compute(make_clause(starts="received"), facts).due_on == date(2001, 12, 13)


def test_received_is_the_addressees_receipt_where_the_act_goes_to_a_party(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    receipts = {"CAN": "2020-08-17", "USA": "2020-08-18"}
    to_usa = make_facts("2020-08-15", receipts=receipts, addressees=frozenset({"USA"}))
    to_all = make_facts("2020-08-15", receipts=receipts, addressees=frozenset({"USA", "CAN"}))

    by_act = compute(make_clause(starts="received"), to_usa)
    by_clause = compute(make_clause(starts="received", addressees=["USA"]), to_all)
    by_office = compute(make_clause(starts="received"), to_all)

    assert by_act.due_on == by_clause.due_on == date(2020, 8, 18)
    assert by_office.due_on == date(2020, 8, 17)


def test_received_is_the_addressees_receipt_where_the_addressee_bears_the_duty(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clause = make_clause(starts="received", yields="duty", duty=DUTY_OF_THE_ADDRESSEE)
    receipts = {"HUN": "2020-08-16"}  # a depositary, as the addressee is
    addressees = frozenset({"CAN"})

    waiting = compute(clause, make_facts("2020-08-15", receipts=receipts, addressees=addressees))
    receipts["CAN"] = "2020-08-18"
    running = compute(clause, make_facts("2020-08-15", receipts=receipts, addressees=addressees))

    assert waiting.status == "awaiting"
    assert running.due_on == date(2020, 8, 18)


def test_deposited_is_the_depositarys_receipt(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clause = make_clause(starts="deposited", count=[{"add": "P60D"}, {"next": "month"}])

    waiting = compute(clause, make_facts("2002-06-30", receipts={"USA": "2002-06-30"}))
    result = compute(clause, make_facts("2002-06-30", receipts={"CAN": "2002-07-01"}))

    assert (waiting.status, waiting.awaiting) == ("awaiting", "deposited")
    assert result.due_on == date(2002, 9, 1)
    assert first_words(result) == "1 July 2002, deposited with CAN"


def test_circulated_waits_for_the_circulation(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clause = make_clause(starts="circulated", count=[{"add": "P90D"}], yields="lapse")

    waiting = compute(clause, make_facts("2020-01-01", receipts={"CAN": "2020-01-01"}))
    result = compute(clause, make_facts("2020-01-01", circulated_on="2020-01-02"))

    assert (waiting.status, waiting.awaiting) == ("awaiting", "circulated")
    assert result.due_on == date(2020, 4, 1)


def test_a_missing_statement_is_told_while_the_clock_still_waits(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clause = make_clause(starts="received", requires=["statement-of-extraordinary-events"])

    result = compute(clause, make_facts("2020-01-01"))

    assert result.status == "awaiting"
    assert result.flags == ("missing-statement",)
