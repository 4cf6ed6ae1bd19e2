"""A lapse whose day turns out to be another one goes on being told, and is asked for."""

from __future__ import annotations

from datetime import UTC, date, datetime
from importlib import import_module

import pytest
from django.apps import apps
from pytest_django import Settings

from notifications.models import Alert, Deadline, Message, Notification, Progress, Receipt
from notifications.services.receiving import correct_receipt, register_receipt
from notifications.services.silence_alarm import look_for_silence
from notifications.services.sweeps import track_deadlines
from tests.factories import NOW, TODAY, Cast, issue
from tests.services.test_silence_alarm import DAY, HOUR, sweep

# The window of the conference closed on 21 July 2020.
LAPSED_AT = datetime(2020, 7, 22, 0, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _mail_stays_here(settings: Settings) -> None:
    settings.TREATYFLOW_MAIL_TRANSPORT = "mailbox"


def received(cast: Cast) -> tuple[Notification, Receipt]:
    notice = issue(cast)
    receipt = register_receipt(
        notification=notice,
        party=cast.party("CAN"),
        on=TODAY,
        actor=cast.canadian_officer,
        now=NOW,
    )
    sweep(NOW)
    return notice, receipt


def correct(cast: Cast, receipt: Receipt, now: datetime) -> None:
    correct_receipt(
        receipt=receipt,
        on=date(2020, 5, 23),
        reason="the stamp was misread",
        actor=cast.canadian_officer,
        now=now,
    )


def upgrade(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the migration that plans what fell silent, at an instant."""
    migration = import_module("notifications.migrations.0012_lapses_that_fell_silent")
    with monkeypatch.context() as patch:
        patch.setattr(migration.timezone, "now", lambda: now)
        migration.go_on_telling(apps, None)


def told(clock: Deadline) -> list[tuple[str, str]]:
    """The stages after the lapse that were sent, with the day of which each told."""
    rows = Message.objects.filter(
        alert__deadline_version__deadline=clock, alert__stage__startswith="after-", state="sent"
    )
    said = rows.values_list("alert__stage", "alert__deadline_version__due_on", "alert__due_at")
    return [(stage, f"{on:%d %B}") for stage, on, _at in sorted(set(said), key=lambda one: one[2])]


def test_a_lapse_that_is_corrected_is_told_anew_and_weekly_from_then_on(cast: Cast) -> None:
    notice, receipt = received(cast)
    sweep(LAPSED_AT)
    at = LAPSED_AT + 2 * DAY
    correct(cast, receipt, at)
    for days in range(16):
        sweep(at + days * DAY)

    clock = notice.deadlines.get(clause__slug="xv-3")
    assert clock.status == "lapsed"
    assert told(clock) == [
        ("after-1", "21 July"),
        ("after-1", "22 July"),
        ("after-8", "22 July"),
        ("after-15", "22 July"),
    ]
    assert look_for_silence(now=at + 7 * DAY + HOUR).expected
    assert look_for_silence(now=at + 7 * DAY + HOUR).is_agreed


def test_a_lapse_that_is_corrected_before_its_first_word_is_told(cast: Cast) -> None:
    notice, receipt = received(cast)
    at = LAPSED_AT + DAY
    track_deadlines(now=at)
    correct(cast, receipt, at)
    sweep(at + HOUR)

    assert told(notice.deadlines.get(clause__slug="xv-3")) == [("after-1", "22 July")]


def test_the_silence_alarm_misses_a_corrected_lapse_of_which_nothing_was_said(cast: Cast) -> None:
    notice, receipt = received(cast)
    sweep(LAPSED_AT)
    at = LAPSED_AT + 2 * DAY
    correct(cast, receipt, at)
    notice.alerts.filter(state="planned").update(state="void")
    sweep(at)

    missing = look_for_silence(now=at + HOUR).missing
    assert {one.stage for one in missing if one.deadline} == {"after-1"}


def test_a_lapse_that_is_dealt_with_is_told_no_more(cast: Cast) -> None:
    notice, receipt = received(cast)
    sweep(LAPSED_AT)
    Progress.objects.filter(notification=notice).update(status="closed")
    at = LAPSED_AT + 2 * DAY
    correct(cast, receipt, at)
    for days in range(9):
        sweep(at + days * DAY)

    assert told(notice.deadlines.get(clause__slug="xv-3")) == [("after-1", "21 July")]
    assert look_for_silence(now=at + HOUR).is_agreed


def test_a_day_that_moved_there_and_back_is_not_told_twice(cast: Cast) -> None:
    notice, receipt = received(cast)
    sweep(LAPSED_AT)
    at = LAPSED_AT + 2 * DAY
    correct(cast, receipt, at)
    now = Receipt.objects.get(supersedes=receipt)
    correct_receipt(
        receipt=now, on=TODAY, reason="it was right", actor=cast.canadian_officer, now=at
    )
    for days in range(8):
        sweep(at + days * DAY)

    clock = notice.deadlines.get(clause__slug="xv-3")
    assert told(clock) == [("after-1", "21 July"), ("after-8", "21 July")]
    assert look_for_silence(now=at + HOUR).is_agreed


def test_after_an_upgrade_a_lapse_that_fell_silent_is_told_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it was before: a correction voided what was planned, and planned nothing."""
    notice, receipt = received(cast)
    sweep(LAPSED_AT)
    at = LAPSED_AT + 2 * DAY
    monkeypatch.setattr("notifications.services.moving._still_lapsed", lambda *_said: ())
    correct(cast, receipt, at)
    sweep(at + 8 * DAY)
    clock = notice.deadlines.get(clause__slug="xv-3")
    assert told(clock) == [("after-1", "21 July")]

    for _twice in range(2):
        upgrade(at + 9 * DAY, monkeypatch)
    for days in range(9, 16):
        sweep(at + days * DAY)

    assert told(clock) == [("after-1", "21 July"), ("after-8", "22 July"), ("after-15", "22 July")]
    assert look_for_silence(now=at + 14 * DAY + 2 * HOUR).is_agreed


def test_the_upgrade_leaves_alone_what_is_told(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    _notice, receipt = received(cast)
    sweep(LAPSED_AT)
    correct(cast, receipt, LAPSED_AT + 2 * DAY)
    before = Alert.objects.count()
    upgrade(LAPSED_AT + 3 * DAY, monkeypatch)
    assert Alert.objects.count() == before


def test_after_an_upgrade_a_day_that_moved_there_and_back_is_told_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice, receipt = received(cast)
    sweep(LAPSED_AT)
    at = LAPSED_AT + 2 * DAY
    monkeypatch.setattr("notifications.services.moving._still_lapsed", lambda *_said: ())
    correct(cast, receipt, at)
    correct_receipt(
        receipt=Receipt.objects.get(supersedes=receipt),
        on=TODAY,
        reason="it was right",
        actor=cast.canadian_officer,
        now=at + DAY,
    )
    upgrade(at + 9 * DAY, monkeypatch)
    for days in range(9, 16):
        sweep(at + days * DAY + HOUR)
    clock = notice.deadlines.get(clause__slug="xv-3")
    assert told(clock) == [("after-1", "21 July"), ("after-8", "21 July"), ("after-15", "21 July")]
