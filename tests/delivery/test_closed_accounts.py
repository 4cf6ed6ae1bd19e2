"""Nothing is sent to an account that is closed, not even what waited for it already."""

from __future__ import annotations

import pytest

from notifications.delivery import deliver, expand
from notifications.models import Alert, Message, Role, User
from tests.delivery.records import NOW, World

pytestmark = pytest.mark.django_db


def test_an_alert_is_expanded_to_open_accounts_alone(world: World) -> None:
    open_account = world.person("USA")
    world.person("USA", is_active=False)
    world.alert("senders")
    expand(now=NOW)
    assert [message.user for message in Message.objects.all()] == [open_account]


def test_what_waited_for_an_account_that_was_closed_meanwhile_becomes_void(world: World) -> None:
    left, stayed = world.person("USA"), world.person("USA")
    world.alert("senders")
    expand(now=NOW)
    User.objects.filter(pk=left.pk).update(is_active=False)
    done = deliver(now=NOW)
    assert (done.sent, done.void) == (1, 1)
    states = dict(Message.objects.values_list("user", "state"))
    assert states == {left.pk: "void", stayed.pk: "sent"}


def test_the_next_mandate_is_told_instead_of_whose_account_was_closed(world: World) -> None:
    left, head = world.person("USA"), world.person("USA", Role.HEAD_OF_MISSION, order=2)
    world.alert("bearer", version=world.deadline(), stage="before-30")
    expand(now=NOW)
    assert [message.user for message in Message.objects.all()] == [left]
    User.objects.filter(pk=left.pk).update(is_active=False)

    deliver(now=NOW)
    deliver(now=NOW)

    states = dict(Message.objects.values_list("user", "state"))
    assert states == {left.pk: "void", head.pk: "sent"}
    assert not Alert.objects.filter(kind="undelivered").exists()
