"""What breaks a silence, and what is told where one that had been complete is broken after all."""

from __future__ import annotations

import pytest

from notifications.models import Alert, Notification, User
from notifications.register import verify
from notifications.services.responding import respond_to_notification
from notifications.services.silence import silent_parties
from notifications.services.sweeps import record_responses, send_alerts, track_deadlines
from tests.factories import Cast, issue, issue_act, make_cast, make_treaty
from tests.services.ledgers import INFORMED, at, circulate, clock_of, day
from tests.services.noting import enter

ENDED = "2020-08-24"  # the day after the ninetieth from the circulation of 25 May


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast(make_treaty(rules=[INFORMED]))


@pytest.fixture
def notice(cast: Cast) -> Notification:
    """Given on 22 May 2020, circulated on 25 May."""
    notification = issue(cast)
    circulate(cast, notification, "2020-05-25")
    return notification


def objection_on_paper(
    cast: Cast, secretary: User, notice: Notification, code: str
) -> Notification:
    return enter(
        cast,
        secretary,
        senders=[cast.party(code)],
        act="objection",
        fields={"text": "We object."},
        given_on=day("2020-08-01"),
        refers_to=notice,
        now=at("2020-08-26"),
    )


def test_an_objection_in_time_that_is_entered_late_breaks_the_silence_that_was_proposed_last(
    cast: Cast, notice: Notification, secretary: User
) -> None:
    track_deadlines(now=at(ENDED))
    (first,) = Alert.objects.filter(kind="proposed")
    send_alerts(now=at(ENDED))
    last = notice.deadlines.get(uid=first.stage[:36]).bearer
    assert last is not None

    objection_on_paper(cast, secretary, notice, last.code)

    clock = clock_of(notice, "xx-5", last.code)
    assert clock.status == "met"
    assert last.code not in silent_parties(clock)
    assert Alert.objects.filter(kind="proposed").count() == 2
    send_alerts(now=at("2020-08-26"))
    assert verify().ok


def test_what_is_about_to_be_told_is_not_planned_twice(
    cast: Cast, notice: Notification, secretary: User
) -> None:
    track_deadlines(now=at(ENDED))

    for code in ("DEU", "FRA", "RUS"):
        objection_on_paper(cast, secretary, notice, code)

    assert Alert.objects.filter(kind="proposed").count() == 1
    assert silent_parties(clock_of(notice, "xx-5", "CAN")) == ["CAN", "HUN"]


def test_an_answer_past_the_senders_limit_breaks_a_silence_that_still_runs(db: None) -> None:
    cast = make_cast(make_treaty(rules=[{**INFORMED, "governs": "amendment-proposal"}]))
    asked = {"provision": "Article II", "text": "We propose.", "respond_by": "2020-06-01"}
    proposal = issue_act(cast, "amendment-proposal", asked)
    circulate(cast, proposal, "2020-05-25")
    record_responses(now=at("2020-06-02"))

    answer = respond_to_notification(
        notification=proposal,
        party=cast.party("RUS"),
        position="objects",
        text="No.",
        actor=cast.russian_drafter,
        now=at("2020-07-01"),
    )

    assert answer.is_late
    clock = clock_of(proposal, "xx-5", "RUS")
    assert (clock.status, clock.answered_by) == ("met", answer)
