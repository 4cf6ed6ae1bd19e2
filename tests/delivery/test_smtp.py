"""A real server at the other end of the line, and a real kill."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.db import connection
from pytest_django import Settings

from notifications import emails, register
from notifications.delivery import Deliveries, deliver, expand
from notifications.models import Delivery, Message
from tests.delivery.records import NOW, World, make_world
from tests.infrastructure.mail import Sink
from tests.infrastructure.workers import worker_environment

LATER = NOW + timedelta(minutes=10)


@pytest.fixture(autouse=True)
def _by_smtp(_mail_stays_here: None, smtp_sink: Sink) -> None:
    """The server's settings are laid over those of the mailbox."""


def waiting(world: World, number: int = 1, **fields: str) -> list[Message]:
    for _ in range(number):
        world.person("USA", **fields)  # type: ignore[arg-type]
    world.alert("senders")
    expand(now=NOW)
    return list(Message.objects.order_by("pk"))


def test_a_batch_goes_over_one_connection_byte_for_byte_as_it_is_kept(
    world: World, smtp_sink: Sink
) -> None:
    waiting(world, 5)

    assert deliver(now=NOW) == Deliveries(sent=5)

    assert smtp_sink.connections == 1
    by_address = {one.recipients[0]: one for one in smtp_sink.received}
    for message in Message.objects.select_related("rendering"):
        received = by_address[message.address]
        assert received.content == emails.as_sent(message)
        assert received.message["Message-ID"] == message.message_id
        assert received.sender == "alerts@treatyflow.example"
    assert Delivery.objects.filter(reply="250 OK").count() == 5


@pytest.mark.parametrize(
    ("answer", "outcome", "state"),
    [
        ("421 closing", "deferred", "pending"),
        ("451 later", "deferred", "pending"),
        ("550 no such user", "refused", "failed"),
    ],
)
@pytest.mark.parametrize("where", ["answer_sender", "answer_recipient", "answer_data"])
def test_what_the_server_says_decides(
    world: World, smtp_sink: Sink, where: str, answer: str, outcome: str, state: str
) -> None:
    messages = waiting(world, 3)
    said = {messages[1].address: answer} if where == "answer_recipient" else answer
    setattr(smtp_sink, where, said)

    deliver(now=NOW)

    hit = messages[1:2] if where == "answer_recipient" else messages
    for message in hit:
        message.refresh_from_db()
        assert message.state == state
        assert message.deliveries.get().outcome == outcome
        assert message.deliveries.get().reply == answer
    assert Message.objects.filter(state="sent").count() == 3 - len(hit)
    setattr(smtp_sink, where, {} if where == "answer_recipient" else "")
    deliver(now=LATER)
    assert not Message.objects.filter(state="pending").exists()
    assert register.verify().ok


def test_the_words_of_a_server_are_kept_without_the_address(world: World, smtp_sink: Sink) -> None:
    (message,) = waiting(world)
    smtp_sink.answer_recipient = {"*": f"550 <{message.address.upper()}>: unknown"}

    deliver(now=NOW)

    assert Delivery.objects.get().reply == "550 <…>: unknown"


def test_signs_that_no_database_keeps_alike_are_left_out_of_the_words(
    world: World, smtp_sink: Sink
) -> None:
    waiting(world)
    smtp_sink.answer_recipient = {"*": "550 no\0such\x1b user"}

    assert deliver(now=NOW) == Deliveries(failed=1)

    assert Delivery.objects.get().reply == "550 no such user"
    assert register.verify().ok


def test_a_server_that_is_down_is_found_up_again(world: World, smtp_sink: Sink) -> None:
    waiting(world, 3)
    smtp_sink.go_down()

    assert deliver(now=NOW) == Deliveries(deferred=3, is_line_down=True)
    smtp_sink.come_back()
    assert deliver(now=LATER) == Deliveries(sent=3)

    assert Delivery.objects.filter(reply="The mail server refused the connection.").count() == 3


def test_a_hang_up_after_the_content_repeats_that_message_under_its_message_id(
    world: World, smtp_sink: Sink
) -> None:
    waiting(world, 3)
    smtp_sink.hang_ups_after_data = 1

    assert deliver(now=NOW) == Deliveries(sent=2, deferred=1)
    assert deliver(now=LATER) == Deliveries(sent=1)

    assert len(smtp_sink.received) == 4
    ids = [str(one.message["Message-ID"]) for one in smtp_sink.received]
    assert ids[0] == ids[3]
    assert len(set(ids)) == 3


def test_a_server_that_is_silent_is_given_up(
    world: World, smtp_sink: Sink, settings: Settings
) -> None:
    waiting(world)
    settings.EMAIL_TIMEOUT = 0.3
    smtp_sink.seconds_a_message = 1

    assert deliver(now=NOW) == Deliveries(deferred=1)
    assert Delivery.objects.get().reply == "The mail server did not answer in time."


def test_a_server_that_cannot_encrypt_gets_no_mail_where_tls_is_asked_for(
    world: World, smtp_sink: Sink, settings: Settings
) -> None:
    waiting(world)
    settings.EMAIL_USE_TLS = True

    assert deliver(now=NOW) == Deliveries(deferred=1, is_line_down=True)
    assert smtp_sink.received == []
    assert "STARTTLS" in Delivery.objects.get().reply


def test_names_and_addresses_reach_the_envelope_and_the_headers(
    world: World, smtp_sink: Sink
) -> None:
    waiting(world, name="Zoë, d'Órdoñez <x@evil.example>\r\nBcc: y@evil.example")

    deliver(now=NOW)

    (received,) = smtp_sink.received
    (address,) = received.recipients
    assert address.startswith("usa-")
    shown = dict(emails.parts(Message.objects.select_related("rendering").get()).headers)["To"]
    assert shown == f"Zoë, d'Órdoñez <x@evil.example> Bcc: y@evil.example <{address}>"
    assert [one.addr_spec for one in received.message["To"].addresses] == [address]
    assert received.message["Bcc"] is None


DELIVER = """
import sys
from datetime import datetime
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
settings.TREATYFLOW_MAIL_TRANSPORT = "smtp"
settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(sys.argv[2])
settings.TREATYFLOW_LEASE_SECONDS = 30
from notifications.delivery import deliver
deliver(now=datetime.fromisoformat(sys.argv[3]))
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("moment", [1, 37, 110])
def test_a_worker_killed_at_any_moment_loses_nothing_and_repeats_two_at_most(
    smtp_sink: Sink, moment: int
) -> None:
    waiting(make_world(), 150)
    command = [sys.executable, "-c", DELIVER]
    arguments = [str(connection.settings_dict["NAME"]), str(smtp_sink.port), NOW.isoformat()]
    worker = subprocess.Popen(
        command + arguments, env=worker_environment(), cwd=django_settings.BASE_DIR
    )
    limit = time.monotonic() + 60
    while len(smtp_sink.received) < moment and worker.poll() is None:
        assert time.monotonic() < limit
        time.sleep(0.001)
    worker.kill()
    worker.wait()
    assert register.verify().ok

    deliver(now=LATER)

    ids = [str(one.message["Message-ID"]) for one in smtp_sink.received]
    assert len(set(ids)) == 150
    assert len(ids) <= 152
    assert Message.objects.filter(state="sent").count() == 150
    assert register.verify().ok
