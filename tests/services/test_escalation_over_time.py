"""From the first rung to long after a lapse: who of a cast hears what, sweep by sweep."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from pytest_django import Settings

from notifications.models import Alert, Message, User
from notifications.register import verify
from notifications.services.responding import acknowledge_notification
from notifications.services.sweeps import record_responses, send_alerts, track_deadlines
from tests.delivery.ways_out import Told
from tests.factories import NOW, XV_2, XV_3, Cast, issue, issue_act, make_cast, make_treaty

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _mail_stays_here(settings: Settings) -> None:
    settings.TREATYFLOW_MAIL_TRANSPORT = "mailbox"


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast(make_treaty(rules=[XV_2, {**XV_3, "starts": "given"}]))


def knock(now: datetime) -> None:
    """Beat's three knocks."""
    track_deadlines(now=now)
    record_responses(now=now)
    send_alerts(now=now, transport=Told())


def knock_daily(until: date) -> None:
    day = NOW.replace(hour=1)
    while day.date() <= until:
        knock(day)
        day += DAY


def stages(user: User, kind: str = "deadline", clause: str = "") -> list[str]:
    sent = Message.objects.filter(user=user, state="sent", alert__kind=kind)
    if clause:
        sent = sent.filter(alert__deadline_version__deadline__clause__slug=clause)
    return list(sent.order_by("sent_at", "pk").values_list("alert__stage", flat=True))


def test_the_desk_hears_of_its_answer_first_then_the_head_then_the_depositary_and_then_weekly(
    cast: Cast,
) -> None:
    asked = {"text": "Please explain.", "respond_by": "2020-06-30"}
    issue_act(cast, "consultation-request", asked)
    knock_daily(date(2020, 7, 23))

    rungs = ["before-30", "before-14", "before-7", "before-3", "before-1", "day"]
    after = ["after-1", "after-8", "after-15", "after-22"]
    desk = Message.objects.filter(
        user=cast.russian_drafter, alert__deadline_version__deadline__origin="respond_by"
    )
    assert list(desk.order_by("pk").values_list("alert__stage", flat=True)) == rungs + after
    head = stages(cast.russian_head)
    assert [stage for stage in head if stage in ("before-30", "before-14")] == []
    assert [stage for stage in head if stage in after] == after
    officer = Message.objects.filter(
        user=cast.canadian_officer,
        alert__deadline_version__deadline__origin="respond_by",
        alert__deadline_version__deadline__bearer__code="RUS",
    )
    assert list(officer.order_by("pk").values_list("alert__stage", flat=True)) == ["day", *after]


def test_a_conference_that_nobody_convenes_is_told_weekly_until_the_matter_is_closed(
    cast: Cast,
) -> None:
    issue(cast)
    knock_daily(date(2020, 12, 20))

    told = [stage for stage in stages(cast.canadian_officer, clause="xv-3") if "after" in stage]
    assert told[:3] == ["after-1", "after-8", "after-15"]
    assert len(told) == len(set(told))
    assert Alert.objects.filter(stage__startswith="after-").planned().count() <= 1
    assert verify().ok


def test_beat_down_for_25_days_costs_nobody_the_newest_stage(cast: Cast) -> None:
    issue(cast)
    knock(NOW)
    knock(datetime(2020, 11, 15, 1, tzinfo=UTC) + 5 * DAY)

    told = stages(cast.us_drafter, clause="xv-2")
    assert told == ["before-3"]
    assert stages(cast.us_head, clause="xv-2") == ["before-3"]
    assert stages(cast.canadian_officer, clause="xv-2") == ["before-3"]


def test_an_issued_act_is_chased_where_it_is_not_acknowledged(cast: Cast) -> None:
    notification = issue(cast)
    knock(NOW)
    acknowledge_notification(
        notification=notification, party=cast.party("RUS"), actor=cast.russian_head, now=NOW
    )
    knock(NOW + 3 * DAY)

    assert stages(cast.german_observer, "unacknowledged") == ["3"]
    assert stages(cast.russian_head, "unacknowledged") == []

    knock(NOW + 6 * DAY)
    assert stages(cast.canadian_officer, "unacknowledged") == ["3", "6"]
