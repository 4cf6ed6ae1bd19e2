"""What a person may leave out says where; nothing else does."""

from __future__ import annotations

from email import message_from_bytes, policy

import pytest

from notifications import emails
from notifications.delivery import send_due
from notifications.models import Alert, Message
from tests.delivery.records import NOW, World

pytestmark = pytest.mark.django_db

PAGE = "https://treatyflow.example/account/reminders/"


def sent(world: World, stage: str) -> Message:
    """The message of a stage of a deadline, or of the act itself without one."""
    world.person("USA")
    version = world.deadline() if stage else None
    world.alert("senders", version=version, stage=stage)
    send_due(now=NOW, clock=lambda: NOW)
    return Message.objects.select_related("rendering", "alert__case").get()


def test_a_reminder_names_the_page_in_its_header_its_text_and_its_html(world: World) -> None:
    message = sent(world, "before-30")
    parsed = message_from_bytes(emails.as_sent(message), policy=policy.default)
    parts = emails.parts(message)
    assert parsed["List-Unsubscribe"] == f"<{PAGE}>"
    assert parsed["List-Unsubscribe-Post"] is None
    assert f"List-Unsubscribe: <{PAGE}>\r\n" in message.headers
    assert parts.text.rstrip().endswith(f"How you are reminded: {PAGE}")
    assert f'href="{PAGE}"' in parts.html


@pytest.mark.parametrize("stage", ["day", "opens", "before-24h", ""])
def test_what_nobody_may_leave_out_names_no_such_page(world: World, stage: str) -> None:
    message = sent(world, stage)
    assert "List-Unsubscribe" not in message.headers
    parts = emails.parts(message)
    assert parts.text
    assert PAGE not in parts.text + parts.html


@pytest.mark.parametrize(
    ("kind", "stage", "days"),
    [
        ("deadline", "before-30", 30),
        ("deadline", "before-24h", None),
        ("deadline", "opens", None),
        ("deadline", "day", None),
        ("deadline", "after-1", None),
        ("issued", "before-30", None),
    ],
)
def test_only_a_rung_in_days_may_be_left_out(kind: str, stage: str, days: int | None) -> None:
    assert emails.rung_of(Alert(kind=kind, stage=stage)) == days
