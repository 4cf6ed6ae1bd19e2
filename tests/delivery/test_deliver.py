"""A run: written once, sent, marked, recorded; failures given back with their reason."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from importlib import import_module

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from notifications import emails, register
from notifications.delivery import (
    Answer,
    Deliveries,
    MailboxTransport,
    SmtpTransport,
    deliver,
    expand,
    send_due,
    transport_for,
    write,
)
from notifications.delivery.deliver import BATCH
from notifications.models import Alert, Deadline, Delivery, Event, Message, Rendering
from tests.delivery.records import NOW, World, another_notification, make_world, received_on
from tests.delivery.ways_out import Killed, Told, always, down

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(minutes=10)


def waiting(world: World, number: int = 1, **fields: str) -> list[Message]:
    for _ in range(number):
        world.person("USA", **fields)  # type: ignore[arg-type]
    world.alert("senders")
    expand(now=NOW)
    return list(Message.objects.order_by("pk"))


def frozen(at: datetime = NOW) -> datetime:
    return at


def test_what_is_due_is_kept_in_the_mailbox_and_stands_in_the_register(world: World) -> None:
    (message,) = waiting(world)

    done = deliver(now=NOW, clock=frozen)

    assert done == Deliveries(sent=1)
    message.refresh_from_db()
    assert (message.state, message.sent_at, message.tries) == ("sent", NOW, 1)
    assert (message.lease_by, message.lease_until) == ("", None)
    delivery = message.deliveries.get()
    assert (delivery.outcome, delivery.reply) == ("sent", "kept in the mailbox")
    assert b"withdrawal" in emails.as_sent(message)
    event = Event.objects.get(act="messages-sent")
    assert f"message:{message.pk}" in event.body
    assert message.address not in "".join(Event.objects.values_list("body", flat=True))
    assert register.verify().ok


def test_one_event_and_one_rendering_serve_a_whole_batch(world: World) -> None:
    waiting(world, 30)

    deliver(now=NOW)

    assert Message.objects.filter(state="sent").count() == 30
    assert Rendering.objects.count() == 1
    assert Event.objects.filter(act="messages-sent").count() == 1
    assert Event.objects.filter(act="alerts-written").count() == 1


def test_queries_of_a_batch_do_not_grow_with_alerts_but_for_the_mark_of_each_message(
    world: World,
) -> None:
    def count(alerts: int) -> int:
        world.notification = another_notification(world)
        for number in range(alerts):
            world.alert("senders", kind="received", stage=f"{number}")
        expand(now=NOW)
        with CaptureQueriesContext(connection) as captured:
            deliver(now=NOW)
        return len(captured)

    world.person("USA")

    assert count(21) - count(1) == 20


def test_expanding_and_sending_in_turns_reaches_everybody(world: World) -> None:
    world.person("USA")
    for number in range(120):
        world.alert("senders", stage=str(number))

    sweep = send_due(now=NOW)

    assert (sweep.expansion.messages, sweep.deliveries.sent) == (120, 120)
    assert send_due(now=NOW).deliveries == Deliveries()
    assert register.verify().ok


def test_a_sent_message_is_frozen_even_for_sql(world: World) -> None:
    (message,) = waiting(world)
    deliver(now=NOW)

    for sql in (
        "UPDATE notifications_message SET state = 'pending'",
        "UPDATE notifications_message SET headers = ''",
        "DELETE FROM notifications_message",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    message.refresh_from_db()
    assert message.state == "sent"


def test_a_temporary_failure_is_tried_again_after_the_back_off_and_dead_after_the_last(
    world: World,
) -> None:
    (message,) = waiting(world)
    now, waits = NOW, []
    for _ in range(7):
        done = deliver(now=now, clock=lambda at=now: at, transport=always("deferred", "451 later"))
        assert done == Deliveries(deferred=1)
        message.refresh_from_db()
        assert (message.state, message.lease_by, message.lease_until) == ("pending", "", None)
        waits.append((message.next_at - now) // timedelta(minutes=1))
        assert deliver(now=message.next_at - timedelta(seconds=1)) == Deliveries()
        now = message.next_at
    last = deliver(now=now, transport=always("deferred", "451 still not"))

    message.refresh_from_db()
    assert waits == [1, 2, 4, 8, 16, 32, 60]
    assert last == Deliveries(failed=1)
    assert (message.state, message.tries) == ("failed", 8)
    reasons = message.deliveries.order_by("pk").values_list("outcome", "reply")
    assert list(reasons) == [("deferred", "451 later")] * 7 + [("given-up", "451 still not")]
    assert deliver(now=now + timedelta(days=1)) == Deliveries()
    assert register.verify().ok


def test_a_refusal_ends_a_message_at_once_and_leaves_the_others_alone(world: World) -> None:
    messages = waiting(world, 3)
    unknown = messages[1].address

    def answer(recipient: str) -> Answer:
        gone = recipient == unknown
        return Answer("refused", "550 unknown") if gone else Answer("accepted", "250 OK")

    done = deliver(now=NOW, transport=Told(answer))

    assert done == Deliveries(sent=2, failed=1)
    failed = Message.objects.get(state="failed")
    assert failed.address == unknown
    assert failed.deliveries.get().reply == "550 unknown"
    assert failed.deliveries.get().outcome == Delivery.Outcome.REFUSED
    assert register.verify().ok


def test_a_line_that_is_down_costs_each_message_of_the_batch_one_try_and_ends_the_run(
    world: World,
) -> None:
    waiting(world, BATCH + 20)

    done = deliver(now=NOW, transport=down("The mail server refused the connection."))

    assert done == Deliveries(deferred=BATCH, is_line_down=True)
    assert sorted(Message.objects.values_list("tries", flat=True)) == [0] * 20 + [1] * BATCH
    replies = set(Delivery.objects.values_list("reply", flat=True))
    assert replies == {"The mail server refused the connection."}
    assert Event.objects.filter(act="messages-not-sent").count() == 1
    assert deliver(now=LATER).sent == BATCH + 20
    assert register.verify().ok


def test_a_line_that_breaks_within_a_batch_keeps_what_was_sent(world: World) -> None:
    messages = waiting(world, 5)
    broken = down()

    def answer(recipient: str) -> Answer:
        if recipient == messages[3].address:
            return broken.send(out.letters[-1])
        return Answer("accepted", "250 OK")

    out = Told(answer)
    done = deliver(now=NOW, transport=out)

    assert done == Deliveries(sent=3, deferred=2, is_line_down=True)
    assert deliver(now=LATER).sent == 2


def test_killed_between_the_server_and_the_mark_one_message_is_repeated_under_its_message_id(
    world: World,
) -> None:
    waiting(world, 5)
    killer = Told()

    def answer(_recipient: str) -> Answer:
        if len(killer.letters) == 3:
            raise Killed
        return Answer("accepted", "250 OK")

    killer._answer = answer
    with pytest.raises(Killed):
        deliver(now=NOW, transport=killer)
    assert register.verify().ok
    second = Told()
    assert deliver(now=NOW + timedelta(seconds=29), transport=second) == Deliveries()

    deliver(now=NOW + timedelta(seconds=31), transport=second)

    assert len(killer.recipients + second.recipients) == 6
    repeated = [one for one in second.letters if one.recipient in killer.recipients]
    assert [one.recipient for one in repeated] == [killer.recipients[2]]
    assert message_id(repeated[0].mail) == message_id(killer.letters[2].mail)
    assert Message.objects.filter(state="sent", tries=1).count() == 5
    assert Delivery.objects.count() == 5
    assert register.verify().ok


def message_id(mail: bytes) -> bytes:
    return next(line for line in mail.split(b"\r\n") if line.startswith(b"Message-ID:"))


def test_killed_between_the_marks_and_the_event_the_next_run_records_the_batch(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting(world, 3)

    def die(*_args: object, **_keywords: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(import_module("notifications.delivery.deliver"), "record", die)
        with pytest.raises(Killed):
            deliver(now=NOW)
    assert Message.objects.filter(state="accepted").count() == 3
    assert register.verify().ok
    out = Told()
    deliver(now=NOW + timedelta(seconds=29), transport=out)
    assert Message.objects.filter(state="accepted").count() == 3

    deliver(now=NOW + timedelta(seconds=31), transport=out)

    assert out.letters == []
    assert Message.objects.filter(state="sent").count() == 3
    assert Delivery.objects.filter(outcome="sent", reply__contains="interrupted").count() == 3
    assert register.verify().ok


def test_a_mark_under_a_lost_lease_changes_nothing(world: World) -> None:
    (message,) = waiting(world)

    def another_worker_takes_over(_recipient: str) -> Answer:
        Message.objects.update(lease_by="another")
        return Answer("accepted", "250 OK")

    done = deliver(now=NOW, transport=Told(another_worker_takes_over))

    message.refresh_from_db()
    assert done == Deliveries()
    assert (message.state, message.lease_by, message.sent_at) == ("pending", "another", None)


def test_a_letter_is_given_up_before_another_worker_may_take_its_message(world: World) -> None:
    waiting(world, 2)
    out = Told()

    deliver(now=NOW, transport=out)

    assert {letter.until < time.monotonic() + 30 for letter in out.letters} == {True}


def test_a_batch_whose_lease_draws_to_its_end_lets_go_of_the_rest(
    world: World, settings: Settings
) -> None:
    settings.TREATYFLOW_LEASE_SECONDS = 0
    waiting(world, 3)
    out = Told()

    done = deliver(now=NOW, transport=out)

    assert done.sent == 3
    assert len(set(out.recipients)) == len(out.recipients) == 3
    assert set(Message.objects.values_list("tries", flat=True)) == {1}
    assert Event.objects.filter(act="messages-sent").count() == 3


@pytest.mark.parametrize("how", ["the alert is void", "the deadline is void", "the date moved"])
def test_what_was_overtaken_while_it_waited_is_not_sent(world: World, how: str) -> None:
    world.person("USA")
    version = world.deadline()
    alert = world.alert("bearer", version=version, stage="before-7")
    expand(now=NOW)
    deliver(now=NOW, transport=down())
    if how == "the alert is void":
        Alert.objects.filter(pk=alert.pk).update(state=Alert.State.VOID)
    elif how == "the deadline is void":
        Deadline.objects.update(status="void")
    else:
        world.compute(version.deadline, version.clause_version, received_on(25))
    out = Told()

    done = deliver(now=LATER, transport=out)

    assert (done.void, out.letters) == (1, [])
    message = Message.objects.get()
    assert message.state == "void"
    assert str(message.pk) in Event.objects.latest("pk").body
    assert register.verify().ok


def test_what_waits_is_sent_where_only_the_way_to_its_day_has_changed(world: World) -> None:
    world.person("USA")
    version = world.deadline()
    world.alert("bearer", version=version, stage="before-7")
    expand(now=NOW)
    deliver(now=NOW, transport=down())
    world.compute(version.deadline, version.clause_version)

    assert deliver(now=LATER) == Deliveries(sent=1)


def test_a_reader_whose_language_is_not_spoken_here_gets_the_english_content(world: World) -> None:
    waiting(world)
    waiting_too = world.person("USA", language="xx")
    world.alert("senders", kind="received", stage="CAN")
    expand(now=NOW)

    assert deliver(now=NOW).failed == 0

    message = waiting_too.messages.get()
    assert message.state == "sent"
    assert "Content-Language: en" in message.headers
    assert set(Rendering.objects.values_list("language", flat=True)) == {"en"}


def test_an_alert_that_cannot_be_written_holds_up_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.person("USA")
    faulty, sound = world.alert("senders"), world.alert("senders", stage="2")
    build = emails.build

    def fails_for_one(
        background: emails.Background, alert_id: int, language: str, *, at: datetime | None = None
    ) -> bytes:
        if alert_id == faulty.pk:
            raise LookupError("a template is wrong")
        return build(background, alert_id, language, at=at)

    monkeypatch.setattr(write.emails, "build", fails_for_one)
    expand(now=NOW)
    done = deliver(now=NOW)

    assert done == Deliveries(sent=1, deferred=1)
    assert sound.messages.get().state == "sent"
    assert "a template is wrong" in faulty.messages.get().deliveries.get().reply


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("jörg@example.org", "SMTPUTF8"),
        ("nobody", "not an e-mail address"),
        ("a@example.org\r\nBcc: b@example.org", "not an e-mail address"),
    ],
)
def test_an_address_that_cannot_be_used_fails_at_once_with_its_reason(
    world: World, address: str, reason: str
) -> None:
    waiting(world, email=address)
    out = Told()

    done = deliver(now=NOW, transport=out)

    assert (done.failed, out.letters) == (1, [])
    assert reason in Delivery.objects.get().reply


def test_an_address_that_was_corrected_meanwhile_is_used(world: World) -> None:
    (message,) = waiting(world)
    deliver(now=NOW, transport=always("deferred", "450 later"))
    message.user.email = "right@example.org"
    message.user.save()
    out = Told()

    deliver(now=LATER, transport=out)

    message.refresh_from_db()
    assert out.recipients == ["right@example.org"]
    assert message.address == "right@example.org"


def test_a_fault_of_the_sender_s_own_address_fails_no_message(
    world: World, settings: Settings
) -> None:
    waiting(world)
    settings.TREATYFLOW_FROM = "nobody"

    assert deliver(now=NOW) == Deliveries(deferred=1, is_line_down=True)
    assert "TREATYFLOW_FROM" in Delivery.objects.get().reply


def test_a_replay_stays_in_the_mailbox_unless_it_is_told_to_send(settings: Settings) -> None:
    replay, live = make_world(replayed=True).case, None
    settings.TREATYFLOW_MAIL_TRANSPORT = "smtp"

    assert isinstance(transport_for(live), SmtpTransport)
    assert isinstance(transport_for(replay), MailboxTransport)
    assert isinstance(transport_for(replay, sends_replays=True), SmtpTransport)
    settings.TREATYFLOW_MAIL_TRANSPORT = "mailbox"
    assert isinstance(transport_for(live), MailboxTransport)


def test_a_replay_is_sent_on_its_own_clock() -> None:
    world = make_world(replayed=True)
    world.person("USA")
    world.alert("senders")
    expand(now=NOW, case=world.case)

    deliver(now=NOW, case=world.case)

    assert Message.objects.get().sent_at == NOW
