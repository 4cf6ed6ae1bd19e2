"""What time alone brings about: lapses, effects, exits, the close; once, however often."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime, timedelta

import pytest

from notifications.models import Alert, Event, Notification, Participation
from notifications.register import verify
from notifications.services import sweeps
from notifications.services.circulating import circulate_notification
from notifications.services.convening import convene_conference
from notifications.services.receiving import register_receipt
from notifications.services.sweeps import Tracked, track_deadlines
from tests.factories import NOW, TODAY, Cast, issue

EFFECT_AT = datetime(2020, 11, 22, 0, 0, tzinfo=UTC)


@pytest.fixture
def notice(cast: Cast) -> Notification:
    """A withdrawal, received and circulated by Canada on the day it was given."""
    notification = issue(cast)
    register_receipt(
        notification=notification,
        party=cast.party("CAN"),
        on=TODAY,
        actor=cast.canadian_officer,
        now=NOW,
    )
    circulate_notification(notification=notification, actor=cast.canadian_officer, now=NOW)
    return notification


def american(notice: Notification) -> Participation:
    return Participation.objects.get(treaty=notice.treaty, party__code="USA")


def test_the_withdrawal_takes_effect_at_the_start_of_the_day_and_not_before(
    notice: Notification,
) -> None:
    early = track_deadlines(now=EFFECT_AT - timedelta(microseconds=1))
    assert early.effective == 0
    assert american(notice).exit_on is None
    assert track_deadlines(now=EFFECT_AT).effective == 1
    assert american(notice).exit_on == date(2020, 11, 22)
    assert american(notice).notification == notice
    members = Participation.objects.filter(treaty=notice.treaty)
    assert "USA" in members.on(date(2020, 11, 21)).values_list("party__code", flat=True)
    assert "USA" not in members.on(date(2020, 11, 22)).values_list("party__code", flat=True)
    assert verify().ok


def test_knocking_twice_changes_nothing(notice: Notification) -> None:
    track_deadlines(now=EFFECT_AT)
    events = Event.objects.count()
    assert track_deadlines(now=EFFECT_AT) == Tracked()
    assert Event.objects.count() == events


def test_an_unfulfilled_duty_lapses_after_its_last_day_and_the_day_after_is_told(
    notice: Notification,
) -> None:
    assert track_deadlines(now=datetime(2020, 7, 21, 23, 59, tzinfo=UTC)).lapsed == 0
    assert track_deadlines(now=datetime(2020, 7, 22, tzinfo=UTC)).lapsed == 1
    duty = notice.deadlines.get(clause__slug="xv-3")
    assert (duty.status, duty.settled_on) == ("lapsed", date(2020, 7, 21))
    alert = Alert.objects.get(deadline_version=duty.current_version, stage="after-1")
    assert alert.due_at == datetime(2020, 7, 22, tzinfo=UTC)
    assert alert.audience == "depositaries+parties"
    others = Alert.objects.filter(deadline_version=duty.current_version).exclude(pk=alert.pk)
    assert set(others.values_list("state", flat=True)) == {"void"}


def test_a_sweep_that_comes_weeks_late_finds_everything(notice: Notification) -> None:
    found = track_deadlines(now=EFFECT_AT + timedelta(days=40))
    assert (found.lapsed, found.effective) == (1, 1)
    assert american(notice).exit_on == date(2020, 11, 22)


def test_an_exit_that_the_library_knows_is_confirmed(notice: Notification) -> None:
    Participation.objects.filter(pk=american(notice).pk).update(exit_on=date(2020, 11, 22))
    track_deadlines(now=EFFECT_AT)
    assert american(notice).notification == notice
    event = Event.objects.get(act="deadline-took-effect")
    assert '"outcome":"confirmed"' in event.body


def test_a_different_exit_is_reported_and_never_overwritten(
    notice: Notification, caplog: pytest.LogCaptureFixture
) -> None:
    Participation.objects.filter(pk=american(notice).pk).update(exit_on=date(2020, 12, 1))
    with caplog.at_level(logging.WARNING):
        track_deadlines(now=EFFECT_AT)
    assert american(notice).exit_on == date(2020, 12, 1)
    event = Event.objects.get(act="deadline-took-effect")
    assert '"outcome":"differs"' in event.body
    assert "its end differs" in caplog.text


def test_the_end_of_a_participation_is_told_to_every_party(notice: Notification) -> None:
    track_deadlines(now=EFFECT_AT)
    alert = Alert.objects.get(kind="participation")
    assert (alert.stage, alert.audience) == ("USA", "senders+parties+depositaries")
    day = Alert.objects.get(
        deadline_version__deadline__clause__slug="xv-2", stage="day", state="planned"
    )
    assert day.due_at == EFFECT_AT


def test_a_notification_is_closed_when_nothing_of_it_runs(notice: Notification) -> None:
    track_deadlines(now=datetime(2020, 7, 22, tzinfo=UTC))
    notice.progress.refresh_from_db()
    assert notice.progress.status == "circulated"
    assert track_deadlines(now=EFFECT_AT).closed == 1
    notice.progress.refresh_from_db()
    assert notice.progress.status == "closed"


def test_live_sweeps_leave_replayed_cases_alone(notice: Notification) -> None:
    case = notice.case
    case.origin, case.scenario = "replay", "a-scenario"
    case.save()
    assert track_deadlines(now=EFFECT_AT) == Tracked()
    assert track_deadlines(now=EFFECT_AT, case=case).effective == 1
    assert american(notice).exit_on is None


def test_a_conference_is_noted_however_many_clocks_stand_before_it(
    notice: Notification, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeps, "BATCH", 1)
    june = datetime(2020, 6, 10, 12, tzinfo=UTC)
    for day in (1, 2):
        convene_conference(
            notification=notice,
            senders=[cast.party("CAN")],
            held_on=date(2020, 7, day),
            text="The conference meets.",
            actor=cast.canadian_officer,
            now=june,
        )
    track_deadlines(now=datetime(2020, 7, 22, 1, tzinfo=UTC))

    duty = notice.deadlines.get(clause__slug="xv-3")
    assert (duty.status, duty.settled_on) == ("met", date(2020, 7, 1))
