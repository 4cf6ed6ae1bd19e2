"""The thread that writes marks: one at a time, on a connection of its own, and never silently."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

import pytest
from django.db import connection

from notifications.delivery import claim, expand
from notifications.delivery.marker import Mark, Marker, Runner, mark_accepted
from notifications.delivery.write import key_of, write
from notifications.models import Message
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


@pytest.mark.django_db(transaction=True)
def test_marks_are_written_by_another_thread_and_stand_once_they_are_settled() -> None:
    threads: set[str] = set()

    def write_and_note(mark: Mark, run: Runner) -> bool:
        threads.add(threading.current_thread().name)
        return mark_accepted(mark, run)

    with Marker(write_and_note) as marker:
        for mark in marks_of(make_world(), 3):
            marker.mark(mark)
        marker.settle()
        assert states() == ["accepted"] * 3
    assert threads == {"marker"}
    assert "marker" not in {thread.name for thread in threading.enumerate()}


@pytest.mark.django_db(transaction=True)
def test_the_next_mark_waits_until_the_one_before_it_stands() -> None:
    may_go = threading.Event()

    def write_slowly(mark: Mark, run: Runner) -> bool:
        may_go.wait(20)
        return mark_accepted(mark, run)

    first, second, _ = marks_of(make_world(), 3)
    with Marker(write_slowly) as marker:
        marker.mark(first)
        assert states() == ["pending"] * 3
        may_go.set()
        marker.mark(second)
        assert states()[0] == "accepted"


@pytest.mark.django_db(transaction=True)
def test_what_goes_wrong_in_the_thread_reaches_the_run() -> None:
    def fail(_mark: Mark, _run: Runner) -> bool:
        raise RuntimeError("the database went away")

    first, second = marks_of(make_world(), 2)
    with Marker(fail) as marker:
        marker.mark(first)
        with pytest.raises(RuntimeError, match="went away"):
            marker.mark(second)


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
        assert "marker" not in {thread.name for thread in threading.enumerate()}
