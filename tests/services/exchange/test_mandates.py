"""Mandates from files: by administrators and the secretariat, of people who are registered."""

from __future__ import annotations

from datetime import date

import pytest

from notifications.errors import NotPermittedError
from notifications.models import Event, Mandate, Role, User
from notifications.register import verify
from tests.factories import Cast, make_user
from tests.services.exchange.files import bring, places, problems_of

HEAD = "email,party,role,order,from_on,to_on"
ALICE = "alice.drafter@example.org"


@pytest.fixture
def secretary(cast: Cast) -> User:
    """A member of the secretariat."""
    return make_user("Sanna Secretary", "UNO", Role.SECRETARIAT)


def test_mandates_are_given_ended_and_ordered(cast: Cast, secretary: User) -> None:
    plan = bring(
        "mandates",
        HEAD,
        f"{ALICE.title()},FRA,observer,2,2020-06-01,2020-12-31",
        f"{ALICE},FRA,observer,,2021-01-01,",
        f"{ALICE},USA,drafter,3,1990-01-01,2020-05-31",
        "henry.head@example.org,USA,head-of-mission,1,1991-01-01,",
        "irina.head@example.org,RUS,head-of-mission,1,1990-01-01,",
        actor=secretary,
    )
    actions = [row.action for row in plan.rows]
    assert actions == ["create", "create", "change", "change", "same"]
    held = Mandate.objects.filter(user=cast.us_drafter, party__code="FRA").order_by("from_on")
    assert [(row.order, row.to_on) for row in held] == [(2, date(2020, 12, 31)), (1, None)]
    assert Mandate.objects.get(user=cast.us_head).from_on == date(1991, 1, 1)
    event = Event.objects.get(act="registry-imported")
    assert "example.org" not in event.body
    assert verify().ok


def test_every_problem_is_told_by_line_and_nothing_is_imported(cast: Cast, secretary: User) -> None:
    before = Mandate.objects.count()
    make_user("Replay", is_system=True)
    found = problems_of(
        "mandates",
        HEAD,
        "nobody@example.org,USA,drafter,1,2020-01-01,",
        f"{ALICE},XXX,drafter,1,2020-01-01,",
        f"{ALICE},FRA,ambassador,1,2020-01-01,",
        f"{ALICE},FRA,drafter,first,2020-01-01,",
        f"{ALICE},DEU,drafter,1,2020-01-01,2019-12-31",
        f"{ALICE},RUS,drafter,1,2020-01-01,2020-12-31",
        f"{ALICE},RUS,drafter,1,2020-12-31,",
        f"{ALICE},CAN,drafter,1,,",
        f"{secretary.email},USA,drafter,1,2020-01-01,",
        "replay@example.org,USA,drafter,1,2020-01-01,",
        f"{ALICE},USA,drafter,1,1990-01-01,",
        f"{ALICE},USA,drafter,1,1990-01-01,2020-01-01",
        actor=secretary,
    )
    assert places(found) == [
        (2, "email"),
        (3, "party"),
        (4, "role"),
        (5, "order"),
        (6, "to_on"),
        (8, "from_on"),
        (9, "from_on"),
        (10, "email"),
        (11, "email"),
        (13, ""),
    ]
    assert found[5][2] == "This overlaps with line 7."
    assert Mandate.objects.count() == before


def test_missions_import_no_mandates(cast: Cast) -> None:
    with pytest.raises(NotPermittedError):
        bring("mandates", HEAD, f"{ALICE},USA,drafter,1,1990-01-01,", actor=cast.us_head)
