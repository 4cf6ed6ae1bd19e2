"""The watch: how often the silence alarm looks, what it leaves behind, and whom it writes to."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from pytest_django import Settings

from notifications import tasks
from notifications.delivery import MailboxTransport
from notifications.models import Alert, Event, Heartbeat, Message
from notifications.register import verify
from notifications.services import sweeps
from notifications.services.silence_watch import watch_for_silence
from notifications.services.standing import look
from notifications.services.sweeps import send_alerts, watch
from tests.factories import NOW, Cast, issue
from tests.infrastructure.mail import Sink

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def _mail_leaves(settings: Settings) -> None:
    settings.TREATYFLOW_MAIL_TRANSPORT = "smtp"
    settings.TREATYFLOW_BASE_URL = "https://treatyflow.example"


@pytest.fixture
def untold(cast: Cast) -> Cast:
    """An act was issued, and the alert that tells of it is lost."""
    issue(cast)
    Alert.objects.filter(kind="issued").delete()
    return cast


def is_ready() -> bool:
    """What ``/readyz`` says of the silence alarm."""
    (check,) = (check for check in look(now=NOW) if check.name == "silence")
    return check.is_ok


def reports() -> list[Event]:
    return list(Event.objects.filter(act="silence-alarm").order_by("pk"))


def test_where_all_were_told_it_leaves_a_sign_and_says_nothing(cast: Cast) -> None:
    issue(cast)
    send_alerts(now=NOW, transport=MailboxTransport())
    found = watch_for_silence(now=NOW + HOUR)
    assert found is not None
    assert found.in_words() == "7 of 7 in the last 24 hours"
    assert Heartbeat.objects.get(name="silence_alarm").seen_at == NOW + HOUR
    assert (is_ready(), reports(), mail.outbox) == (True, [], [])


def test_it_looks_once_an_hour_and_every_ten_minutes_while_somebody_is_missing(
    untold: Cast,
) -> None:
    assert watch_for_silence(now=NOW) is not None
    assert watch_for_silence(now=NOW + 59 * MINUTE) is None
    assert watch_for_silence(now=NOW + 60 * MINUTE) is not None
    assert not is_ready()
    assert watch_for_silence(now=NOW + 69 * MINUTE) is None
    assert watch_for_silence(now=NOW + 70 * MINUTE) is not None


def test_administrators_are_written_to_past_the_outbox(untold: Cast) -> None:
    watch_for_silence(now=NOW + HOUR)
    (letter,) = mail.outbox
    assert letter.to == [untold.administrator.email]
    assert letter.subject == "Silence alarm: 0 of 7 in the last 24 hours"
    assert "not sent: 7" in letter.body
    assert "https://treatyflow.example/admin/mail/" in letter.body
    assert "ithdrawal" not in letter.body
    assert not Message.objects.exists()


def test_the_report_is_in_the_register_with_keys_and_no_addresses(untold: Cast) -> None:
    watch_for_silence(now=NOW + HOUR)
    (event,) = reports()
    said = json.loads(event.body)
    assert (said["told"], said["expected"], said["number"]) == (0, 7, 7)
    assert said["mailed"] == [untold.administrator.pk]
    assert len(said["missing"]) == 7
    assert "@" not in event.body
    assert verify().ok


def test_the_same_missing_are_reported_once_and_others_an_hour_later(untold: Cast) -> None:
    for hours in range(1, 8):
        watch_for_silence(now=NOW + hours * HOUR)
    assert (len(mail.outbox), len(reports())) == (1, 1)
    issue(untold, now=NOW + 8 * HOUR)
    watch_for_silence(now=NOW + 9 * HOUR)
    assert len(mail.outbox) == 2
    assert mail.outbox[1].subject == "Silence alarm: 0 of 14 in the last 24 hours"


def test_where_the_mail_server_is_down_the_next_look_tries_again(
    untold: Cast, smtp_sink: Sink
) -> None:
    smtp_sink.go_down()
    watch_for_silence(now=NOW + HOUR)
    assert reports() == []
    smtp_sink.come_back()
    watch_for_silence(now=NOW + HOUR + 10 * MINUTE)
    assert len(reports()) == 1
    assert smtp_sink.addresses() == [untold.administrator.email]
    assert smtp_sink.received[0].message["Auto-Submitted"] == "auto-generated"


def test_in_the_embedded_run_it_is_logged_and_shown_alone(
    untold: Cast, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.TREATYFLOW_MAIL_TRANSPORT = "mailbox"
    watch_for_silence(now=NOW + HOUR)
    assert mail.outbox == []
    assert "the silence alarm: told 0 of 7" in caplog.text
    (event,) = reports()
    assert json.loads(event.body)["mailed"] == []


def test_it_is_over_when_a_day_has_passed(untold: Cast) -> None:
    watch_for_silence(now=NOW + HOUR)
    assert not is_ready()
    watch_for_silence(now=NOW + 24 * HOUR)
    assert is_ready()


def test_a_closed_account_and_who_is_no_administrator_are_not_written_to(untold: Cast) -> None:
    untold.administrator.is_active = False
    untold.administrator.save()
    watch_for_silence(now=NOW + HOUR)
    assert mail.outbox == []
    assert len(reports()) == 1


def test_a_fault_of_the_alarm_holds_up_no_sweep(
    untold: Cast, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.TREATYFLOW_FROM = "no\nsender"
    assert watch(now=NOW + HOUR) is None
    assert "could not be settled" in caplog.text


def test_it_looks_whatever_became_of_the_sweep_that_beat_knocked_for(
    untold: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: object) -> None:
        raise RuntimeError("the sweep failed")

    monkeypatch.setattr(sweeps, "track_deadlines", fail)
    monkeypatch.setattr(timezone, "now", lambda: NOW + HOUR)
    with pytest.raises(RuntimeError, match="the sweep failed"):
        tasks.track_deadlines()
    assert len(reports()) == 1
