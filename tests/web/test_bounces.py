"""What came back is posted by the mail server, with a token, and recorded once."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from notifications import register
from notifications.models import Alert, Contact, Delivery, Event, Message
from notifications.services.sweeps import send_alerts
from tests.emails.returned import SHAPES, report
from tests.factories import NOW, Cast, issue

TOKEN = "t" * 40
ADDRESS = "/mail/bounces"


@pytest.fixture(autouse=True)
def _has_token(settings: Settings) -> None:
    settings.TREATYFLOW_BOUNCE_TOKEN = TOKEN


@pytest.fixture
def sent(cast: Cast) -> Message:
    """What the Russian drafter was sent."""
    issue(cast)
    send_alerts(now=NOW)
    return Message.objects.filter(user=cast.russian_drafter, state="sent").latest("pk")


def post(
    data: bytes, token: str = f"Bearer {TOKEN}", content_type: str = "message/rfc822"
) -> tuple[int, str]:
    """The status, and the sentence of the answer."""
    browser = Client(enforce_csrf_checks=True)
    answer: Any = browser.post(ADDRESS, data, content_type=content_type, HTTP_AUTHORIZATION=token)
    assert "sessionid" not in answer.cookies
    return answer.status_code, answer.json()["says"]


def standing() -> tuple[int, int, int, int]:
    return (
        Delivery.objects.count(),
        Contact.objects.count(),
        Event.objects.count(),
        Alert.objects.count(),
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_a_report_marks_the_address_and_the_others_are_told(sent: Message, shape: str) -> None:
    before = Event.objects.count()
    code, said = post(report(shape, sent.message_id, address=sent.address))
    assert (code, said) == (200, "It is recorded that the message came back.")
    bounce = sent.deliveries.get(outcome="bounced")
    contact = Contact.objects.get()
    assert (contact.user_id, contact.address, contact.state) == (
        sent.user_id,
        sent.address,
        "bouncing",
    )
    assert contact.reason == bounce.reply
    assert "550" in bounce.reply
    assert Alert.objects.get(failed_message=sent).kind == "undelivered"
    event = Event.objects.latest("pk")
    assert Event.objects.count() == before + 1
    assert (event.act, event.record, event.actor) == ("message-bounced", f"message:{sent.pk}", None)
    assert sent.address not in event.body
    sent.refresh_from_db()
    assert sent.state == "sent"
    assert register.verify().ok


def test_the_same_report_once_more_changes_nothing(sent: Message) -> None:
    post(report("postfix", sent.message_id))
    before = standing()
    code, said = post(report("postfix", sent.message_id))
    assert (code, said) == (200, "It is on record already that this message came back.")
    assert standing() == before


def test_a_report_whose_type_stands_in_the_request_alone_is_taken(sent: Message) -> None:
    head, _empty, body = report("exim", sent.message_id).partition(b"\r\n\r\n")
    assert b"1590148800-eximdsn-804289383" in head
    kind = "multipart/report; report-type=delivery-status; boundary=1590148800-eximdsn-804289383"
    assert post(body, content_type=kind)[0] == 200
    assert sent.deliveries.filter(outcome="bounced").exists()


@pytest.mark.parametrize(
    ("token", "code"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer {TOKEN}", 200),
        ("Bearer wrong", 401),
        ("Bearer ", 401),
        ("", 401),
        (f"Basic {TOKEN}", 401),
        (TOKEN, 401),
        ("Bearer é", 401),
    ],
)
def test_the_token_is_asked_for(sent: Message, token: str, code: int) -> None:
    before = standing()
    assert post(report("postfix", sent.message_id), token)[0] == code
    assert (standing() == before) is (code == 401)


def test_without_a_token_in_the_settings_there_is_no_such_address(
    sent: Message, settings: Settings
) -> None:
    settings.TREATYFLOW_BOUNCE_TOKEN = ""
    answer = Client().post(
        ADDRESS,
        report("postfix", sent.message_id),
        content_type="message/rfc822",
        HTTP_AUTHORIZATION="Bearer ",
    )
    assert answer.status_code == 404


def test_it_is_posted_and_nothing_else(db: None) -> None:
    answer = Client().get(ADDRESS, HTTP_AUTHORIZATION=f"Bearer {TOKEN}")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")


def test_what_is_refused_says_why_in_a_sentence_and_changes_nothing(sent: Message) -> None:
    before = standing()
    ours = report("postfix", sent.message_id)
    unknown = "<nobody@treatyflow.example>"
    assert post(report("postfix", unknown)) == (
        422,
        f"No message of this system has the Message-ID {unknown}.",
    )
    assert post(b"Subject: Hello\r\n\r\nHello.\r\n") == (
        400,
        "This is no delivery report: a multipart/report of type delivery-status.",
    )
    assert post(ours, content_type="text/plain") == (
        400,
        "Post the report as message/rfc822 or multipart/report, not as another type.",
    )
    assert post(ours + b"x" * 1024 * 1024) == (413, "A report is at most 1 MiB large.")
    assert standing() == before


def test_what_is_only_delayed_is_not_kept(sent: Message) -> None:
    before = standing()
    assert post(report("postfix", sent.message_id, action="delayed")) == (
        202,
        "Nothing is recorded: the message did not come back.",
    )
    assert standing() == before


def test_what_never_left_cannot_have_come_back(cast: Cast) -> None:
    issue(cast)
    send_alerts(now=NOW)
    sent = Message.objects.filter(state="sent").latest("pk")
    waiting = Message.objects.create(
        alert=sent.alert,
        user=sent.user,
        mandate=sent.mandate,
        party=sent.party,
        address=sent.address,
        message_id="<waiting@treatyflow.example>",
        next_at=NOW,
        resend_of=sent,
    )
    assert post(report("postfix", waiting.message_id))[0] == 422
    assert not waiting.deliveries.exists()


def test_of_a_message_that_failed_already_nobody_is_told_twice(sent: Message) -> None:
    post(report("exim", sent.message_id))
    again = Message.objects.create(
        alert=sent.alert,
        user=sent.user,
        mandate=sent.mandate,
        party=sent.party,
        address=sent.address,
        message_id="<again@treatyflow.example>",
        next_at=NOW,
        resend_of=sent,
        tries=1,
        state="failed",
    )
    Alert.objects.create(
        case=sent.alert.case,
        notification=sent.alert.notification,
        kind="undelivered",
        stage=str(again.uid),
        audience="contacts",
        due_at=NOW,
        failed_message=again,
    )
    before = Alert.objects.count()
    assert post(report("exim", again.message_id))[0] == 200
    assert Alert.objects.count() == before
