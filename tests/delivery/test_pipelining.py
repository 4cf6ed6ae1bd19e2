"""A server that takes several commands at once (RFC 2920): what each of its answers leads to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from notifications.delivery import Answer, Letter, SmtpTransport
from tests.infrastructure.sink import Sink

ACCEPTED = Answer("accepted", "250 OK")
OTHER = "bob@example.org"
MAIL = b"Message-ID: <one@example>\r\n\r\n.first dot\r\nhello\r\n..two dots\r\n"


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    with Sink() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_TIMEOUT = 3
        yield server


def letter(recipient: str = "alice@example.org") -> Letter:
    return Letter("alerts@example.org", recipient, MAIL)


@pytest.mark.parametrize("announces", [True, False])
def test_letters_go_one_after_the_other_over_one_connection_byte_for_byte(
    sink: Sink, *, announces: bool
) -> None:
    sink.behaviour.announces_pipelining = announces
    with SmtpTransport() as line:
        assert [line.send(letter()), line.send(letter(OTHER))] == [ACCEPTED] * 2
    assert [(one.recipient, one.content) for one in sink.received] == [
        ("alice@example.org", MAIL),
        (OTHER, MAIL),
    ]
    assert sink.connections == 1


@pytest.mark.parametrize("is_careless", [True, False])
@pytest.mark.parametrize("announces", [True, False])
@pytest.mark.parametrize(
    ("said", "outcome"),
    [("421 closing", "deferred"), ("451 later", "deferred"), ("550 no", "refused")],
)
@pytest.mark.parametrize("where", ["MAIL", "RCPT", "DATA", "CONTENT"])
def test_what_the_server_says_decides_and_the_next_letter_is_not_touched(
    sink: Sink, where: str, said: str, outcome: str, *, announces: bool, is_careless: bool
) -> None:
    sink.behaviour.announces_pipelining = announces
    sink.behaviour.is_careless = is_careless
    sink.behaviour.answers = {where: said}
    with SmtpTransport() as line:
        answer = line.send(letter())
        assert (answer.outcome, answer.reply) == (outcome, said)
        assert sink.received == []
        sink.behaviour.answers = {}
        assert line.send(letter(OTHER)) == ACCEPTED
    assert [one.recipient for one in sink.received] == [OTHER]


@pytest.mark.parametrize("is_careless", [True, False])
def test_one_unknown_recipient_between_others_costs_nobody_else_a_letter(
    sink: Sink, *, is_careless: bool
) -> None:
    sink.behaviour.is_careless = is_careless
    sink.behaviour.of_recipients = {OTHER: "550 unknown"}
    with SmtpTransport() as line:
        answers = [line.send(letter(name)) for name in ("a@example.org", OTHER, "c@example.org")]
    assert [answer.outcome for answer in answers] == ["accepted", "refused", "accepted"]
    assert [one.recipient for one in sink.received] == ["a@example.org", "c@example.org"]


@pytest.mark.parametrize("announces", [True, False])
def test_consent_in_place_of_354_is_no_acceptance(sink: Sink, *, announces: bool) -> None:
    sink.behaviour.announces_pipelining = announces
    sink.behaviour.answers = {"DATA": "250 strange"}
    with SmtpTransport() as line:
        assert line.send(letter()).outcome == "deferred"


def test_a_hang_up_after_the_content_is_deferred_and_the_next_letter_goes_on(sink: Sink) -> None:
    sink.behaviour.hang_ups_after_data = 1
    with SmtpTransport() as line:
        assert line.send(letter()).outcome == "deferred"
        assert line.send(letter(OTHER)) == ACCEPTED
    assert sink.connections == 2


def test_a_server_that_came_back_between_two_letters_takes_the_second(sink: Sink) -> None:
    with SmtpTransport() as line:
        assert line.send(letter()) == ACCEPTED
        sink.go_down()
        sink.come_back()
        assert line.send(letter(OTHER)) == ACCEPTED
    assert [one.recipient for one in sink.received] == ["alice@example.org", OTHER]


@pytest.mark.parametrize("announces", [True, False])
def test_while_the_server_is_at_work_something_else_is_done(sink: Sink, *, announces: bool) -> None:
    sink.behaviour.announces_pipelining = announces
    received: list[int] = []
    waiting = letter()._replace(meanwhile=lambda: received.append(len(sink.received)))
    with SmtpTransport() as line:
        assert [line.send(waiting), line.send(waiting)] == [ACCEPTED] * 2
    assert set(received) == {0, 1}


@pytest.mark.parametrize("announces", [True, False])
def test_where_that_fails_the_line_is_hung_up_and_its_answers_are_nobody_elses(
    sink: Sink, *, announces: bool
) -> None:
    sink.behaviour.announces_pipelining = announces

    def fail() -> None:
        raise ZeroDivisionError

    with SmtpTransport() as line:
        assert line.send(letter()) == ACCEPTED
        with pytest.raises(ZeroDivisionError):
            line.send(letter("lost@example.org")._replace(meanwhile=fail))
        assert line.send(letter(OTHER)) == ACCEPTED
    assert [one.recipient for one in sink.received] == ["alice@example.org", OTHER]
