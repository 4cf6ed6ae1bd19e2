"""Mail of a replay leaves once its case is stored, and never of one that is not."""

from __future__ import annotations

import re
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.db import connection

from notifications.delivery import Answer, Letter, SmtpTransport
from notifications.errors import BadFileError
from notifications.models import (
    Message,
    Role,
)
from notifications.register import verify
from notifications.services.scenarios.replaying import replay
from tests.factories import make_user
from tests.services.replays import NOW, US_2020, changed, run

pytestmark = pytest.mark.django_db


class Witness(SmtpTransport):
    """A server that keeps what it is handed, and fails at a letter if it is told to."""

    taken: ClassVar[list[str]] = []
    fails_after: ClassVar[int | None] = None

    def send(self, letter: Letter) -> Answer:
        assert not connection.in_atomic_block
        if self.fails_after is not None and len(self.taken) >= self.fails_after:
            raise KeyboardInterrupt
        self.taken.append(letter.recipient)
        return Answer("accepted", "250 OK")


@pytest.fixture
def witness(monkeypatch: pytest.MonkeyPatch, settings: Any) -> type[Witness]:
    settings.TREATYFLOW_MAIL_TRANSPORT = "smtp"
    monkeypatch.setattr("notifications.delivery.send.SmtpTransport", Witness)
    monkeypatch.setattr(Witness, "taken", [])
    monkeypatch.setattr(Witness, "fails_after", None)
    make_user("Alice", "RUS", Role.DRAFTER)
    return Witness


@pytest.mark.django_db(transaction=True)
def test_mail_leaves_once_the_case_is_stored_and_says_what_its_clock_knew(
    witness: type[Witness], tmp_path: Path
) -> None:
    run(US_2020)
    kept = contents("open-skies-us-2020")
    run(changed(tmp_path, ("id: open-skies-us-2020", "id: sent")), sends=True)
    assert len(witness.taken) == len(kept) > 0
    assert contents("sent") == kept
    sent = Message.objects.filter(alert__case__scenario="sent")
    assert {(message.state, message.sent_at.date()) for message in sent if message.sent_at} == {
        ("sent", NOW.date())
    }
    assert verify().ok


def contents(scenario: str) -> list[tuple[str, str, str]]:
    """The subjects of a case's mail, and the first date in each text, by kind and stage."""
    rows = Message.objects.filter(alert__case__scenario=scenario).select_related("rendering")
    said = []
    for message in rows.order_by("alert__due_at", "pk"):
        assert message.rendering is not None
        mime = message_from_bytes(bytes(message.rendering.mime), policy=policy.default)
        text = mime.get_body(("plain",))  # type: ignore[attr-defined]
        words = re.sub(r"https?://\S+|TF-R\.\d+", "", text.get_content())
        number = re.sub(r"TF-R\.\d+", "", mime["Subject"])
        said.append((number, message.alert.stage, words))
    return said


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_of_a_case_that_is_not_stored(
    witness: type[Witness], tmp_path: Path
) -> None:
    bad = changed(tmp_path, ("by: [CAN, HUN]", "by: [CAN, RUS]"))
    with pytest.raises(BadFileError):
        run(bad, sends=True)
    assert witness.taken == []
    assert not Message.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_replay_that_is_interrupted_while_it_sends_goes_on_where_it_was(
    witness: type[Witness], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witness, "fails_after", 3)
    with pytest.raises(KeyboardInterrupt):
        run(US_2020, sends=True)
    assert len(witness.taken) == 3
    monkeypatch.setattr(witness, "fails_after", None)
    waiting = run(US_2020, sends=True)
    assert waiting.waiting == waiting.messages  # another run may still hold them
    later = replay(path=US_2020, now=NOW + timedelta(hours=1), sends=True)
    assert (later.waiting, later.undeliverable) == (0, 0)
    assert len(witness.taken) == later.messages == Message.objects.filter(state="sent").count()
    assert verify().ok
