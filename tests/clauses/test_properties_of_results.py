"""What holds of every clause with any facts: its trace, its way through storage, its order."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from notifications.clauses.choosing import compute_all
from notifications.clauses.compute import compute
from notifications.clauses.explain import TraceStep, one_sentence, sentences
from notifications.clauses.facts import Facts, ReferringAct
from notifications.clauses.instants import start_of_day
from notifications.clauses.reading import parse_clause
from notifications.clauses.schema import Clause
from tests.clauses.drawing import (
    ANY_DAY,
    BRANCHES,
    CODES,
    EXAMPLES,
    SOME_EXAMPLES,
    STARTS,
    WAYS,
    clause,
    clauses,
    given_facts,
    histories,
)
from tests.clauses.replaying import replay


def day_in(moment: date, zone: str) -> date:
    """The date of a date or of an instant in a zone."""
    if isinstance(moment, datetime):
        return moment.astimezone(ZoneInfo(zone)).date()
    return moment


@SOME_EXAMPLES
@given(rule=clauses(), facts=histories())
def test_counting_again_changes_nothing(rule: Clause, facts: Facts) -> None:
    first = compute(rule, facts)

    assert compute(rule, facts) == first
    assert compute(parse_clause(rule.as_data()), facts) == first
    assert compute_all([rule], facts) == {rule.id: first}


@SOME_EXAMPLES
@given(rule=clauses(), facts=histories())
def test_a_trace_that_is_walked_again_leads_to_its_result(rule: Clause, facts: Facts) -> None:
    result = compute(rule, facts)

    reached = replay(result.trace, result.zone)

    if result.due_on is not None:
        assert reached is not None
        assert day_in(reached, result.zone) == result.due_on
        if result.is_exact:
            assert result.due_at == reached or result.status == "suspended"


@SOME_EXAMPLES
@given(rule=clauses(), facts=histories())
def test_every_status_comes_with_what_belongs_to_it(rule: Clause, facts: Facts) -> None:
    result = compute(rule, facts)

    assert bool(result.awaiting) is (result.status == "awaiting")
    has_date = result.status in {"computed", "disputed", "suspended"}
    assert (result.due_on is not None) is (result.due_at is not None) is has_date
    assert (result.opens_on is None) is (result.opens_at is None)
    assert result.trace
    if result.is_exact:
        assert result.due_at is not None
        assert result.due_on == day_in(result.due_at, result.zone)


@SOME_EXAMPLES
@given(rule=clauses(), facts=histories())
def test_a_trace_goes_through_json_and_is_told_the_same(rule: Clause, facts: Facts) -> None:
    trace = compute(rule, facts).trace

    stored = json.loads(json.dumps([step.as_data() for step in trace]))
    again = tuple(TraceStep.from_data(step) for step in stored)

    assert again == trace
    assert [step.words for step in again] == sentences(trace)
    assert one_sentence(again) == one_sentence(trace)
    assert "%(" not in one_sentence(trace)


@SOME_EXAMPLES
@given(rule=clauses())
def test_a_clause_goes_through_json_and_is_the_same(rule: Clause) -> None:
    stored: dict[str, Any] = json.loads(json.dumps(rule.as_data()))

    assert parse_clause(stored) == rule
    assert parse_clause(stored).as_data() == rule.as_data()


@SOME_EXAMPLES
@given(ways=BRANCHES, facts=histories())
def test_the_later_of_several_dates_is_none_of_the_earlier_ones(
    ways: list[dict[str, Any]], facts: Facts
) -> None:
    facts = Facts(
        **{**vars(facts), "stops": (), "extended_to": (), "overridden_to": (), "lasting": ()}
    )
    each = [compute(clause(yields="lapse", **way), facts).moment for way in ways]
    known = [
        moment if isinstance(moment, datetime) else start_of_day(moment, facts.zone)
        for moment in each
        if moment is not None
    ]

    later = compute(clause(yields="lapse", later_of=ways), facts)
    earlier = compute(clause(yields="lapse", earlier_of=ways), facts)

    for result, choose in ((later, max), (earlier, min)):
        if result.status == "awaiting":
            assert len(known) < len(each)
            continue
        moment = result.moment
        assert moment is not None
        at = moment if isinstance(moment, datetime) else start_of_day(moment, facts.zone)
        assert at == choose(known)
    assert (earlier.status == "awaiting") is (not known)


@EXAMPLES
@given(
    day=ANY_DAY,
    came=st.lists(st.tuples(st.sampled_from(CODES), st.integers(0, 300)), max_size=8),
    more=st.tuples(st.sampled_from(CODES), st.integers(0, 300)),
)
def test_a_threshold_comes_no_later_with_one_act_more_and_no_earlier_where_it_is_higher(
    day: date, came: list[tuple[str, int]], more: tuple[str, int]
) -> None:
    def reached(reaches: object, acts: list[tuple[str, int]]) -> date:
        start = {"count_of": "objection", "reaches": reaches}
        referring = tuple(
            ReferringAct("objection", by, day + timedelta(days=days)) for by, days in acts
        )
        facts = given_facts(day, referring=referring, parties=frozenset(CODES))
        return compute(clause(starts=start, count=[]), facts).due_on or date.max

    numbers = [1, 2, 3, 4, 5]
    dates = [reached(number, came) for number in numbers]
    assert dates == sorted(dates)
    for number, before in zip(numbers, dates, strict=True):
        assert reached(number, [*came, more]) <= before
    assert reached("majority", came) == reached(3, came) == reached("3/5", came)
    assert reached("all", came) == reached(5, came) == reached("7/8", came)


@SOME_EXAMPLES
@given(start=STARTS, steps=WAYS, facts=histories(), days=st.integers(-400, 400))
def test_a_minimum_is_never_undercut_by_the_date_that_the_notice_names(
    start: object, steps: list[object], facts: Facts, days: int
) -> None:
    facts = Facts(
        **{**vars(facts), "stops": (), "extended_to": (), "overridden_to": (), "effective_on": None}
    )
    rule = clause(starts=start, count=steps, minimum=True)
    lawful = compute(rule, facts)
    if lawful.due_on is None:
        return
    named_on = lawful.due_on + timedelta(days=days)

    result = compute(rule, Facts(**{**vars(facts), "effective_on": named_on}))

    assert result.due_on == max(lawful.due_on, named_on)
    assert result.earliest_on == lawful.earliest_on == lawful.due_on
    assert ("earlier-than-clause" in result.flags) is (days < 0)
