"""Where a date begins and ends, when clocks are put forward at midnight or skip a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from notifications.clauses.compute import compute
from notifications.clauses.facts import Facts
from notifications.clauses.instants import end_of_day, start_of_day
from notifications.clauses.schema import Clause


@pytest.mark.parametrize(
    ("day", "zone", "expected"),
    [
        ("2020-11-22", "UTC", "2020-11-22T00:00:00"),
        ("2023-11-07", "Europe/Amsterdam", "2023-11-06T23:00:00"),
        ("2023-06-30", "Europe/Amsterdam", "2023-06-29T22:00:00"),
        pytest.param("2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00", id="00:00 skipped"),
        pytest.param("1919-03-31", "America/Toronto", "1919-03-31T04:30:00", id="23:30 to 00:30"),
        pytest.param("2011-12-30", "Pacific/Apia", "2011-12-30T10:00:00", id="a day skipped"),
        pytest.param("2020-11-01", "America/Havana", "2020-11-01T04:00:00", id="00:00 comes twice"),
    ],
)
def test_a_date_begins_at_the_first_instant_that_bears_it(
    day: str, zone: str, expected: str
) -> None:
    assert start_of_day(date.fromisoformat(day), zone) == datetime.fromisoformat(expected).replace(
        tzinfo=UTC
    )


def test_the_day_on_which_clocks_change_has_23_or_25_hours() -> None:
    spring, autumn = date(2023, 3, 26), date(2023, 10, 29)

    hours = [
        (end_of_day(day, "Europe/Paris") - start_of_day(day, "Europe/Paris")).total_seconds() / 3600
        for day in (spring, autumn)
    ]

    assert hours == [23, 25]


def test_a_clauses_own_zone_overrides_the_treatys(
    make_clause: Callable[..., Clause], make_facts: Callable[..., Facts]
) -> None:
    facts = make_facts("2023-06-09", zone="UTC")

    result = compute(make_clause(zone="Asia/Tokyo"), facts)

    assert result.zone == "Asia/Tokyo"
    assert result.due_on == date(2023, 6, 9)
    assert result.due_at == datetime(2023, 6, 8, 15, tzinfo=UTC)
    assert result.trace[-1].words == "9 June 2023, 00:00 Asia/Tokyo"


def test_the_trace_tells_the_hour_where_midnight_does_not_exist(
    make_clause: Callable[..., Clause], make_facts: Callable[..., Facts]
) -> None:
    facts = make_facts("2018-11-04", zone="America/Sao_Paulo")

    assert compute(make_clause(), facts).trace[-1].words == (
        "4 November 2018, 01:00 America/Sao_Paulo"
    )
