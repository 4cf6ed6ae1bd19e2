"""On the desk of a depositary: silences that are complete and wait for what they mean."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext

from notifications.models import Deadline, Outcome, Role, TreatyDepositary, User
from notifications.web.desk_tasks import Step, Task
from notifications.web.names import PartyNames
from notifications.web.thread import SENDERS, title_of

MOST = 50


def silence_tasks(user: User, today: date, names: PartyNames) -> Iterable[Task]:
    """One task for each clause whose clocks are all over without the outcome being decided."""
    offices = user.party_ids(today, Role.DEPOSITARY_OFFICER)
    if not offices:
        return
    for found in _complete(offices):
        act = found.act
        url = reverse("deadline", kwargs={"uid": found.uid})
        yield Task(
            what=title_of(act, names),
            treaty=act.treaty.short_name,
            steps=(Step(gettext("Say what the silence means"), f"{url}#silence"),),
            page=url,
            reason=gettext("the time is over; those that kept silent wait for your finding"),
            rank=2,
        )


def _complete(offices: list[int]) -> QuerySet[Deadline]:
    kept = TreatyDepositary.objects.filter(party__in=offices).values("treaty")
    same = Deadline.objects.filter(notification=OuterRef("notification"), clause=OuterRef("clause"))
    decided = Outcome.objects.filter(
        deadline__notification=OuterRef("notification"), deadline__clause=OuterRef("clause")
    )
    newest = same.filter(status="lapsed").order_by("-pk").values("pk")[:1]
    senders = Prefetch("notification__sender_rows", queryset=SENDERS.queryset)
    return (
        Deadline.objects.in_case(None)
        .filter(
            ~Exists(same.unfinished()),
            ~Exists(decided),
            pk=Subquery(newest),
            notification__treaty__in=kept,
            current_version__clause_version__rule__has_key="silence",
        )
        .select_related("notification__treaty")
        .prefetch_related(senders)
        .order_by("due_at", "pk")[:MOST]
    )
