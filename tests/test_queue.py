"""Waking a worker: after the commit, quickly, and never at the cost of the act."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from django.db import transaction

from notifications import queue
from notifications.services.sweeps import HELP_SECONDS
from tests.infrastructure.brokers import Broker
from treatyflow.celery import app
from treatyflow.schedule import EXPIRES_SECONDS, INTERVAL_SECONDS


@pytest.fixture
def broker_url() -> Iterator[None]:
    """Put the broker's address back, whatever a test sets."""
    before = app.conf.broker_url
    yield
    app.conf.broker_url = app.conf.broker_write_url = before


def point_to(url: str) -> None:
    """Let the queue look for its broker at ``url``."""
    app.conf.broker_url = app.conf.broker_write_url = url


@pytest.mark.django_db(transaction=True)
def test_a_worker_is_woken_after_the_commit_and_not_before(broker: Broker) -> None:
    with transaction.atomic():
        queue.nudge("send_alerts")
        assert broker.waiting() == 0
    assert broker.waiting() == 1


@pytest.mark.django_db(transaction=True)
def test_nobody_is_woken_for_an_act_that_was_rolled_back(broker: Broker) -> None:
    with transaction.atomic():
        queue.nudge("send_alerts")
        transaction.set_rollback(True)
    assert broker.waiting() == 0


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_away_is_logged_once_and_costs_the_act_nothing(
    broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    broker.kill()
    with caplog.at_level(logging.WARNING, logger="notifications.queue"):
        for _ in range(5):
            with transaction.atomic():
                queue.nudge("track_deadlines")
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "the next sweep will find the work" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_accepts_and_stays_silent_holds_nobody_up(broker_url: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        point_to(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        begun = time.monotonic()
        for _ in range(10):
            with transaction.atomic():
                queue.nudge("send_alerts")
        assert time.monotonic() - begun < 5


@pytest.mark.django_db(transaction=True)
def test_whether_the_broker_answers(broker: Broker, broker_url: None) -> None:
    assert queue.is_answering()
    broker.kill()
    assert not queue.is_answering()


def test_a_broker_that_takes_connections_and_says_nothing_does_not_answer(
    broker_url: None,
) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        point_to(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        assert not queue.is_answering()


def test_a_knock_is_over_when_it_is_taken() -> None:
    """The lease is the retry: what a dead worker had in hand stands in the outbox."""
    assert not app.conf.task_acks_late
    assert not any(task.acks_late for task in app.tasks.values())


@pytest.mark.django_db(transaction=True)
def test_a_call_for_help_is_no_longer_good_when_the_caller_has_done(broker: Broker) -> None:
    """A worker that is alone would take it before the other knocks, again and again."""
    run = import_module("notifications.delivery.deliver").RUN_SECONDS
    assert run > HELP_SECONDS
    assert EXPIRES_SECONDS["track_deadlines"] > 2 * run + INTERVAL_SECONDS
    with transaction.atomic():
        queue.nudge("send_alerts", expires=1)
    with (
        app.connection_for_write() as connection,
        connection.SimpleQueue(app.conf.task_default_queue) as waiting,
    ):
        headers = waiting.get(block=False).headers
    assert datetime.fromisoformat(headers["expires"]) <= datetime.now(UTC) + timedelta(seconds=1)
