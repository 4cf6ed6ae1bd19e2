"""The later or the earlier of several dates, each with a start and steps of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from notifications.clauses.compute import compute
from notifications.clauses.explain import one_sentence, sentences
from notifications.clauses.facts import Facts, ReceiptFact
from notifications.clauses.reading import parse_clause
from notifications.clauses.schema import Clause

MakeClause = Callable[..., Clause]
MakeFacts = Callable[..., Facts]

INFORMED = {"starts": "informed", "count": [{"add": "P12M"}]}
CONSENTED = {"starts": "consented", "count": []}
BOTH = {
    "bearer": "USA",
    "informed": {"USA": date(2020, 5, 24)},
    "consents": {"USA": date(2021, 8, 1)},
}


@pytest.fixture
def lapse(make_clause: MakeClause) -> Callable[..., Clause]:
    """A right to object that lapses on the later or the earlier of two dates."""

    def make(key: str, *branches: object) -> Clause:
        ways = list(branches) or [INFORMED, CONSENTED]
        return make_clause(starts=None, count=None, yields="lapse", **{key: ways})

    return make


@pytest.mark.parametrize(
    ("key", "due"), [("later_of", date(2021, 8, 1)), ("earlier_of", date(2021, 5, 24))]
)
def test_of_two_dates_the_later_or_the_earlier_counts(
    lapse: Callable[..., Clause], make_facts: MakeFacts, key: str, due: date
) -> None:
    assert compute(lapse(key), make_facts("2020-05-22", **BOTH)).due_on == due


def test_every_way_is_told_and_which_of_them_counts(
    lapse: Callable[..., Clause], make_facts: MakeFacts
) -> None:
    trace = compute(lapse("later_of"), make_facts("2020-05-22", **BOTH)).trace

    assert one_sentence(trace) == (
        "24 May 2020, the depositary informed USA → + 12 months → date 1: 24 May 2021; "
        "1 August 2021, USA consented to be bound → date 2: 1 August 2021; "
        "the later of these dates → 1 August 2021, 24:00 UTC"
    )
    assert sentences(trace)[-3:] == [
        "date 2: 1 August 2021",
        "the later of these dates → 1 August 2021",
        "1 August 2021, 24:00 UTC",
    ]


def test_the_later_of_two_waits_for_the_one_that_is_missing(
    lapse: Callable[..., Clause], make_facts: MakeFacts
) -> None:
    facts = make_facts("2020-05-22", **{**BOTH, "consents": {}})

    result = compute(lapse("later_of"), facts)

    assert (result.status, result.awaiting, result.due_on) == ("awaiting", "consented", None)
    assert sentences(result.trace) == ["no consent to be bound is recorded"]


def test_the_earlier_of_two_is_the_one_that_is_known_so_far(
    lapse: Callable[..., Clause], make_facts: MakeFacts
) -> None:
    result = compute(lapse("earlier_of"), make_facts("2020-05-22", **{**BOTH, "informed": {}}))

    assert (result.status, result.due_on) == ("computed", date(2021, 8, 1))
    assert "the earliest date known so far → 1 August 2021" in sentences(result.trace)


@pytest.mark.parametrize("key", ["later_of", "earlier_of"])
def test_without_any_of_them_the_first_that_is_missing_is_awaited(
    lapse: Callable[..., Clause], make_facts: MakeFacts, key: str
) -> None:
    result = compute(lapse(key), make_facts("2020-05-22", bearer="USA"))

    assert (result.status, result.awaiting) == ("awaiting", "informed")


def test_of_three_the_latest_counts(lapse: Callable[..., Clause], make_facts: MakeFacts) -> None:
    given = {"starts": "given", "count": [{"add": "P2Y"}]}

    result = compute(
        lapse("later_of", INFORMED, CONSENTED, given), make_facts("2020-05-22", **BOTH)
    )

    assert result.due_on == date(2022, 5, 22)


def test_instants_and_dates_are_compared_on_the_clock_of_the_zone(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    ways = [
        {"starts": {"field": "occurs_at"}, "count": [{"add": "PT1H"}]},
        {"starts": "given", "count": []},
    ]
    keys = {"governs": "formatted-message", "starts": None, "count": None, "yields": "lapse"}
    stated = {"occurs_at": datetime(2020, 5, 21, 21, 30, tzinfo=UTC)}
    facts = make_facts("2020-05-22", stated=stated, zone="Europe/Paris")

    later = compute(make_clause(**keys, later_of=ways), facts)
    earlier = compute(make_clause(**keys, earlier_of=ways), facts)

    # 22:30 UTC is half past midnight in Paris, when 22 May has begun; the date ends at 24:00.
    assert earlier.due_at == datetime(2020, 5, 21, 22, 30, tzinfo=UTC)
    assert earlier.is_exact is True
    assert later.due_at == datetime(2020, 5, 22, 22, 0, tzinfo=UTC)
    assert later.is_exact is False


def test_a_clause_with_several_ways_can_have_a_start_of_its_own_to_be_tested(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    ways = [
        {"starts": "given", "count": [{"add": "P6M"}]},
        {"starts": "received", "count": [{"add": "P1D"}]},
    ]
    bar = {"not_before": {"starts": "in_force", "count": [{"add": "P1Y"}]}}
    clause = make_clause(starts="received", count=None, later_of=ways, admissible=bar)
    early, late = (
        make_facts("2020-05-22", receipts={"CAN": day}, in_force_on=date(2019, 6, 1))
        for day in ("2020-05-31", "2020-06-01")
    )

    assert compute(clause, early).status == "premature"
    assert compute(clause, late).due_on == date(2020, 12, 1)
    assert parse_clause(clause.as_data()) == clause


def test_a_way_whose_term_has_no_beginning_is_missing(
    lapse: Callable[..., Clause], make_facts: MakeFacts
) -> None:
    term = {"from": "in_force", "first": "P1Y", "every": "P1Y"}
    ways = ({"starts": "given", "count": [{"term": term}]}, CONSENTED)

    later = compute(lapse("later_of", *ways), make_facts("2020-05-22", **BOTH))
    earlier = compute(lapse("earlier_of", *ways), make_facts("2020-05-22", **BOTH))

    assert (later.status, later.awaiting) == ("awaiting", "in_force")
    assert earlier.due_on == date(2021, 8, 1)


def test_a_receipt_that_the_other_side_disputes_is_told_beside_its_own_way(
    lapse: Callable[..., Clause], make_facts: MakeFacts
) -> None:
    ways = ({"starts": "received", "count": [{"add": "P1M"}]}, {"starts": "given", "count": []})
    made = make_facts("2020-05-20", addressees=frozenset({"CAN"}))
    receipt = ReceiptFact("CAN", date(2020, 5, 22), claimed_on=date(2020, 5, 23))
    facts = Facts(**{**vars(made), "receipts": (receipt,)})

    result = compute(lapse("later_of", *ways), facts)

    assert (result.status, result.due_on) == ("disputed", date(2020, 6, 22))
    assert sentences(result.trace)[1] == (
        "this date is disputed: the other side states 23 May 2020"
    )
