"""Marks: begun while something else is waited for, one at a time, and never lost silently."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction

from notifications.delivery import claim, deliver, expand
from notifications.delivery.marker import Mark, Marker
from notifications.delivery.pen import Value, pen
from notifications.delivery.write import write
from notifications.models import Message, Rendering
from tests.delivery.records import NOW, World, make_world
from tests.delivery.ways_out import Told


def marks_of(world: World, number: int) -> list[Mark]:
    """As many claimed messages with their content, as they stand once the server has them."""
    for _ in range(number):
        world.person("USA")
    world.alert("senders")
    expand(now=NOW)
    batch = claim(now=NOW, worker="one", limit=number, lease=timedelta(seconds=30))
    contents = write(batch, now=NOW)
    return [
        Mark(
            message,
            "Date: x\r\n",
            contents.renderings[contents.key_of(message)],
            message.address,
            NOW,
        )
        for message in batch
    ]


def states() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("state", flat=True))


class Noted:
    """The pen of the database; it notes what it was told, and fails as often as it is to."""

    def __init__(self, failures: int = 0, fault: Exception | None = None) -> None:
        self.told: list[str] = []
        self._failures = failures
        self._fault = fault or OperationalError("database is locked")
        self._own = pen()

    def ready(self, statement: str) -> None:
        self.told.append("ready")
        self._own.ready(statement)

    def begin(self, statement: str, values: Sequence[Value]) -> None:
        self.told.append("begin")
        if self._failures:
            self._failures -= 1
            raise self._fault
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
def test_what_goes_wrong_reaches_the_run_and_costs_no_other_mark(
    caplog: pytest.LogCaptureFixture,
) -> None:
    first, second = marks_of(make_world(), 2)
    wrong = first._replace(rendering=Rendering(pk=1_000_000))

    def write() -> None:
        with Marker() as marker:
            marker.mark(wrong)
            with pytest.raises(DatabaseError):
                marker.mark(second)

    with pytest.raises(DatabaseError):
        write()
    assert states() == ["pending", "accepted"]
    assert "a mark could not be written" in caplog.text


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fault", [OperationalError("database is locked"), OSError("gone")])
def test_a_mark_that_failed_is_tried_again_by_another_pen(fault: Exception) -> None:
    pens = [Noted(1, fault), Noted()]
    making = iter(pens)
    (mark,) = marks_of(make_world(), 1)
    with Marker(lambda: next(making)) as marker:
        marker.mark(mark)
        with pytest.raises(OperationalError):
            marker.begin()
    assert [one.told for one in pens] == [["begin", "close"], ["begin", "finish", "close"]]
    assert states() == ["accepted"]


@pytest.mark.django_db(transaction=True)
def test_what_ended_the_run_is_told_and_not_the_fault_of_a_mark(
    caplog: pytest.LogCaptureFixture,
) -> None:
    (mark,) = marks_of(make_world(), 1)

    def write_and_fail() -> None:
        with Marker(lambda: Noted(9)) as marker:
            marker.mark(mark)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_and_fail()
    assert "a mark could not be written: database is locked" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_run_that_cannot_mark_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_pen() -> Noted:
        raise OperationalError("too many connections")

    world = make_world()
    world.person("USA")
    world.alert("senders")
    expand(now=NOW)
    monkeypatch.setattr(Marker.__init__, "__defaults__", (no_pen,))
    line = Told()
    with pytest.raises(OperationalError, match="too many connections"):
        deliver(now=NOW, transport=line)
    assert line.letters == []
    assert states() == ["pending"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql_only
def test_a_connection_that_is_lost_reaches_the_run_and_the_mark_is_written_by_another() -> None:
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
    assert states() == ["accepted"] * 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql_only
def test_a_statement_larger_than_the_line_takes_at_once_is_written_whole() -> None:
    (mark,) = marks_of(make_world(), 1)
    with Marker() as marker:
        marker.mark(mark._replace(headers="x" * 30_000_000))
    assert len(Message.objects.get().headers) == 30_000_000


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
