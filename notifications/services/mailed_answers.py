"""What a mission does with an answer that came by mail: it is given, or set aside."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from notifications import permissions
from notifications.errors import ChangedMeanwhileError, NotPermittedError
from notifications.models import MailedAnswer, Response, User
from notifications.register import Entry, append
from notifications.services.calendar import day_in
from notifications.services.responding import respond_to_notification


@transaction.atomic
def confirm_answer(
    *, answer: MailedAnswer, position: str, text: str, actor: User, now: datetime
) -> Response:
    """Give the answer as the party's response, in the wording that the person saw.

    A second click returns the response that the first one gave.

    Raises NotPermittedError, ChangedMeanwhileError where it was set aside, or RuleBrokenError
    naming ``position`` or ``text``.
    """
    locked = _locked(answer, actor, now)
    if locked.response is not None:
        return locked.response
    _refuse_decided(locked)
    response = respond_to_notification(
        notification=locked.notification,
        party=locked.party,
        position=position,
        text=text,
        actor=actor,
        now=now,
        uid=locked.uid,
    )
    _decide(locked, MailedAnswer.State.CONFIRMED, actor, now, response)
    body = {"response": str(response.uid), "written_by": locked.by_id}
    append(Entry("mailed-answer-confirmed", locked, at=now, actor=actor, body=body))
    return response


@transaction.atomic
def set_answer_aside(*, answer: MailedAnswer, actor: User, now: datetime) -> MailedAnswer:
    """Decide that it is not given as a response; the mail is kept. A second click does nothing.

    Raises NotPermittedError, or ChangedMeanwhileError where it was confirmed.
    """
    locked = _locked(answer, actor, now)
    if locked.state == MailedAnswer.State.SET_ASIDE:
        return locked
    _refuse_decided(locked)
    _decide(locked, MailedAnswer.State.SET_ASIDE, actor, now, None)
    body = {"written_by": locked.by_id}
    append(Entry("mailed-answer-set-aside", locked, at=now, actor=actor, body=body))
    return locked


def _locked(answer: MailedAnswer, actor: User, now: datetime) -> MailedAnswer:
    rows = MailedAnswer.objects.select_related("notification__case", "party", "response")
    locked = rows.select_for_update(of=("self",)).get(pk=answer.pk)
    act = locked.notification
    if not permissions.can_respond(actor, act, locked.party, day_in(act.zone, now)):
        sentence = gettext("You cannot respond to this notification for this party.")
        raise NotPermittedError(sentence)
    return locked


def _refuse_decided(answer: MailedAnswer) -> None:
    if answer.state != MailedAnswer.State.WAITING:
        raise ChangedMeanwhileError(
            gettext("Somebody of your mission has decided on this answer meanwhile.")
        )


def _decide(
    answer: MailedAnswer, state: str, actor: User, now: datetime, response: Response | None
) -> None:
    answer.state, answer.response = state, response
    answer.decided_by, answer.decided_at = actor, now
    answer.save(update_fields=["state", "response", "decided_by", "decided_at"])
