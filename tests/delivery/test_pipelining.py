"""A server that takes several commands at once (RFC 2920): what each of its answers leads to."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from notifications.delivery import Answer, Letter, SmtpTransport
from notifications.delivery.wire import Wire
from tests.infrastructure.brokers import wait_until
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
        sink.behaviour.answers = {}
        assert line.send(letter(OTHER)) == ACCEPTED
    assert sink.connections == 2  # the first may have been waiting for content


@pytest.mark.parametrize("announces", [True, False])
def test_an_answer_without_end_to_the_content_is_no_refusal(sink: Sink, *, announces: bool) -> None:
    sink.behaviour.announces_pipelining = announces
    sink.behaviour.answers = {"CONTENT": "250 " + "x" * 20_000}
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
        assert line.send(waiting) == ACCEPTED
        first, *_ = received
        received.clear()
        assert line.send(waiting) == ACCEPTED
    assert (first, received[0]) == (0, 1)


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


THIRD = "carol@example.org"
NAMES = ("alice@example.org", OTHER, THIRD)


def say(line: SmtpTransport, *names: str) -> list[Answer]:
    """Letters to these, over a connection that is open, each with word of the next."""
    assert line.send(letter("first@example.org")) == ACCEPTED
    nexts = (*names[1:], "")
    return [
        line.send(letter(name)._replace(following=following))
        for name, following in zip(names, nexts, strict=True)
    ]


def recipients(sink: Sink) -> list[str]:
    assert {one.content for one in sink.received} == {MAIL}
    return [one.recipient for one in sink.received[1:]]


@pytest.mark.parametrize("announces", [True, False])
def test_the_next_envelope_leaves_with_the_content_where_the_server_takes_groups(
    sink: Sink, *, announces: bool
) -> None:
    sink.behaviour.announces_pipelining = announces
    with SmtpTransport() as line:
        assert say(line, *NAMES) == [ACCEPTED] * 3
    assert recipients(sink) == [*NAMES]
    assert sink.ahead == (2 if announces else 0)
    assert sink.connections == 1


@pytest.mark.parametrize(
    ("behaviour", "outcome"),
    [
        ({"drops_what_is_ahead": True}, "accepted"),
        ({"of_ahead": {"MAIL": "503 nested MAIL"}}, "accepted"),
        ({"of_ahead": {"MAIL": "554 who?"}}, "accepted"),
        ({"of_ahead": {"RCPT": "503 bad sequence"}}, "accepted"),
        ({"of_ahead": {"DATA": "503 bad sequence"}}, "accepted"),
        ({"of_ahead": {"DATA": "250 strange"}}, "accepted"),
        ({"of_content_with_more": "554 synchronization error"}, "accepted"),
        ({"of_content_with_more": "451 later"}, "accepted"),
        ({"of_content_with_more": "421 closing"}, "deferred"),
        ({"of_content_with_more": "close"}, "deferred"),
        ({"of_content_with_more": "silence"}, "deferred"),
        ({"of_content_with_more": "what?"}, "deferred"),
        ({"of_content_with_more": "354 go on"}, "deferred"),
    ],
)
def test_a_server_that_does_not_take_it_so_is_told_no_more_ahead_and_refuses_nobody(
    sink: Sink, settings: Settings, behaviour: dict[str, object], outcome: str
) -> None:
    settings.EMAIL_TIMEOUT = 1
    for name, value in behaviour.items():
        setattr(sink.behaviour, name, value)
    with SmtpTransport() as line:
        answers = say(line, *NAMES, "dave@example.org", "eve@example.org")
    assert [answer.outcome for answer in answers] == [outcome, *["accepted"] * 4]
    taken = Counter(recipients(sink))  # what was not answered may have been taken: at most once
    assert taken.keys() >= {OTHER, THIRD, "dave@example.org", "eve@example.org"}
    assert set(taken.values()) == {1}
    assert (sink.ahead, sink.connections, sink.unended) == (1, 2, [])


@pytest.mark.parametrize("said", ["421 closing", "550 5.1.1 unknown", "450 busy"])
def test_what_is_said_of_one_recipient_ends_nothing_for_the_others(sink: Sink, said: str) -> None:
    sink.behaviour.of_recipients = {OTHER: said}
    with SmtpTransport() as line:
        answers = say(line, *NAMES, "dave@example.org", "eve@example.org")
    assert [answer.outcome == "accepted" for answer in answers] == [True, False, True, True, True]
    assert sink.ahead == (2 if said.startswith("421") else 3)


def test_what_it_refuses_with_and_without_it_is_refused(sink: Sink) -> None:
    refused = Answer("refused", "554 not this one")
    with SmtpTransport() as line:
        assert line.send(letter()) == ACCEPTED
        sink.behaviour.answers = {"CONTENT": "554 not this one"}
        assert line.send(letter(OTHER)._replace(following=THIRD)) == refused
        sink.behaviour.answers = {}
        assert line.send(letter(THIRD)) == ACCEPTED
    assert [one.recipient for one in sink.received] == ["alice@example.org", THIRD]


def test_a_recipient_who_is_refused_ahead_is_asked_for_once(sink: Sink) -> None:
    sink.behaviour.of_recipients = {OTHER: "550 unknown"}
    with SmtpTransport() as line:
        assert say(line, *NAMES) == [ACCEPTED, Answer("refused", "550 unknown"), ACCEPTED]
    assert recipients(sink) == [NAMES[0], THIRD]
    assert sink.connections == 1


@pytest.mark.parametrize("said", ["421 closing", "450 busy"])
def test_a_server_that_is_busy_ahead_defers_one_letter_alone(sink: Sink, said: str) -> None:
    sink.behaviour.of_recipients = {OTHER: said}
    with SmtpTransport() as line:
        assert say(line, *NAMES) == [ACCEPTED, Answer("deferred", said), ACCEPTED]
    assert recipients(sink) == [NAMES[0], THIRD]


def test_a_server_that_closes_on_the_content_takes_the_next_letter_anew(sink: Sink) -> None:
    with SmtpTransport() as line:
        assert line.send(letter()) == ACCEPTED
        sink.behaviour.answers = {"CONTENT": "421 closing"}
        closing = line.send(letter(OTHER)._replace(following=THIRD))
        assert closing == Answer("deferred", "421 closing")
        sink.behaviour.answers = {}
        assert line.send(letter(THIRD)) == ACCEPTED
    assert [one.recipient for one in sink.received] == ["alice@example.org", THIRD]


def test_a_hang_up_after_the_content_defers_it_and_not_what_was_said_ahead(sink: Sink) -> None:
    with SmtpTransport() as line:
        assert line.send(letter()) == ACCEPTED
        sink.behaviour.hang_ups_after_data = 1
        assert line.send(letter(OTHER)._replace(following=THIRD)).outcome == "deferred"
        assert line.send(letter(THIRD)) == ACCEPTED
    assert [one.recipient for one in sink.received] == ["alice@example.org", OTHER, THIRD]


def test_where_another_letter_comes_than_was_announced_nobody_is_sent_what_is_not_theirs(
    sink: Sink,
) -> None:
    with SmtpTransport() as line:
        assert line.send(letter()) == ACCEPTED
        assert line.send(letter(OTHER)._replace(following=THIRD)) == ACCEPTED
        assert line.send(letter("dave@example.org")) == ACCEPTED
        assert line.send(letter(OTHER)._replace(following=THIRD)) == ACCEPTED
    names = ["alice@example.org", OTHER, "dave@example.org", OTHER]
    assert [one.recipient for one in sink.received] == names
    assert {one.content for one in sink.received} == {MAIL}


def test_a_fault_of_ours_before_the_answers_hangs_up_on_what_was_said_ahead(sink: Sink) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    with SmtpTransport() as line:
        assert line.send(letter()) == ACCEPTED
        assert line.send(letter(OTHER)._replace(following=THIRD)) == ACCEPTED
        with pytest.raises(ZeroDivisionError):
            line.send(letter(THIRD)._replace(meanwhile=fail))
        assert line.send(letter(THIRD)) == ACCEPTED
    assert [one.recipient for one in sink.received] == ["alice@example.org", OTHER, THIRD]


@pytest.mark.parametrize("is_stopped", [True, False])
def test_no_command_is_said_to_a_server_that_waits_for_content(
    sink: Sink, monkeypatch: pytest.MonkeyPatch, *, is_stopped: bool
) -> None:
    def stop(_wire: Wire) -> tuple[int, bytes]:
        raise KeyboardInterrupt

    with contextlib.suppress(KeyboardInterrupt), SmtpTransport() as line:
        assert line.send(letter()) == ACCEPTED
        assert line.send(letter(OTHER)._replace(following=THIRD)) == ACCEPTED
        if is_stopped:
            monkeypatch.setattr(Wire, "next_answer", stop)
            line.send(letter(THIRD))
    wait_until(lambda: not sink.is_open, 10, "the end of the connection")
    assert sink.unended == []
