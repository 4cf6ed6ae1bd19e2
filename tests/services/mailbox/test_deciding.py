"""A draft that came by mail: the mission gives it as its response, or sets it aside."""

from __future__ import annotations

import pytest

from notifications.errors import ChangedMeanwhileError, NotPermittedError, RuleBrokenError
from notifications.models import MailedAnswer, Notification, Response
from notifications.register import verify
from notifications.services.mailed_answers import confirm_answer, set_answer_aside
from notifications.services.taking_in import take_in
from tests.factories import Cast
from tests.services.mailbox.replies import LATER, reply, sent_to


def answer_of(cast: Cast) -> MailedAnswer:
    take_in(reply(sent_to(cast.russian_drafter)), now=LATER)
    return MailedAnswer.objects.get()


def test_the_mission_gives_it_as_its_response(cast: Cast, notice: Notification) -> None:
    answer = answer_of(cast)
    given = {
        "answer": answer,
        "position": "regrets",
        "text": "We regret this decision deeply.",
        "actor": cast.russian_head,
        "now": LATER,
    }
    response = confirm_answer(**given)

    assert (response.party.code, response.by) == ("RUS", cast.russian_head)
    assert response.text == "We regret this decision deeply."
    answer.refresh_from_db()
    assert (answer.state, answer.response, answer.decided_by) == (
        "confirmed",
        response,
        cast.russian_head,
    )
    assert confirm_answer(**given) == response
    assert verify().ok


def test_or_sets_it_aside_and_it_is_given_no_more(cast: Cast, notice: Notification) -> None:
    answer = answer_of(cast)
    set_answer_aside(answer=answer, actor=cast.russian_drafter, now=LATER)
    set_answer_aside(answer=answer, actor=cast.russian_head, now=LATER)

    with pytest.raises(ChangedMeanwhileError):
        confirm_answer(
            answer=answer, position="regrets", text="So.", actor=cast.russian_head, now=LATER
        )
    assert not Response.objects.exists()
    answer.refresh_from_db()
    assert answer.decided_by == cast.russian_drafter


@pytest.mark.parametrize("who", ["us_head", "japanese_drafter", "canadian_officer"])
def test_nobody_else_decides_on_it(cast: Cast, notice: Notification, who: str) -> None:
    answer, actor = answer_of(cast), getattr(cast, who)
    with pytest.raises(NotPermittedError):
        confirm_answer(answer=answer, position="regrets", text="So.", actor=actor, now=LATER)
    with pytest.raises(NotPermittedError):
        set_answer_aside(answer=answer, actor=actor, now=LATER)


def test_what_is_wrong_with_it_is_named_and_it_waits_on(cast: Cast, notice: Notification) -> None:
    answer = answer_of(cast)
    with pytest.raises(RuleBrokenError, match="Position"):
        confirm_answer(answer=answer, position="no", text="So.", actor=cast.russian_head, now=LATER)
    answer.refresh_from_db()
    assert answer.state == "waiting"
