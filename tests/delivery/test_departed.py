"""Whose mandate ended while a message waited is told nothing more; the next one is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from importlib import import_module

import pytest
from pytest_django import Settings

from notifications.delivery import Answer, Letter, deliver, expand, send_due
from notifications.models import Message, Preference, Progress, Role, User
from notifications.register import drop_triggers, install_triggers
from notifications.services.bouncing import record_bounce
from notifications.services.resending import resend_message
from notifications.services.silence_alarm import look_for_silence
from tests.delivery.records import NOW, World
from tests.delivery.ways_out import Told, always, down

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
TODAY = date(2020, 5, 22)


@pytest.fixture
def reader(world: World) -> User:
    """A drafter whose message waits: no mail server was there."""
    reader = world.person("RUS", name="Reader", order=2)
    world.transmit("RUS")
    world.alert("addressees", kind="issued")
    send_due(now=NOW, transport=down())
    return reader


def leave(reader: User, last: date) -> None:
    reader.mandates.update(to_on=last)


def states() -> dict[str, str]:
    return dict(Message.objects.values_list("user__name", "state"))


def test_it_is_void_and_the_next_mandate_is_told_instead(world: World, reader: User) -> None:
    leave(reader, TODAY)
    world.person("RUS", name="Successor", from_on=TODAY + DAY)

    send_due(now=NOW + 2 * DAY, transport=Told())
    send_due(now=NOW + 2 * DAY + timedelta(minutes=1), transport=Told())

    assert states() == {"Reader": "void", "Successor": "sent"}


def test_on_the_last_day_of_the_mandate_it_still_leaves(world: World, reader: User) -> None:
    leave(reader, TODAY + DAY)
    send_due(now=NOW + DAY, transport=Told())
    assert states() == {"Reader": "sent"}


def test_another_mandate_for_the_same_mission_is_enough(world: World, reader: User) -> None:
    leave(reader, TODAY)
    world.mandate(reader, "RUS", Role.HEAD_OF_MISSION, from_on=TODAY + DAY)
    send_due(now=NOW + 2 * DAY, transport=Told())
    assert states() == {"Reader": "sent"}


@pytest.mark.parametrize(
    ("code", "role"), [("RUS", Role.DEPOSITARY_OFFICER), ("TUR", Role.DRAFTER)]
)
def test_a_mandate_for_another_side_or_party_is_not(
    world: World, reader: User, code: str, role: Role
) -> None:
    leave(reader, TODAY)
    world.mandate(reader, code, role, from_on=TODAY)
    send_due(now=NOW + 2 * DAY, transport=Told())
    assert states() == {"Reader": "void"}


def test_the_day_is_that_of_the_zone_of_the_treaty(world: World, reader: User) -> None:
    world.treaty.zone = "Pacific/Kiritimati"  # 14 hours ahead
    world.treaty.save()
    leave(reader, TODAY + DAY)
    send_due(now=NOW + timedelta(hours=23), transport=Told())
    assert states() == {"Reader": "void"}


def test_it_is_asked_again_while_a_batch_is_sent(
    world: World, reader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("notifications.delivery.deliver"), "LOOK_SECONDS", 0)
    other = world.person("RUS", name="Other")
    world.alert("addressees", kind="circulated", at=NOW + DAY)
    expand(now=NOW + DAY)

    class Ending(Told):
        def send(self, letter: Letter) -> Answer:
            other.mandates.update(to_on=TODAY)
            reader.mandates.update(to_on=TODAY)
            return super().send(letter)

    way_out = Ending()
    deliver(now=NOW + DAY, transport=way_out)
    assert len(way_out.letters) == 1


def test_who_is_told_by_another_side_as_well_is_told_by_that_one(world: World) -> None:
    both = world.person("CAN", name="Both", to_on=TODAY)
    world.mandate(both, "CAN", Role.DEPOSITARY_OFFICER, order=2)
    world.transmit("CAN")
    world.alert("addressees+depositaries", kind="issued")
    send_due(now=NOW, transport=down())

    send_due(now=NOW + 2 * DAY, transport=Told())
    send_due(now=NOW + 2 * DAY + MINUTE, transport=Told())
    rows = Message.objects.order_by("pk").values_list("mandate__role", "state")
    assert list(rows) == [("drafter", "void"), ("depositary-officer", "sent")]


def test_who_reads_for_another_party_as_well_does_not_stand_for_this_one(world: World) -> None:
    both = world.person("RUS", name="Both", to_on=TODAY)
    world.mandate(both, "TUR", order=2)
    world.transmit("RUS", "TUR")
    world.alert("addressees", kind="issued")
    send_due(now=NOW, transport=down())
    world.person("RUS", name="Successor", from_on=TODAY + DAY)

    send_due(now=NOW + 2 * DAY, transport=Told())
    send_due(now=NOW + 2 * DAY + MINUTE, transport=Told())
    sent = Message.objects.filter(state="sent").values_list("user__name", "party__code")
    assert set(sent) == {("Successor", "RUS"), ("Both", "TUR")}


@pytest.mark.parametrize("begins", [None, TODAY, TODAY + DAY])
def test_a_head_who_stands_in_for_the_desk_is_told_by_any_mandate_that_holds(
    world: World, begins: date | None
) -> None:
    """Far from the day heads are told of nothing themselves while there is a desk."""
    desk = world.person("USA", name="Desk")
    head = world.person("USA", Role.HEAD_OF_MISSION, name="Head", order=2, to_on=TODAY)
    if begins is not None:
        world.mandate(head, "USA", Role.HEAD_OF_MISSION, order=2, from_on=begins)
    world.alert("bearer", version=world.deadline(), stage="before-90")

    def answer(recipient: str) -> Answer:
        is_refused = recipient == desk.email
        return Answer("refused", "550 5.1.1") if is_refused else Answer("accepted", "250 OK")

    for at in (NOW, NOW + MINUTE):
        send_due(now=at, transport=Told(answer))
    told = Message.objects.filter(alert__stage="before-90").values_list("user__name", "state")
    assert set(told) == {("Desk", "failed"), ("Head", "sent")}


def test_what_was_dealt_with_meanwhile_goes_to_nobody_instead(world: World) -> None:
    """The weekly word after a lapse waited in a digest; the act was closed, its reader gone."""
    reader = world.person("RUS", name="Reader", order=2)
    Preference.objects.create(user=reader, digest="weekly")
    version = world.deadline("xv-3", bearer=None, owed_by="depositaries", status="lapsed")
    world.alert("addressees", version=version, stage="after-8")
    world.transmit("RUS")
    expand(now=NOW)
    leave(reader, TODAY)
    world.person("RUS", name="Successor")
    Progress.objects.update(status="closed")

    monday = NOW + 3 * DAY
    send_due(now=monday, transport=Told())
    send_due(now=monday + timedelta(minutes=1), transport=Told())
    assert states() == {"Reader": "void"}


@pytest.fixture
def kept_here(settings: Settings) -> None:
    settings.TREATYFLOW_MAIL_TRANSPORT = "mailbox"


@pytest.mark.usefixtures("kept_here")
def test_the_silence_alarm_asks_whether_somebody_else_was_told(world: World, reader: User) -> None:
    world.person("RUS", name="Successor", from_on=TODAY + DAY)
    leave(reader, TODAY)
    assert not look_for_silence(now=NOW + 11 * HOUR).is_agreed

    send_due(now=NOW + 13 * HOUR, transport=down())
    assert states() == {"Reader": "void", "Successor": "pending"}
    (missing,) = look_for_silence(now=NOW + 14 * HOUR).missing
    assert (missing.why, missing.user) == ("waiting", reader.pk)

    send_due(now=NOW + 15 * HOUR, transport=Told())
    assert states() == {"Reader": "void", "Successor": "sent"}
    assert look_for_silence(now=NOW + 16 * HOUR).is_agreed


@pytest.mark.usefixtures("kept_here")
def test_that_nobody_stands_in_is_no_silence_to_agree_with(world: World, reader: User) -> None:
    leave(reader, TODAY)
    send_due(now=NOW + 13 * HOUR, transport=Told())
    assert states() == {"Reader": "void"}
    (missing,) = look_for_silence(now=NOW + 14 * HOUR).missing
    assert (missing.why, missing.user) == ("nobody", reader.pk)


@pytest.mark.usefixtures("kept_here")
def test_nobody_misses_who_left_before_a_late_worker_came(world: World) -> None:
    leaver = world.person("RUS", name="Leaver", to_on=TODAY)
    world.person("RUS", name="Other")
    world.transmit("RUS")
    world.alert("addressees", kind="issued")
    send_due(now=NOW + 13 * HOUR, transport=Told())
    assert states() == {"Other": "sent"}
    assert leaver.pk not in {one.user for one in look_for_silence(now=NOW + 14 * HOUR).missing}


@pytest.mark.usefixtures("kept_here")
def test_what_was_never_sent_is_missed_though_its_reader_left(world: World) -> None:
    world.person("RUS", name="Leaver", to_on=TODAY)
    world.person("RUS", name="Successor", from_on=TODAY + DAY)
    world.transmit("RUS")
    found = look_for_silence(now=NOW + 14 * HOUR)
    assert found.is_held_up
    assert {one.why for one in found.missing} == {"unsent"}


def lose(reader: User) -> None:
    """Nothing was sent to them, by a fault that no code of the house has."""
    drop_triggers()
    Message.objects.filter(user=reader).update(state="void")
    install_triggers()


@pytest.mark.usefixtures("kept_here")
def test_a_mandate_that_goes_on_in_a_new_row_has_not_ended(world: World) -> None:
    reader = world.person("RUS", name="Reader", to_on=TODAY)
    world.mandate(reader, "RUS", from_on=TODAY + DAY)
    world.person("RUS", name="Colleague")
    world.transmit("RUS")
    world.alert("addressees", kind="issued")
    send_due(now=NOW, transport=Told())
    lose(reader)
    assert {one.user for one in look_for_silence(now=NOW + 14 * HOUR).missing} == {reader.pk}


@pytest.mark.usefixtures("kept_here")
def test_a_closed_account_with_nobody_beside_it_is_missed(world: World, reader: User) -> None:
    world.person("TUR", name="Turk")
    world.transmit("TUR")
    User.objects.filter(pk=reader.pk).update(is_active=False)
    send_due(now=NOW + HOUR, transport=Told())
    assert states() == {"Reader": "void"}
    missing = {one.user: one.why for one in look_for_silence(now=NOW + 2 * HOUR).missing}
    assert missing[reader.pk] == "nobody"


def test_what_was_sent_again_already_is_not_told_twice_by_another_mandate(world: World) -> None:
    """The server took it and said that it had not; what came back was sent again."""
    both = world.person("RUS", name="Both")
    world.mandate(both, "TUR", order=2)
    administrator = world.person("CAN", name="Administrator", is_staff=True)
    world.transmit("RUS", "TUR")
    world.alert("addressees", kind="issued")
    send_due(now=NOW, transport=always("deferred", "no answer after the data"))
    first = Message.objects.get(user=both)
    record_bounce(message_id=first.message_id, reason="550 5.1.1", now=NOW + MINUTE)
    resend_message(message=first, actor=administrator, now=NOW + 2 * MINUTE, reason="x")
    both.mandates.filter(party__code="RUS").update(to_on=TODAY)
    for at in (NOW + 2 * DAY, NOW + 2 * DAY + MINUTE):
        send_due(now=at, transport=Told())
    sent = Message.objects.filter(user=both, state="sent").values_list("party__code", flat=True)
    assert list(sent) == ["TUR"]


@pytest.mark.usefixtures("kept_here")
def test_a_closed_account_beside_one_who_waits_as_wished_is_no_silence(world: World) -> None:
    at = datetime(2020, 10, 23, tzinfo=UTC)  # a Friday
    gone = world.person("RUS", name="Gone")
    colleague = world.person("RUS", name="Colleague", order=2)
    Preference.objects.create(user=colleague, digest="weekly")
    world.alert("bearer", version=world.deadline(bearer="RUS"), stage="before-30", at=at)
    send_due(now=at, transport=down())
    User.objects.filter(pk=gone.pk).update(is_active=False)
    for minutes in (60, 61):
        send_due(now=at + minutes * MINUTE, transport=Told())
    assert states() == {"Gone": "void", "Colleague": "pending"}
    assert look_for_silence(now=at + 2 * HOUR).is_agreed


@pytest.mark.usefixtures("kept_here")
def test_who_went_to_the_secretariat_has_left_the_mission(world: World, reader: User) -> None:
    leave(reader, TODAY)
    world.mandate(reader, "RUS", Role.SECRETARIAT, from_on=TODAY + DAY)
    world.person("RUS", name="Successor", from_on=TODAY + DAY)
    for minutes in (780, 781):
        send_due(now=NOW + minutes * MINUTE, transport=Told())
    assert states() == {"Reader": "void", "Successor": "sent"}
    assert look_for_silence(now=NOW + 14 * HOUR).is_agreed
