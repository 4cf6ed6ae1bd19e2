"""What people settle for themselves: language and zone."""

from __future__ import annotations

import json

import pytest

from notifications.errors import NotPermittedError, RuleBrokenError
from notifications.models import Event, User
from notifications.register import verify
from notifications.services.account import change_own_settings
from tests.factories import NOW, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader() -> User:
    return make_user("Hélène Lectrice")


def test_a_person_chooses_language_and_zone_and_the_register_says_what_changed(
    reader: User,
) -> None:
    changed = change_own_settings(language="fr", zone="Europe/Paris", actor=reader, now=NOW)
    reader.refresh_from_db()
    assert (
        (reader.language, reader.zone) == ("fr", "Europe/Paris") == (changed.language, changed.zone)
    )
    event = Event.objects.get(act="settings-changed")
    body = json.loads(event.body)
    assert body["before"] == {"language": "en", "zone": "UTC"}
    assert body["after"] == {"language": "fr", "zone": "Europe/Paris"}
    assert reader.name not in event.body
    assert reader.email not in event.body
    assert verify().ok


def test_what_is_as_it_was_leaves_no_event(reader: User) -> None:
    change_own_settings(language="en", zone="UTC", actor=reader, now=NOW)
    assert not Event.objects.filter(act="settings-changed").exists()


@pytest.mark.parametrize(
    ("language", "zone", "field"),
    [
        ("tlh", "UTC", "language"),
        ("", "UTC", "language"),
        ("fr", "Mars/Olympus", "zone"),
        ("fr", "", "zone"),
        ("fr", "../UTC", "zone"),
    ],
)
def test_what_is_no_language_or_zone_is_refused_at_its_field(
    reader: User, language: str, zone: str, field: str
) -> None:
    with pytest.raises(RuleBrokenError) as refused:
        change_own_settings(language=language, zone=zone, actor=reader, now=NOW)
    assert refused.value.field == field
    reader.refresh_from_db()
    assert (reader.language, reader.zone) == ("en", "UTC")


@pytest.mark.parametrize("what", ["is_system", "is_active"])
def test_whoever_does_not_sign_in_changes_nothing(reader: User, what: str) -> None:
    setattr(reader, what, what == "is_system")
    reader.save()
    with pytest.raises(NotPermittedError):
        change_own_settings(language="fr", zone="UTC", actor=reader, now=NOW)
