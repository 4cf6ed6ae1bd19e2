"""Another date that the depositary registers, and the objections to it: both are kept."""

from __future__ import annotations

from typing import Any

import pytest

from notifications.errors import NotPermittedError, RuleBrokenError
from notifications.models import Fact, Notification
from notifications.register import verify
from notifications.services.overriding import object_to_date, override_date
from notifications.services.sweeps import track_deadlines
from tests.factories import XV_3, Cast, issue, make_cast, make_treaty
from tests.services.ledgers import EFFECT, at, clock_of, day, receive


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast(make_treaty(rules=[EFFECT, XV_3]))


@pytest.fixture
def notice(cast: Cast) -> Notification:
    """A withdrawal given and received on 22 May 2020: effect on 22 November."""
    notification = issue(cast)
    receive(cast, notification, "2020-05-22")
    return notification


def register(cast: Cast, notice: Notification, on: str = "2020-12-31", **more: Any) -> Fact:
    return override_date(
        **{
            "deadline": clock_of(notice, "xv-2"),
            "on": day(on),
            "reason": "the note was read so",
            "actor": cast.canadian_officer,
            "now": at("2020-06-01"),
            **more,
        }
    )


def test_the_depositary_registers_another_date_and_both_are_kept(
    cast: Cast, notice: Notification
) -> None:
    register(cast, notice)

    clock = clock_of(notice, "xv-2")
    assert (clock.status, clock.version.due_on) == ("running", day("2020-12-31"))
    assert "2020-11-22" in str(clock.version.trace)
    assert verify().ok


def test_a_party_objects_and_the_date_is_disputed_but_comes_all_the_same(
    cast: Cast, notice: Notification
) -> None:
    register(cast, notice)

    object_to_date(
        deadline=clock_of(notice, "xv-2"),
        party=cast.party("RUS"),
        reason="not agreed",
        actor=cast.russian_drafter,
        now=at("2020-06-02"),
    )

    clock = clock_of(notice, "xv-2")
    assert (clock.status, clock.version.result) == ("disputed", "disputed")
    assert track_deadlines(now=at("2020-12-31")).effective == 1
    assert clock_of(notice, "xv-2").status == "effective"


def test_a_further_date_registered_settles_the_objections_to_the_one_before(
    cast: Cast, notice: Notification
) -> None:
    register(cast, notice)
    object_to_date(
        deadline=clock_of(notice, "xv-2"),
        party=cast.party("RUS"),
        reason="not agreed",
        actor=cast.russian_drafter,
        now=at("2020-06-02"),
    )

    register(cast, notice, "2021-01-31", now=at("2020-06-03"))

    assert clock_of(notice, "xv-2").status == "running"


@pytest.mark.parametrize(
    ("more", "error", "said"),
    [
        ({"actor": "us_head"}, NotPermittedError, "Only an officer"),
        ({"actor": "german_observer"}, NotPermittedError, "Only an officer"),
        ({"slug": "xv-3"}, RuleBrokenError, "no other date"),
        ({"on": day("2020-05-21")}, RuleBrokenError, "cannot come before 22 May 2020"),
        ({"on": day("2020-11-22")}, RuleBrokenError, "stands already"),
        ({"reason": ""}, RuleBrokenError, "Reason"),
    ],
)
def test_another_date_that_cannot_be_registered_is_refused(
    *, cast: Cast, notice: Notification, more: dict[str, Any], error: type[Exception], said: str
) -> None:
    if "actor" in more:
        more = {**more, "actor": getattr(cast, more["actor"])}
    if "slug" in more:
        more = {"deadline": clock_of(notice, more["slug"])}

    with pytest.raises(error, match=said):
        override_date(
            **{
                "deadline": clock_of(notice, "xv-2"),
                "on": day("2020-12-31"),
                "reason": "so",
                "actor": cast.canadian_officer,
                "now": at("2020-06-01"),
                **more,
            }
        )

    assert not Fact.objects.exists()


def test_there_is_nothing_to_object_to_and_nobody_objects_twice(
    cast: Cast, notice: Notification
) -> None:
    said = {
        "deadline": clock_of(notice, "xv-2"),
        "party": cast.party("RUS"),
        "reason": "no",
        "actor": cast.russian_drafter,
        "now": at("2020-06-02"),
    }
    with pytest.raises(RuleBrokenError, match="nothing to object to"):
        object_to_date(**said)
    register(cast, notice)
    object_to_date(**said)
    with pytest.raises(RuleBrokenError, match="already"):
        object_to_date(**said)
    with pytest.raises(NotPermittedError):
        object_to_date(**{**said, "actor": cast.japanese_drafter})
