"""The outcome of a silence: proposed by a lapse, confirmed or declined by a depositary."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from notifications import permissions
from notifications.errors import NotPermittedError, RuleBrokenError
from notifications.models import Alert, Deadline, Outcome, User
from notifications.queue import nudge
from notifications.register import Entry, append
from notifications.services.alerts import act_alert
from notifications.services.calendar import day_in
from notifications.services.fields import clean_text
from notifications.services.locking import lock
from notifications.services.silence import (
    is_proposed,
    meaning_of,
    outcome_of,
    siblings,
    silent_parties,
)


@transaction.atomic
def confirm_outcome(
    *, deadline: Deadline, is_confirmed: bool, reason: str, actor: User, now: datetime
) -> Outcome:
    """Record what the depositary found the silence of a clause to mean, or that it means nothing.

    One finding for all clocks of the clause on the same act. To decline takes a reason. It changes
    neither clocks nor participation: whatever follows is an act of its own.

    Raises NotPermittedError, or RuleBrokenError where nothing is proposed, or it was decided.
    """
    today = day_in(deadline.act.zone, now)
    if not permissions.can_confirm_outcome(actor, deadline, today):
        raise NotPermittedError(
            gettext("Only an officer of a depositary can say what a silence means.")
        )
    text = clean_text(reason, field="reason", label=gettext("Reason"))
    if not is_confirmed and not text:
        raise RuleBrokenError(
            gettext("Reason: say why the silence does not mean this."), field="reason"
        )
    lock(deadline.act)
    clocks = siblings(deadline)
    current = next(clock for clock in clocks if clock.pk == deadline.pk)
    if not is_proposed(current, clocks):
        raise RuleBrokenError(gettext("No silence is complete here: nothing is proposed."))
    if outcome_of(current) is not None:
        raise RuleBrokenError(gettext("The outcome of this silence has been decided already."))
    outcome = Outcome.objects.create(
        deadline=current,
        meaning=meaning_of(current),
        is_confirmed=is_confirmed,
        silent=silent_parties(current),
        reason=text,
        at=now,
        by=actor,
    )
    notification = current.act
    told = act_alert(notification, Alert.Kind.CONFIRMED, now=now, stage=str(current.uid))
    told.save()
    act = "outcome-confirmed" if is_confirmed else "outcome-declined"
    body = {"notification": notification.pk, "meaning": outcome.meaning}
    append(Entry(act, current, now, actor, (outcome,), body))
    if notification.case.is_live:
        nudge("send_alerts")
    return outcome
