"""Defects: what is not in due form is brought to the sender's attention, and refuses nothing."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from notifications import permissions
from notifications.errors import NotPermittedError, RuleBrokenError
from notifications.models import Alert, Defect, Notification, User
from notifications.queue import nudge
from notifications.register import Entry, append
from notifications.services.alerts import act_alert
from notifications.services.calendar import day_in
from notifications.services.fields import clean_text
from notifications.services.locking import lock


@transaction.atomic
def bring_defect(*, notification: Notification, text: str, actor: User, now: datetime) -> Defect:
    """Bring to the senders' attention what is not in due form (VCLT 77(1)(d)).

    The act stands as it is and its clocks run on: a sender mends it by an act of its own. The same
    words of the same person a second time are the first record, so that a second click tells nobody
    twice.

    Raises NotPermittedError, or RuleBrokenError naming the field ``text``.
    """
    today = day_in(notification.zone, now)
    is_known = Notification.objects.visible_to(actor, today).filter(pk=notification.pk).exists()
    if not is_known or not permissions.can_bring_defect(actor, notification, today):
        raise NotPermittedError(
            gettext("Only a depositary of the treaty or the secretariat looks at the due form.")
        )
    words = clean_text(text, field="text", label=gettext("What is not in due form"))
    if not words:
        sentence = gettext("What is not in due form: say it, as the sender is to read it.")
        raise RuleBrokenError(sentence, field="text")
    lock(notification)
    again = Defect.objects.filter(notification=notification, by=actor, text=words).first()
    if again is not None:
        return again
    defect = Defect.objects.create(notification=notification, text=words, at=now, by=actor)
    act_alert(notification, Alert.Kind.DEFECT, now=now, stage=str(defect.pk)).save()
    append(Entry("defect-brought", notification, now, actor, (defect,)))
    if notification.case.is_live:
        nudge("send_alerts")
    return defect
