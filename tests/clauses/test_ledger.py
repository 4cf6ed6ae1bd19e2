"""What the ledger does to a date: stops, extensions, other dates registered, what lasts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from notifications.clauses.compute import Result, compute, limit_set
from notifications.clauses.explain import one_sentence
from notifications.clauses.facts import (
    Extension,
    Facts,
    Lasting,
    Objection,
    Override,
    ReceiptFact,
    Stop,
)
from notifications.clauses.schema import Clause

MakeClause = Callable[..., Clause]
MakeFacts = Callable[..., Facts]

LIMIT = {"yields": "lapse", "count": [{"add": "P30D"}]}  # from 1 June 2020 to 1 July 2020
GIVEN = "2020-06-01"


def day(text: str) -> date:
    return date.fromisoformat(text)


def stop(on: str, until: str | None = None, reason: str = "talks") -> Stop:
    return Stop(day(on), day(until) if until else None, reason)


def words(result: Result) -> list[str]:
    return [step.words for step in result.trace]


@pytest.mark.parametrize(
    ("stops", "due"),
    [
        pytest.param([stop("2020-06-10", "2020-06-22")], "2020-07-13", id="twelve days"),
        pytest.param([stop("2020-05-20", "2020-06-03")], "2020-07-03", id="from its start on"),
        pytest.param([stop("2020-05-01", "2020-05-20")], "2020-07-01", id="over before it began"),
        pytest.param([stop("2020-07-01", "2020-07-03")], "2020-07-03", id="on the last day"),
        pytest.param([stop("2020-07-02", "2020-07-09")], "2020-07-01", id="after the last day"),
        pytest.param([stop("2020-06-10", "2020-06-10")], "2020-07-01", id="of no day at all"),
        pytest.param(
            [stop("2020-07-05", "2020-07-08"), stop("2020-06-10", "2020-06-20")],
            "2020-07-14",
            id="a second one within the time the first one added",
        ),
    ],
)
def test_a_limit_moves_by_exactly_the_days_on_which_it_stood_still(
    make_clause: MakeClause, make_facts: MakeFacts, stops: list[Stop], due: str
) -> None:
    result = compute(make_clause(**LIMIT), make_facts(GIVEN, stops=tuple(stops)))

    assert result.status == "computed"
    assert result.due_on == day(due)


def test_the_trace_says_from_when_to_when_it_was_stopped_how_long_and_why(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    facts = make_facts(GIVEN, stops=(stop("2020-06-10", "2020-06-22", "the talks of June"),))

    result = compute(make_clause(**LIMIT), facts)

    assert words(result)[2:] == [
        "stopped from 10 June 2020 to 22 June 2020, 12 days: the talks of June → 13 July 2020",
        "13 July 2020, 24:00 UTC",
    ]


def test_a_clock_that_is_stopped_has_the_date_counted_so_far_and_no_end(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    result = compute(make_clause(**LIMIT), make_facts(GIVEN, stops=(stop("2020-06-10"),)))

    assert result.status == "suspended"
    assert result.due_on == day("2020-07-01")
    assert one_sentence(result.trace).endswith("1 July 2020 → stopped from 10 June 2020: talks")


def test_an_effect_comes_as_its_day_begins_so_a_stop_on_that_day_is_too_late(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clause = make_clause(count=[{"add": "P30D"}])

    on_the_day = compute(clause, make_facts(GIVEN, stops=(stop("2020-07-01", "2020-07-05"),)))
    before = compute(clause, make_facts(GIVEN, stops=(stop("2020-06-30", "2020-07-05"),)))

    assert on_the_day.due_on == day("2020-07-01")
    assert before.due_on == day("2020-07-06")


def test_a_stop_before_a_window_moves_both_its_ends_one_within_it_the_last_day_alone(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clause = make_clause(
        yields="duty",
        duty={"bearer": "depositaries", "act": "conference"},
        count=None,
        opens=[{"add": "P30D"}],
        closes=[{"add": "P60D"}],
    )

    before = compute(clause, make_facts(GIVEN, stops=(stop("2020-06-10", "2020-06-15"),)))
    within = compute(clause, make_facts(GIVEN, stops=(stop("2020-07-10", "2020-07-15"),)))

    assert (before.opens_on, before.due_on) == (day("2020-07-06"), day("2020-08-05"))
    assert (within.opens_on, within.due_on) == (day("2020-07-01"), day("2020-08-05"))


def test_an_extension_by_days_counts_from_the_date_that_stands(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    extension = Extension(day("2020-06-20"), day("2020-07-08"), "more time", days=7)
    stops = (stop("2020-06-10", "2020-06-15"),)

    result = compute(make_clause(**LIMIT), make_facts(GIVEN, stops=stops, extended_to=(extension,)))

    assert result.due_on == day("2020-07-13")
    assert "extended by 7 days on 20 June 2020: more time → 13 July 2020" in words(result)


def test_an_extension_to_a_date_never_brings_an_earlier_one(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    later = Extension(day("2020-06-20"), day("2020-08-01"), "more time")
    earlier = Extension(day("2020-06-21"), day("2020-06-25"), "less time")

    result = compute(make_clause(**LIMIT), make_facts(GIVEN, extended_to=(later, earlier)))

    assert result.due_on == day("2020-08-01")
    assert "extended on 20 June 2020: more time → 1 August 2020" in words(result)
    assert "less time" not in " ".join(words(result))


def test_the_limit_that_a_sender_set_is_moved_by_the_ledger_too(make_facts: MakeFacts) -> None:
    facts = make_facts(GIVEN, stops=(stop("2020-06-10", "2020-06-15"),))

    result = limit_set(day(GIVEN), day("2020-07-01"), "UTC", facts)

    assert result.due_on == day("2020-07-06")
    assert words(result)[1] == "the limit that the note sets → 1 July 2020"


def test_a_date_that_the_depositary_registered_replaces_the_one_counted_and_both_are_told(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clause = make_clause(count=[{"add": "P6M"}], override="allowed")
    registered = Override(day("2020-06-20"), day("2021-01-01"), "as both sides understood")

    result = compute(clause, make_facts(GIVEN, overridden_to=(registered,)))

    assert result.status == "computed"
    assert result.due_on == day("2021-01-01")
    told = one_sentence(result.trace)
    assert "1 December 2020" in told
    assert "the depositary registered another date on 20 June 2020" in told


def test_it_is_disputed_once_a_party_objects(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clause = make_clause(count=[{"add": "P6M"}], override="allowed")
    facts = make_facts(
        GIVEN,
        overridden_to=(Override(day("2020-06-20"), day("2021-01-01"), "as understood"),),
        objections=(Objection("RUS", day("2020-06-25"), "not agreed"),),
    )

    result = compute(clause, facts)

    assert result.status == "disputed"
    assert result.due_on == day("2021-01-01")
    assert "RUS objects to this date: not agreed" in words(result)


CONFLICT_OPEN = [Lasting("armed-conflict", day("2020-08-01"), None, "USA")]


@pytest.mark.parametrize(
    ("rule", "lasting", "status", "due"),
    [
        pytest.param("armed-conflict", CONFLICT_OPEN, "open", None, id="lasts on the date"),
        pytest.param(
            {"fact": "armed-conflict", "at": "notice"},
            CONFLICT_OPEN,
            "computed",
            "2020-12-01",
            id="began after the notice, and only that day counts",
        ),
        pytest.param(
            {"fact": "armed-conflict", "at": "notice"},
            [Lasting("armed-conflict", day("2020-05-01"), day("2020-06-15"), "USA")],
            "computed",
            "2020-12-01",
            id="on the day of notice, over before the date",
        ),
        pytest.param(
            {"fact": "armed-conflict", "at": "notice"},
            [Lasting("armed-conflict", day("2020-05-01"), day("2021-03-01"), "USA")],
            "computed",
            "2021-03-01",
            id="on the day of notice, over after the date",
        ),
        pytest.param(
            "armed-conflict",
            [Lasting("armed-conflict", day("2020-08-01"), day("2021-03-01"), "USA")],
            "computed",
            "2021-03-01",
            id="the later of the two dates",
        ),
        pytest.param(
            "armed-conflict",
            [Lasting("armed-conflict", day("2020-08-01"), day("2020-12-01"), "USA")],
            "computed",
            "2020-12-01",
            id="over on the date itself",
        ),
        pytest.param(
            "armed-conflict",
            [Lasting("armed-conflict", day("2020-12-02"), None, "USA")],
            "computed",
            "2020-12-01",
            id="began after the date",
        ),
        pytest.param(
            "armed-conflict",
            [Lasting("armed-conflict", day("2020-08-01"), None, "RUS")],
            "computed",
            "2020-12-01",
            id="of another party",
        ),
        pytest.param(
            "armed-conflict",
            [Lasting("armed-conflict", day("2020-08-01"), None)],
            "open",
            None,
            id="of nobody in particular",
        ),
    ],
)
def test_no_end_while_the_fact_lasts_then_the_later_of_the_two_dates(
    *,
    make_clause: MakeClause,
    make_facts: MakeFacts,
    rule: object,
    lasting: list[Lasting],
    status: str,
    due: str | None,
) -> None:
    clause = make_clause(count=[{"add": "P6M"}], open_while=rule)

    result = compute(clause, make_facts(GIVEN, sender="USA", lasting=tuple(lasting)))

    assert result.status == status
    assert result.due_on == (day(due) if due else None)


def test_an_open_date_says_since_when_and_why(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clause = make_clause(count=[{"add": "P6M"}], open_while="armed-conflict")

    result = compute(clause, make_facts(GIVEN, sender="USA", lasting=tuple(CONFLICT_OPEN)))

    assert words(result)[-1] == "armed conflict since 1 August 2020: no end while it lasts"


def test_a_disputed_receipt_counts_from_the_depositarys_date_and_says_the_other_one(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    facts = make_facts(GIVEN)
    receipts = (ReceiptFact("CAN", day("2020-06-02"), claimed_on=day("2020-06-04")),)

    disputed = compute(
        make_clause(count=[{"add": "P6M"}]), Facts(**{**facts.__dict__, "receipts": receipts})
    )
    elsewhere = compute(
        make_clause(count=[{"add": "P6M"}], addressees=["HUN"]),
        Facts(**{**facts.__dict__, "receipts": receipts}),
    )

    assert disputed.status == "disputed"
    assert disputed.due_on == day("2020-12-02")
    assert "this date is disputed: the other side states 4 June 2020" in words(disputed)
    assert elsewhere.status == "computed"
