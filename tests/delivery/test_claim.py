"""Claims: a lease for one worker, and what becomes of it."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from notifications.delivery import claim, deliver, expand
from notifications.delivery.claim import release
from notifications.models import Message
from tests.delivery.records import NOW, World, make_world
from tests.delivery.ways_out import Told

LEASE = timedelta(seconds=30)


def waiting(world: World, number: int) -> None:
    for _ in range(number):
        world.person("USA")
    world.alert("senders")
    expand(now=NOW)


def test_a_claim_holds_messages_for_the_time_of_its_lease(world: World) -> None:
    waiting(world, 3)

    first = claim(now=NOW, worker="a", limit=2, lease=LEASE)
    second = claim(now=NOW, worker="b", limit=2, lease=LEASE)

    assert len(first) == 2
    assert len(second) == 1
    assert {message.pk for message in first}.isdisjoint(message.pk for message in second)
    assert {(one.lease_by, one.lease_until, one.tries) for one in first} == {("a", NOW + LEASE, 1)}
    assert claim(now=NOW + LEASE - timedelta(seconds=1), worker="c", limit=9, lease=LEASE) == []


def test_a_lease_that_ran_out_is_taken_over_without_using_up_a_try(world: World) -> None:
    waiting(world, 1)
    claim(now=NOW, worker="dead", limit=1, lease=LEASE)

    (again,) = claim(now=NOW + LEASE, worker="b", limit=1, lease=LEASE)

    assert (again.lease_by, again.tries) == ("b", 1)


def test_what_is_let_go_is_free_at_once_and_has_used_up_no_try(world: World) -> None:
    waiting(world, 2)
    held = claim(now=NOW, worker="a", limit=2, lease=LEASE)

    release(held[1:], worker="a")

    (free,) = claim(now=NOW, worker="b", limit=2, lease=LEASE)
    assert (free.pk, free.tries) == (held[1].pk, 1)


def test_a_message_that_waits_for_its_next_try_is_not_claimed_before(world: World) -> None:
    waiting(world, 1)
    Message.objects.update(next_at=NOW + timedelta(minutes=4))

    assert claim(now=NOW + timedelta(minutes=3), worker="a", limit=1, lease=LEASE) == []
    assert len(claim(now=NOW + timedelta(minutes=4), worker="a", limit=1, lease=LEASE)) == 1


@pytest.mark.postgresql_only
def test_a_claim_looks_its_messages_up_and_joins_them_to_no_list(world: World) -> None:
    waiting(world, 3)
    with CaptureQueriesContext(connection) as asked:
        claim(now=NOW, worker="a", limit=3, lease=LEASE)
    (update,) = (query["sql"] for query in asked if query["sql"].startswith("UPDATE"))

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {update}")
        plan = "\n".join(line for (line,) in cursor.fetchall())

    # However many wait: a join with few rows expected goes through the list for each of them.
    assert "= ANY" in plan
    assert "Join" not in plan
    assert "Nested Loop" not in plan


@pytest.mark.postgresql_only
@pytest.mark.django_db(transaction=True)
def test_what_another_worker_is_claiming_is_skipped_and_not_waited_for() -> None:
    waiting(make_world(), 3)
    claimed: list[int] = []

    def second() -> None:
        try:
            claimed.extend(m.pk for m in claim(now=NOW, worker="b", limit=3, lease=LEASE))
        finally:
            connection.close()

    first = Message.objects.order_by("pk").values_list("pk", flat=True)[0]
    with transaction.atomic():
        list(Message.objects.filter(pk=first).select_for_update())
        other = threading.Thread(target=second)
        other.start()
        other.join(timeout=20)
        is_waiting = other.is_alive()
    other.join()

    assert not is_waiting
    assert len(claimed) == 2
    assert first not in claimed


@pytest.mark.django_db
def test_live_claims_leave_the_messages_of_a_replay_alone() -> None:
    world = make_world(replayed=True)
    world.person("USA")
    world.alert("senders")
    expand(now=NOW, case=world.case)

    assert claim(now=NOW, worker="a", limit=9, lease=LEASE) == []
    assert len(claim(now=NOW, worker="a", limit=9, lease=LEASE, case=world.case)) == 1


@pytest.mark.django_db(transaction=True)
def test_workers_at_the_same_time_send_everything_once() -> None:
    waiting(make_world(), 120)
    out, start = Told(), threading.Barrier(4)

    def work() -> None:
        try:
            start.wait()
            expand(now=NOW)
            deliver(now=NOW, transport=out)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(out.recipients) == len(set(out.recipients)) == 120
    assert Message.objects.filter(state="sent").count() == 120


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_the_same_time_expand_an_alert_once() -> None:
    world = make_world()
    world.person("USA")
    for number in range(60):
        world.alert("senders", stage=str(number))
    start, found = threading.Barrier(3), []

    def work() -> None:
        try:
            start.wait()
            found.append(expand(now=NOW).messages)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(found) == Message.objects.count() == 60
