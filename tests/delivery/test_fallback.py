"""A message that reaches nobody: its address is marked, the next mandate tried, the others told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications import register
from notifications.delivery import SmtpTransport, Transport, deliver, expand
from notifications.delivery.fallback import StandIns
from notifications.delivery.holders import recipient_of
from notifications.models import (
    Alert,
    Contact,
    Deadline,
    Delivery,
    Event,
    Message,
    Role,
    User,
)
from notifications.services.alerts import last_told, void_alerts
from notifications.services.bouncing import record_bounce
from tests.delivery.records import NOW, World
from tests.delivery.ways_out import always
from tests.infrastructure.mail import Sink

pytestmark = pytest.mark.django_db

GONE = "550 5.1.1 no such user"
REFUSES = "refused", GONE


def one_message(world: World, user: User, **fields: object) -> Message:
    """An alert of which this person alone was told: the others of the party are the next."""
    alert = world.alert("senders", **fields)  # type: ignore[arg-type]
    mandate = user.mandates.get()
    Alert.objects.filter(pk=alert.pk).update(state=Alert.State.EXPANDED)
    return Message.objects.create(
        alert=alert,
        user=user,
        mandate=mandate,
        party=mandate.party,
        address=user.email,
        message_id=f"<{alert.pk}.{user.pk}@treatyflow.example>",
        next_at=NOW,
    )


def send_one(way_out: Transport) -> None:
    deliver(now=NOW, transport=way_out, clock=lambda: NOW, limit=1)


def told_of(message: Message) -> set[User]:
    """Those who are told that a message reached nobody."""
    expand(now=NOW)
    alert = Alert.objects.get(failed_message=message)
    return {told.user for told in alert.messages.select_related("user")}


def test_a_refused_address_is_marked_with_the_words_of_the_server(world: World) -> None:
    person = world.person("USA")
    one_message(world, person)
    send_one(always(*REFUSES))
    contact = Contact.objects.get()
    assert (contact.user, contact.address) == (person, person.email)
    assert (contact.state, contact.since, contact.reason) == ("bouncing", NOW, GONE)
    assert register.verify().ok


def test_an_address_keeps_the_day_and_the_reason_it_first_failed_for(world: World) -> None:
    person = world.person("USA")
    one_message(world, person)
    send_one(always(*REFUSES))
    one_message(world, person, stage="2")
    deliver(now=NOW + timedelta(days=1), transport=always("refused", "550 other"))
    contact = Contact.objects.get()
    assert (contact.since, contact.reason) == (NOW, GONE)


def test_a_later_message_that_is_taken_sets_the_address_right(world: World) -> None:
    person, other = world.person("USA"), world.person("USA")
    for user in (person, other):
        Contact.objects.create(user=user, address=user.email, state="bouncing", since=NOW)
    one_message(world, person)
    deliver(now=NOW + timedelta(days=1), clock=lambda: NOW + timedelta(days=1))
    states = dict(Contact.objects.values_list("user", "state"))
    assert states == {person.pk: "working", other.pk: "bouncing"}


def test_where_mail_came_back_a_server_that_takes_all_sets_nothing_right(world: World) -> None:
    person = world.person("USA")
    one_message(world, person)
    send_one(always("accepted", "250 OK"))
    came_back = Message.objects.get().message_id
    record_bounce(message_id=came_back, reason=GONE, now=NOW + timedelta(hours=1))
    later = NOW + timedelta(days=1)
    one_message(world, person, stage="2")
    deliver(now=later, clock=lambda: later, transport=always("accepted", "250 OK"))
    contact = person.contacts.get()
    assert (contact.state, contact.reason) == ("bouncing", GONE)

    # Once somebody says that it works, only what comes back later counts.
    person.contacts.update(since=later)
    one_message(world, person, stage="3")
    later += timedelta(days=1)
    deliver(now=later, clock=lambda: later, transport=always("accepted", "250 OK"))
    assert person.contacts.get().state == "working"


def test_an_address_that_began_to_fail_after_the_mail_was_taken_stays_so(world: World) -> None:
    person = world.person("USA")
    one_message(world, person)
    later = NOW + timedelta(hours=1)
    Contact.objects.create(user=person, address=person.email, state="bouncing", since=later)
    send_one(always("accepted", "250 OK"))
    assert Contact.objects.get().state == "bouncing"


def test_an_address_in_a_domain_of_other_letters_is_marked_as_the_person_has_it(
    world: World,
) -> None:
    person = world.person("USA", email="ada@bücher.example")
    Contact.objects.create(user=person, address=person.email, state="bouncing", since=NOW)
    one_message(world, person)
    send_one(always("accepted", "250 OK"))
    assert Contact.objects.get().state == "working"


@pytest.mark.parametrize(
    ("attribute", "answer", "is_marked"),
    [
        ("recipient", "550 5.1.1 no such user", True),
        ("recipient", "553 mailbox name not allowed", True),
        ("data", "554 5.2.2 mailbox full", True),
        ("recipient", "550 5.7.1 relaying denied", False),
        ("recipient", "550 5.1.8 sender's domain does not exist", False),
        ("recipient", "530 log in first", False),
        ("sender", "550 5.1.1 you are nobody", False),
        ("sender", "530 log in first", False),
    ],
)
def test_a_refusal_marks_the_address_only_where_it_is_about_the_address(
    world: World, smtp_sink: Sink, attribute: str, answer: str, is_marked: bool
) -> None:
    person = world.person("USA")
    message = one_message(world, person)
    if attribute == "recipient":
        smtp_sink.answer_recipient[person.email] = answer
    else:
        setattr(smtp_sink, f"answer_{attribute}", answer)
    send_one(SmtpTransport())
    message.refresh_from_db()
    assert message.state == "failed"
    assert Contact.objects.exists() is is_marked


def test_the_next_mandate_in_order_is_tried_and_stands_in_the_event(world: World) -> None:
    first = world.person("USA", order=1)
    world.person("USA", order=4)
    second = world.person("USA", Role.HEAD_OF_MISSION, order=2)
    world.person("USA", order=3)
    failed = one_message(world, first)
    send_one(always(*REFUSES))
    instead = Message.objects.exclude(pk=failed.pk).get()
    assert (instead.user, instead.alert_id, instead.state) == (second, failed.alert_id, "pending")
    assert instead.next_at == NOW
    assert f'"instead":{{"{failed.pk}":{instead.pk}}}' in Event.objects.latest("pk").body

    deliver(now=NOW, clock=lambda: NOW)
    instead.refresh_from_db()
    assert instead.state == "sent"


def test_what_was_given_up_after_the_last_try_goes_to_the_next_but_marks_no_address(
    world: World,
) -> None:
    first, second = world.person("USA", order=1), world.person("USA", order=2)
    failed = one_message(world, first)
    Message.objects.update(tries=7)
    send_one(always("deferred", "451 later"))
    assert failed.deliveries.get().outcome == Delivery.Outcome.GIVEN_UP
    assert Message.objects.filter(user=second, state="pending").count() == 1
    assert not Contact.objects.exists()
    assert Alert.objects.get(kind="undelivered").failed_message == failed


def test_a_message_that_is_tried_again_tells_nobody_else(world: World) -> None:
    one_message(world, world.person("USA"))
    world.person("USA")
    send_one(always("deferred", "450 later"))
    assert Message.objects.count() == 1
    assert not Alert.objects.filter(kind="undelivered").exists()


def test_nobody_is_tried_who_left_came_later_is_of_another_side_or_was_told_already(
    world: World,
) -> None:
    today = NOW.date()
    first, told = world.person("CAN"), world.person("CAN", order=2)
    world.person("CAN", order=3, to_on=today - timedelta(days=1))
    world.person("CAN", order=3, from_on=today + timedelta(days=1))
    world.person("CAN", order=3, is_active=False)
    world.person("CAN", Role.DEPOSITARY_OFFICER, order=3)
    world.person("USA", order=3)
    failed = one_message(world, first)
    known = one_message(world, told, stage="another")
    Message.objects.filter(pk=known.pk).update(alert=failed.alert, state="void")
    send_one(always(*REFUSES))
    assert set(Message.objects.values_list("pk", flat=True)) == {failed.pk, known.pk}


def test_the_day_of_a_mandate_is_that_of_the_treaty_s_zone(world: World) -> None:
    world.treaty.zone = "Pacific/Kiritimati"  # fourteen hours ahead: tomorrow already
    world.treaty.save()
    today = NOW.date()
    first = world.person("USA")
    world.person("USA", order=2, to_on=today)
    there = world.person("USA", order=3, from_on=today + timedelta(days=1))
    failed = one_message(world, first)
    send_one(always(*REFUSES))
    assert Message.objects.exclude(pk=failed.pk).get().user == there


def test_an_officer_s_message_goes_to_another_officer(world: World) -> None:
    world.person("CAN", order=1)
    first = world.person("CAN", Role.DEPOSITARY_OFFICER, order=2)
    second = world.person("CAN", Role.DEPOSITARY_OFFICER, order=3)
    failed = one_message(world, first)
    send_one(always(*REFUSES))
    assert Message.objects.exclude(pk=failed.pk).get().user == second
    assert told_of(failed) == {second}


def test_two_that_fail_at_once_are_followed_by_two(world: World) -> None:
    first, second = world.person("USA", order=1), world.person("USA", order=2)
    third, fourth = world.person("USA", order=3), world.person("USA", order=4)
    one = one_message(world, first)
    other = one_message(world, second, stage="other")
    Message.objects.filter(pk=other.pk).update(alert=one.alert)
    deliver(now=NOW, transport=always(*REFUSES), clock=lambda: NOW, limit=2)
    new = Message.objects.filter(alert=one.alert, state="pending")
    assert {message.user for message in new} == {third, fourth}


def test_the_other_people_of_the_party_are_told_and_nobody_of_another(world: World) -> None:
    failed_person = world.person("CAN")
    colleague = world.person("CAN", order=2)
    world.person("CAN", Role.DEPOSITARY_OFFICER)
    world.person("USA")
    failed = one_message(world, failed_person)
    send_one(always(*REFUSES))
    alert = Alert.objects.get(failed_message=failed)
    assert (alert.kind, alert.stage) == ("undelivered", str(failed.uid))
    assert (alert.case, alert.notification) == (failed.alert.case, failed.alert.notification)
    assert (alert.deadline_version, alert.due_at) == (None, NOW)
    assert told_of(failed) == {colleague}


def test_where_nobody_else_is_left_the_failure_is_said_to_have_reached_nobody(
    world: World,
) -> None:
    failed = one_message(world, world.person("USA"))
    send_one(always(*REFUSES))
    assert told_of(failed) == set()
    assert Alert.objects.get(failed_message=failed).state == Alert.State.UNADDRESSED


def test_a_message_that_tells_of_a_failure_and_fails_is_told_to_nobody(world: World) -> None:
    world.person("USA", order=1)
    world.person("USA", order=2)
    failed = one_message(world, world.person("USA", order=3))
    Alert.objects.filter(pk=failed.alert_id).update(kind=Alert.Kind.ISSUED)
    refusing = always(*REFUSES)
    for _ in range(4):
        deliver(now=NOW, transport=refusing, clock=lambda: NOW)
        expand(now=NOW)
    # Each of the three once with the alert itself, and each of the others of each failure.
    of_alert = Message.objects.filter(alert=failed.alert)
    assert of_alert.count() == 3
    assert Alert.objects.filter(kind="undelivered").count() == 3
    assert Message.objects.filter(alert__kind="undelivered", state="failed").count() == 6
    assert not Message.objects.filter(state="pending").exists()
    assert register.verify().ok


def test_a_failure_is_told_although_its_deadline_has_moved_on(world: World) -> None:
    world.person("USA", order=2)
    version = world.deadline()
    failed = one_message(world, world.person("USA"), version=version, stage="before-7")
    send_one(always(*REFUSES))
    Deadline.objects.update(status="void")
    expand(now=NOW)
    void_alerts([version.deadline])
    alert = Alert.objects.get(failed_message=failed)
    assert alert.state == Alert.State.EXPANDED
    deliver(now=NOW)
    assert alert.messages.get().state == "sent"
    assert Message.objects.filter(alert=failed.alert, state="void").count() == 1


def test_of_a_run_the_failure_names_the_version_and_is_no_stage_of_it(world: World) -> None:
    world.person("USA", order=2)
    version = world.deadline()
    alert = world.alert("bearer", version=version, stage="before-7")
    failed = one_message(world, world.person("USA"), stage="x")
    Message.objects.filter(pk=failed.pk).update(alert=alert)
    Alert.objects.filter(pk=alert.pk).update(notification=None, state=Alert.State.EXPANDED)
    send_one(always(*REFUSES))
    told = Alert.objects.get(failed_message=failed)
    assert (told.notification, told.deadline_version) == (None, version)
    expand(now=NOW)
    void_alerts([version.deadline])
    deliver(now=NOW)
    assert told.messages.get().state == "sent"
    assert alert.messages.exclude(pk=failed.pk).get().state == "void"
    assert last_told([version.deadline]) == {}


def test_a_hundred_failures_in_a_batch_take_as_many_queries_as_one(world: World) -> None:
    people = [world.person("USA", order=number) for number in range(1, 41)]

    def count(number: int, label: str) -> int:
        for turn in range(number):
            one_message(world, people[turn % 20], stage=f"{label}-{turn}")
        with CaptureQueriesContext(connection) as captured:
            done = deliver(now=NOW, transport=always(*REFUSES), clock=lambda: NOW, limit=number)
        assert done.failed == number
        Message.objects.filter(state="pending").update(state="void")
        return len(captured)

    count(1, "warm")
    Contact.objects.all().delete()
    few = count(1, "few")
    Contact.objects.all().delete()
    many = count(100, "many")
    assert Message.objects.filter(alert__stage__startswith="many-").count() == 200
    assert many == few


def bouncing(*people: User) -> None:
    for user in people:
        Contact.objects.create(user=user, address=user.email, state="bouncing", since=NOW)


def stand_ins(alert: Alert, *told: User) -> set[int]:
    people = {alert.pk: [recipient_of(user.mandates.get()) for user in told]}
    return {one.user_id for one in StandIns([alert], people, now=NOW).of(alert)}


def test_where_every_address_of_a_side_fails_the_next_who_works_is_told_as_well(
    world: World,
) -> None:
    first, second, third = (world.person("CAN", order=number) for number in (1, 2, 3))
    officer = world.person("CAN", Role.DEPOSITARY_OFFICER)
    alert = world.alert("senders")
    assert stand_ins(alert, first, officer) == set()
    bouncing(first, second)
    assert stand_ins(alert, first, officer) == {third.pk}
    assert stand_ins(alert, first, third, officer) == set()
    assert stand_ins(alert, officer) == set()


def test_an_old_address_that_fails_keeps_nobody_from_being_told(world: World) -> None:
    first = world.person("CAN")
    world.person("CAN", order=2)
    Contact.objects.create(user=first, address="old@example.org", state="bouncing", since=NOW)
    assert stand_ins(world.alert("senders"), first) == set()


def test_whose_address_fails_is_written_to_all_the_same(world: World) -> None:
    first, second = world.person("USA", order=1), world.person("USA", order=2)
    bouncing(first, second)
    world.alert("senders")
    expand(now=NOW)
    assert {message.user for message in Message.objects.all()} == {first, second}


def test_looking_for_who_is_out_of_reach_takes_no_query_a_person(world: World) -> None:
    def count(number: int, label: str) -> int:
        bouncing(*(world.person(code) for code in ("USA", "CAN") for _ in range(number)))
        world.alert("parties", stage=label)
        with CaptureQueriesContext(connection) as captured:
            expand(now=NOW)
        return len(captured)

    assert count(1, "few") == count(20, "many")
