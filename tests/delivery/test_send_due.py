"""Expanding and sending in turns: how much at a time, and when another worker is called."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from notifications import emails, register
from notifications.delivery import Answer, Letter, deliver, send_due
from notifications.delivery.deliver import BATCH, _Run
from notifications.delivery.expand import BATCH as ALERTS
from notifications.models import Message
from tests.delivery.records import NOW, World
from tests.delivery.ways_out import Told

pytestmark = pytest.mark.django_db


def alerts(world: World, number: int, *, people: int) -> None:
    for _ in range(people):
        world.person("USA")
    for stage in range(number):
        world.alert("senders", stage=str(stage))


class Counting(Told):
    """Notes with each letter how many messages there are by then."""

    def __init__(self) -> None:
        self.messages: list[int] = []
        super().__init__(self._count)

    def _count(self, _recipient: str) -> Answer:
        self.messages.append(Message.objects.count())
        return Answer("accepted", "250 OK")


def test_of_large_alerts_the_first_is_sent_before_the_next_is_expanded(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[_Run.__module__], "BATCH", 5)
    alerts(world, 3, people=7)
    line = Counting()
    assert send_due(now=NOW, transport=line).deliveries.sent == 21
    assert line.messages == [7] * 7 + [14] * 7 + [21] * 7


def test_of_small_alerts_more_are_expanded_at_once(world: World) -> None:
    alerts(world, 2 * ALERTS + 1, people=2)
    line = Counting()
    assert send_due(now=NOW, transport=line).deliveries.sent == 2 * (2 * ALERTS + 1)
    assert sorted(set(line.messages)) == [2, 2 + 2 * ALERTS, 2 + 4 * ALERTS]


@pytest.mark.parametrize("kind", ["circulated", "unacknowledged"])
def test_alerts_of_which_nothing_comes_do_not_end_the_run(world: World, kind: str) -> None:
    for stage in range(ALERTS + 2):  # nobody is there, or nothing is to be chased
        world.alert("depositaries", kind=kind, stage=f"x{stage}")
    alerts(world, 1, people=1)
    assert send_due(now=NOW, transport=Told()).deliveries.sent == 1
    assert register.verify().ok


@pytest.mark.parametrize(
    ("number", "calls"), [(1, 0), (ALERTS, 0), (ALERTS + 1, 1), (3 * ALERTS, 1)]
)
def test_another_worker_is_called_once_where_more_is_due_than_was_expanded(
    world: World, number: int, calls: int
) -> None:
    alerts(world, number, people=1)
    called: list[int] = []
    send_due(now=NOW, transport=Told(), call_help=lambda: called.append(Message.objects.count()))
    assert len(called) == calls
    assert Message.objects.count() == number


@pytest.mark.parametrize(("people", "calls"), [(BATCH - 1, 0), (BATCH, 1)])
def test_another_worker_is_called_where_more_waits_than_a_claim_takes(
    world: World, people: int, calls: int
) -> None:
    alerts(world, 1, people=people)
    called: list[int] = []
    send_due(now=NOW, transport=Told(), call_help=lambda: called.append(1))
    assert len(called) == calls


def test_a_run_that_had_its_time_calls_once_more_as_it_ends(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    alerts(world, 1, people=1)
    monkeypatch.setattr(sys.modules[_Run.__module__], "RUN_SECONDS", -1)
    called: list[int] = []
    send_due(now=NOW, transport=Told(), call_help=lambda: called.append(1))
    assert len(called) == 1


def test_each_letter_names_the_recipient_of_the_next_that_can_be_sent(world: World) -> None:
    for email in ("a@x.example", "jürgen@x.example", "b@x.example", "c@x.example"):
        world.person("USA", email=email)
    world.alert("senders")
    line = Told()
    send_due(now=NOW, transport=line)
    named = [(letter.recipient, letter.following) for letter in line.letters]
    assert named == [
        ("a@x.example", "b@x.example"),
        ("b@x.example", "c@x.example"),
        ("c@x.example", ""),
    ]
    assert deliver(now=NOW, transport=line).sent == 0


class AtWork(Told):
    """A server that leaves time twice, as the one of the wire does."""

    def __init__(self, happened: list[str]) -> None:
        super().__init__()
        self.happened = happened

    def send(self, letter: Letter) -> Answer:
        letter.meanwhile()
        letter.meanwhile()
        self.happened.append(f"sent {letter.recipient[0]}")
        return super().send(letter)


@pytest.mark.parametrize("faults", [0, 1])
def test_the_next_mail_is_composed_while_the_server_is_at_work(
    world: World, monkeypatch: pytest.MonkeyPatch, faults: int
) -> None:
    for name in "abc":
        world.person("USA", email=f"{name}@x.example")
    world.alert("senders")
    happened: list[str] = []
    left, compose = [faults], emails.headers_of

    def noted(*args: Any, address: str, **more: Any) -> str:
        if address[0] == "b" and left[0]:
            left[0] -= 1
            raise ZeroDivisionError
        happened.append(f"composed {address[0]}")
        return compose(*args, address=address, **more)

    monkeypatch.setattr(emails, "headers_of", noted)
    line = AtWork(happened)
    assert send_due(now=NOW, transport=line).deliveries.sent == 3
    assert happened == ["composed a", "composed b", "sent a", "composed c", "sent b", "sent c"]
    for letter in line.letters:
        assert f"<{letter.recipient}>".encode() in letter.mail
    assert register.verify().ok
