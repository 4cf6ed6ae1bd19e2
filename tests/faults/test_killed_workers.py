"""``kill -9`` of a worker, at random moments of one run of two thousand messages."""

from __future__ import annotations

import os
import random
from collections.abc import Callable

import pytest

from tests.faults.crowds import (
    LIMIT,
    PEOPLE,
    alerts,
    crowd,
    knocking,
    repeats,
    wait_until_all_is_sent,
)
from tests.infrastructure.brokers import wait_until
from tests.infrastructure.sink import Sink
from tests.infrastructure.workers import Worker

ALERTS = 20
KILLS = int(os.environ.get("TREATYFLOW_KILLS", "3"))
RESTART_SECONDS = 60


def test_killed_workers_lose_nothing_and_each_repeats_two_at_most(
    sink: Sink, start: Callable[..., Worker], capsys: pytest.CaptureFixture[str]
) -> None:
    seed = int(os.environ.get("TREATYFLOW_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
    with capsys.disabled():
        print(f"TREATYFLOW_SEED={seed}", end=" ", flush=True)
    # A server that takes all in two seconds would leave nothing to the workers of the last kills.
    sink.behaviour.seconds_a_message = 0.003
    number = PEOPLE * ALERTS
    alerts(crowd(), ALERTS)
    moments = sorted(random.Random(seed).sample(range(1, number - 400), KILLS - 1))
    start().kill()  # while it expands, or before
    for moment in moments:
        worker = start()
        before = sink.count
        # Where the dead hold all that is left, the next knock after their leases finds it.
        sends = knocking(lambda b=before: sink.count > b)
        wait_until(sends, RESTART_SECONDS, "sending after the restart")
        wait_until(knocking(lambda m=moment: sink.count >= m), LIMIT, "the moment of the kill")
        worker.kill()
    start()
    wait_until_all_is_sent(number)
    again = repeats(sink, number)
    assert again.total() <= 2 * KILLS, f"seed {seed}: {again}"
