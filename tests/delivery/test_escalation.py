"""Whose turn it is: the desk, the head of mission from a week before, and who has no desk."""

from __future__ import annotations

import pytest

from notifications.delivery import expand
from notifications.delivery.escalation import is_for_the_desk
from notifications.models import Alert, Role, User
from tests.delivery.records import NOW, World

pytestmark = pytest.mark.django_db


def told(world: World, stage: str, audience: str = "bearer") -> set[User]:
    alert = world.alert(audience, version=world.deadline(), stage=stage)
    expand(now=NOW)
    return {message.user for message in alert.messages.select_related("user")}


@pytest.mark.parametrize(
    ("stage", "is_head_told"),
    [
        ("before-90", False),
        ("before-14", False),
        ("before-8", False),
        ("before-7", True),
        ("before-1", True),
        ("before-24h", True),
        ("opens", True),
        ("day", True),
    ],
)
def test_the_head_of_mission_is_told_from_seven_days_before(
    world: World, stage: str, is_head_told: bool
) -> None:
    desk = world.person("USA", Role.DRAFTER)
    head = world.person("USA", Role.HEAD_OF_MISSION)

    assert told(world, stage) == ({desk, head} if is_head_told else {desk})


def test_a_mission_without_a_desk_officer_is_told_by_its_head(world: World) -> None:
    head = world.person("USA", Role.HEAD_OF_MISSION)
    world.person("RUS", Role.DRAFTER)

    assert told(world, "before-90") == {head}


def test_a_desk_officer_whose_mandate_has_ended_stands_in_nobody_s_way(world: World) -> None:
    world.person("USA", Role.DRAFTER, to_on=NOW.date().replace(day=1))
    head = world.person("USA", Role.HEAD_OF_MISSION)

    assert told(world, "before-90") == {head}


def test_who_is_head_of_one_mission_and_desk_of_another_is_told_as_the_desk(world: World) -> None:
    person = world.person("USA", Role.HEAD_OF_MISSION, order=1)
    world.mandate(person, "RUS", Role.DRAFTER, order=2)
    world.person("USA", Role.DRAFTER)

    assert person in told(world, "before-30", "parties")


def test_observers_and_officers_are_told_from_the_first(world: World) -> None:
    observer = world.person("DEU", Role.OBSERVER)
    officer = world.person("CAN", Role.DEPOSITARY_OFFICER)

    assert told(world, "before-90", "parties+depositaries") == {observer, officer}


def test_an_act_is_told_to_the_whole_mission_at_once(world: World) -> None:
    people = {world.person("USA", role) for role in (Role.DRAFTER, Role.HEAD_OF_MISSION)}
    alert = world.alert("senders", kind="issued")

    expand(now=NOW)

    assert {message.user for message in alert.messages.all()} == people


@pytest.mark.parametrize(
    ("stage", "is_early"),
    [
        ("before-30", True),
        ("before-7", False),
        ("before-720h", True),
        ("before-168h", False),
        ("before-24h", False),
        ("day", False),
        ("after-8", False),
    ],
)
def test_a_rung_in_hours_is_early_by_the_days_that_they_make(stage: str, is_early: bool) -> None:
    assert is_for_the_desk(Alert(kind="deadline", stage=stage)) is is_early
