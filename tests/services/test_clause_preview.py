"""A rule tried on an act that is made up: every construct comes to its result."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from notifications.clauses.reading import parse_clause
from notifications.clauses.results import Result
from notifications.models import DeadlineVersion, Event
from notifications.services.clause_preview import Occasion, preview_rule
from tests.factories import XV_2, Cast, add_clause

DAY = date(2026, 1, 31)


def preview(cast: Cast, occasion: Occasion | None = None, **keys: Any) -> Result:
    """What XV(2), with other keys, comes to on 31 January 2026; None leaves a key out."""
    data = {key: value for key, value in {**XV_2, **keys}.items() if value is not None}
    return preview_rule(parse_clause(data), treaty=cast.treaty, occasion=occasion or Occasion(DAY))


def test_an_act_outside_its_window_is_premature_with_the_first_lawful_day(cast: Cast) -> None:
    window = {"starts": "in_force", "first": "P10Y", "every": "P10Y", "for": "P1Y"}
    result = preview(cast, admissible={"window": window})
    assert (result.status, result.lawful_on) == ("premature", date(2032, 1, 1))


def test_acts_that_are_counted_are_taken_to_have_come_in(cast: Cast) -> None:
    start = {"count_of": "conference-request", "reaches": 3, "within": "P90D", "of": "circulated"}
    result = preview(cast, starts=start, count=[{"add": "P30D"}], minimum=None)
    assert (result.status, result.due_on) == ("computed", date(2026, 3, 2))
    assert result.trace[0].params["needed"] == 3


@pytest.mark.parametrize("reaches", ["all", "majority", "7/8", "last"])
def test_a_share_of_the_parties_is_reached(cast: Cast, reaches: str) -> None:
    result = preview(cast, starts={"count_of": "acceptance", "reaches": reaches}, count=[])
    assert (result.status, result.due_on) == ("computed", DAY)


def test_what_the_act_states_is_said_or_the_day_of_receipt(cast: Cast) -> None:
    keys = {
        "governs": "formatted-message",
        "starts": {"field": "occurs_at"},
        "count": [{"subtract": "PT72H"}],
        "yields": "duty",
        "minimum": None,
        "duty": {"bearer": "notifier", "act": "formatted-message"},
    }
    states = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)
    stated = preview(cast, Occasion(DAY, states=states), **keys)
    assert stated.due_at == datetime(2026, 4, 28, 9, 30, tzinfo=UTC)
    assert preview(cast, **keys).due_at == datetime(2026, 1, 28, tzinfo=UTC)


def test_what_another_clause_yields_is_counted_on_the_same_act(cast: Cast) -> None:
    keys = {"starts": {"clause": "xv-3"}, "count": [{"add": "P1M"}], "when": {"party": "USA"}}
    result = preview(cast, **keys)
    assert (result.status, result.due_on) == ("computed", date(2026, 5, 1))


def test_a_conflict_keeps_it_open_where_one_is_said_to_last(cast: Cast) -> None:
    assert preview(cast, open_while="armed-conflict").status == "computed"
    result = preview(cast, Occasion(DAY, in_conflict=True), open_while="armed-conflict")
    assert (result.status, result.due_on) == ("open", None)


def test_the_act_is_of_the_kind_to_which_the_rule_is_limited(cast: Cast) -> None:
    cast.treaty.lists = {"annex-i": ["HUN"]}
    cast.treaty.save()
    rule = {**XV_2, "id": "xvi", "article": "XVI", "governs": "instrument", "starts": "consented"}
    for when in ({"party": "annex-i"}, {"mode": "accession"}, {"fact": "armed-conflict"}):
        result = preview(cast, **{**rule, "minimum": None, "when": when})
        assert result.due_on == date(2026, 7, 31)
    result = preview(cast, **{**rule, "minimum": None, "when": {"party": "annex-i"}})
    assert result.trace[0].params["party"] == "HUN"


def test_a_date_that_the_notice_names_and_what_outlasts_the_effect(cast: Cast) -> None:
    later = preview(cast, Occasion(DAY, effective_on=date(2026, 12, 31)), survives="P20Y")
    assert (later.due_on, later.earliest_on) == (date(2026, 12, 31), date(2026, 7, 31))
    assert later.survives_on == date(2046, 12, 31)
    early = preview(cast, Occasion(DAY, effective_on=date(2026, 2, 1)))
    assert (early.due_on, early.flags) == (date(2026, 7, 31), ("earlier-than-clause",))


def test_what_recurs_is_tried_on_its_next_run(cast: Cast) -> None:
    owed = {"bearer": "each-party", "act": "formatted-message"}
    result = preview(
        cast,
        governs="none",
        starts={"yearly": ["11-15", "02-15"]},
        count=[],
        yields="duty",
        minimum=None,
        duty=owed,
    )
    assert (result.status, result.due_on) == ("computed", date(2026, 2, 15))


def test_both_ways_of_a_later_of_are_known(cast: Cast) -> None:
    ways = [
        {"starts": "informed", "count": [{"add": "P12M"}]},
        {"starts": "consented", "count": []},
    ]
    result = preview(cast, yields="lapse", minimum=None, starts=None, count=None, later_of=ways)
    assert (result.status, result.due_on) == ("computed", date(2027, 1, 31))


def test_nothing_is_stored(cast: Cast) -> None:
    add_clause(cast.treaty, {**XV_2, "id": "xv-9", "article": "XV(9)", "when": {"party": "RUS"}})
    before = (DeadlineVersion.objects.count(), Event.objects.count())
    preview(cast)
    assert (DeadlineVersion.objects.count(), Event.objects.count()) == before
