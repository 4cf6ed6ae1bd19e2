"""An administrator sends again, gives up, or says that an address works: each with a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest

from notifications import register
from notifications.delivery import deliver, expand, send_due
from notifications.errors import DomainError, NotPermittedError, RuleBrokenError
from notifications.models import (
    Alert,
    Case,
    Contact,
    Deadline,
    Event,
    Mandate,
    Message,
    Preference,
    User,
)
from notifications.services.bouncing import record_bounce
from notifications.services.resending import (
    give_up_message,
    mark_contact_working,
    resend_message,
)
from tests.delivery.records import NOW, World, make_world
from tests.delivery.test_fallback import one_message, send_one
from tests.delivery.ways_out import Told, always

pytestmark = pytest.mark.django_db

WHY = "The address was corrected."


@pytest.fixture
def world(db: None) -> World:
    """A treaty of six parties and a withdrawal, without people."""
    return make_world()


@pytest.fixture
def administrator(world: World) -> User:
    """Whoever looks after mail."""
    return User.objects.create_user("admin@example.org", name="Ada", is_staff=True)


@pytest.fixture
def failed(world: World) -> Message:
    """A message that was refused for good."""
    message = one_message(world, world.person("USA"))
    send_one(always("refused", "550 no such user"))
    return message


def test_a_resend_is_a_new_message_to_the_present_address(
    failed: Message, administrator: User
) -> None:
    failed.user.email = "right@example.org"
    failed.user.save()
    again = resend_message(message=failed, actor=administrator, now=NOW, reason=WHY)
    assert (again.resend_of, again.alert, again.user) == (failed, failed.alert, failed.user)
    assert again.address == "right@example.org"
    assert again.message_id != failed.message_id
    event = Event.objects.latest("pk")
    assert (event.act, event.record, event.actor) == (
        "message-resent",
        f"message:{again.pk}",
        administrator,
    )
    assert WHY in event.body

    out = Told()
    deliver(now=NOW, transport=out)
    assert out.recipients == ["right@example.org"]
    assert again.message_id.encode() in out.letters[0].mail
    again.refresh_from_db()
    failed.refresh_from_db()
    assert (again.state, failed.state) == ("sent", "failed")
    assert register.verify().ok


def test_a_resend_that_fails_is_told_like_any_other(
    world: World, failed: Message, administrator: User
) -> None:
    again = resend_message(message=failed, actor=administrator, now=NOW, reason=WHY)
    send_one(always("refused", "550 still no such user"))
    assert Alert.objects.filter(failed_message__in=[failed, again]).count() == 2
    third = resend_message(message=again, actor=administrator, now=NOW, reason=WHY)
    assert len({failed.message_id, again.message_id, third.message_id}) == 3


def test_what_came_back_is_sent_again_as_well(world: World, administrator: User) -> None:
    message = one_message(world, world.person("USA"))
    send_one(always("accepted", "250 OK"))
    with pytest.raises(RuleBrokenError, match="failed or came back"):
        resend_message(message=message, actor=administrator, now=NOW, reason=WHY)
    record_bounce(message_id=message.message_id, reason="550 gone", now=NOW)
    assert resend_message(message=message, actor=administrator, now=NOW, reason=WHY).pk


def test_it_is_sent_again_once(failed: Message, administrator: User) -> None:
    resend_message(message=failed, actor=administrator, now=NOW, reason=WHY)
    with pytest.raises(RuleBrokenError, match="already"):
        resend_message(message=failed, actor=administrator, now=NOW, reason=WHY)


@pytest.mark.parametrize("how", ["the account is closed", "the deadline is void"])
def test_what_nobody_should_read_any_more_is_not_sent_again(
    world: World, administrator: User, how: str
) -> None:
    version = world.deadline()
    message = one_message(world, world.person("USA"), version=version, stage="before-7")
    send_one(always("refused", "550 no"))
    if how == "the account is closed":
        User.objects.filter(pk=message.user_id).update(is_active=False)
    else:
        Deadline.objects.update(status="void")
    with pytest.raises(RuleBrokenError, match="true no more"):
        resend_message(message=message, actor=administrator, now=NOW, reason=WHY)


def test_what_waits_is_given_up_and_goes_to_the_next_mandate(
    world: World, administrator: User
) -> None:
    message = one_message(world, world.person("USA", order=1))
    second = world.person("USA", order=2)
    give_up_message(
        message=message, actor=administrator, now=NOW, reason="ann@example.org has left."
    )
    message.refresh_from_db()
    assert message.state == "failed"
    end = message.deliveries.get()
    assert (end.outcome, end.reply) == ("given-up", "… has left.")
    assert Message.objects.get(state="pending").user == second
    assert Alert.objects.get(failed_message=message)
    event = Event.objects.latest("pk")
    assert (event.act, event.actor) == ("message-given-up", administrator)
    assert "ann@example.org" not in event.body
    assert not Contact.objects.exists()
    assert register.verify().ok


def test_what_a_worker_holds_or_has_ended_is_not_given_up(
    world: World, failed: Message, administrator: User
) -> None:
    with pytest.raises(RuleBrokenError, match="waits to be sent"):
        give_up_message(message=failed, actor=administrator, now=NOW, reason=WHY)
    held = one_message(world, world.person("USA"), stage="2")
    Message.objects.filter(pk=held.pk).update(
        lease_by="a worker", lease_until=NOW + timedelta(seconds=30)
    )
    with pytest.raises(RuleBrokenError, match="being sent at this moment"):
        give_up_message(message=held, actor=administrator, now=NOW, reason=WHY)
    over = NOW + timedelta(seconds=31)
    assert give_up_message(message=held, actor=administrator, now=over, reason=WHY).pk


def test_an_address_is_said_to_work_again(failed: Message, administrator: User) -> None:
    contact = Contact.objects.get()
    later = NOW + timedelta(hours=1)
    mark_contact_working(contact=contact, actor=administrator, now=later, reason=WHY)
    contact.refresh_from_db()
    assert (contact.state, contact.since, contact.reason) == ("working", later, "")
    event = Event.objects.latest("pk")
    assert (event.act, event.record) == ("contact-working", f"contact:{contact.pk}")
    assert contact.address not in event.body
    with pytest.raises(RuleBrokenError, match="not known"):
        mark_contact_working(contact=contact, actor=administrator, now=later, reason=WHY)


def test_only_an_administrator_looks_after_mail(world: World, failed: Message) -> None:
    anybody, contact = world.person("USA"), Contact.objects.get()
    waiting = one_message(world, anybody, stage="2")
    events = Event.objects.count()
    with pytest.raises(NotPermittedError):
        resend_message(message=failed, actor=anybody, now=NOW, reason=WHY)
    with pytest.raises(NotPermittedError):
        give_up_message(message=waiting, actor=anybody, now=NOW, reason=WHY)
    with pytest.raises(NotPermittedError):
        mark_contact_working(contact=contact, actor=anybody, now=NOW, reason=WHY)
    assert Event.objects.count() == events


def test_a_reason_is_asked_for(world: World, failed: Message, administrator: User) -> None:
    waiting = one_message(world, world.person("USA"), stage="2")
    told = []
    for ask in (
        lambda: resend_message(message=failed, actor=administrator, now=NOW, reason=" "),
        lambda: give_up_message(message=waiting, actor=administrator, now=NOW, reason=" "),
        lambda: mark_contact_working(
            contact=Contact.objects.get(), actor=administrator, now=NOW, reason=" "
        ),
    ):
        with pytest.raises(DomainError) as refused:
            ask()
        told.append(refused.value.field)
    assert told == ["reason"] * 3


def test_of_a_replay_nothing_is_sent_again_or_given_up(
    world: World, failed: Message, administrator: User
) -> None:
    waiting = one_message(world, world.person("USA"), stage="2")
    Case.objects.update(origin=Case.Origin.REPLAY, scenario="told-again")
    with pytest.raises(RuleBrokenError, match="replay"):
        resend_message(message=failed, actor=administrator, now=NOW, reason=WHY)
    with pytest.raises(RuleBrokenError, match="replay"):
        give_up_message(message=waiting, actor=administrator, now=NOW, reason=WHY)


def test_a_digest_that_came_back_came_back_with_all_that_it_carried(
    world: World, administrator: User
) -> None:
    Preference.objects.create(user=world.person("USA"), digest="daily")
    for code in ("DEU", "TUR"):
        world.alert("senders", kind="acknowledged", stage=code)
    send_due(now=NOW)
    later = NOW + timedelta(days=1)
    send_due(now=later)
    carrier = Message.objects.get(carried_by=None, state="sent")
    carried = carrier.carries.get()

    record_bounce(message_id=carrier.message_id, reason="550 no such user", now=later)

    assert [m.deliveries.latest("pk").outcome for m in (carrier, carried)] == ["bounced"] * 2
    assert Alert.objects.filter(kind="undelivered").count() == 1, "it was one mail"
    again = resend_message(message=carried, actor=administrator, now=later, reason=WHY)
    out = Told()
    deliver(now=later, transport=out)
    assert again.message_id.encode() in out.letters[0].mail
    assert b"In-Reply-To" in out.letters[0].mail, "of one case, in its thread"
    assert register.verify().ok


def test_what_an_administrator_is_told_of_a_failure_is_sent_again_as_a_digest_of_one(
    failed: Message, administrator: User
) -> None:
    expand(now=NOW)
    told = Message.objects.get(user=administrator)
    Message.objects.filter(pk=told.pk).update(state="failed")
    resend_message(message=told, actor=administrator, now=NOW, reason=WHY)
    out = Told()
    deliver(now=NOW, transport=out)
    assert out.recipients == [administrator.email]


def test_whoever_has_left_the_mission_is_sent_nothing_again(
    failed: Message, administrator: User
) -> None:
    Mandate.objects.filter(pk=failed.mandate_id).update(to_on=NOW.date())
    again = {"message": failed, "actor": administrator, "reason": WHY}
    with pytest.raises(RuleBrokenError, match="mandate by which its reader was told has ended"):
        resend_message(**again, now=NOW + timedelta(days=1))
    assert Message.objects.get() == failed
    resend_message(**again, now=NOW)  # the last day counts


def test_an_older_stage_is_sent_again_though_a_newer_one_failed_too(
    world: World, administrator: User
) -> None:
    world.person("USA")
    version = world.deadline()
    for stage, days in (("before-30", 0), ("before-14", 1)):
        at = NOW + timedelta(days=days)
        world.alert("bearer", version=version, stage=stage, at=at)
        send_due(now=at, transport=always("refused", "550 no such user"))
    older = Message.objects.get(alert__stage="before-30")
    later = NOW + timedelta(days=2)

    again = resend_message(message=older, actor=administrator, now=later, reason=WHY)
    deliver(now=later, transport=Told())

    again.refresh_from_db()
    assert again.state == "sent"
