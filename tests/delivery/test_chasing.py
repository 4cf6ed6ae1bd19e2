"""A notice that nobody confirms to have: its missions are told again, then the depositaries."""

from __future__ import annotations

from datetime import timedelta

import pytest

from notifications import emails
from notifications.delivery import deliver, expand
from notifications.models import Alert, Message, Role, Sender, Transmission, TransmissionReport
from tests.delivery.records import NOW, World, another_notification, make_world
from tests.emails.reading import Mail

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def chase(world: World) -> Alert:
    return world.alert("unacknowledged", kind="unacknowledged", stage="3", at=NOW + 3 * DAY)


def acknowledge(world: World, code: str) -> None:
    transmission = Transmission.objects.get(party=world.parties[code])
    world.seal(
        TransmissionReport(transmission=transmission, kind="acknowledged", at=NOW, by=world.system)
    )


def told(day: int) -> set[str]:
    """The parties whose people were written to at a day after the notice."""
    expand(now=NOW + day * DAY)
    rows = Message.objects.filter(next_at=NOW + day * DAY)
    return set(rows.values_list("party__code", flat=True))


def test_each_mission_that_was_sent_it_and_kept_silent_is_told_again(world: World) -> None:
    for code in ("RUS", "DEU", "TUR", "USA"):
        world.person(code)
    world.transmit("RUS", "DEU", "TUR")
    acknowledge(world, "DEU")
    chase(world)

    assert told(2) == set()
    assert told(3) == {"RUS", "TUR"}


def test_a_receipt_and_a_response_confirm_it_too(world: World) -> None:
    for code in ("RUS", "DEU", "TUR"):
        world.person(code)
    world.transmit("RUS", "DEU", "TUR")
    world.receive("RUS")
    world.respond("DEU", "accept")
    chase(world)

    assert told(3) == {"TUR"}


def test_three_days_later_the_depositaries_are_told_who_is_silent(world: World) -> None:
    for code in ("RUS", "TUR"):
        world.person(code)
    officer = world.person("CAN", Role.DEPOSITARY_OFFICER)
    world.transmit("RUS", "TUR")
    chase(world)
    told(3)
    acknowledge(world, "TUR")

    assert told(6) == {"CAN"}
    deliver(now=NOW + 6 * DAY)
    message = Message.objects.select_related("rendering").get(user=officer)
    mail = Mail(emails.as_sent(message))
    assert "Not acknowledged so far by: the Russian Federation." in mail.text
    assert "Türkiye" not in mail.text
    assert not Alert.objects.planned().exists()


def test_where_the_treaty_has_no_depositary_its_sender_is_told(world: World) -> None:
    world.treaty.depositary_rows.all().delete()
    for code in ("RUS", "USA"):
        world.person(code)
    world.transmit("RUS")
    chase(world)

    assert told(3) == {"RUS"}
    assert told(6) == {"USA"}


def test_when_everybody_has_confirmed_nothing_is_said_and_nothing_is_amiss(world: World) -> None:
    world.person("RUS")
    world.transmit("RUS")
    acknowledge(world, "RUS")
    chase(world)

    done = expand(now=NOW + 3 * DAY)

    assert (done.void, done.unaddressed, done.messages) == (1, 0, 0)
    assert not Alert.objects.planned().exists()


def test_who_was_sent_it_at_circulation_alone_is_not_chased(world: World) -> None:
    world.person("RUS")
    world.person("DEU")
    world.transmit("RUS")
    world.seal(
        Transmission(
            notification=world.notification,
            party=world.parties["DEU"],
            role=Transmission.Role.CIRCULATION,
            channel=Transmission.Channel.SYSTEM,
            at=NOW,
        )
    )
    chase(world)

    assert told(3) == {"RUS"}


def test_a_replay_chases_nobody() -> None:
    world = make_world(replayed=True)
    world.person("RUS")
    world.transmit("RUS")
    chase(world)

    expand(now=NOW + 3 * DAY, case=world.case)

    assert not Alert.objects.planned().exists()


def test_a_chase_that_comes_late_leaves_the_missions_their_three_days(world: World) -> None:
    world.person("RUS")
    world.transmit("RUS")
    chase(world)

    assert told(30) == {"RUS"}
    assert Alert.objects.planned().get().due_at == NOW + 33 * DAY


def test_nobody_has_to_acknowledge_what_was_taken_back_as_a_whole(world: World) -> None:
    for code in ("RUS", "TUR"):
        world.person(code)
    world.seal(Sender(notification=world.notification, party=world.parties["TUR"]))
    world.transmit("RUS")
    chase(world)
    another_notification(world, act="rescission", refers_to=world.notification)
    expand(now=NOW + 3 * DAY)
    assert Message.objects.count() == 1  # Türkiye stands by it

    another_notification(world, act="rescission", sender="TUR", refers_to=world.notification)
    deliver(now=NOW + 3 * DAY)
    assert Message.objects.get().state == "void"
