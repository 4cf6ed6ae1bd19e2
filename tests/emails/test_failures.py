"""The mail on a message that reached nobody: who, about what, why, and what to do."""

from __future__ import annotations

import pytest

from notifications.delivery import deliver
from notifications.models import Alert, Message, Role
from tests.delivery.conftest import world
from tests.delivery.records import NOW, World
from tests.delivery.test_fallback import one_message, send_one
from tests.delivery.ways_out import always
from tests.emails.reading import NUMBER, write

__all__ = ["world"]

pytestmark = pytest.mark.django_db

WORDS = "550 5.1.1 the mailbox is closed"


def failed(world: World, **fields: object) -> Alert:
    """Ann of the American mission cannot be reached."""
    ann = world.person("USA", Role.HEAD_OF_MISSION, name="Ann Abel", email="ann@us.example")
    message = one_message(world, ann, **fields)
    send_one(always("refused", WORDS))
    return Alert.objects.get(failed_message=message)


def test_it_says_who_about_what_why_and_what_to_do(world: World) -> None:
    world.circulate()
    mail = write(failed(world, kind="circulated"))
    assert mail.subject == (
        "Open Skies: Ann Abel could not be reached – withdrawal by the United States of America "
        f"[{NUMBER}]"
    )
    for text in (mail.text, mail.html):
        assert "Ann Abel could not be reached" in text
        assert "(head of mission, the United States of America)" in text
        assert "a notification was circulated" in text
        assert WORDS in text
        assert "Tell Ann Abel yourself" in text
        assert str(world.notification.uid) in text
        assert "@us.example" not in text
    assert mail.attachments == []


def test_of_a_date_it_says_which(world: World) -> None:
    mail = write(failed(world, version=world.deadline(), stage="before-7"))
    assert "takes effect, 22 November 2020" in " ".join(mail.text.split())
    assert mail.attachments == []


def test_what_an_administrator_gave_up_or_what_came_back_is_the_reason_told(world: World) -> None:
    alert = failed(world)
    world.seal(
        alert.failed_message.deliveries.model(  # type: ignore[union-attr]
            message=alert.failed_message, outcome="bounced", reply="returned later", at=NOW
        )
    )
    assert "returned later" in write(alert).text
    assert WORDS not in write(alert).text


def test_of_a_run_it_leads_to_the_recurring_duties(world: World) -> None:
    version = world.deadline()
    of_run = world.alert("bearer", version=version, stage="before-7")
    message = one_message(world, world.person("USA", name="Ann Abel"))
    Message.objects.filter(pk=message.pk).update(alert=of_run)
    Alert.objects.filter(pk=of_run.pk).update(notification=None, state=Alert.State.EXPANDED)
    deliver(now=NOW, transport=always("refused", WORDS), clock=lambda: NOW)
    mail = write(Alert.objects.get(failed_message=message))
    assert "Ann Abel could not be reached" in mail.subject
    assert "22 November 2020" in mail.text
    assert "Open the recurring duties" in mail.text
    assert mail.attachments == []
