"""Registering people and giving mandates."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from notifications.errors import DomainError, NotPermittedError
from notifications.models import Event, Mandate, Role, User
from notifications.services.people import appoint, register_user
from tests.factories import NOW, Cast, make_party

pytestmark = pytest.mark.django_db

PERSON: dict[str, Any] = {
    "email": "Ana.Silva@Example.org",
    "name": "Ana Silva",
    "actor": None,
    "now": NOW,
}


def test_a_person_is_registered_under_a_lower_case_address_that_no_event_repeats() -> None:
    user = register_user(**PERSON, zone="Europe/Lisbon")
    assert (user.email, user.zone) == ("ana.silva@example.org", "Europe/Lisbon")
    assert not user.has_usable_password()
    event = Event.objects.get(act="user-registered")
    assert event.record == f"user:{user.pk}"
    assert "example" not in event.body.lower()
    assert "silva" not in event.body.lower()


def test_a_password_must_be_one_that_the_validators_take() -> None:
    user = register_user(**PERSON, password="tall ships in november")
    assert user.check_password("tall ships in november")
    with pytest.raises(DomainError, match="too short") as refused:
        register_user(**{**PERSON, "email": "b@example.org"}, password="short")
    assert refused.value.field == "password"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "no address"}, "email"),
        ({"email": "a@example.org\nBcc: b@example.org"}, "email"),
        ({"name": "  "}, "name"),
        ({"name": "Ana\r\nBcc: b@example.org"}, "name"),
        ({"name": "Ana\u2028Bcc: b@example.org"}, "name"),
        ({"zone": "Lisbon"}, "zone"),
        ({"language": "tlh"}, "language"),
    ],
)
def test_what_is_wrong_is_refused_at_its_field(change: dict[str, str], field: str) -> None:
    with pytest.raises(DomainError) as refused:
        register_user(**{**PERSON, **change})
    assert refused.value.field == field
    assert not User.objects.exists()


def test_an_address_is_registered_once_whatever_its_case() -> None:
    register_user(**PERSON)
    with pytest.raises(DomainError, match="registered already"):
        register_user(**{**PERSON, "email": "ANA.SILVA@example.org"})


def test_only_an_administrator_registers_and_appoints(cast: Cast) -> None:
    drafter, admin = cast.us_drafter, cast.administrator
    with pytest.raises(NotPermittedError):
        register_user(**{**PERSON, "actor": drafter})
    user = register_user(**{**PERSON, "actor": admin})
    given: dict[str, Any] = {
        "user": user,
        "party": make_party("DEU"),
        "role": Role.OBSERVER,
        "from_on": date(2020, 1, 1),
        "now": NOW,
    }
    with pytest.raises(NotPermittedError):
        appoint(**given, actor=drafter)
    assert appoint(**given, actor=admin).party.code == "DEU"


def test_a_mandate_ends_after_it_begins_and_is_given_once() -> None:
    user, party = register_user(**PERSON), make_party("DEU")
    given: dict[str, Any] = {"user": user, "party": party, "actor": None, "now": NOW}
    with pytest.raises(DomainError) as refused:
        appoint(**given, role=Role.DRAFTER, from_on=date(2020, 2, 1), to_on=date(2020, 1, 1))
    assert refused.value.field == "to_on"
    appoint(**given, role=Role.DRAFTER, from_on=date(2020, 2, 1), to_on=date(2020, 3, 1))
    with pytest.raises(DomainError, match="already"):
        appoint(**given, role=Role.DRAFTER, from_on=date(2020, 2, 1))
    assert Mandate.objects.count() == 1
    assert [m.role for m in user.mandates_on(date(2020, 3, 1))] == ["drafter"]
    assert user.mandates_on(date(2020, 3, 2)) == ()
