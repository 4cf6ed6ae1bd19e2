"""Administrators hear of every message that reached nobody: one mail a day, a row for each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications import register
from notifications.delivery import Deliveries, deliver, expand, send_due
from notifications.models import Alert, Case, Message, Preference, User
from tests.delivery.records import NOW, World, make_world
from tests.delivery.test_digests import HOUR, mail_of, text_of
from tests.delivery.ways_out import Told, always

pytestmark = pytest.mark.django_db

GONE = always("refused", "550 5.1.1 no such user")


def administrator(name: str = "Ada Admin", **fields: object) -> User:
    email = f"{name.split(maxsplit=1)[0].lower()}@example.org"
    return User.objects.create_user(email, name=name, is_staff=True, **fields)  # type: ignore[arg-type]


def fail(world: World, number: int = 1) -> list[Message]:
    """Messages to one person each that a server refused."""
    for key in range(number):
        world.person("USA", name=f"Gone {key}")
    world.alert("senders")
    expand(now=NOW)
    deliver(now=NOW, transport=GONE, clock=lambda: NOW)
    return list(Message.objects.filter(state="failed").order_by("pk"))


def test_many_failures_are_one_mail_a_day_to_each_administrator(world: World) -> None:
    people = [administrator(), administrator("Bert Admin", zone="America/New_York")]
    fail(world, 3)
    at_once = Told()
    send_due(now=NOW, transport=at_once)
    assert not {person.email for person in people} & set(at_once.recipients)

    hours = [HOUR.replace(day=22, hour=12), HOUR, HOUR + timedelta(hours=4)]
    later = [Told() for _hour in hours]
    for hour, way_out in zip(hours, later, strict=True):
        send_due(now=hour, transport=way_out)

    # It was 08:00 in New York when they failed.
    assert [way.recipients for way in later] == [[people[1].email], [people[0].email], []]
    assert Message.objects.filter(user=people[0], state="sent").count() == 3
    assert register.verify().ok


def test_the_mail_names_person_party_and_reason_and_nothing_of_the_act(world: World) -> None:
    administrator()
    fail(world)
    send_due(now=NOW)
    send_due(now=HOUR)
    message = Message.objects.get(mandate=None)
    mail, text = mail_of(message), text_of(message)
    said = "TreatyFlow on 23 May 2020 (Saturday): 1 message could not be delivered"
    assert mail["Subject"] == said
    assert "* Gone 0 (drafter, United States of America): 550 5.1.1 no such user" in text
    assert "https://treatyflow.example/admin/mail/" in text
    assert "Open Skies" not in text
    assert "withdrawal" not in text.lower()
    assert mail["List-Unsubscribe"] is None


def test_the_others_of_the_party_are_still_told_at_once(world: World) -> None:
    administrator()
    (failed,) = fail(world)
    colleague = world.person("USA")
    way_out = Told()
    send_due(now=NOW, transport=way_out)
    assert way_out.recipients == [colleague.email]
    assert Alert.objects.get(failed_message=failed).messages.count() == 2


def test_an_administrator_of_the_party_is_told_once_and_at_once(world: World) -> None:
    fail(world)
    both = world.person("USA", is_staff=True)
    send_due(now=NOW)
    message = Message.objects.get(user=both)
    assert (message.digest_at, message.state) == (None, "sent")


def test_failures_and_what_an_administrator_has_gathered_are_one_mail(world: World) -> None:
    both = world.person("HUN", is_staff=True)
    Preference.objects.create(user=both, digest="daily")
    fail(world)
    world.transmit("HUN")
    world.alert("addressees", kind="responded", response=world.respond("DEU", "regrets"))
    send_due(now=NOW)
    way_out = Told()
    send_due(now=HOUR, transport=way_out)
    assert way_out.recipients == [both.email]
    carrier = Message.objects.get(user=both, carried_by=None)
    assert mail_of(carrier)["Subject"].endswith("1 matter; 1 message could not be delivered")
    assert "Germany regrets" in text_of(carrier)


def test_a_failure_of_the_mail_to_an_administrator_tells_nobody_and_ends(world: World) -> None:
    administrator()
    fail(world)
    send_due(now=NOW)
    assert send_due(now=HOUR, transport=GONE).deliveries == Deliveries(failed=1)
    assert Alert.objects.filter(kind="undelivered").count() == 1


def test_closed_accounts_and_the_system_are_told_nothing(world: World) -> None:
    administrator(is_active=False)
    fail(world)
    send_due(now=NOW)
    assert not Message.objects.filter(mandate=None).exists()


def test_what_a_replay_failed_to_send_troubles_no_administrator(db: None) -> None:
    administrator()
    world = make_world(replayed=True)
    world.person("USA")
    world.alert("senders")
    expand(now=NOW, case=Case.objects.get())
    deliver(now=NOW, transport=GONE, case=Case.objects.get())
    expand(now=NOW, case=Case.objects.get())
    assert Alert.objects.filter(kind="undelivered").exists()
    assert not Message.objects.filter(mandate=None).exists()


def test_administrators_are_read_with_one_query_and_none_where_nothing_failed(
    world: World,
) -> None:
    for name in ("Ada Admin", "Bert Admin"):
        administrator(name)
    world.alert("senders", stage="another")
    with CaptureQueriesContext(connection) as usual:
        expand(now=NOW)
    fail(world, 3)
    with CaptureQueriesContext(connection) as failed:
        expand(now=NOW)
    asked = [
        sum('"is_staff"' in one["sql"].partition("WHERE")[2] for one in queries)
        for queries in (usual, failed)
    ]
    assert asked == [0, 1]


def test_the_hour_is_that_of_the_administrators_zone(world: World) -> None:
    person = administrator(zone="Asia/Tokyo")
    fail(world)
    send_due(now=NOW)
    message = Message.objects.get(user=person)
    assert message.next_at == datetime(2020, 5, 22, 23, 5, tzinfo=UTC)
