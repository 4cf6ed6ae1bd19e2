"""An extension given as an act: whose time-limits it moves, and who reads why."""

from __future__ import annotations

import pytest

from notifications.models import Fact, Notification, User
from notifications.register import verify
from tests.factories import XV_3, Cast, issue, issue_act, make_cast, make_treaty
from tests.services.ledgers import EFFECT, at, clock_of, day, receive
from tests.services.noting import enter

WHY = "because our parliament is divided"


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast(make_treaty(rules=[EFFECT, XV_3]))


@pytest.fixture
def notice(cast: Cast) -> Notification:
    """A withdrawal given and received on 22 May 2020: effect on 22 November."""
    notification = issue(cast)
    receive(cast, notification, "2020-05-22")
    return notification


def extend(cast: Cast, notice: Notification, **fields: str) -> Notification:
    said = {"clause": "xv-2", "until_on": "2020-12-24", "text": WHY, **fields}
    return issue_act(cast, "extension", said, refers_to=notice, now=at("2020-06-01"))


def told(notice: Notification) -> str:
    """What everybody who reads the notice reads of its date."""
    version = clock_of(notice, "xv-2").version
    return f"{version.trace} {version.cause} {version.cause_told}"


def test_an_extension_moves_the_date_and_says_why(cast: Cast, notice: Notification) -> None:
    extend(cast, notice)

    assert clock_of(notice, "xv-2").version.due_on == day("2020-12-24")
    assert WHY in told(notice)


def test_the_words_of_a_restricted_extension_stand_not_with_the_dates_that_it_moves(
    cast: Cast, notice: Notification
) -> None:
    extend(cast, notice, visibility="restricted", reasons=WHY)

    assert clock_of(notice, "xv-2").version.due_on == day("2020-12-24")
    assert WHY not in told(notice)
    assert WHY not in Fact.objects.get().reason
    assert verify().ok


def test_a_paper_note_does_not_extend_the_time_of_the_depositaries(
    cast: Cast, notice: Notification, secretary: User
) -> None:
    before = clock_of(notice, "xv-3").version

    note = enter(
        cast,
        secretary,
        act="extension",
        fields={"clause": "xv-3", "until_on": "2020-12-24", "text": WHY},
        given_on=day("2020-05-22"),
        refers_to=notice,
        now=at("2020-06-01"),
    )

    assert "not-its-own" in {flag["code"] for flag in note.fields["flags"]}
    assert clock_of(notice, "xv-3").version == before
    assert not Fact.objects.exists()
