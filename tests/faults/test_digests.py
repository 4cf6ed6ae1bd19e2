"""``kill -9`` of a worker while digests are on their way: several rows a mail, none lost."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from notifications.delivery import expand
from notifications.models import Message, Preference, User
from notifications.register import verify
from tests.faults.crowds import LIMIT, PEOPLE, crowd, wait_until_all_is_sent
from tests.infrastructure.brokers import wait_until
from tests.infrastructure.sink import Sink
from tests.infrastructure.workers import Worker

MATTERS = 4
KILLS = 2


def digests_that_are_due() -> None:
    """Of each of a crowd, one digest of several matters, whose hour has come."""
    world = crowd()
    people = User.objects.filter(is_system=False)
    Preference.objects.bulk_create(Preference(user=user, digest="daily") for user in people)
    now = timezone.now()
    for number in range(MATTERS):
        world.alert("senders", kind="acknowledged", stage=f"{number}", at=now)
    expand(now=now)
    hour = now - timedelta(minutes=1)
    Message.objects.update(next_at=hour, digest_at=hour)


def test_killed_workers_lose_no_digest_and_each_repeats_two_at_most(
    sink: Sink, start: Callable[..., Worker]
) -> None:
    digests_that_are_due()
    moments = sorted(random.SystemRandom().sample(range(1, PEOPLE - 30), KILLS))
    print(f"killed after {moments}")
    for moment in moments:
        worker = start()
        wait_until(lambda m=moment: sink.count >= m, LIMIT, "the moment of the kill")
        worker.kill()
    start()
    wait_until_all_is_sent(PEOPLE * MATTERS)

    mails = Counter(one.message_id for one in sink.received)
    carriers = Message.objects.filter(carried_by=None)
    assert set(mails) == set(carriers.values_list("message_id", flat=True))
    assert len(mails) == PEOPLE
    assert mails.total() - PEOPLE <= 2 * KILLS, mails
    assert verify().ok
