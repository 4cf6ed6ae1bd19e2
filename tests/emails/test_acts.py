"""What the mails of acts say: who did what, what runs from it, and who does what next."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from notifications.acts import ACTS
from notifications.models import Alert, Sender
from tests.delivery.records import NOW, World, another_notification
from tests.emails.reading import (
    NUMBER,
    WHY_EFFECT,
    answer,
    conference,
    write,
)

pytestmark = pytest.mark.django_db


def test_the_mails_of_acts_say_who_did_what(world: World) -> None:
    world.circulate(NUMBER)
    world.receive("CAN", date(2020, 5, 23))
    response = world.respond("RUS", "reserves-its-position", "We regret it.", is_late=True)
    issued = write(world.alert(kind="issued"))
    received = write(world.alert(kind="received", stage="CAN"))
    circulated = write(world.alert(kind="circulated"))
    acknowledged = write(world.alert(kind="acknowledged", stage="RUS"))
    responded = write(world.alert(kind="responded", stage="1", response=response))

    assert issued.text.startswith("Withdrawal by the United States of America")
    assert issued.subject == (
        f"Open Skies: withdrawal by the United States of America – issued on 22 May 2020 [{NUMBER}]"
    )
    assert "received by Canada on 23 May 2020" in received.subject
    assert "The day of receipt is 23 May 2020 (Saturday)." in received.text
    assert f"it was numbered {NUMBER} and circulated" in circulated.text
    assert "Addressees acknowledge that they have it" in circulated.text
    assert "The Russian Federation has acknowledged the withdrawal" in acknowledged.text
    assert "An acknowledgement takes no position." in acknowledged.text
    assert responded.subject.startswith(
        "Open Skies: the Russian Federation reserves its position – "
        "withdrawal by the United States of America"
    )
    assert "> We regret it." in responded.text
    assert "It came after the limit" in responded.text
    for mail in (issued, received, circulated, acknowledged, responded):
        assert "22 May 2020 (Friday)" in mail.text
        assert mail.attachments == []


def test_an_exit_is_told_with_the_day_on_which_it_came(world: World) -> None:
    world.deadline(status="effective")
    told_late = datetime(2020, 11, 25, tzinfo=UTC)
    mail = write(world.alert(kind="participation", stage="USA", at=told_late))

    assert mail.subject == "Open Skies: the United States of America is no longer a party"
    assert "from that day the United States of America is no longer counted among" in mail.text
    assert "took effect on 22 November 2020 (Sunday)" in mail.text


def test_who_does_what_next_depends_on_to_whom_the_note_went(world: World) -> None:
    world.notification = another_notification(world, act="dialogue-proposal", sender="RUS")
    world.transmit("USA")
    direct = write(world.alert(kind="issued"))
    world.notification = another_notification(world)
    world.transmit("CAN", "HUN", "RUS")
    kept = write(world.alert(kind="issued"))
    kept_receipt = write(world.alert(kind="received", stage="CAN"))
    world.circulate(NUMBER)
    numbered = write(
        world.alert(kind="responded", stage="1", response=world.respond("RUS", "regrets"))
    )

    assert "Addressees acknowledge" in direct.text
    assert "register the day on which they received it" in direct.text
    assert "epositary" not in direct.text
    assert "A depositary registers the day of receipt, then numbers and circulates it." in kept.text
    assert "A depositary gives the notification its number" in kept_receipt.text
    assert f"[{NUMBER}]" in numbered.subject


def test_a_conference_is_announced_with_its_day_and_asks_no_depositary_for_anything(
    world: World,
) -> None:
    world.notification = another_notification(
        world, act="conference", sender="CAN", fields={"held_on": "2020-07-06"}
    )
    world.seal(Sender(notification=world.notification, party=world.parties["HUN"]))
    world.transmit("USA", "RUS")
    world.circulate("TF.2.2020.OPEN-SKIES.conference")
    mail = write(world.alert(kind="issued"))

    assert mail.subject == (
        "Open Skies: conference convened by Canada and Hungary for 6 July 2020 "
        "[TF.2.2020.OPEN-SKIES.conference]"
    )
    assert "It bears its number already" in mail.text
    assert "depositary registers" not in mail.text


def test_a_notice_that_was_taken_back_is_circulated_as_such(world: World) -> None:
    world.circulate(NUMBER)
    withdrawal = world.notification
    for on in (date(2020, 5, 22), date(2020, 6, 30)):
        another_notification(world, act="rescission", refers_to=withdrawal, given_on=on, fields={})
    mail = write(world.alert(kind="circulated"))

    assert "– circulated, since taken back [" in mail.subject
    for body in (mail.text, mail.html):
        assert "It was taken back by the United States of America on 22 May 2020 (Friday)." in body
        assert "30 June" not in body


def test_what_takes_nothing_back_is_not_told_as_if_it_did(world: World) -> None:
    flags = [{"code": "cannot-be-taken-back", "field": "", "sentence": "Too late."}]
    another_notification(
        world, act="rescission", refers_to=world.notification, fields={"flags": flags}
    )
    another_notification(
        world, act="rescission", refers_to=world.notification, fields={}, visibility="restricted"
    )

    assert "was taken back" not in write(world.alert(kind="circulated")).text


def test_the_mail_of_an_act_lists_each_date_that_runs_from_it_once(world: World) -> None:
    world.deadline()
    conference(world)
    for code in ("RUS", "DEU", "TUR"):
        answer(world, code)
    world.deadline("xv-2", bearer="CAN", status="void")
    mail = write(world.alert(kind="circulated"))

    assert mail.text.count("Why this date:") == 3
    assert "Withdrawal takes effect: 22 November 2020 (Sunday), in 184 days" in mail.text
    assert (
        "Conference of the parties: the window opens on 21 June 2020 (Sunday), in 30 days, "
        "and closes on 21 July 2020 (Tuesday), in 60 days" in mail.text
    )
    assert mail.text.count("Answer to: withdrawal: 21 July 2020") == 1
    assert WHY_EFFECT in mail.text


def test_the_fields_of_a_note_are_told_in_words(world: World) -> None:
    note = another_notification(
        world,
        act="breach-allegation",
        text="Flights over Kaliningrad were refused.",
        fields={"against": ["RUS"], "respond_by": "2020-08-01", "condition": "Flights are allowed"},
    )
    world.notification = note
    mail = write(world.alert(kind="issued"))

    assert "allegation of a breach made by the United States of America" in mail.subject
    assert "breach-allegation" not in mail.text + mail.subject + mail.html
    assert "Against: Russian Federation" in mail.text
    assert "An answer is asked for by 1 August 2020 (Saturday)." in mail.text
    assert "Condition for taking it back: Flights are allowed" in mail.text
    assert "> Flights over Kaliningrad were refused." in mail.text


@pytest.mark.parametrize("act", ACTS)
def test_no_reader_sees_the_key_of_an_act(world: World, act: str) -> None:
    world.notification = another_notification(world, act=act, fields={})
    mail = write(world.alert(kind="issued"))

    assert ACTS[act].title.lower() in mail.subject.lower()
    if "-" in act:
        assert act not in mail.text + mail.html


def test_an_act_told_late_bears_its_own_day(world: World) -> None:
    world.circulate(NUMBER)
    response = world.respond("RUS", "rejects", "No.")
    late = [
        world.alert(kind=kind, stage=stage, response=response if kind == "responded" else None)
        for kind, stage in (
            ("issued", ""),
            ("circulated", ""),
            ("acknowledged", "RUS"),
            ("responded", "1"),
        )
    ]
    Alert.objects.update(expanded_at=NOW + timedelta(days=25))

    for alert in late:
        mail = write(alert)
        assert "This message is late: it was due on 22 May 2020" in mail.text
        assert "16 June 2020" not in mail.text
        assert "n 22 May 2020 (Friday)" in mail.text.splitlines()[4]


def test_a_chase_counts_from_the_day_on_which_a_paper_note_was_sent_on(world: World) -> None:
    note = another_notification(world, given_on=date(2020, 5, 10), is_paper=True)

    for stage, audience in (("3", "unacknowledged"), ("6", "depositaries")):
        chase = world.alert(audience, kind="unacknowledged", stage=stage, notification=note)
        lead = write(chase).text.splitlines()[2]
        assert "on 22 May 2020" in lead
        assert "10 May" not in lead
