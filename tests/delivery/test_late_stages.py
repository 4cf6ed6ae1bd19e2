"""After an interruption: the newest stage of each deadline that concerns a person, marked late."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from notifications import emails
from notifications.delivery import deliver, expand
from notifications.delivery.expand import BATCH, Expansion
from notifications.models import Alert, Deadline, DeadlineVersion, Message, Role
from notifications.register import verify
from tests.delivery.records import NOW, World, another_notification, make_world
from tests.delivery.ways_out import always
from tests.emails.reading import Mail

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def ladder(world: World, *stages: tuple[str, int], audience: str = "bearer") -> DeadlineVersion:
    """Planned stages of one deadline, each some days before NOW."""
    version = world.deadline()
    for stage, days in stages:
        world.alert(audience, version=version, stage=stage, at=NOW - days * DAY)
    return version


def state(stage: str) -> str:
    return Alert.objects.get(stage=stage).state


def test_of_a_ladder_that_was_held_up_the_newest_stage_alone_is_told(world: World) -> None:
    world.person("USA")
    ladder(world, ("before-14", 25), ("before-7", 18), ("before-3", 14))

    done = expand(now=NOW)

    assert [message.alert.stage for message in Message.objects.all()] == ["before-3"]
    assert (done.alerts, done.messages, done.unaddressed, done.void) == (3, 1, 0, 2)
    assert [state(stage) for stage in ("before-14", "before-7")] == ["void", "void"]
    assert verify().ok


def test_the_newest_is_found_beyond_the_batch(world: World) -> None:
    world.person("USA")
    ladder(world, ("before-14", 25), ("before-7", 18), ("before-3", 14))

    expand(now=NOW, limit=1)

    assert [message.alert.stage for message in Message.objects.all()] == ["before-3"]


def test_each_deadline_has_a_newest_stage_of_its_own(world: World) -> None:
    world.person("USA")
    ladder(world, ("before-14", 8), ("before-7", 1))
    world.alert(
        "bearer",
        version=world.deadline("xv-3", bearer="USA"),
        stage="before-30",
        at=NOW - 20 * DAY,
    )

    expand(now=NOW)

    told = {message.alert.stage for message in Message.objects.all()}
    assert told == {"before-7", "before-30"}


def test_who_is_not_concerned_by_the_newest_is_told_the_newest_that_concerns_them(
    world: World,
) -> None:
    american, russian = world.person("USA"), world.person("RUS")
    ladder(world, ("before-14", 8), audience="bearer+parties")
    world.alert("bearer", version=DeadlineVersion.objects.get(), stage="before-7", at=NOW - DAY)

    expand(now=NOW)

    told = {message.user: message.alert.stage for message in Message.objects.all()}
    assert told == {american: "before-7", russian: "before-14"}


def test_what_still_waits_of_an_older_stage_is_void_when_a_newer_one_comes(world: World) -> None:
    world.person("USA")
    ladder(world, ("before-14", 0))
    expand(now=NOW)
    deliver(now=NOW, transport=always("deferred", "451 later"))
    version = DeadlineVersion.objects.get()
    world.alert("bearer", version=version, stage="before-7", at=NOW + 7 * DAY)

    expand(now=NOW + 7 * DAY)

    states = {message.alert.stage: message.state for message in Message.objects.all()}
    assert states == {"before-14": "void", "before-7": "pending"}


def test_what_a_worker_holds_and_what_was_sent_is_left_alone(world: World) -> None:
    for _ in range(2):
        world.person("USA")
    ladder(world, ("before-14", 0))
    expand(now=NOW)
    held, sent = Message.objects.order_by("pk")
    deliver(now=NOW, limit=1)
    Message.objects.filter(state="pending").update(lease_by="another", lease_until=NOW + 9 * DAY)
    version = DeadlineVersion.objects.get()
    world.alert("bearer", version=version, stage="before-7", at=NOW + 7 * DAY)

    expand(now=NOW + 7 * DAY)

    older = Message.objects.filter(alert__stage="before-14")
    assert {message.pk for message in older} == {held.pk, sent.pk}
    assert sorted(message.state for message in older) == ["pending", "sent"]


def test_acts_are_each_told_however_late(world: World) -> None:
    world.person("USA")
    for number in range(3):
        world.alert("senders", stage=str(number), at=NOW - number * DAY)

    assert expand(now=NOW).messages == 3


def test_what_happened_first_is_told_first(world: World) -> None:
    world.person("USA")
    for number in (1, 3, 2):
        world.alert("senders", stage=str(number), at=NOW - number * DAY)

    expand(now=NOW)

    told = Message.objects.order_by("pk").values_list("alert__stage", flat=True)
    assert list(told) == ["3", "2", "1"]


def test_a_replay_that_waits_to_be_sent_keeps_every_stage() -> None:
    world = make_world(replayed=True)
    world.person("USA")
    version = ladder(world, ("before-14", 0))
    expand(now=NOW, case=world.case)
    world.alert("bearer", version=version, stage="before-7", at=NOW + 7 * DAY)

    expand(now=NOW + 7 * DAY, case=world.case)

    assert set(Message.objects.values_list("state", flat=True)) == {"pending"}
    assert Message.objects.count() == 2


def written(version: DeadlineVersion, now: datetime = NOW) -> Mail:
    deliver(now=now)
    message = Message.objects.select_related("rendering").get(state="sent")
    assert message.alert.deadline_version == version
    return Mail(emails.as_sent(message))


def test_a_mail_that_comes_late_says_so_and_counts_from_today(world: World) -> None:
    world.person("USA")
    version = ladder(world, ("before-30", 20))
    assert version.due_on is not None
    left = (version.due_on - NOW.date()).days
    expand(now=NOW)

    mail = written(version)

    words = "This message is late: it was due on 2 May 2020, 12:00 UTC."
    assert words in mail.text
    assert words in mail.html
    assert f"in {left} days" in mail.subject


@pytest.mark.parametrize(("minutes", "is_late"), [(60, False), (61, True)])
def test_a_mail_is_late_after_an_hour(world: World, minutes: int, is_late: bool) -> None:
    world.person("USA")
    version = ladder(world, ("before-30", 0))
    soon = NOW + timedelta(minutes=minutes)
    expand(now=soon)

    assert ("This message is late" in written(version, soon).text) is is_late


@pytest.mark.parametrize("stage", ["before-1", "day"])
def test_nothing_is_said_to_be_due_that_has_ended_before_a_sweep_settled_it(
    world: World, stage: str
) -> None:
    world.person("CAN", Role.DEPOSITARY_OFFICER)
    version = world.deadline("xv-3", bearer=None, owed_by="depositaries")
    assert version.due_at is not None
    world.alert("depositaries", version=version, stage=stage, at=version.due_at - DAY)

    assert expand(now=version.due_at).void == 1
    assert not Message.objects.exists()


def test_queries_do_not_grow_with_what_was_held_up(
    world: World,
) -> None:
    def count(stages: int) -> int:
        world.person("USA")
        world.notification = another_notification(world)
        version = world.deadline("xv-3", bearer=None, owed_by="depositaries")
        for number in range(stages):
            at = NOW - (number + 1) * DAY
            world.alert("senders", version=version, stage=f"before-{number + 1}", at=at)
        with CaptureQueriesContext(connection) as captured:
            expand(now=NOW)
        return len(captured)

    assert count(2) == count(BATCH - 1)
    assert count(BATCH + 2) == count(3 * BATCH)


@pytest.mark.postgresql_only
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["a stage of it", "the deadline"])
def test_a_deadline_of_which_another_worker_holds_a_part_is_left_and_what_comes_after_it_is_not(
    what: str,
) -> None:
    world = make_world()
    world.person("USA")
    version = world.deadline(bearer="USA")
    for days in (30, 14):
        world.alert("bearer", version=version, stage=f"before-{days}", at=NOW - days * DAY)
    world.alert("senders", at=NOW)
    held = {
        "a stage of it": Alert.objects.filter(stage="before-14"),
        "the deadline": Deadline.objects.filter(pk=version.deadline_id),
    }[what]
    is_held, is_done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            list(held.select_for_update())
            is_held.set()
            is_done.wait(30)
        connection.close()

    other = threading.Thread(target=hold)
    other.start()
    is_held.wait(30)
    meanwhile = expand(now=NOW, limit=1)
    held_back = told(version)
    is_done.set()
    other.join()
    expand(now=NOW)

    assert (meanwhile, held_back) == (Expansion(alerts=1, messages=1), [])
    assert told(version) == ["before-14"]


def told(version: DeadlineVersion) -> list[str]:
    """The stages of which somebody got a message."""
    rows = Message.objects.filter(alert__deadline_version=version)
    return sorted(rows.values_list("alert__stage", flat=True))
