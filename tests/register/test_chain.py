"""The chain of events: linked by digest, in order, also under concurrent writers."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from notifications.models import Event, RegisterHead, User
from notifications.register import Entry, append, verify
from notifications.register.chain import GENESIS, event_digest

NOW = datetime(2020, 5, 22, tzinfo=UTC)


def write(user: User, act: str = "test") -> Event:
    with transaction.atomic():
        return append(Entry(act, user, NOW, user, body={"text": "É – “quoted”"}))[0]


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user("a@example.org", name="Alice")


def test_each_event_names_the_one_before_it(user: User) -> None:
    first, second = write(user), write(user)
    assert first.previous == GENESIS
    assert second.previous == first.digest
    head = RegisterHead.objects.get()
    assert (head.length, head.digest) == (2, second.digest)
    assert verify().ok


def test_the_digest_covers_every_column(user: User) -> None:
    event = write(user)
    for name, value in [
        ("act", "other"),
        ("record", "user:0"),
        ("body", "{}"),
        ("at", datetime(2020, 5, 23, tzinfo=UTC)),
        ("recorded_at", NOW),
        ("actor_id", None),
        ("previous", "f" * 64),
    ]:
        changed = Event.objects.get(pk=event.pk)
        setattr(changed, name, value)
        assert event_digest(changed) != event.digest, name
    assert json.loads(Event.objects.get().body)["text"] == "É – “quoted”"


def test_an_event_is_part_of_a_transaction(db: None) -> None:
    if not transaction.get_connection().in_atomic_block:
        pytest.fail("the test runs inside a transaction")
    connection.in_atomic_block = False
    try:
        with pytest.raises(transaction.TransactionManagementError):
            append(Entry("test", User(pk=1), NOW))
    finally:
        connection.in_atomic_block = True


def test_an_event_that_does_not_follow_the_head_is_refused_by_the_database(user: User) -> None:
    write(user)
    forged = Event(
        at=NOW,
        recorded_at=NOW,
        act="forged",
        record="user:1",
        body="{}",
        previous="f" * 64,
        digest="e" * 64,
    )
    with pytest.raises(IntegrityError, match="must follow the head"), transaction.atomic():
        forged.save()


def test_events_of_a_transaction_that_fails_leave_no_trace(user: User) -> None:
    def fail() -> None:
        with transaction.atomic():
            write(user)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert not Event.objects.exists()
    assert write(user).previous == GENESIS


@pytest.mark.django_db(transaction=True)
def test_concurrent_writers_make_one_unbroken_chain() -> None:
    user = User.objects.create_user("a@example.org", name="Alice")
    writers, each = 6, 10
    failures: list[Exception] = []

    def work() -> None:
        try:
            for _number in range(each):
                write(user)
        except Exception as error:  # noqa: BLE001
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    report = verify()
    assert (report.ok, report.events) == (True, writers * each), report.broken
