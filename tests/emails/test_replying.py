"""The address for replies: signed, and robust against what mail servers do to it."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from notifications.emails.replying import (
    answered_message,
    is_for_replies,
    reply_address,
    takes_replies,
)
from notifications.models import Alert, Case, Message


@pytest.fixture(autouse=True)
def _replies(settings: Settings) -> None:
    settings.TREATYFLOW_REPLY_TO = "replies@treatyflow.example"
    settings.TREATYFLOW_INBOX_URL = "maildir:///nowhere"


def test_it_leads_back_to_its_message() -> None:
    address = reply_address(Message(pk=123456))
    assert len(address.partition("@")[0]) <= 64
    assert answered_message(["x@example.org", address]) == 123456
    assert answered_message([address.upper()]) == 123456


def test_another_key_or_another_signature_is_forged() -> None:
    first, second = reply_address(Message(pk=35)), reply_address(Message(pk=36))
    assert first.startswith("replies+z-")
    assert second.startswith("replies+10-")
    forged = first.replace("+z-", "+10-")
    assert answered_message([forged]) is None
    assert is_for_replies([forged])
    assert answered_message(["replies+z@treatyflow.example"]) is None


@pytest.mark.parametrize(
    "address",
    ["replies@treatyflow.example", "replies+z-a@example.org", "other+z-a@treatyflow.example"],
)
def test_other_addresses_are_not_for_replies(address: str) -> None:
    assert not is_for_replies([address])


def test_an_old_key_still_opens(settings: Settings) -> None:
    address = reply_address(Message(pk=7))
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-that-was-made-later"
    assert answered_message([address]) == 7
    settings.SECRET_KEY_FALLBACKS = []
    assert answered_message([address]) is None


@pytest.mark.parametrize(
    ("kind", "audience", "is_taken"),
    [
        ("issued", "addressees+senders", True),
        ("circulated", "addressees+senders+depositaries", True),
        ("deadline", "bearer", True),
        ("unacknowledged", "unacknowledged", True),
        ("unacknowledged", "depositaries", False),
        ("received", "senders+depositaries", False),
        ("responded", "senders+depositaries", False),
        ("undelivered", "contacts", False),
    ],
)
def test_mails_to_those_that_were_sent_an_act_take_answers(
    kind: str, audience: str, *, is_taken: bool
) -> None:
    alert = Alert(case=Case(origin="live"), notification_id=1, kind=kind, audience=audience)
    assert takes_replies(alert) is is_taken
