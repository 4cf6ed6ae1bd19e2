"""Marks: begun while something else is waited for, one at a time, and never lost silently."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from notifications.delivery import claim, expand
from notifications.delivery.marker import Mark, Marker
from notifications.delivery.pen import Value, pen
from notifications.delivery.write import key_of, write
from notifications.models import Message, Rendering
from tests.delivery.records import NOW, World, make_world


def marks_of(world: World, number: int) -> list[Mark]:
    """As many claimed messages with their content, as they stand once the server has them."""
    for _ in range(number):
        world.person("USA")
    world.alert("senders")
    expand(now=NOW)
    batch = claim(now=NOW, worker="one", limit=number, lease=timedelta(seconds=30))
    renderings = write(batch, now=NOW).renderings
    return [
        Mark(message, "Date: x\r\n", renderings[key_of(message)], message.address, NOW)
        for message in batch
    ]


def states() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("state", flat=True))


class Noted:
    """The pen of the database; it notes what it was told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self._own = pen()

    def begin(self, statement: str, values: Sequence[Value]) -> None:
        self.told.append("begin")
        self._own.begin(statement, values)

    def finish(self) -> int:
        self.told.append("finish")
        return self._own.finish()

    def close(self) -> None:
        self.told.append("close")
        self._own.close()


@pytest.mark.django_db(transaction=True)
def test_a_mark_is_begun_when_there_is_time_and_stands_once_it_is_settled() -> None:
    noted = Noted()
    first, second, third = marks_of(make_world(), 3)
    with Marker(lambda: noted) as marker:
        marker.begin()
        marker.mark(first)
        assert noted.told == []
        marker.begin()
        marker.begin()
        assert noted.told == ["begin"]
        marker.mark(second)
        assert noted.told == ["begin", "finish"]
        assert states() == ["accepted", "pending", "pending"]
        marker.mark(third)
        marker.settle()
        assert states() == ["accepted"] * 3
    assert noted.told == ["begin", "finish"] * 3 + ["close"]


@pytest.mark.django_db(transaction=True)
def test_what_is_due_is_written_whatever_ends_the_run() -> None:
    first, second = marks_of(make_world(), 2)

    def write_and_fail() -> None:
        with Marker() as marker:
            marker.mark(first)
            marker.begin()
            marker.mark(second)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert states() == ["accepted"] * 2


@pytest.mark.django_db(transaction=True)
def test_what_was_written_stands_as_it_was_sent() -> None:
    (mark,) = marks_of(make_world(), 1)
    headers = "Subject: 50 % “Ciel ouvert”\r\n"
    with Marker() as marker:
        marker.mark(mark._replace(headers=headers, address="o'neill@example.org"))
    stored = Message.objects.get()
    assert (stored.headers, stored.address) == (headers, "o'neill@example.org")
    assert (stored.sent_at, stored.rendering_id) == (NOW, mark.rendering.pk)
    assert stored.carried_by_id is None


@pytest.mark.django_db(transaction=True)
def test_what_goes_wrong_reaches_the_run() -> None:
    first, second = marks_of(make_world(), 2)
    wrong = first._replace(rendering=Rendering(pk=1_000_000))
    with Marker() as marker:
        marker.mark(wrong)
        with pytest.raises(DatabaseError):
            marker.mark(second)
    assert states() == ["pending"] * 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql_only
def test_a_connection_that_is_lost_reaches_the_run_and_is_not_waited_for() -> None:
    first, second = marks_of(make_world(), 2)
    with Marker() as marker:
        marker.mark(first)
        marker.settle()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        marker.mark(second)
        with pytest.raises(DatabaseError):
            marker.settle()
    assert states() == ["accepted", "pending"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql_only
def test_the_caller_goes_on_while_the_database_waits() -> None:
    (mark,) = marks_of(make_world(), 1)
    own = pen()
    with transaction.atomic():
        Message.objects.select_for_update().get()
        own.begin(
            "UPDATE notifications_message SET headers = %s WHERE id = %s", ("x", mark.message.pk)
        )
        assert Message.objects.get().headers == ""
    assert own.finish() == 1
    own.close()
    assert Message.objects.get().headers == "x"


@pytest.mark.django_db(transaction=True)
def test_a_lease_that_was_lost_is_told_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    (mark,) = marks_of(make_world(), 1)
    Message.objects.update(lease_by="another")
    with caplog.at_level(logging.WARNING), Marker() as marker:
        marker.mark(mark)
        marker.settle()
    assert f"message {mark.message.pk}: sent after its lease was lost" in caplog.text
    assert states() == ["pending"]


def test_inside_a_transaction_a_mark_is_written_at_once_on_its_connection(world: World) -> None:
    assert connection.in_atomic_block
    (mark,) = marks_of(world, 1)
    with Marker() as marker:
        marker.mark(mark)
        assert states() == ["accepted"]
