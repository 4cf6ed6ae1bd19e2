"""Many people, many alerts, one fast server: what a run of thousands of messages is made of."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from notifications.models import Message
from notifications.queue import nudge
from notifications.register import verify
from tests.delivery.records import World, make_world
from tests.infrastructure.brokers import wait_until
from tests.infrastructure.sink import Sink

PEOPLE = 100
LIMIT = 120  # seconds within which an outcome must have come, however slow the machine is


def crowd(people: int = PEOPLE) -> World:
    """A treaty with so many people of one mission, all of them concerned."""
    world = make_world()
    for _ in range(people):
        world.person("USA")
    return world


def alerts(world: World, number: int) -> None:
    """So many alerts that are due; each becomes one message a person."""
    due_at = timezone.now() - timedelta(seconds=1)
    for stage in range(number):
        world.alert("senders", stage=f"{stage}", at=due_at)


def knocking(happened: Callable[[], bool]) -> Callable[[], bool]:
    """The same question, which knocks as beat does: each second, for nobody waits a minute."""
    last = -math.inf

    def has_happened() -> bool:
        nonlocal last
        if time.monotonic() - last >= 1:
            nudge("send_alerts")
            last = time.monotonic()
        return happened()

    return has_happened


def is_all_sent(number: int) -> bool:
    """Whether so many messages are sent and none waits."""
    messages = Message.objects.all()
    return messages.count() == number and not messages.exclude(state="sent").exists()


def wait_until_all_is_sent(number: int) -> None:
    """Wait for it, knocking meanwhile."""
    wait_until(knocking(lambda: is_all_sent(number)), LIMIT, f"the sending of {number} messages")


def tries_at_once() -> None:
    """As if the back-off were over."""
    Message.objects.filter(state="pending").update(next_at=timezone.now())


def repeats(sink: Sink, number: int) -> Counter[str]:
    """What came more often than once, where each of so many messages came; the register holds."""
    ids = Counter(one.message_id for one in sink.received)
    assert set(ids) == set(Message.objects.values_list("message_id", flat=True))
    assert len(ids) == number
    assert verify().ok
    return Counter({name: count - 1 for name, count in ids.items() if count > 1})
