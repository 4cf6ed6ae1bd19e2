"""One clock a party from the day it was informed, and what it means when all keep silent."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications.errors import NotPermittedError, RuleBrokenError
from notifications.models import Alert, Deadline, Event, Fact, Notification, Outcome
from notifications.register import verify
from notifications.services.circulating import circulate_notification
from notifications.services.ledger import record_fact
from notifications.services.outcomes import confirm_outcome
from notifications.services.responding import respond_to_notification
from notifications.services.silence import is_proposed, silent_parties
from notifications.services.sweeps import track_deadlines
from tests.factories import Cast, issue, issue_act, make_cast, make_treaty
from tests.services.ledgers import CIRCULATED, INFORMED, at, circulate, clock_of, day, receive

OTHERS = ["CAN", "DEU", "FRA", "HUN", "RUS"]
LAST = "2020-08-23"  # ninety days after the circulation of 25 May


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast(make_treaty(rules=[INFORMED]))


@pytest.fixture
def notice(cast: Cast) -> Notification:
    """Given on 22 May 2020, circulated on 25 May."""
    notification = issue(cast)
    circulate(cast, notification, "2020-05-25")
    return notification


def clocks(notification: Notification) -> dict[str, Deadline]:
    found = notification.deadlines.with_reasons().order_by("pk")
    return {clock.bearer.code: clock for clock in found if clock.bearer}


def russia_objects(cast: Cast, notice: Notification, on: str) -> Notification:
    return issue_act(
        cast, "objection", {"text": "We object."}, code="RUS", refers_to=notice, now=at(on)
    )


def test_each_party_has_a_clock_that_waits_until_it_is_informed(cast: Cast) -> None:
    notification = issue(cast)

    found = clocks(notification)
    assert sorted(found) == OTHERS
    assert {(c.status, c.version.awaiting) for c in found.values()} == {("awaiting", "informed")}
    receive(cast, notification, "2020-05-25")
    assert {clock.status for clock in clocks(notification).values()} == {"awaiting"}


def test_circulation_starts_each_partys_clock_and_tells_that_party_alone(
    notice: Notification,
) -> None:
    found = clocks(notice)

    assert {clock.version.due_on for clock in found.values()} == {day(LAST)}
    assert found["RUS"].version.trace[0]["params"] == {"party": "RUS"}
    planned = Alert.objects.filter(deadline_version__deadline=found["RUS"])
    assert {alert.audience for alert in planned} == {"bearer"}


def test_a_party_that_was_informed_on_another_day_has_its_own_date(
    cast: Cast, notice: Notification
) -> None:
    record_fact(
        case=notice.case,
        kind="informed",
        notification=notice,
        party=cast.party("RUS"),
        on=day("2020-06-01"),
        until=None,
        reason="the note came back and was sent again",
        actor=cast.canadian_officer,
        now=at("2020-06-01"),
    )

    found = clocks(notice)
    assert found["RUS"].version.due_on == day("2020-08-30")
    assert {found[code].version.no for code in OTHERS if code != "RUS"} == {2}
    assert found["RUS"].version.no == 3


@pytest.mark.parametrize(
    ("more", "field"),
    [({"party": None}, "party"), ({"notification": None}, "notification"), ({"on": "x"}, "on")],
)
def test_what_is_said_of_nobody_of_no_act_or_of_an_impossible_day_is_refused(
    cast: Cast, notice: Notification, more: dict[str, Any], field: str
) -> None:
    if "on" in more:
        more = {"on": day("2020-05-21")}
    said: dict[str, Any] = {
        "case": notice.case,
        "kind": "informed",
        "notification": notice,
        "party": cast.party("RUS"),
        "on": day("2020-06-01"),
        "until": None,
        "reason": "so",
        "actor": cast.canadian_officer,
        "now": at("2020-06-01"),
        **more,
    }

    with pytest.raises(RuleBrokenError) as refusal:
        record_fact(**said)

    assert refusal.value.field == field
    assert not Fact.objects.exists()


def test_filing_and_circulating_take_the_same_statements_for_34_parties_as_for_193(
    db: None,
) -> None:
    counts = []
    for slug, number in (("first", 3), ("small", 34), ("large", 193)):
        codes = [f"{chr(65 + n // 26)}{chr(65 + n % 26)}{slug[0].upper()}" for n in range(number)]
        treaty = make_treaty(slug, members=["USA", "CAN", *codes], rules=[INFORMED])
        if not counts:
            cast = make_cast(treaty)
        cast.treaty = treaty
        with CaptureQueriesContext(connection) as filing:
            notification = issue(cast)
        receive(cast, notification, "2020-05-25")
        fresh = Notification.objects.with_way().get(pk=notification.pk)
        with CaptureQueriesContext(connection) as circulating:
            circulate_notification(
                notification=fresh, actor=cast.canadian_officer, now=at("2020-05-25")
            )
        counts.append((len(filing), len(circulating)))
        assert notification.deadlines.count() == number + 1

    assert counts[1] == counts[2]


def test_when_the_last_clock_lapses_the_outcome_is_proposed_to_the_depositaries_once(
    cast: Cast, notice: Notification
) -> None:
    track_deadlines(now=at("2020-08-23"))
    assert not Alert.objects.filter(kind="proposed").exists()

    track_deadlines(now=at("2020-08-24"))

    (alert,) = Alert.objects.filter(kind="proposed")
    assert alert.audience == "depositaries"
    clock = clock_of(notice, "xx-5", "RUS")
    assert is_proposed(clock)
    assert silent_parties(clock) == OTHERS
    assert not Outcome.objects.exists()
    assert verify().ok


def test_an_objection_in_time_breaks_the_silence_of_the_party_that_makes_it(
    cast: Cast, notice: Notification
) -> None:
    objection = russia_objects(cast, notice, "2020-08-23")

    track_deadlines(now=at("2020-08-24"))

    clock = clock_of(notice, "xx-5", "RUS")
    assert (clock.status, clock.met_by) == ("met", objection)
    assert silent_parties(clock) == ["CAN", "DEU", "FRA", "HUN"]


def test_a_response_in_time_breaks_it_too_also_before_its_clock_runs(cast: Cast) -> None:
    notification = issue(cast)
    respond_to_notification(
        notification=notification,
        party=cast.party("RUS"),
        position="objects",
        text="No.",
        actor=cast.russian_drafter,
        now=at("2020-05-24"),
    )
    circulate(cast, notification, "2020-05-25")

    track_deadlines(now=at("2020-08-24"))

    assert clock_of(notification, "xx-5", "RUS").status == "met"


def test_what_comes_too_late_breaks_no_silence(cast: Cast, notice: Notification) -> None:
    track_deadlines(now=at("2020-08-24"))

    respond_to_notification(
        notification=notice,
        party=cast.party("RUS"),
        position="objects",
        text="No.",
        actor=cast.russian_drafter,
        now=at("2020-08-25"),
    )
    russia_objects(cast, notice, "2020-08-25")

    clock = clock_of(notice, "xx-5", "RUS")
    assert clock.status == "lapsed"
    assert "RUS" in silent_parties(clock)


def test_an_objection_before_a_late_sweep_but_after_the_last_day_breaks_nothing(
    cast: Cast, notice: Notification
) -> None:
    russia_objects(cast, notice, "2020-08-25")
    track_deadlines(now=at("2020-08-26"))

    assert clock_of(notice, "xx-5", "RUS").status == "lapsed"


def decide(cast: Cast, notice: Notification, **more: Any) -> Outcome:
    return confirm_outcome(
        **{
            "deadline": clock_of(notice, "xx-5", "RUS"),
            "is_confirmed": True,
            "reason": "",
            "actor": cast.hungarian_officer,
            "now": at("2020-08-25"),
            **more,
        }
    )


def test_an_officer_confirms_it_once_for_all_parties(cast: Cast, notice: Notification) -> None:
    track_deadlines(now=at("2020-08-24"))

    outcome = decide(cast, notice)

    assert (outcome.meaning, outcome.silent) == ("acceptance", OTHERS)
    assert Alert.objects.filter(kind="confirmed").count() == 1
    event = Event.objects.get(act="outcome-confirmed")
    assert f"outcome:{outcome.pk}" in json.loads(event.body)["sealed"]
    with pytest.raises(RuleBrokenError, match="decided already"):
        decide(cast, notice, deadline=clock_of(notice, "xx-5", "DEU"))
    assert {clock.status for clock in clocks(notice).values()} == {"lapsed"}
    assert verify().ok


def test_to_decline_it_takes_a_reason(cast: Cast, notice: Notification) -> None:
    track_deadlines(now=at("2020-08-24"))

    with pytest.raises(RuleBrokenError) as refusal:
        decide(cast, notice, is_confirmed=False)
    outcome = decide(cast, notice, is_confirmed=False, reason="The circulation was defective.")

    assert refusal.value.field == "reason"
    assert not outcome.is_confirmed
    assert Event.objects.filter(act="outcome-declined").exists()


def test_nothing_is_decided_while_a_clock_runs_or_by_somebody_else(
    cast: Cast, notice: Notification
) -> None:
    with pytest.raises(RuleBrokenError, match="nothing is proposed"):
        decide(cast, notice)
    track_deadlines(now=at("2020-08-24"))
    for who in ("us_head", "russian_head", "german_observer", "administrator"):
        with pytest.raises(NotPermittedError):
            decide(cast, notice, actor=getattr(cast, who))
    assert not Outcome.objects.exists()


def test_of_one_clock_for_all_parties_the_silent_ones_are_those_that_said_nothing(
    db: None,
) -> None:
    cast = make_cast(make_treaty(rules=[CIRCULATED]))
    notification = issue(cast)
    circulate(cast, notification, "2020-05-25")
    russia_objects(cast, notification, "2020-06-01")

    track_deadlines(now=at("2020-08-24"))

    clock = clock_of(notification, "xx-6")
    assert (clock.status, clock.bearer) == ("lapsed", None)
    assert silent_parties(clock) == ["CAN", "DEU", "FRA", "HUN"]
    assert Alert.objects.filter(kind="proposed").count() == 1
