"""An alert that cannot be expanded, read or written holds up no other, and none is lost by it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from importlib import import_module

import pytest
from django.db import OperationalError

from notifications import emails
from notifications.delivery import send_due
from notifications.delivery.audiences import Audiences, Recipient
from notifications.models import Alert, Delivery, Message
from tests.delivery.records import NOW, World
from tests.delivery.ways_out import Told, always

MINUTE = timedelta(minutes=1)


def states() -> dict[str, str]:
    return dict(Message.objects.values_list("alert__stage", "state"))


def breaking(monkeypatch: pytest.MonkeyPatch, keys: Collection[int], error: Exception) -> None:
    """Whom these alerts are for cannot be found."""
    real = Audiences.of

    def of(audiences: Audiences, alert: Alert) -> list[Recipient]:
        if alert.pk in keys:
            raise error
        return real(audiences, alert)

    monkeypatch.setattr(Audiences, "of", of)


def test_an_alert_that_cannot_be_expanded_is_left_and_all_others_leave(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    world.person("USA")
    faulty = [world.alert("senders", stage=f"faulty-{one}", at=NOW - MINUTE) for one in range(12)]
    world.alert("senders", stage="sound")
    with monkeypatch.context() as patch:
        breaking(patch, {alert.pk for alert in faulty}, LookupError("no such zone"))
        send_due(now=NOW, transport=Told())
    assert states() == {"sound": "sent"}
    assert "cannot be expanded" in caplog.text

    send_due(now=NOW + MINUTE, transport=Told())  # it is well again
    assert set(states().values()) == {"sent"}
    assert len(states()) == 13


def test_of_the_same_deadline_the_newest_stage_alone_is_told_one_by_one_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.person("USA")
    version = world.deadline()
    faulty = world.alert("senders", stage="faulty", at=NOW - MINUTE)
    for stage, days in (("before-30", 20), ("before-14", 4)):
        world.alert("bearer", version=version, stage=stage, at=NOW - timedelta(days=days))
    breaking(monkeypatch, {faulty.pk}, LookupError("no such zone"))

    send_due(now=NOW, transport=Told())

    assert states() == {"before-14": "sent"}


def test_of_a_deadline_whose_newest_stage_is_at_fault_the_others_are_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.person("USA")
    version = world.deadline()
    world.alert("bearer", version=version, stage="before-60", at=NOW)
    send_due(now=NOW, transport=always("deferred", "451 later"))  # it waits
    later = NOW + timedelta(days=30)
    world.alert("bearer", version=version, stage="before-30", at=later)
    faulty = world.alert("bearer", version=version, stage="before-14", at=later + MINUTE)
    breaking(monkeypatch, {faulty.pk}, LookupError("no such zone"))

    for minutes in range(1, 5):
        send_due(now=later + minutes * MINUTE, transport=Told())

    assert states() == {"before-60": "void", "before-30": "sent"}


def test_what_waits_does_not_wait_for_a_stage_that_is_at_fault(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.person("USA")
    version = world.deadline()
    world.alert("bearer", version=version, stage="before-60", at=NOW)
    send_due(now=NOW, transport=always("deferred", "451 later"))
    faulty = world.alert("bearer", version=version, stage="before-30", at=NOW + MINUTE)
    breaking(monkeypatch, {faulty.pk}, LookupError("no such zone"))

    for minutes in range(1, 5):
        send_due(now=NOW + minutes * MINUTE, transport=Told())

    assert states() == {"before-60": "sent"}


def test_a_database_that_is_away_is_no_fault_of_an_alert(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.person("USA")
    alert = world.alert("senders")
    breaking(monkeypatch, {alert.pk}, OperationalError("connection lost"))
    with pytest.raises(OperationalError):
        send_due(now=NOW, transport=Told())
    assert Alert.objects.get().state == "planned"


def test_records_that_cannot_be_read_for_one_alert_stop_that_one_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.person("USA")
    faulty, _sound = world.alert("senders", stage="faulty"), world.alert("senders", stage="sound")
    real = emails.gather

    def gather(alerts: Collection[int], languages: Collection[str]) -> emails.Background:
        if faulty.pk in alerts:
            raise ValueError("write to bob@example.org: \x00 \ud800")
        return real(alerts, languages)

    monkeypatch.setattr(import_module("notifications.delivery.write").emails, "gather", gather)
    send_due(now=NOW, transport=Told())

    assert states() == {"faulty": "pending", "sound": "sent"}
    assert Delivery.objects.get(outcome="deferred").reply == "ValueError: write to …: ? ?"


def test_the_content_of_a_stage_is_sealed_under_the_day_on_which_it_is_told(world: World) -> None:
    """Expanded just after midnight: its mail counts from that day, before and after the sending."""
    world.person("USA")
    version = world.deadline()
    at = datetime(2020, 5, 22, 23, 50, tzinfo=NOW.tzinfo)
    world.alert("bearer", version=version, stage="before-90", at=at)

    send_due(now=at + 20 * MINUTE, transport=Told())

    message = Message.objects.get()
    assert message.rendering is not None
    assert str(message.rendering.told_on) == "2020-05-23"
    assert message.alert.renderings.count() == 1
