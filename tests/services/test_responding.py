"""Acknowledgement is never a response: two records, each by the party it binds."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime

import pytest

from notifications.errors import NotPermittedError, RuleBrokenError
from notifications.models import Alert, Notification, Response, TransmissionReport
from notifications.register import verify
from notifications.services.responding import acknowledge_notification, respond_to_notification
from notifications.services.sweeps import record_responses
from tests.factories import NOW, Cast, issue, issue_act, make_cast, make_treaty

AFTER_THE_LIMIT = datetime(2020, 7, 22, 0, 0, tzinfo=UTC)


def allege(cast: Cast) -> Notification:
    return issue_act(
        cast,
        "breach-allegation",
        {"against": ["RUS"], "respond_by": "2020-07-21", "text": "A breach is alleged."},
    )


def answer(
    cast: Cast,
    notification: Notification,
    *,
    position: str = "rejects",
    text: str = "Groundless.",
    now: datetime = NOW,
    uid: uuid.UUID | None = None,
) -> Response:
    return respond_to_notification(
        notification=notification,
        party=cast.party("RUS"),
        position=position,
        text=text,
        actor=cast.russian_drafter,
        now=now,
        uid=uid,
    )


def test_an_acknowledgement_is_recorded_once_and_answers_nothing(cast: Cast) -> None:
    notification = allege(cast)
    for _click in range(2):
        acknowledge_notification(
            notification=notification,
            party=cast.party("RUS"),
            actor=cast.russian_drafter,
            now=NOW,
        )
    report = TransmissionReport.objects.get()
    assert (report.kind, report.by) == ("acknowledged", cast.russian_drafter)
    assert notification.deadlines.get().status == "running"
    assert not notification.responses.exists()
    assert Alert.objects.filter(kind="acknowledged", stage="RUS").count() == 1
    assert verify().ok


def test_an_allegation_binds_the_accused_alone(cast: Cast) -> None:
    deadline = allege(cast).deadlines.get()
    assert deadline.bearer == cast.party("RUS")
    assert deadline.due_at == datetime(2020, 7, 22, tzinfo=UTC)
    assert [step["kind"] for step in deadline.version.trace] == [
        "given-note",
        "limit-set",
        "lapse",
    ]


def test_a_request_to_all_binds_every_addressed_party(cast: Cast) -> None:
    request = issue_act(
        cast, "assurance-request", {"respond_by": "2020-06-30", "text": "Confirm."}, code="RUS"
    )
    bearers = request.deadlines.values_list("bearer__code", flat=True)
    assert sorted(bearers) == ["CAN", "DEU", "FRA", "HUN", "USA"]


def test_a_response_in_time_ends_the_clock(cast: Cast) -> None:
    notification = allege(cast)
    response = answer(cast, notification)
    deadline = notification.deadlines.get()
    assert (deadline.status, deadline.answered_by) == ("met", response)
    assert not response.is_late
    planned = Alert.objects.filter(deadline_version__deadline=deadline, state="planned")
    assert not planned.exists()


def test_silence_is_recorded_for_each_party_and_a_late_answer_is_taken_as_late(
    cast: Cast,
) -> None:
    notification = allege(cast)
    assert record_responses(now=datetime(2020, 7, 21, 23, 59, tzinfo=UTC)).silent == 0
    assert record_responses(now=AFTER_THE_LIMIT).silent == 1
    assert record_responses(now=AFTER_THE_LIMIT).silent == 0
    deadline = notification.deadlines.get()
    assert (deadline.status, deadline.settled_on) == ("lapsed", date(2020, 7, 21))
    response = answer(cast, notification, now=AFTER_THE_LIMIT)
    deadline.refresh_from_db()
    assert response.is_late
    assert (deadline.status, deadline.answered_by) == ("met", response)
    assert verify().ok


def test_an_act_of_the_bearer_that_refers_to_it_answers_too(cast: Cast) -> None:
    allegation = allege(cast)
    proposal = issue_act(
        cast, "dialogue-proposal", {"text": "Let us talk."}, code="RUS", refers_to=allegation
    )
    deadline = allegation.deadlines.get()
    assert (deadline.status, deadline.met_by) == ("met", proposal)


def test_two_clicks_on_one_form_make_one_response(cast: Cast) -> None:
    notification, token = allege(cast), uuid.uuid4()
    first = answer(cast, notification, uid=token)
    assert answer(cast, notification, uid=token) == first
    assert Response.objects.count() == 1
    other = issue(cast)
    with pytest.raises(RuleBrokenError, match="was used already"):
        answer(cast, other, uid=token)


def test_a_form_used_again_with_other_words_is_not_thrown_away_in_silence(cast: Cast) -> None:
    notification, token = allege(cast), uuid.uuid4()
    answer(cast, notification, uid=token)
    with pytest.raises(RuleBrokenError, match="says something else"):
        answer(cast, notification, position="regrets", uid=token)


def test_a_later_response_supersedes_the_earlier_one_of_the_same_party(cast: Cast) -> None:
    notification = allege(cast)
    first = answer(cast, notification)
    second = answer(cast, notification, position="offers-dialogue", text="Let us talk.")
    assert second.supersedes == first
    assert first.superseded_by == second


def test_markup_in_a_response_is_text_and_an_unknown_position_is_refused(cast: Cast) -> None:
    notification = allege(cast)
    assert answer(cast, notification, text="<b>No</b>\r\nNever").text == "<b>No</b>\nNever"
    with pytest.raises(RuleBrokenError, match="choose one of the list") as refusal:
        answer(cast, notification, position="shrugs")
    assert refusal.value.field == "position"


@pytest.mark.parametrize("who", ["german_observer", "canadian_officer", "japanese_drafter"])
def test_only_the_mission_of_an_addressed_party_responds(cast: Cast, who: str) -> None:
    notification = allege(cast)
    with pytest.raises(NotPermittedError):
        respond_to_notification(
            notification=notification,
            party=cast.party("RUS"),
            position="rejects",
            text="",
            actor=getattr(cast, who),
            now=NOW,
        )


def test_the_sender_does_not_respond_to_itself(cast: Cast) -> None:
    notification = allege(cast)
    with pytest.raises(NotPermittedError):
        respond_to_notification(
            notification=notification,
            party=cast.party("USA"),
            position="accepts",
            text="",
            actor=cast.us_drafter,
            now=NOW,
        )


def test_a_response_meets_a_clauses_own_duty_to_respond(db: None) -> None:
    rule = {
        "id": "xvi-1",
        "article": "XVI(1)",
        "governs": "breach-allegation",
        "summary": "The addressee responds within ten days of receipt.",
        "starts": "given",
        "count": [{"add": "P10D"}],
        "yields": "duty",
        "duty": {"bearer": "addressee", "act": "response"},
    }
    cast = make_cast(make_treaty("vienna", depositaries=[], rules=[rule]))
    notification = issue_act(
        cast, "breach-allegation", {"against": ["RUS"], "text": "An unusual activity."}
    )
    deadline = notification.deadlines.get()
    assert (deadline.bearer, deadline.version.due_on) == (cast.party("RUS"), date(2020, 6, 1))
    answer(cast, notification)
    deadline.refresh_from_db()
    assert deadline.status == "met"
