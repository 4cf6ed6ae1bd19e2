"""The broker killed, flushed, or down for the whole run: the rows are the truth, not the queue."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone

from notifications.queue import nudge
from notifications.services.sweeps import send_alerts
from tests.faults.crowds import (
    LIMIT,
    PEOPLE,
    alerts,
    crowd,
    is_all_sent,
    repeats,
    wait_until_all_is_sent,
)
from tests.infrastructure.brokers import Broker, wait_until
from tests.infrastructure.sink import Behaviour, Sink
from tests.infrastructure.workers import Worker


def test_a_broker_killed_in_the_middle_of_a_run_costs_no_message(
    sink: Sink, start: Callable[..., Worker], broker: Broker
) -> None:
    alerts(crowd(), 4)
    start()
    wait_until(lambda: sink.count >= PEOPLE, LIMIT, "the first messages")
    broker.kill()
    wait_until(lambda: is_all_sent(4 * PEOPLE), LIMIT, "the end of the run without its broker")
    assert not repeats(sink, 4 * PEOPLE)


def test_a_worker_goes_on_when_its_broker_is_back(
    sink: Sink, start: Callable[..., Worker], broker: Broker
) -> None:
    world = crowd(10)
    start()
    broker.kill()
    alerts(world, 3)
    broker.start()
    wait_until_all_is_sent(30)
    assert not repeats(sink, 30)


def test_knocks_that_are_flushed_leave_their_work_to_the_next_one(
    sink: Sink, start: Callable[..., Worker], broker: Broker
) -> None:
    world = crowd(10)
    alerts(world, 3)
    sink.behaviour = Behaviour(seconds_a_message=0.1)
    start()
    wait_until(lambda: sink.count > 0, LIMIT, "the first message")
    for stage in ("late", "later"):
        world.alert("senders", stage=stage, at=timezone.now())
        nudge("send_alerts")
    assert broker.waiting() > 0  # the worker is busy for seconds
    broker.flush()
    assert broker.waiting() == 0
    sink.behaviour = Behaviour()
    wait_until_all_is_sent(50)
    assert not repeats(sink, 50)


def test_without_any_broker_the_sweep_sends_once_whatever_it_is_nudged(
    sink: Sink, broker: Broker
) -> None:
    broker.kill()
    alerts(crowd(), 3)
    nudge("send_alerts")
    send_alerts(now=timezone.now())
    send_alerts(now=timezone.now())
    assert not repeats(sink, 3 * PEOPLE)
