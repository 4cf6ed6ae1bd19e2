"""What holds of months, days and terms whatever the day, from 1815 to 2200."""

from __future__ import annotations

from calendar import isleap
from datetime import date, timedelta
from itertools import count

from dateutil.relativedelta import relativedelta
from hypothesis import example, given
from hypothesis import strategies as st

from notifications.clauses.compute import compute
from notifications.clauses.periods import period_of
from tests.clauses.drawing import (
    ANY_DAY,
    CALENDAR_DATES,
    EXAMPLES,
    LENGTHS,
    STEPS,
    clause,
    counted,
    given_facts,
)


def month_number(day: date) -> int:
    return day.year * 12 + day.month


@EXAMPLES
@given(day=ANY_DAY, months=st.integers(1, 400))
@example(day=date(2023, 1, 31), months=1)
@example(day=date(2024, 2, 29), months=12)
def test_adding_months_never_skips_or_repeats_a_month(day: date, months: int) -> None:
    one_less = counted(day, {"add": f"P{months - 1}M"}) if months > 1 else day

    assert month_number(counted(day, {"add": f"P{months}M"})) == month_number(one_less) + 1


@EXAMPLES
@given(day=ANY_DAY, months=st.integers(1, 400), step=st.sampled_from(["add", "subtract"]))
def test_a_month_is_clipped_at_its_end_and_nowhere_else(day: date, months: int, step: str) -> None:
    reached = counted(day, {step: f"P{months}M"})

    if reached.day != day.day:
        assert reached.day < day.day
        assert (reached + timedelta(days=1)).day == 1


@EXAMPLES
@given(day=ANY_DAY, later=st.integers(0, 800), period=LENGTHS)
def test_a_period_keeps_the_order_of_the_days_from_which_it_runs(
    day: date, later: int, period: str
) -> None:
    other = day + timedelta(days=later)

    assert counted(day, {"add": period}) <= counted(other, {"add": period})
    assert counted(day, {"subtract": period}) <= counted(other, {"subtract": period})


@EXAMPLES
@given(day=ANY_DAY, later=st.integers(0, 800), steps=st.lists(STEPS, max_size=4))
def test_so_do_all_steps(day: date, later: int, steps: list[dict[str, object]]) -> None:
    in_force = date(1814, 5, 30)
    rule = clause(starts="given", count=steps)

    one = compute(rule, given_facts(day, in_force_on=in_force))
    other = compute(rule, given_facts(day + timedelta(days=later), in_force_on=in_force))

    assert one.due_at is not None
    assert other.due_at is not None
    assert one.due_at <= other.due_at


@EXAMPLES
@given(day=ANY_DAY, years=st.integers(0, 40), months=st.integers(0, 40), days=st.integers(0, 900))
def test_years_and_months_are_one_addition_and_days_follow(
    day: date, years: int, months: int, days: int
) -> None:
    steps = [{"add": f"P{years}Y{months}M{days}D"}] if years or months or days else []

    expected = day + relativedelta(years=years, months=months, days=days)
    assert counted(day, *steps) == expected
    assert counted(day, *steps) == counted(
        counted(day, *([{"add": f"P{12 * years + months}M"}] if years or months else [])),
        *([{"add": f"P{days}D"}] if days else []),
    )


@EXAMPLES
@given(year=st.integers(1815, 2200).filter(isleap), years=st.integers(1, 100))
def test_a_leap_day_comes_back_in_leap_years_and_is_the_28th_in_others(
    year: int, years: int
) -> None:
    reached = counted(date(year, 2, 29), {"add": f"P{years}Y"})

    assert reached == date(year + years, 2, 29 if isleap(year + years) else 28)


@EXAMPLES
@given(day=ANY_DAY)
def test_every_calendar_has_the_next_day_and_the_first_of_the_next_month(day: date) -> None:
    assert counted(day, {"next": "day"}) == day + timedelta(days=1)
    first = counted(day, {"next": "month"})
    assert (first.day, month_number(first)) == (1, month_number(day) + 1)
    assert counted(first, {"start": "month"}) == first
    assert counted(day, {"start": "month"}) <= day < first


@EXAMPLES
@given(day=ANY_DAY, wanted=CALENDAR_DATES)
def test_a_fixed_date_is_the_first_one_and_strictly_after_is_another_day(
    day: date, wanted: str
) -> None:
    until, after = counted(day, {"until": wanted}), counted(day, {"after": wanted})

    assert f"{until:%m-%d}" == f"{after:%m-%d}" == wanted
    assert day <= until <= after
    assert day < after
    assert (until - day).days < 366
    assert (after == until) is (until > day)


@EXAMPLES
@given(since=ANY_DAY, later=st.integers(0, 40000), first=LENGTHS, every=LENGTHS, notice=LENGTHS)
def test_the_end_of_a_term_is_the_first_that_leaves_the_time_for_the_notice(
    *, since: date, later: int, first: str, every: str, notice: str
) -> None:
    day = since + timedelta(days=later)
    term = {"from": "in_force", "first": first, "every": every, "notice": notice}
    rule = clause(starts="given", count=[{"term": term}])

    end = compute(rule, given_facts(day, in_force_on=since)).due_on

    lengths, back = (period_of(first), period_of(every)), relativedelta(**period_of(notice).units)
    for number in count():
        total = {
            unit: lengths[0].units.get(unit, 0) + number * lengths[1].units.get(unit, 0)
            for unit in ("years", "months", "weeks", "days")
        }
        expected = since + relativedelta(**total)  # type: ignore[arg-type]
        if expected - back >= day:
            break
    assert end == expected


@EXAMPLES
@given(day=ANY_DAY, opens=LENGTHS, longer=LENGTHS)
def test_a_window_opens_before_it_closes(day: date, opens: str, longer: str) -> None:
    steps = [{"add": opens}]
    rule = clause(starts="given", yields="lapse", opens=steps, closes=[*steps, {"add": longer}])

    result = compute(rule, given_facts(day))

    assert result.opens_on is not None
    assert result.due_on is not None
    assert result.opens_on < result.due_on
    assert result.opens_at is not None
    assert result.due_at is not None
    assert result.opens_at < result.due_at


@EXAMPLES
@given(since=ANY_DAY, later=st.integers(0, 40000), first=LENGTHS, every=LENGTHS)
def test_a_run_ends_on_the_first_of_its_days_from_the_day_asked_for(
    since: date, later: int, first: str, every: str
) -> None:
    day = since + timedelta(days=later)
    start = {"every": every, "from": "in_force", "first": first}
    duty = {"bearer": "each-party", "act": "response"}
    runs = clause(starts=start, governs="none", yields="duty", duty=duty, count=[])
    term = {"term": {"from": "in_force", "first": first, "every": every}}

    ends = compute(runs, given_facts(since, in_force_on=since, run_from=day)).due_on

    assert ends is not None
    assert ends >= day
    assert (
        ends
        == compute(clause(starts="given", count=[term]), given_facts(day, in_force_on=since)).due_on
    )
