"""On the desk: answers that came by mail and wait to be given, and those that were not taken."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext

from notifications.emails.addresses import spellings
from notifications.models import ACTING_ROLES, IncomingMail, MailedAnswer, Notification, User
from notifications.web.desk_tasks import Step, Task
from notifications.web.names import PartyNames
from notifications.web.thread import SENDERS, title_of

MOST = 50
REFUSED_MOST = 10


def answer_tasks(user: User, today: date, names: PartyNames) -> Iterable[Task]:
    """One task for each of them; one query, and none for a person who acts for nobody."""
    if not user.party_ids(today, *ACTING_ROLES):
        return
    waiting = MailedAnswer.objects.visible_to(user, today).waiting()
    joined = waiting.select_related("by", "notification__treaty")
    senders = Prefetch("notification__sender_rows", queryset=SENDERS.queryset)
    for found in joined.prefetch_related(senders).order_by("pk")[:MOST]:
        url = reverse("mailed-answer", kwargs={"uid": found.uid})
        reason = gettext("%(name)s answered by mail; nothing is given before you confirm it")
        yield Task(
            what=title_of(found.notification, names),
            treaty=found.notification.treaty.short_name,
            steps=(Step(gettext("Read, and give or set aside"), url),),
            page=url,
            reason=reason % {"name": found.by.name},
            rank=1,
        )


def refused_answers(user: User, today: date, *, since: datetime) -> Iterable[IncomingMail]:
    """What the person answered by mail since then that was not taken, on acts they may read.

    Whoever wrote to an address that this service never gave may have been anybody.
    """
    acts = Notification.objects.visible_to(user, today)
    refused = IncomingMail.objects.filter(
        kind=IncomingMail.Kind.REFUSED,
        taken_at__gte=since,
        sender__in=spellings(user.email),
        answers__alert__notification__in=acts,
    ).exclude(reason=IncomingMail.Reason.FORGED)
    senders = Prefetch("answers__alert__notification__sender_rows", queryset=SENDERS.queryset)
    joined = refused.defer("raw").select_related("answers__alert__notification__treaty")
    return joined.prefetch_related(senders).order_by("-taken_at")[:REFUSED_MOST]
