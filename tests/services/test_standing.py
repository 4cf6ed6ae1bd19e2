"""Each thing that can be wrong with the house is named by its own check, and by no other."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test.utils import CaptureQueriesContext

from notifications import queue
from notifications.delivery import deliver, expand
from notifications.models import Alert, Delivery, Heartbeat, Message
from notifications.register import registry
from notifications.services import standing
from notifications.services.standing import (
    SILENCE_AGREED,
    SILENCE_FOUND,
    SILENCE_WATCH,
    look,
    note_seen,
)
from notifications.services.sweeps import send_alerts, track_deadlines
from tests.delivery.ways_out import always
from tests.factories import NOW, Cast, issue

ALL = [
    *("database", "broker", "migrations", "triggers"),
    *("worker", "beat", "alerts", "deadlines", "silence"),
]


@pytest.fixture(autouse=True)
def in_order(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broker that answers, and both processes seen at ``NOW``."""
    monkeypatch.setattr(queue, "is_answering", lambda: True)
    note_seen({"worker": NOW, "beat": NOW})


def wrong(now: datetime = NOW) -> dict[str, str]:
    """What does not hold, with what is said of it."""
    checks = look(now=now)
    assert [check.name for check in checks] == ALL
    assert all(bool(check.says) is not check.is_ok for check in checks)
    return {check.name: check.says for check in checks if not check.is_ok}


def test_a_house_in_order() -> None:
    assert wrong() == {}


def test_a_broker_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "is_answering", lambda: False)
    assert wrong() == {"broker": "The broker of REDIS_URL does not answer."}


def test_a_database_that_is_away_and_nothing_more_is_asked_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise DatabaseError("connection to server at 10.1.2.3 failed: password for bob")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", refuse)
        said = wrong()
    assert said.pop("database") == "The database does not answer."
    assert set(said) == set(ALL) - {"database", "broker"}
    assert set(said.values()) == {"Not known."}


def test_a_migration_that_was_not_applied() -> None:
    MigrationRecorder(connection).record_unapplied("notifications", "0001_initial")
    assert wrong() == {
        "migrations": "1 migrations are not applied, the first is notifications.0001_initial."
    }


def test_a_trigger_that_was_dropped() -> None:
    trigger = registry(connection.vendor)[0]
    place = f" ON {trigger.table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {trigger.name}{place}")
    assert wrong() == {"triggers": f"1 triggers are missing, the first is {trigger.name}."}


@pytest.mark.parametrize("name", ["worker", "beat"])
def test_a_process_that_was_never_seen(name: str) -> None:
    Heartbeat.objects.filter(name=name).delete()
    assert wrong() == {name: "Never seen."}


@pytest.mark.parametrize("name", ["worker", "beat"])
def test_a_process_that_is_silent_for_three_minutes(name: str) -> None:
    almost, over = NOW + timedelta(seconds=179), NOW + timedelta(seconds=180)
    other = {"worker": "beat", "beat": "worker"}[name]
    note_seen({other: over})
    assert wrong(almost) == {}
    assert wrong(over) == {name: f"Last seen at {NOW.isoformat(timespec='seconds')}."}


def test_a_sign_of_life_takes_the_place_of_the_last_one() -> None:
    note_seen({"worker": NOW + timedelta(minutes=1)})
    assert Heartbeat.objects.get(name="worker").seen_at == NOW + timedelta(minutes=1)


def seen_lately(now: datetime) -> datetime:
    note_seen({"worker": now, "beat": now})
    return now


def test_an_alert_that_nobody_expanded_for_ten_minutes(cast: Cast) -> None:
    issue(cast)
    assert wrong(seen_lately(NOW + timedelta(minutes=9))) == {}
    assert set(wrong(seen_lately(NOW + timedelta(minutes=10)))) == {"alerts"}
    send_alerts(now=NOW + timedelta(minutes=10))
    assert wrong(seen_lately(NOW + timedelta(minutes=10))) == {}


def test_a_message_that_did_not_leave_for_ten_minutes(cast: Cast) -> None:
    issue(cast)
    send_alerts(now=NOW)
    late = Message.objects.filter(alert__due_at__lte=NOW)[0]
    copy = Message.objects.filter(pk=late.pk).values().get()
    assert Alert.objects.filter(pk=late.alert_id, due_at=NOW).exists()
    waiting = {"state": "pending", "user": cast.administrator, "message_id": "another@example.org"}
    fresh = {key: copy[key] for key in ("alert_id", "mandate_id", "party_id", "address")}
    waits = Message.objects.create(**fresh, **waiting, next_at=NOW + timedelta(hours=1))
    assert wrong(seen_lately(NOW + timedelta(minutes=10))) == {}, "its reader wished so"
    Delivery.objects.create(message=waits, outcome="deferred", reply="451 later", at=NOW)
    assert wrong(seen_lately(NOW + timedelta(minutes=9))) == {}
    assert set(wrong(seen_lately(NOW + timedelta(minutes=10)))) == {"alerts"}


def test_a_deadline_that_nobody_settled_for_ten_minutes(cast: Cast) -> None:
    notification = issue(cast)
    due_at = max(d.due_at for d in notification.deadlines.all() if d.due_at)
    now = due_at + timedelta(minutes=11)
    send_alerts(now=now)
    assert set(wrong(seen_lately(now))) == {"deadlines"}
    track_deadlines(now=now)
    send_alerts(now=now)
    assert "deadlines" not in wrong(seen_lately(now))


def test_somebody_who_was_not_told_until_all_were() -> None:
    note_seen({SILENCE_AGREED: NOW - timedelta(hours=1), SILENCE_FOUND: NOW})
    said = wrong()
    assert set(said) == {"silence"}
    assert NOW.isoformat(timespec="seconds") in said["silence"]
    note_seen({SILENCE_AGREED: NOW + timedelta(seconds=1)})
    assert wrong() == {}


def test_a_silence_alarm_that_does_not_look_any_more() -> None:
    note_seen({SILENCE_WATCH: NOW, SILENCE_AGREED: NOW - timedelta(hours=2)})
    assert wrong() == {}
    note_seen({SILENCE_AGREED: NOW - timedelta(hours=2, seconds=1)})
    said = wrong()
    assert set(said) == {"silence"}
    assert "has not looked since" in said["silence"]


def test_a_silence_alarm_whose_first_look_never_ends() -> None:
    note_seen({SILENCE_WATCH: NOW - timedelta(minutes=10)})
    assert wrong() == {}
    note_seen({SILENCE_WATCH: NOW - timedelta(minutes=11)})
    assert set(wrong()) == {"silence"}


def test_a_mail_whose_first_try_was_put_off_just_now_is_no_alarm(cast: Cast) -> None:
    """A digest of the week: its alerts fell due days ago, and it was to leave only now."""
    issue(cast)
    expand(now=NOW)
    later = NOW + timedelta(days=3)
    Message.objects.update(next_at=later)
    deliver(now=later, transport=always("deferred", "451 later"), clock=lambda: later)
    assert wrong(seen_lately(later + timedelta(seconds=30))) == {}
    assert set(wrong(seen_lately(later + timedelta(minutes=10)))) == {"alerts"}


def test_it_asks_few_questions_whatever_there_is(cast: Cast) -> None:
    standing._known_migrations()
    issue(cast)
    with CaptureQueriesContext(connection) as queries:
        look(now=NOW)
    assert len(queries) == 9
    assert not any("COUNT(" in query["sql"].upper() for query in queries)
