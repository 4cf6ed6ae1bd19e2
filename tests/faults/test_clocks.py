"""The clock jumps an hour, the worker stands in another zone, the notice is taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from notifications.delivery import expand
from notifications.models import Alert, Message
from notifications.services.alerts import planned_stages
from notifications.services.rungs import Ladders
from notifications.services.sweeps import send_alerts
from tests.delivery.records import make_world
from tests.factories import issue, issue_act, make_cast
from tests.faults.crowds import LIMIT, alerts, crowd, wait_until_all_is_sent
from tests.infrastructure.brokers import wait_until
from tests.infrastructure.sink import Sink
from tests.infrastructure.workers import Worker

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("zone", "first", "midnights"),
    [
        # On 25 October the clocks go back: that day has 25 hours.
        ("Europe/Budapest", datetime(2020, 10, 23, tzinfo=UTC), (22, 22, 23, 23)),
        # On 1 November.
        ("America/New_York", datetime(2020, 10, 30, tzinfo=UTC), (4, 4, 5, 5)),
        # On 29 March they go forward: that day has 23 hours.
        ("Europe/Budapest", datetime(2020, 3, 27, tzinfo=UTC), (23, 23, 22, 22)),
        # On 4 November they go forward at midnight: the day begins at one o'clock.
        ("America/Sao_Paulo", datetime(2018, 11, 2, tzinfo=UTC), (3, 3, 2, 2)),
    ],
)
def test_every_stage_comes_at_its_midnight_and_once_when_the_clock_jumps(
    sink: Sink, zone: str, first: datetime, midnights: tuple[int, ...]
) -> None:
    world = make_world(zone=zone)
    world.person("USA")
    version = world.deadline()
    assert version.due_on is not None
    days = [first.date() + timedelta(days=number) for number in range(1, 5)]
    ladder = tuple((version.due_on - day).days for day in days)
    planned = planned_stages(version, now=first, ladders=Ladders({"all": ladder}))
    Alert.objects.bulk_create(list(planned))
    arrived: list[datetime] = []
    for hour in range(24 * 5):
        before = sink.count
        send_alerts(now=first + hour * HOUR)
        arrived += [first + hour * HOUR] * (sink.count - before)
    expected = [
        datetime(day.year, day.month, day.day, tzinfo=UTC) - (24 - at if at > 12 else -at) * HOUR
        for day, at in zip(days, midnights, strict=True)
    ]
    assert arrived == expected


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_a_worker_in_another_zone_sends_what_is_due_and_nothing_else(
    sink: Sink, start: Callable[..., Worker], zone: str
) -> None:
    world = crowd(3)
    alerts(world, 1)
    for number, hours in enumerate((1, 12, 24)):
        world.alert("senders", stage=f"later-{number}", at=timezone.now() + timedelta(hours=hours))
    start(DJANGO_SETTINGS_MODULE="tests.faults.settings_elsewhere", TREATYFLOW_TEST_ZONE=zone)
    wait_until_all_is_sent(3)
    assert sink.count == 3
    assert Alert.objects.planned().count() == 3


def test_a_deadline_taken_back_while_its_alert_waits_is_not_told(
    sink: Sink, start: Callable[..., Worker]
) -> None:
    cast = make_cast()
    notice = issue(cast)
    stage = Alert.objects.filter(notification=notice, kind=Alert.Kind.DEADLINE).earliest("due_at")
    Alert.objects.filter(kind=Alert.Kind.ISSUED).update(state=Alert.State.VOID)
    expand(now=stage.due_at)
    # What nobody acknowledged is told beside it, and stays true.
    waiting = Message.objects.filter(state="pending")
    queued = set(waiting.filter(alert=stage).values_list("message_id", flat=True))
    assert queued
    said = {"text": "The notice is withdrawn."}
    rescission = issue_act(cast, "rescission", said, now=stage.due_at, refers_to=notice)
    start()

    def is_told() -> bool:
        sent = {one.message_id for one in sink.received}
        return Message.objects.filter(alert__notification=rescission, message_id__in=sent).exists()

    wait_until(is_told, LIMIT, "the mail of the rescission")
    wait_until(lambda: not waiting.exists(), LIMIT, "the end of the queue")
    assert not [one for one in sink.received if one.message_id in queued]
    assert set(Message.objects.filter(message_id__in=queued).values_list("state", flat=True)) == {
        "void"
    }
