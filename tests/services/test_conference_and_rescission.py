"""What fulfils a duty, what takes a notice back, and what does neither."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from notifications.errors import NotPermittedError, RuleBrokenError
from notifications.models import Alert, Deadline, Notification
from notifications.register import verify
from notifications.services.convening import convene_conference, foretold
from notifications.services.receiving import dispute_receipt, register_receipt
from notifications.services.sweeps import track_deadlines
from tests.factories import NOW, TODAY, Cast, issue, issue_act, make_cast, make_treaty
from tests.services.ledgers import EFFECT, at, clock_of, receive


@pytest.fixture
def notice(cast: Cast) -> Notification:
    """A withdrawal, received by Canada on the day it was given: window 21 June to 21 July."""
    notification = issue(cast)
    register_receipt(
        notification=notification,
        party=cast.party("CAN"),
        on=TODAY,
        actor=cast.canadian_officer,
        now=NOW,
    )
    return notification


def duty(notice: Notification) -> Deadline:
    return notice.deadlines.with_reasons().get(clause__slug="xv-3")


def convene(
    cast: Cast, notice: Notification, held_on: date, at: date | None = None
) -> Notification:
    day = at or held_on
    return convene_conference(
        notification=notice,
        senders=[cast.party("CAN")],
        held_on=held_on,
        text="By video conference.",
        actor=cast.canadian_officer,
        now=datetime(day.year, day.month, day.day, 12, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("held_on", "status"),
    [
        (date(2020, 6, 20), "running"),
        (date(2020, 6, 21), "met"),
        (date(2020, 7, 21), "met"),
        (date(2020, 7, 22), "met"),
    ],
)
def test_a_conference_meets_the_duty_from_the_first_day_of_its_window(
    cast: Cast, notice: Notification, held_on: date, status: str
) -> None:
    convene(cast, notice, held_on)
    assert duty(notice).status == status
    assert verify().ok


def test_a_conference_before_the_window_is_recorded_and_the_duty_runs_on(
    cast: Cast, notice: Notification
) -> None:
    assert foretold(notice, date(2020, 6, 20)) == [(duty(notice), "early")]
    early = convene(cast, notice, date(2020, 6, 20))
    assert early.pk
    again = convene(cast, notice, date(2020, 7, 6))
    assert (duty(notice).status, duty(notice).met_by) == ("met", again)
    assert duty(notice).settled_on == date(2020, 7, 6)


def test_a_conference_after_a_lapse_meets_the_duty_late(cast: Cast, notice: Notification) -> None:
    track_deadlines(now=datetime(2020, 7, 22, tzinfo=UTC))
    assert duty(notice).status == "lapsed"
    late = convene(cast, notice, date(2020, 7, 25))
    assert (duty(notice).status, duty(notice).met_by) == ("met", late)
    assert duty(notice).settled_on == date(2020, 7, 25)


def test_a_conference_convened_beforehand_meets_the_duty_on_its_day(
    cast: Cast, notice: Notification
) -> None:
    conference = convene(cast, notice, date(2020, 7, 6), at=date(2020, 6, 1))
    assert duty(notice).status == "running"
    track_deadlines(now=datetime(2020, 7, 5, 23, 59, tzinfo=UTC))
    assert duty(notice).status == "running"
    track_deadlines(now=datetime(2020, 7, 6, 0, 0, tzinfo=UTC))
    assert (duty(notice).status, duty(notice).met_by) == ("met", conference)
    assert verify().ok


def test_a_conference_is_numbered_and_circulated_at_once(cast: Cast, notice: Notification) -> None:
    conference = convene(cast, notice, date(2020, 7, 6))
    assert conference.circulation.number == "TF.1.2020.OPEN-SKIES.conference"
    assert conference.progress.status == "circulated"


def test_the_same_conference_is_not_convened_twice(cast: Cast, notice: Notification) -> None:
    convene(cast, notice, date(2020, 7, 6))
    with pytest.raises(RuleBrokenError, match="for this day already"):
        convene(cast, notice, date(2020, 7, 6))


def test_only_a_depositary_convenes(cast: Cast, notice: Notification) -> None:
    with pytest.raises(NotPermittedError):
        convene_conference(
            notification=notice,
            senders=[cast.party("CAN")],
            held_on=date(2020, 7, 6),
            text="",
            actor=cast.us_head,
            now=NOW,
        )
    with pytest.raises(RuleBrokenError, match="by a depositary"):
        convene_conference(
            notification=notice,
            senders=[cast.party("DEU")],
            held_on=date(2020, 7, 6),
            text="",
            actor=cast.canadian_officer,
            now=NOW,
        )


def test_a_rescission_voids_every_unfinished_clock_and_its_alerts(
    cast: Cast, notice: Notification
) -> None:
    issue_act(cast, "rescission", {"text": "Taken back."}, refers_to=notice)
    statuses = set(notice.deadlines.values_list("status", flat=True))
    assert statuses == {"void"}
    planned = Alert.objects.filter(deadline_version__deadline__notification=notice)
    assert not planned.filter(state="planned").exists()
    assert track_deadlines(now=datetime(2021, 1, 1, tzinfo=UTC)).effective == 0
    with pytest.raises(RuleBrokenError, match="taken back already"):
        issue_act(cast, "rescission", {}, refers_to=notice)


def test_once_the_effect_has_come_the_notice_is_taken_back_no_more(
    cast: Cast, notice: Notification
) -> None:
    track_deadlines(now=datetime(2020, 11, 22, tzinfo=UTC))
    with pytest.raises(RuleBrokenError, match="no longer be taken back"):
        issue_act(
            cast,
            "rescission",
            {},
            refers_to=notice,
            now=datetime(2020, 11, 21, 23, 0, tzinfo=UTC),
        )


def test_a_disputed_notice_whose_effect_no_sweep_has_seen_yet_is_taken_back_no_more(
    db: None,
) -> None:
    rule = {**EFFECT, "starts": "received"}
    cast = make_cast(make_treaty(rules=[rule]))
    notice = issue(cast)
    receipt = receive(cast, notice, "2020-05-23")
    dispute_receipt(
        notification=notice,
        party=receipt.party,
        on=date(2020, 5, 22),
        reason="Our courier has a signature.",
        actor=cast.us_drafter,
        now=at("2020-06-01"),
    )
    assert clock_of(notice, "xv-2").status == "disputed"
    with pytest.raises(RuleBrokenError, match="no longer be taken back"):
        issue_act(cast, "rescission", {}, refers_to=notice, now=at("2020-11-24"))


def test_only_who_gave_the_notice_takes_it_back(cast: Cast, notice: Notification) -> None:
    with pytest.raises(RuleBrokenError, match="Only the party that gave the notice"):
        issue_act(cast, "rescission", {}, code="RUS", refers_to=notice)


def test_a_suspension_and_a_request_for_a_conference_move_no_clock(
    cast: Cast, notice: Notification
) -> None:
    before = list(notice.deadlines.order_by("pk").values_list("status", "due_at"))
    suspension = issue_act(cast, "suspension", {"text": "Suspended."})
    request = issue_act(cast, "conference-request", {}, code="RUS", refers_to=notice)
    assert list(notice.deadlines.order_by("pk").values_list("status", "due_at")) == before
    assert not suspension.deadlines.exists()
    assert not request.deadlines.exists()
