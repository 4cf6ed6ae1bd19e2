"""Mandates that change and end, persons that are renamed, accounts that are closed."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from notifications.errors import NotPermittedError, RuleBrokenError
from notifications.models import Event, Mandate, Role, User
from notifications.register import verify
from notifications.services.people import (
    appoint,
    change_mandate,
    change_user,
    close_account,
    register_user,
    reopen_account,
)
from tests.factories import NOW, TODAY, Cast, make_party, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def secretary(cast: Cast) -> User:
    """A member of the secretariat."""
    return make_user("Sanna Secretary", "UNO", Role.SECRETARIAT)


def give(cast: Cast, **other: Any) -> Mandate:
    given: dict[str, Any] = {
        "user": cast.japanese_drafter,
        "party": make_party("FRA"),
        "role": Role.DRAFTER,
        "from_on": date(2020, 2, 1),
        "to_on": date(2020, 3, 1),
        "actor": cast.administrator,
        "now": NOW,
        **other,
    }
    return appoint(**given)


def change(
    mandate: Mandate, actor: User | None, reason: str = "she left", **fields: Any
) -> Mandate:
    return change_mandate(mandate=mandate, fields=fields, actor=actor, now=NOW, reason=reason)


@pytest.mark.parametrize(
    ("from_on", "to_on"),
    [
        (date(2020, 3, 1), None),
        (date(2020, 1, 1), date(2020, 2, 1)),
        (date(2020, 2, 10), date(2020, 2, 11)),
        (date(2020, 1, 1), None),
    ],
)
def test_the_same_mandate_twice_for_one_day_is_refused(
    cast: Cast, from_on: date, to_on: date | None
) -> None:
    give(cast)
    with pytest.raises(RuleBrokenError, match="from 2020-02-01 until 2020-03-01") as refused:
        give(cast, from_on=from_on, to_on=to_on)
    assert refused.value.field == "from_on"
    assert Mandate.objects.filter(user=cast.japanese_drafter).count() == 2


def test_one_after_the_other_or_of_another_kind_is_none_twice(cast: Cast) -> None:
    give(cast)
    give(cast, from_on=date(2020, 3, 2), to_on=None)
    give(cast, from_on=date(2020, 1, 1), to_on=date(2020, 1, 31))
    give(cast, role=Role.OBSERVER)
    give(cast, party=make_party("DEU"))
    give(cast, user=cast.german_observer)
    assert Mandate.objects.filter(party__code="FRA").count() == 5


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"role": "ambassador"}, "role"),
        ({"order": 0}, "order"),
        ({"to_on": date(2020, 1, 31)}, "to_on"),
        ({"from_on": date(1492, 1, 1), "to_on": None}, "from_on"),
    ],
)
def test_a_mandate_that_cannot_be_is_refused_at_its_field(
    cast: Cast, other: dict[str, Any], field: str
) -> None:
    with pytest.raises(RuleBrokenError) as refused:
        give(cast, **other)
    assert refused.value.field == field


def test_nobody_acts_for_a_state_that_is_no_more(cast: Cast) -> None:
    former = make_party("SUN")
    former.exists_to = date(1991, 12, 26)
    former.save()
    with pytest.raises(RuleBrokenError, match="no longer exists") as refused:
        give(cast, party=former)
    assert refused.value.field == "party"


def test_a_mandate_ends_by_its_last_day_with_the_reason_in_the_register(cast: Cast) -> None:
    mandate = change(give(cast), cast.administrator, to_on=date(2020, 2, 15))
    assert mandate.to_on == date(2020, 2, 15)
    body = json.loads(Event.objects.get(act="mandate-changed").body)
    assert body["changes"] == {"to_on": ["2020-03-01", "2020-02-15"]}
    assert body["reason"] == "she left"
    assert verify().ok


def test_a_change_is_refused_where_a_new_mandate_would_be(cast: Cast) -> None:
    first = give(cast)
    second = give(cast, from_on=date(2020, 3, 2), to_on=None)
    for mandate, fields, field in (
        (first, {"to_on": None}, "from_on"),
        (second, {"from_on": date(2020, 3, 1)}, "from_on"),
        (first, {"to_on": date(2020, 1, 1)}, "to_on"),
        (first, {"order": 1000}, "order"),
    ):
        with pytest.raises(RuleBrokenError) as refused:
            change(mandate, cast.administrator, **fields)
        assert refused.value.field == field
    with pytest.raises(RuleBrokenError) as refused:
        change(first, cast.administrator, reason=" ", to_on=date(2020, 2, 15))
    assert refused.value.field == "reason"
    first.refresh_from_db()
    assert first.to_on == date(2020, 3, 1)


def test_the_secretariat_manages_mandates_and_registers_nobody(cast: Cast, secretary: User) -> None:
    change(give(cast, actor=secretary), secretary, to_on=date(2020, 2, 15))
    with pytest.raises(NotPermittedError):
        register_user(email="new@example.org", name="New", actor=secretary, now=NOW)
    with pytest.raises(NotPermittedError):
        close_account(user=cast.us_head, actor=secretary, now=NOW, reason="left")
    Mandate.objects.filter(user=secretary).update(to_on=date(2020, 1, 1))
    with pytest.raises(NotPermittedError):
        give(cast, actor=User.objects.get(pk=secretary.pk), role=Role.OBSERVER)


def test_nobody_gives_or_changes_a_mandate_of_their_own(cast: Cast, secretary: User) -> None:
    for actor in (secretary, cast.administrator):
        with pytest.raises(NotPermittedError, match="of their own"):
            give(cast, user=actor, actor=actor)
    own = Mandate.objects.get(user=secretary)
    with pytest.raises(NotPermittedError, match="of their own"):
        change(own, secretary, to_on=TODAY)


def test_missions_and_officers_manage_no_mandates(cast: Cast) -> None:
    mandate = give(cast)
    for actor in (cast.us_head, cast.canadian_officer):
        with pytest.raises(NotPermittedError):
            give(cast, actor=actor, role=Role.OBSERVER)
        with pytest.raises(NotPermittedError):
            change(mandate, actor, to_on=None)


def rename(user: User, actor: User | None, **fields: Any) -> User:
    return change_user(user=user, fields=fields, actor=actor, now=NOW, reason="as she asked")


def test_a_person_is_changed_and_no_event_repeats_name_or_address(cast: Cast) -> None:
    user = rename(
        cast.us_drafter,
        cast.administrator,
        email="Alice.New@Example.org",
        name="Alice New",
        zone="Asia/Tokyo",
    )
    user.refresh_from_db()
    assert (user.email, user.name, user.zone) == (
        "alice.new@example.org",
        "Alice New",
        "Asia/Tokyo",
    )
    event = Event.objects.get(act="user-changed")
    assert json.loads(event.body)["changes"] == {
        "email": [],
        "name": [],
        "zone": ["UTC", "Asia/Tokyo"],
    }
    assert "alice" not in event.body.lower()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"email": "henry.head@example.org"}, "email"),
        ({"email": "no address"}, "email"),
        ({"name": ""}, "name"),
        ({"zone": "Middle/Earth"}, "zone"),
        ({"language": "tlh"}, "language"),
    ],
)
def test_a_change_of_a_person_is_refused_at_its_field(
    cast: Cast, fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(RuleBrokenError) as refused:
        rename(cast.us_drafter, cast.administrator, **fields)
    assert refused.value.field == field
    assert not Event.objects.filter(act="user-changed").exists()


def test_administrators_are_made_and_unmade_by_another_one(cast: Cast) -> None:
    other = rename(cast.us_head, cast.administrator, is_staff=True)
    with pytest.raises(RuleBrokenError) as refused:
        rename(cast.administrator, cast.administrator, is_staff=False)
    assert refused.value.field == "is_staff"
    assert not rename(cast.administrator, other, is_staff=False).is_staff
    with pytest.raises(NotPermittedError):
        rename(cast.us_drafter, cast.us_drafter, is_staff=True)


def test_an_account_is_closed_and_opened_again_with_reasons(cast: Cast) -> None:
    given: dict[str, Any] = {"actor": cast.administrator, "now": NOW}
    user = close_account(user=cast.us_head, reason="left the service", **given)
    assert not user.is_active
    close_account(user=cast.us_head, reason="again", **given)
    assert reopen_account(user=user, reason="came back", **given).is_active
    acts = [event.act for event in Event.objects.filter(act__startswith="account-").order_by("pk")]
    assert acts == ["account-closed", "account-reopened"]
    assert Mandate.objects.valid(TODAY).filter(user=user).exists()


def test_nobody_closes_their_own_account_and_the_systems_stays_as_it_is(cast: Cast) -> None:
    given: dict[str, Any] = {"actor": cast.administrator, "now": NOW, "reason": "left"}
    with pytest.raises(RuleBrokenError, match="their own account"):
        close_account(user=cast.administrator, **given)
    system = make_user("Replay", is_system=True)
    with pytest.raises(RuleBrokenError, match="system"):
        close_account(user=system, **given)
    with pytest.raises(RuleBrokenError, match="system"):
        rename(system, cast.administrator, name="Another")


def test_a_closed_account_of_an_administrator_administers_nothing(cast: Cast) -> None:
    cast.administrator.is_active = False
    with pytest.raises(NotPermittedError):
        give(cast)
    with pytest.raises(NotPermittedError):
        rename(cast.us_drafter, cast.administrator, name="Another")
