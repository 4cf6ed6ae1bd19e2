"""A real worker, broker and SMTP server: from the act to the mail, through a kill too."""

from __future__ import annotations

from collections import Counter

import pytest
from django.utils import timezone

from notifications.models import Message, Notification
from notifications.queue import nudge
from notifications.register import verify
from notifications.services.sweeps import send_alerts
from tests.factories import Cast, issue, make_cast
from tests.infrastructure.brokers import Broker, wait_until
from tests.infrastructure.mail import Sink
from tests.infrastructure.workers import StartWorker

EVERYBODY = [
    "alice.drafter@example.org",
    "boris.drafter@example.org",
    "claire.officer@example.org",
    "greta.observer@example.org",
    "henry.head@example.org",
    "irina.head@example.org",
    "miklos.officer@example.org",
]


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """The cast, committed, so that another process sees it."""
    return make_cast()


def issue_now(cast: Cast) -> Notification:
    return issue(cast, now=timezone.now())


def wait_for_mail(sink: Sink, number: int) -> None:
    wait_until(lambda: len(sink.received) >= number, 60, f"the arrival of {number} messages")


def test_issuing_wakes_the_worker_and_everybody_concerned_gets_one_mail(
    cast: Cast, start_worker: StartWorker, smtp_sink: Sink
) -> None:
    worker = start_worker(EMAIL_URL=smtp_sink.url)
    issue_now(cast)
    wait_for_mail(smtp_sink, len(EVERYBODY))
    worker.stop()
    assert smtp_sink.addresses() == EVERYBODY
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}
    assert verify().ok


def test_a_worker_killed_while_sending_loses_nothing_and_repeats_at_most_two(
    cast: Cast, start_worker: StartWorker, smtp_sink: Sink
) -> None:
    smtp_sink.seconds_a_message = 0.3
    first = start_worker(EMAIL_URL=smtp_sink.url)
    issue_now(cast)
    wait_for_mail(smtp_sink, 3)
    first.kill()
    smtp_sink.seconds_a_message = 0.0
    second = start_worker(EMAIL_URL=smtp_sink.url)

    def is_all_sent() -> bool:
        nudge("send_alerts")
        return not Message.objects.exclude(state="sent").exists()

    wait_until(is_all_sent, 60, "the sending of what the killed worker left")
    second.stop()
    ids = Counter(str(one.message["Message-ID"]) for one in smtp_sink.received)
    assert sorted(set(smtp_sink.addresses())) == EVERYBODY
    assert len(ids) == len(EVERYBODY)
    assert sum(ids.values()) <= len(EVERYBODY) + 2, ids
    assert verify().ok


def test_filing_does_not_need_the_broker_and_the_next_sweep_sends(
    cast: Cast, broker: Broker, smtp_sink: Sink
) -> None:
    broker.kill()
    issue_now(cast)
    assert not smtp_sink.received
    send_alerts(now=timezone.now())
    assert smtp_sink.addresses() == EVERYBODY


def test_two_sweeps_at_once_send_each_message_once(
    cast: Cast, start_worker: StartWorker, smtp_sink: Sink
) -> None:
    smtp_sink.seconds_a_message = 0.1
    workers = [start_worker(EMAIL_URL=smtp_sink.url) for _ in range(2)]
    issue_now(cast)
    for _ in range(6):
        nudge("send_alerts")
    wait_for_mail(smtp_sink, len(EVERYBODY))
    for worker in workers:
        worker.stop()
    assert smtp_sink.addresses() == EVERYBODY
