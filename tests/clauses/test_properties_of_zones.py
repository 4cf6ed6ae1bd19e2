"""What holds in every zone, with odd offsets and clocks put forward or back, from 1815 to 2200."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notifications.clauses.compute import compute
from notifications.clauses.instants import day_of, end_of_day, instant_of, start_of_day
from tests.clauses.drawing import ANY_DAY, DAYS, EXAMPLES, INSTANTS, ZONES, clause, given_facts

SECOND = timedelta(seconds=1)


@EXAMPLES
@given(day=ANY_DAY, zone=ZONES)
@example(day=date(2011, 12, 30), zone="Pacific/Apia")
@example(day=date(1892, 7, 4), zone="Pacific/Apia")
@example(day=date(1844, 12, 31), zone="Asia/Manila")
@example(day=date(1969, 9, 30), zone="Pacific/Kwajalein")
@example(day=date(1919, 3, 31), zone="America/Toronto")
@example(day=date(2007, 11, 4), zone="America/St_Johns")
@example(day=date(1972, 1, 7), zone="Africa/Monrovia")
def test_a_date_begins_with_the_first_instant_that_bears_it(day: date, zone: str) -> None:
    start = start_of_day(day, zone)

    assert day_of(start - SECOND, zone) < day
    # A date that the zone never had begins, and ends, with the next one.
    assert day_of(start, zone) == day or start_of_day(day + timedelta(days=1), zone) == start


@EXAMPLES
@given(day=ANY_DAY, zone=ZONES)
def test_a_date_ends_where_the_next_begins_and_never_before_it_began(day: date, zone: str) -> None:
    start, end = start_of_day(day, zone), end_of_day(day, zone)

    assert start <= end
    assert end == start_of_day(day + timedelta(days=1), zone)
    assert end - start <= timedelta(hours=49)


@EXAMPLES
@given(at=INSTANTS, zone=ZONES)
def test_an_instant_lies_within_its_date(at: datetime, zone: str) -> None:
    day = day_of(at, zone)

    assert start_of_day(day, zone) <= at
    # Clocks put back over midnight show the last hour of the date again, after its end.
    if at.astimezone(ZoneInfo(zone)).fold == 0:
        assert at < end_of_day(day, zone)


@EXAMPLES
@given(day=DAYS, later=st.integers(0, 400), zone=ZONES)
def test_dates_keep_their_order_as_instants(day: date, later: int, zone: str) -> None:
    assert instant_of(day, zone) <= instant_of(day + timedelta(days=later), zone)


@EXAMPLES
@given(at=INSTANTS, hours=st.integers(1, 5000), minutes=st.integers(0, 59), zone=ZONES)
def test_hours_are_the_same_everywhere_whatever_the_clocks_do(
    at: datetime, hours: int, minutes: int, zone: str
) -> None:
    period = f"PT{hours}H{minutes}M" if minutes else f"PT{hours}H"
    rule = clause(starts={"field": "occurs_at"}, count=[{"add": period}], zone=zone)

    result = compute(rule, given_facts(at.date(), stated={"occurs_at": at}))

    assert result.due_at == at + timedelta(hours=hours, minutes=minutes)
    assert result.due_on == day_of(result.due_at, zone)


@EXAMPLES
@given(at=INSTANTS, days=st.integers(1, 400), zone=ZONES)
def test_days_before_hours_keep_the_time_that_the_clock_shows(
    at: datetime, days: int, zone: str
) -> None:
    rule = clause(starts={"field": "occurs_at"}, count=[{"add": f"P{days}DT1M"}], zone=zone)

    result = compute(rule, given_facts(at.date(), stated={"occurs_at": at}))

    assert result.due_at is not None
    local = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0) + timedelta(days=days)
    reached = local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    assert result.due_at == reached + timedelta(minutes=1)


@EXAMPLES
@given(day=ANY_DAY, zone=ZONES)
def test_an_effect_a_duty_and_the_end_of_a_day_keep_their_order(day: date, zone: str) -> None:
    duty = {"yields": "duty", "duty": {"bearer": "notifier", "act": "correction"}}
    rules = [
        clause(starts="given", count=[], zone=zone, **keys) for keys in ({}, {"at": "end"}, duty)
    ]

    effect, at_end, owed = (compute(rule, given_facts(day)).due_at for rule in rules)

    assert effect == start_of_day(day, zone)
    assert at_end == owed == end_of_day(day, zone)


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("America/Sao_Paulo", date(2018, 11, 4)),
        ("America/Asuncion", date(2023, 10, 1)),
        ("America/Havana", date(2023, 3, 12)),
        ("America/Santiago", date(2022, 9, 11)),
        ("Africa/Cairo", date(2023, 4, 28)),
        ("Asia/Beirut", date(2022, 3, 27)),
        ("Asia/Damascus", date(2022, 3, 25)),
    ],
)
def test_where_clocks_skip_midnight_the_day_begins_at_one(zone: str, day: date) -> None:
    start = start_of_day(day, zone)

    assert start.astimezone(ZoneInfo(zone)).strftime("%H:%M") == "01:00"
    assert end_of_day(day, zone) - start == timedelta(hours=23)


@pytest.mark.parametrize(
    ("zone", "offset"),
    [
        ("Asia/Kathmandu", timedelta(hours=5, minutes=45)),
        ("Pacific/Chatham", timedelta(hours=12, minutes=45)),
        ("Australia/Eucla", timedelta(hours=8, minutes=45)),
        ("Asia/Kolkata", timedelta(hours=5, minutes=30)),
        ("Pacific/Marquesas", -timedelta(hours=9, minutes=30)),
        ("Pacific/Kiritimati", timedelta(hours=14)),
        ("Etc/GMT+12", -timedelta(hours=12)),
    ],
)
def test_odd_offsets_are_kept_to_the_minute(zone: str, offset: timedelta) -> None:
    assert zone in available_timezones()
    assert start_of_day(date(2020, 7, 1), zone) == datetime(2020, 7, 1, tzinfo=UTC) - offset
