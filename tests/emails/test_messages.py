"""The header lines of a message, and a message read back as it was sent."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from notifications import emails
from notifications.delivery import expand, send_due
from notifications.models import Message
from tests.delivery.records import NOW, World

pytestmark = pytest.mark.django_db


def sent(world: World, **fields: str) -> Message:
    world.person("USA", **fields)  # type: ignore[arg-type]
    world.alert("senders", version=world.deadline(), stage="before-30")
    send_due(now=NOW, clock=lambda: NOW)
    return Message.objects.select_related("rendering", "alert__case").get()


def test_the_headers_thread_the_case_and_stop_automatic_answers(world: World) -> None:
    message = sent(world, name="Anna Lind", email="anna@example.org")
    parsed = message_from_bytes(emails.as_sent(message), policy=policy.default)
    thread = f"<{world.case.uid}@treatyflow.example>"

    assert parsed["From"] == "TreatyFlow <alerts@treatyflow.example>"
    assert parsed["To"] == "Anna Lind <anna@example.org>"
    assert parsed["Date"].datetime == NOW
    assert parsed["Message-ID"] == message.message_id
    assert parsed["In-Reply-To"] == parsed["References"] == thread
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert parsed["Content-Language"] == "en"
    assert [parsed[name] for name in ("MIME-Version", "Bcc", "Cc")] == ["1.0", None, None]
    assert len(parsed.keys()) == len(set(parsed.keys()))


def test_what_was_sent_can_be_shown_in_its_parts(world: World) -> None:
    message = sent(world)
    parts = emails.parts(message)

    assert parts.subject.startswith(
        "Open Skies: withdrawal by the United States of America – takes"
    )
    assert parts.text.startswith("The withdrawal takes effect in 184 days\n")
    assert "\r" not in parts.text
    assert "<h1>" in parts.html
    (calendar,) = parts.attachments
    assert (calendar.name, calendar.type) == ("deadline.ics", "text/calendar")
    assert calendar.content.startswith(b"BEGIN:VCALENDAR")
    assert ("Message-ID", message.message_id) in parts.headers


def test_a_message_that_was_not_written_yet_is_empty(world: World) -> None:
    world.person("USA")
    world.alert("senders")
    expand(now=NOW - timedelta(days=0))
    message = Message.objects.get()

    assert emails.as_sent(message) == b""
    assert emails.parts(message).subject == ""
    assert emails.parts(message).headers == ()


@pytest.mark.parametrize(
    "name",
    [
        "Zoë Ørsted",
        "Lind, Anna",
        'Anna "the" Lind',
        "Anna <anna@evil.example>",
        "Anna\r\nBcc: x@evil.example",
        "Anna\u2028Bcc: x@evil.example",
        "=?utf-8?q?x@evil.example?=",
        "名" * 150,
        "a" * 200,
        "",
        "(Anna)",
        "Anna; x@evil.example,",
    ],
)
def test_no_name_changes_where_a_message_goes(world: World, name: str) -> None:
    message = sent(world, name=name, email="anna@example.org")
    parsed = message_from_bytes(emails.as_sent(message), policy=policy.default)

    assert [one.addr_spec for one in parsed["To"].addresses] == ["anna@example.org"]
    assert parsed["Bcc"] is None
    assert max(map(len, message.headers.splitlines())) <= 100
    assert message.headers.isascii()


def test_the_same_alert_and_person_have_one_message_id_for_ever(world: World) -> None:
    assert emails.message_id_of(1, 2) == emails.message_id_of(1, 2)
    assert len({emails.message_id_of(one, two) for one in (1, 2, 12) for two in (1, 2, 21)}) == 9


@pytest.mark.parametrize(
    ("address", "as_smtp_takes_it"),
    [
        ("anna.lind+x@example.org", "anna.lind+x@example.org"),
        ("anna@bücher.example", "anna@xn--bcher-kva.example"),
    ],
)
def test_addresses_in_the_form_of_smtp(address: str, as_smtp_takes_it: str) -> None:
    assert emails.deliverable(address) == as_smtp_takes_it


@pytest.mark.parametrize(
    "address",
    [
        "",
        "anna",
        "@example.org",
        "anna@",
        "an na@example.org",
        "anna@exa mple.org",
        "a@b@c",
        "é@b.c",
        "jan@faß.example",
        "jan@οδος\u03c2.example",
        f"{'a' * 64}@{'.'.join(['b' * 60] * 4)}.example",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(emails.UnusableAddressError):
        emails.deliverable(address)
