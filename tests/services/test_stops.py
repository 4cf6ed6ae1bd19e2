"""A clock is stopped by agreement and runs again: the date moves by the days, with the reason."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from notifications.errors import ChangedMeanwhileError, NotPermittedError, RuleBrokenError
from notifications.models import Alert, Deadline, DeadlineVersion, Event, Fact, Notification
from notifications.register import verify
from notifications.services.convening import convene_conference
from notifications.services.ledger import end_fact, record_fact, resume_clock, stop_clock
from notifications.services.settling import end_deadline
from notifications.services.sweeps import track_deadlines
from tests.factories import Cast, issue, issue_act
from tests.services.ledgers import at, clock_of, day, receive


@pytest.fixture
def notice(cast: Cast) -> Notification:
    """A withdrawal given and received on 22 May 2020: effect 22 November, conference June–July."""
    notification = issue(cast)
    receive(cast, notification, "2020-05-22")
    return notification


def stop(cast: Cast, deadline: Deadline, on: str, until: str | None = None, **more: Any) -> Fact:
    return stop_clock(
        **{
            "deadline": deadline,
            "on": day(on),
            "until": day(until) if until else None,
            "reason": "talks in Vienna",
            "actor": cast.canadian_officer,
            "now": at(on),
            **more,
        }
    )


def planned(deadline: Deadline) -> list[tuple[str, date]]:
    alerts = Alert.objects.planned().filter(deadline_version__deadline=deadline)
    return [(alert.stage, alert.due_at.date()) for alert in alerts.order_by("due_at")]


def test_while_it_is_stopped_it_does_not_lapse_and_nothing_is_planned(
    cast: Cast, notice: Notification
) -> None:
    stop(cast, clock_of(notice, "xv-3"), "2020-06-01")

    tracked = track_deadlines(now=at("2021-01-15"))

    clock = clock_of(notice, "xv-3")
    assert (clock.status, clock.version.result) == ("suspended", "suspended")
    assert planned(clock) == []
    assert tracked.lapsed == 0
    assert clock_of(notice, "xv-2").status == "effective"
    assert verify().ok


def test_when_the_stop_ends_the_date_moves_by_exactly_the_days_stopped(
    cast: Cast, notice: Notification
) -> None:
    before = clock_of(notice, "xv-3").version
    stop(cast, clock_of(notice, "xv-3"), "2020-06-01")

    resume_clock(
        deadline=clock_of(notice, "xv-3"),
        until=day("2020-06-13"),
        actor=cast.canadian_officer,
        now=at("2020-06-13"),
    )

    clock = clock_of(notice, "xv-3")
    assert (before.opens_on, before.due_on) == (day("2020-06-21"), day("2020-07-21"))
    assert (clock.version.opens_on, clock.version.due_on) == (day("2020-07-03"), day("2020-08-02"))
    assert clock.status == "running"
    assert clock.version.no == before.no + 2
    told = [step["words"] for step in clock.version.trace]
    assert any(
        "stopped from 1 June 2020 to 13 June 2020, 12 days: talks in Vienna" in w for w in told
    )
    assert clock.version.cause == "stopped from 1 June 2020 to 13 June 2020: talks in Vienna"
    assert clock.version.computed_by == cast.canadian_officer
    assert ("day", day("2020-08-02")) in planned(clock)
    assert ("opens", day("2020-07-03")) in planned(clock)
    assert verify().ok


def test_only_the_clock_that_was_stopped_is_computed_anew(cast: Cast, notice: Notification) -> None:
    before = clock_of(notice, "xv-2").version

    stop(cast, clock_of(notice, "xv-3"), "2020-06-01")

    assert clock_of(notice, "xv-2").version == before


def test_a_stop_of_the_whole_case_stops_every_clock_of_it(cast: Cast, notice: Notification) -> None:
    record_fact(
        case=notice.case,
        kind="stop",
        on=day("2020-06-01"),
        until=None,
        reason="talks",
        actor=cast.hungarian_officer,
        now=at("2020-06-01"),
    )

    assert {clock.status for clock in notice.deadlines.all()} == {"suspended"}


def test_a_stop_whose_end_is_known_lasts_until_its_day_and_then_the_sweep_lets_it_run(
    cast: Cast, notice: Notification
) -> None:
    stop(cast, clock_of(notice, "xv-3"), "2020-06-01", "2020-06-13")
    assert clock_of(notice, "xv-3").status == "suspended"

    assert track_deadlines(now=at("2020-06-12")).turned == 0
    assert track_deadlines(now=at("2020-06-13")).turned == 1
    assert track_deadlines(now=at("2020-06-13")).turned == 0

    clock = clock_of(notice, "xv-3")
    assert (clock.status, clock.version.due_on) == ("running", day("2020-08-02"))
    assert clock.version.computed_by == cast.canadian_officer
    assert verify().ok


def test_a_stop_agreed_beforehand_begins_on_its_day(cast: Cast, notice: Notification) -> None:
    stop(cast, clock_of(notice, "xv-3"), "2020-06-10", now=at("2020-06-01"))
    assert clock_of(notice, "xv-3").status == "running"

    track_deadlines(now=at("2020-06-10"))

    assert clock_of(notice, "xv-3").status == "suspended"


def test_a_stop_that_came_and_went_while_no_sweep_ran_moves_the_date_all_the_same(
    cast: Cast, notice: Notification
) -> None:
    stop(cast, clock_of(notice, "xv-3"), "2020-06-10", "2020-06-20", now=at("2020-06-01"))

    track_deadlines(now=at("2020-07-25"))

    clock = clock_of(notice, "xv-3")
    assert (clock.status, clock.version.due_on) == ("running", day("2020-07-31"))


def test_the_limit_that_a_sender_set_can_be_stopped_too(cast: Cast) -> None:
    allegation = issue_act(
        cast,
        "breach-allegation",
        {"against": ["RUS"], "respond_by": "2020-07-21", "text": "A breach."},
    )
    limit = allegation.deadlines.with_reasons().get()

    stop(cast, limit, "2020-06-01")
    resume_clock(
        deadline=limit, until=day("2020-06-11"), actor=cast.hungarian_officer, now=at("2020-06-11")
    )

    moved = allegation.deadlines.with_reasons().get()
    assert (moved.status, moved.version.due_on) == ("running", day("2020-07-31"))


def test_a_conference_held_while_the_clock_is_stopped_meets_the_duty(
    cast: Cast, notice: Notification
) -> None:
    stop(cast, clock_of(notice, "xv-3"), "2020-06-25")

    convene_conference(
        notification=notice,
        senders=[cast.party("CAN")],
        held_on=day("2020-07-06"),
        text="",
        actor=cast.canadian_officer,
        now=at("2020-07-06"),
    )

    assert clock_of(notice, "xv-3").status == "met"


@pytest.mark.parametrize(
    ("on", "until", "field", "said"),
    [
        ("2020-06-10", "2020-06-09", "until", "before it began on 10 June 2020"),
        ("2020-08-03", None, "on", "after the deadline, which was on 2 August 2020"),
        ("2020-05-30", "2020-06-05", "on", "overlaps another stop of this clock, from 1 June 2020"),
        ("2020-06-12", None, "on", "overlaps another stop"),
        ("2020-05-25", None, "on", "overlaps another stop"),
        ("1700-01-01", None, "on", "the year must lie between"),
    ],
)
def test_a_stop_that_cannot_be_is_refused_in_one_sentence(
    *, cast: Cast, notice: Notification, on: str, until: str | None, field: str, said: str
) -> None:
    clock = clock_of(notice, "xv-3")
    stop(cast, clock, "2020-06-01", "2020-06-13", now=at("2020-06-13"))
    versions, events = DeadlineVersion.objects.count(), Event.objects.count()

    with pytest.raises(RuleBrokenError, match=said) as refusal:
        stop(cast, clock, on, until, now=at("2020-06-14"))

    assert refusal.value.field == field
    assert Fact.objects.count() == 1
    assert (DeadlineVersion.objects.count(), Event.objects.count()) == (versions, events)


def test_one_stop_may_follow_another_on_the_day_on_which_that_one_is_over(
    cast: Cast, notice: Notification
) -> None:
    clock = clock_of(notice, "xv-3")
    stop(cast, clock, "2020-06-01", "2020-06-13", now=at("2020-06-14"))
    stop(cast, clock, "2020-06-13", "2020-06-14", now=at("2020-06-14"))

    assert clock_of(notice, "xv-3").version.due_on == day("2020-08-03")


def test_a_stop_wants_its_reason(cast: Cast, notice: Notification) -> None:
    with pytest.raises(RuleBrokenError) as refusal:
        stop(cast, clock_of(notice, "xv-3"), "2020-06-01", reason="  ")

    assert refusal.value.field == "reason"


def test_what_is_over_can_no_longer_be_stopped(cast: Cast, notice: Notification) -> None:
    track_deadlines(now=at("2020-11-22"))

    with pytest.raises(RuleBrokenError, match="this clock is over"):
        stop(cast, clock_of(notice, "xv-2"), "2020-06-01", now=at("2020-11-23"))


@pytest.mark.parametrize("who", ["us_head", "russian_head", "german_observer", "administrator"])
def test_only_a_depositarys_officer_records_it(cast: Cast, notice: Notification, who: str) -> None:
    with pytest.raises(NotPermittedError):
        stop(cast, clock_of(notice, "xv-3"), "2020-06-01", actor=getattr(cast, who))


def test_an_entry_is_ended_once_a_second_hand_is_told(cast: Cast, notice: Notification) -> None:
    fact = stop(cast, clock_of(notice, "xv-3"), "2020-06-01")
    ended = {"fact": fact, "until": day("2020-06-13"), "reason": "", "now": at("2020-06-13")}
    end_fact(**ended, actor=cast.canadian_officer)

    with pytest.raises(ChangedMeanwhileError):
        end_fact(**ended, actor=cast.hungarian_officer)


def test_a_clock_that_is_not_stopped_cannot_be_resumed(cast: Cast, notice: Notification) -> None:
    with pytest.raises(RuleBrokenError, match="not stopped"):
        resume_clock(
            deadline=clock_of(notice, "xv-3"),
            until=day("2020-06-13"),
            actor=cast.canadian_officer,
            now=at("2020-06-13"),
        )


def test_two_sweeps_at_once_settle_a_clock_once(cast: Cast, notice: Notification) -> None:
    key = clock_of(notice, "xv-3").pk

    assert end_deadline(key, now=at("2020-07-22")) == "lapsed"
    assert end_deadline(key, now=at("2020-07-22")) is None
    assert Event.objects.filter(act="deadline-lapsed").count() == 1


def test_a_stop_that_comes_before_the_sweep_holds_the_lapse(
    cast: Cast, notice: Notification
) -> None:
    found_due = clock_of(notice, "xv-3").pk
    stop(cast, clock_of(notice, "xv-3"), "2020-07-21", now=at("2020-07-22"))

    assert end_deadline(found_due, now=at("2020-07-22")) is None
    assert clock_of(notice, "xv-3").status == "suspended"


def test_a_stop_recorded_after_the_lapse_that_began_in_time_lets_the_clock_run_again(
    cast: Cast, notice: Notification
) -> None:
    track_deadlines(now=at("2020-07-22"))
    assert clock_of(notice, "xv-3").status == "lapsed"

    stop(cast, clock_of(notice, "xv-3"), "2020-07-20", "2020-07-25", now=at("2020-07-25"))

    clock = clock_of(notice, "xv-3")
    assert (clock.status, clock.version.due_on) == ("running", day("2020-07-26"))
    assert clock.settled_on is None
    assert verify().ok


def test_a_rescission_voids_a_stopped_clock_too(cast: Cast, notice: Notification) -> None:
    stop(cast, clock_of(notice, "xv-3"), "2020-06-01")

    issue_act(cast, "rescission", {"text": "Taken back."}, refers_to=notice, now=at("2020-06-05"))

    assert {clock.status for clock in notice.deadlines.all()} == {"void"}
    assert track_deadlines(now=at("2021-06-13")).turned == 0
