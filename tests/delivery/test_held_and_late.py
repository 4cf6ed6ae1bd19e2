"""What was held or waited is told as it stands on the day on which it leaves, or not at all."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from importlib import import_module

import pytest
from pytest_django import Settings

from notifications import emails
from notifications.delivery import Answer, claim, deliver, expand, send_due
from notifications.delivery.claim import release
from notifications.models import (
    Deadline,
    DeadlineVersion,
    Message,
    Preference,
    Rendering,
    Role,
    User,
)
from tests.delivery.records import NOW, World, another_notification
from tests.delivery.ways_out import Killed, Told, always, down
from tests.emails.reading import Mail

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
LEASE = timedelta(seconds=30)


def conference(world: World, *stages: tuple[str, timedelta]) -> DeadlineVersion:
    """A duty of the depositaries, due on 21 July 2020, with stages so long after ``NOW``."""
    world.person("CAN", Role.DEPOSITARY_OFFICER)
    version = world.deadline("xv-3", bearer=None, owed_by="depositaries")
    for stage, later in stages:
        world.alert("depositaries", version=version, stage=stage, at=NOW + later)
    return version


def by_stage() -> dict[str, str]:
    return dict(Message.objects.values_list("alert__stage", "state"))


def killed(recipient: str) -> Answer:
    raise Killed


def test_what_a_dead_worker_held_is_void_for_whoever_is_told_a_newer_stage(world: World) -> None:
    conference(world, ("before-30", 0 * DAY), ("before-7", 23 * DAY))
    with pytest.raises(Killed):
        send_due(now=NOW, transport=Told(killed))

    send_due(now=NOW + 25 * DAY, transport=Told())

    assert by_stage() == {"before-30": "void", "before-7": "sent"}


def test_what_a_worker_held_when_the_newer_stage_came_is_not_tried_again(world: World) -> None:
    conference(world, ("before-30", 0 * DAY), ("before-14", timedelta(seconds=2)))

    def busy(recipient: str) -> Answer:
        expand(now=NOW + timedelta(seconds=3))
        return Answer("deferred", "451 later")

    expand(now=NOW)
    deliver(now=NOW, transport=Told(busy), limit=1)
    deliver(now=NOW + 2 * MINUTE, transport=Told())

    assert by_stage() == {"before-30": "void", "before-14": "sent"}


def test_what_becomes_untrue_while_a_batch_is_sent_is_not_sent(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("notifications.delivery.deliver"), "LOOK_SECONDS", 0)
    for _ in range(5):
        world.person("USA")
    version = world.deadline()
    world.alert("bearer", version=version, stage="before-30")
    expand(now=NOW)

    def taken_back(recipient: str) -> Answer:
        Deadline.objects.filter(pk=version.deadline_id).update(status="void")
        return Answer("accepted", "250 OK")

    told = Told(taken_back)
    done = deliver(now=NOW, transport=told)

    assert len(told.letters) == 1
    assert (done.sent, done.void) == (1, 4)
    assert sorted(Message.objects.values_list("state", flat=True)) == ["sent", *["void"] * 4]


@pytest.mark.parametrize("how", ["killed", "deferred", "paused"])
def test_a_mail_that_leaves_on_a_later_day_counts_from_that_day(world: World, how: str) -> None:
    version = conference(world, ("before-60", 0 * DAY))
    reader = User.objects.get(is_system=False)
    later = NOW + 20 * DAY
    assert version.due_on is not None
    left = (version.due_on - later.date()).days
    match how:
        case "killed":
            with pytest.raises(Killed):
                send_due(now=NOW, transport=Told(killed))
        case "deferred":
            send_due(now=NOW, transport=always("deferred", "451 later"))
        case _:
            Preference.objects.create(user=reader, snooze_until=later)
            send_due(now=NOW, transport=Told())

    told = Told()
    send_due(now=later, transport=told)

    (letter,) = told.letters
    mail = Mail(letter.mail)
    waited = "This message was due on 22 May 2020, 12:00 UTC. It comes later"
    assert f"in {left} days" in mail.subject
    assert "in 60 days" not in mail.text + mail.html
    assert waited in mail.text
    assert waited in mail.html
    message = Message.objects.get()
    assert emails.as_sent(message) == letter.mail


def test_of_a_later_day_there_is_one_content_for_all_who_read_the_language(world: World) -> None:
    for _ in range(3):
        world.person("USA")
    world.alert("bearer", version=world.deadline(), stage="before-60")
    send_due(now=NOW, transport=always("deferred", "451 later"))

    send_due(now=NOW + MINUTE, transport=always("deferred", "451 later"))
    assert Rendering.objects.count() == 1
    send_due(now=NOW + DAY, transport=Told())

    assert list(Rendering.objects.order_by("pk").values_list("told_on", flat=True)) == [
        None,
        (NOW + DAY).date(),
    ]
    assert set(Message.objects.values_list("rendering__told_on", flat=True)) == {(NOW + DAY).date()}


def test_a_line_that_is_down_ends_no_message_however_long(world: World) -> None:
    world.person("USA")
    world.alert("senders")
    now = NOW
    for _ in range(40):
        send_due(now=now, transport=down())
        now = Message.objects.get().next_at

    assert now > NOW + DAY
    assert Message.objects.get().deliveries.filter(outcome="deferred").count() == 40
    for minutes in (1, 2, 4, 8, 16, 32, 60):  # a server that puts it off has its eight tries
        send_due(now=now, transport=always("deferred", "451 greylisted"))
        again = Message.objects.get().next_at
        assert (again - now) // MINUTE == minutes
        now = again
    send_due(now=now, transport=Told())
    assert Message.objects.get().state == "sent"


def test_a_fault_of_our_own_ends_no_message_either(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.person("USA")
    world.alert("senders")
    now = NOW
    with monkeypatch.context() as patch:
        patch.setattr(import_module("notifications.delivery.write").emails, "build", None)
        for _ in range(20):
            send_due(now=now, transport=Told())
            now = Message.objects.get().next_at

    send_due(now=now, transport=Told())  # mended
    assert Message.objects.get().state == "sent"


def test_whose_account_is_closed_while_a_batch_is_sent_has_one_successor(
    world: World, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.TREATYFLOW_LEASE_SECONDS = 2
    monkeypatch.setattr(import_module("notifications.delivery.deliver"), "LOOK_SECONDS", 0)
    people = [world.person("USA", order=one) for one in (1, 2, 3)]
    heads = [world.person("USA", Role.HEAD_OF_MISSION, order=one) for one in (4, 5, 6)]
    world.alert("bearer", version=world.deadline(), stage="before-30")
    expand(now=NOW)
    asked: list[str] = []

    def slow(recipient: str) -> Answer:
        asked.append(recipient)
        User.objects.filter(pk=people[2].pk).update(is_active=False)
        if len(asked) == 2:
            time.sleep(1)  # the time for letters of this lease is over
        return Answer("accepted", "250 OK")

    deliver(now=NOW, transport=Told(slow), limit=3)
    deliver(now=NOW + MINUTE, transport=Told())

    states = dict(Message.objects.values_list("user", "state"))
    assert states == {
        people[0].pk: "sent",
        people[1].pk: "sent",
        people[2].pk: "void",
        heads[0].pk: "sent",
    }


def test_a_takeover_that_is_let_go_keeps_the_try_that_was_made(world: World) -> None:
    world.person("USA")
    world.alert("senders")
    with pytest.raises(Killed):
        send_due(now=NOW, transport=Told(killed))

    release(claim(now=NOW + MINUTE, worker="b", limit=1, lease=LEASE), worker="b")

    assert Message.objects.get().tries == 1


def test_what_kills_its_worker_does_not_hold_up_the_others_for_good(world: World) -> None:
    people = [world.person("USA") for _ in range(4)]
    world.alert("senders")
    sent: list[str] = []

    def poisoned(recipient: str) -> Answer:
        if recipient == people[0].email:
            raise Killed
        sent.append(recipient)
        return Answer("accepted", "250 OK")

    now: datetime = NOW
    for _ in range(60):
        now += MINUTE
        try:
            send_due(now=now, transport=Told(poisoned))
        except Killed:
            continue

    assert sorted(sent) == sorted(person.email for person in people[1:])


def test_a_chase_is_not_sent_to_whoever_has_acknowledged_meanwhile(world: World) -> None:
    world.person("RUS")
    world.person("DEU")
    world.transmit("RUS", "DEU")
    world.alert("unacknowledged", kind="unacknowledged", stage="3")
    send_due(now=NOW, transport=always("deferred", "451 later"))
    world.receive("RUS")

    told = Told()
    send_due(now=NOW + 2 * MINUTE, transport=told)

    assert [recipient.split("-")[0] for recipient in told.recipients] == ["deu"]
    assert set(Message.objects.filter(party__code="RUS").values_list("state", flat=True)) == {
        "void"
    }


def test_a_notice_that_waited_says_what_has_become_of_it_meanwhile(world: World) -> None:
    world.person("RUS")
    world.transmit("RUS")
    world.deadline()
    world.alert("addressees", kind="issued")
    send_due(now=NOW, transport=down())
    another_notification(
        world, act="rescission", refers_to=world.notification, given_on=date(2020, 5, 23)
    )
    Deadline.objects.update(status="void")

    send_due(now=NOW + 2 * DAY, transport=Told())

    mail = Mail(bytes(Message.objects.get().rendering.mime))
    assert "It was taken back by the United States of America on 23 May 2020" in mail.text
    assert "This message was due on 22 May 2020" in mail.text
    assert "What runs now" not in mail.text
