"""A mail server that is down, slow, refuses now or for good, or hangs up: and a real worker."""

from __future__ import annotations

import socket
from collections.abc import Callable

from django.utils import timezone

from notifications.models import Delivery, Message, Notification
from tests.factories import issue, make_cast
from tests.faults.crowds import (
    LIMIT,
    alerts,
    crowd,
    knocking,
    repeats,
    tries_at_once,
    wait_until_all_is_sent,
)
from tests.infrastructure.brokers import wait_until
from tests.infrastructure.sink import Sink
from tests.infrastructure.workers import StartWorker, Worker

FOR_NOW = [
    ("MAIL", "421 closing"),
    ("MAIL", "451 later"),
    ("CONTENT", "421 closing"),
    ("CONTENT", "451 later"),
]


def wait_for_attempts(outcome: str, number: int) -> None:
    attempts = Delivery.objects.filter(outcome=outcome)
    wait_until(knocking(lambda: attempts.count() >= number), LIMIT, f"{number} × {outcome}")


def test_what_waited_for_a_server_that_was_down_is_sent_when_it_is_back(
    sink: Sink, start: Callable[..., Worker]
) -> None:
    sink.go_down()
    alerts(crowd(10), 2)
    start()
    wait_for_attempts("deferred", 20)
    reasons = set(Delivery.objects.values_list("reply", flat=True))
    assert reasons == {"The mail server refused the connection."}
    assert not Message.objects.exclude(state="pending", next_at__gt=timezone.now()).exists()
    sink.come_back()
    tries_at_once()
    wait_until_all_is_sent(20)
    assert not repeats(sink, 20)


def test_a_slow_server_gets_every_message_once(sink: Sink, start: Callable[..., Worker]) -> None:
    sink.behaviour.seconds_a_message = 0.3
    alerts(crowd(10), 1)
    start()
    wait_until_all_is_sent(10)
    assert not repeats(sink, 10)


def test_what_is_refused_for_now_is_tried_again_and_arrives_once(
    sink: Sink, start: Callable[..., Worker]
) -> None:
    sink.behaviour.answers = dict(FOR_NOW[:1])
    alerts(crowd(5), 1)
    start()
    for number, (where, said) in enumerate(FOR_NOW, 1):
        sink.behaviour.answers = {where: said}
        tries_at_once()
        wait_for_attempts("deferred", 5 * number)
        assert said in set(Delivery.objects.values_list("reply", flat=True))
    sink.behaviour.answers = {}
    tries_at_once()
    wait_until_all_is_sent(5)
    assert not repeats(sink, 5)


def test_an_address_refused_for_good_fails_with_its_reason_and_holds_up_nobody(
    sink: Sink, start: Callable[..., Worker]
) -> None:
    world = crowd(5)
    alerts(world, 1)
    unknown = world.person("USA", email="nobody@example.org")
    sink.behaviour.of_recipients = {unknown.email: "550 no such user"}
    start()
    wait_for_attempts("refused", 1)
    failed = Message.objects.get(state="failed")
    assert (failed.user, failed.deliveries.get().reply) == (unknown, "550 no such user")
    others = Message.objects.filter(alert=failed.alert).exclude(pk=failed.pk)
    wait_until(lambda: not others.exclude(state="sent").exists(), LIMIT, "the other messages")
    assert unknown.email not in {one.recipient for one in sink.received}
    assert others.count() == 5


def test_a_hang_up_after_the_content_repeats_that_message_under_its_message_id(
    sink: Sink, start: Callable[..., Worker]
) -> None:
    sink.behaviour.hang_ups_after_data = 1
    alerts(crowd(5), 1)
    start()
    wait_for_attempts("deferred", 1)
    tries_at_once()
    wait_until_all_is_sent(5)
    assert repeats(sink, 5).total() == 1


def test_filing_does_not_wait_for_a_server_that_never_answers(
    transactional_db: None, start_worker: StartWorker
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        start_worker(EMAIL_URL=f"smtp://127.0.0.1:{silent.getsockname()[1]}")
        issue(make_cast(), now=timezone.now())
        assert Notification.objects.count() == 1
        assert not Delivery.objects.exists()
        wait_for_attempts("deferred", 7)
    reasons = set(Delivery.objects.values_list("reply", flat=True))
    assert reasons == {"The mail server did not answer in time."}
    assert set(Message.objects.values_list("state", flat=True)) == {"pending"}
