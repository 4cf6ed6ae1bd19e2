"""Two beats, two workers, the same sweep twice at once: every message once."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connection
from django.utils import timezone

from notifications.queue import nudge
from notifications.services.sweeps import send_alerts
from tests.faults.crowds import (
    PEOPLE,
    alerts,
    crowd,
    is_all_sent,
    repeats,
    wait_until_all_is_sent,
)
from tests.infrastructure.sink import Behaviour, Sink
from tests.infrastructure.workers import Worker

ALERTS = 12  # more messages than three claims take


def test_two_beats_and_two_workers_send_every_message_once(
    sink: Sink, start: Callable[..., Worker], start_beat: Callable[[], None]
) -> None:
    sink.behaviour = Behaviour(seconds_a_message=0.002)  # so that one is not done before the other
    for _ in range(2):
        start()
        start_beat()
    alerts(crowd(), ALERTS)
    for _ in range(4):
        nudge("send_alerts")
    wait_until_all_is_sent(ALERTS * PEOPLE)
    assert not repeats(sink, ALERTS * PEOPLE)
    assert sink.most_at_once == 2


def test_the_same_sweep_twice_at_once_sends_every_message_once(sink: Sink) -> None:
    alerts(crowd(), ALERTS)
    now, both = timezone.now(), threading.Barrier(2)

    def sweep() -> None:
        try:
            both.wait()
            send_alerts(now=now)
        finally:
            connection.close()

    threads = [threading.Thread(target=sweep) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sink.most_at_once == 2
    while not is_all_sent(ALERTS * PEOPLE):
        send_alerts(now=timezone.now())
    assert not repeats(sink, ALERTS * PEOPLE)
