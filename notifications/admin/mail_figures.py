"""The figures of mail health: what is due, sent, retried and failed, of live cases.

They count every message, of restricted acts too: an address that fails is an administrator's
business. What the message was about is said only where the act may be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery

from notifications.admin.asking import Asking
from notifications.admin.naming import party_named
from notifications.admin.reading import readable_acts
from notifications.admin.saying import said_act_or_run
from notifications.models import Alert, Case, Contact, Delivery, Message

ROWS: Final = 50
DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(days=7)

WAITING: Final = Q(state="pending")
RETRIED: Final = Q(state="pending", tries__gt=0)
FAILED: Final = Q(state="failed")
# What another server took and sent back later stands as sent: it was.
RETURNED: Final = Q(pk__in=Delivery.objects.filter(outcome="bounced").values("message"))
SENT: Final = Q(state__in=("accepted", "sent"))


def live_messages() -> QuerySet[Any]:
    """Messages of live cases: a replay's never leave."""
    return Message.objects.filter(alert__case__origin=Case.Origin.LIVE)


@dataclass(frozen=True)
class Figures:
    """How many messages stand where at an instant."""

    due: int
    later: int
    retried: int
    sent: int
    sent_today: int
    failed: int
    returned: int
    void: int
    oldest: datetime | None
    last_sent: datetime | None
    unexpanded: int
    unaddressed: int


def figures(now: datetime) -> Figures:
    """Three queries, whatever the number of messages."""
    found = live_messages().aggregate(
        due=Count("pk", filter=WAITING & Q(next_at__lte=now)),
        later=Count("pk", filter=WAITING & Q(next_at__gt=now)),
        retried=Count("pk", filter=RETRIED),
        sent=Count("pk", filter=SENT),
        sent_today=Count("pk", filter=SENT & Q(sent_at__gt=now - DAY)),
        failed=Count("pk", filter=FAILED),
        void=Count("pk", filter=Q(state="void")),
        oldest=Min("alert__due_at", filter=WAITING),
        last_sent=Max("sent_at"),
    )
    alerts = Alert.objects.in_case(None).aggregate(
        unexpanded=Count("pk", filter=Q(state="planned", due_at__lte=now)),
        unaddressed=Count("pk", filter=Q(state="unaddressed")),
    )
    returned = live_messages().filter(RETURNED).count()
    return Figures(**found, **alerts, returned=returned)


_COUNTED: Final[dict[str, Any]] = {
    "waiting": Count("pk", filter=WAITING),
    "retried": Count("pk", filter=RETRIED),
    "failed": Count("pk", filter=FAILED),
    "returned": Count("pk", filter=RETURNED),
    "sent": Count("pk", filter=SENT),
}


def by_party() -> Any:
    """The same by the party for which people were written to, those with failures first."""
    rows = live_messages().order_by().values("party").annotate(**_COUNTED)
    named = rows.annotate(code=F("party__code"), name=party_named("party"))
    return named.order_by("-failed", "-returned", "-retried", "-waiting", "code")[:ROWS]


def by_person() -> Any:
    """The same by person: those alone for whom something waits, failed or came back."""
    rows = live_messages().order_by().values("user").annotate(**_COUNTED)
    troubled = rows.filter(
        Q(failed__gt=0) | Q(returned__gt=0) | Q(retried__gt=0) | Q(waiting__gt=0)
    )
    named = troubled.annotate(name=F("user__name"), email=F("user__email"))
    return named.order_by("-failed", "-returned", "-retried", "-waiting", "name")[:ROWS]


def reasons(now: datetime) -> list[dict[str, Any]]:
    """What servers answered to attempts that failed within a week, the most frequent first."""
    attempts = Delivery.objects.filter(at__gt=now - WEEK).exclude(outcome="sent")
    counted = attempts.order_by().values("outcome", "reply").annotate(number=Count("pk"))
    rows = counted.annotate(last=Max("at")).order_by("-number", "-last")[:20]
    return [{**row, "said": Delivery.Outcome(row["outcome"]).label} for row in rows]


@dataclass(frozen=True)
class Line:
    """One message that waits or failed; ``act`` is empty where the act may not be read."""

    message: Any
    act: str


def failed(by: Asking) -> list[Line]:
    """The newest messages that could not be delivered or came back, with the last reason."""
    return _lines(live_messages().filter(FAILED | RETURNED).order_by("-next_at", "-pk"), by)


def longest(by: Asking) -> list[Line]:
    """The messages that wait, the longest first."""
    return _lines(live_messages().filter(WAITING).order_by("alert__due_at", "pk"), by)


def _lines(messages: QuerySet[Any], by: Asking) -> list[Line]:
    """Two queries: the messages with their last attempt, and which of their acts may be read."""
    last = Delivery.objects.filter(message=OuterRef("pk")).order_by("-at", "-pk")
    rows = list(
        messages.select_related(
            "user", "alert__notification__treaty", "alert__case__treaty"
        ).annotate(
            party_name=party_named("party"),
            last_at=Subquery(last.values("at")[:1]),
            last_reply=Subquery(last.values("reply")[:1]),
            is_resent=Exists(Message.objects.filter(resend_of=OuterRef("pk"))),
        )[:ROWS]
    )
    acts = {row.alert.notification_id for row in rows if row.alert.notification_id}
    seen = {None, *readable_acts(by).filter(pk__in=acts).values_list("pk", flat=True)}
    return [
        Line(row, _about(row.alert) if row.alert.notification_id in seen else "") for row in rows
    ]


def contacts() -> Any:
    """The addresses of which something is known, those that send mail back first: one query."""
    return Contact.objects.select_related("user").order_by("state", "-since", "pk")[:ROWS]


def _about(alert: Alert) -> str:
    return said_act_or_run(alert.notification, alert.case)
