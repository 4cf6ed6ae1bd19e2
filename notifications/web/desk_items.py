"""What stands on a desk: a fixed number of queries, live cases alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from notifications.models import (
    ACTING_ROLES,
    MISSION_ROLES,
    Deadline,
    Delivery,
    Draft,
    Message,
    Notification,
    Participation,
    Receipt,
    Response,
    Role,
    Transmission,
    TransmissionReport,
    Treaty,
    TreatyDepositary,
    User,
)
from notifications.web.thread import SENDERS

MOST = 50
NEW_DAYS = 14
LATEST: Final = datetime.max.replace(tzinfo=UTC)


def drafts(user: User, today: date) -> QuerySet[Draft]:
    """The open drafts that the person may see, the latest change first: two queries."""
    found = Draft.objects.visible_to(user, today).open().on_live_cases()
    joined = found.select_related("case__treaty", "written_by", "changed_by")
    return joined.prefetch_related("concurrences").order_by("-changed_at")[:MOST]


def _live(user: User, today: date) -> QuerySet[Notification]:
    visible = Notification.objects.visible_to(user, today).live().with_way()
    return visible.prefetch_related(SENDERS)


def to_acknowledge(user: User, today: date) -> QuerySet[Notification]:
    """What was sent to a party the person acts for, and not acknowledged by it."""
    acting = user.party_ids(today, *ACTING_ROLES)
    known = TransmissionReport.objects.filter(
        transmission__notification=OuterRef("notification"), transmission__party=OuterRef("party")
    )
    waiting = Transmission.objects.filter(
        ~Exists(known), notification=OuterRef("pk"), party__in=acting
    )
    return _live(user, today).filter(Exists(waiting)).order_by("entered_at")[:MOST]


def to_register(user: User, today: date) -> QuerySet[Notification]:
    """What a depositary (or, without one, an addressee) was sent and has no receipt of."""
    treaty = OuterRef("notification__treaty")
    is_kept = Exists(TreatyDepositary.objects.filter(treaty=treaty, party=OuterRef("party")))
    has_none = ~Exists(TreatyDepositary.objects.filter(treaty=treaty))
    officers = Q(is_kept, party__in=user.party_ids(today, Role.DEPOSITARY_OFFICER))
    missions = Q(has_none, party__in=user.party_ids(today, *ACTING_ROLES))
    received = Receipt.objects.filter(
        notification=OuterRef("notification"), party=OuterRef("party")
    )
    waiting = Transmission.objects.filter(
        officers | missions,
        ~Exists(received),
        notification=OuterRef("pk"),
        role=Transmission.Role.ISSUE,
    )
    return _live(user, today).filter(Exists(waiting)).order_by("entered_at")[:MOST]


def to_circulate(user: User, today: date) -> QuerySet[Notification]:
    """What was received by a depositary whose officer the person is, and not sent on."""
    kept = TreatyDepositary.objects.filter(
        treaty=OuterRef("treaty"), party__in=user.party_ids(today, Role.DEPOSITARY_OFFICER)
    )
    found = _live(user, today).filter(Exists(kept), progress__status="received")
    return found.order_by("entered_at")[:MOST]


def running(user: User, today: date) -> list[Deadline]:
    """Every clock that counts now and that the person may see, the nearest end first.

    Of those that each party has for itself, the ones of the person's own parties, which no crowd of
    others pushes off the list.
    """
    own = Q(bearer__in=user.party_ids(today, *MISSION_ROLES))
    senders = Prefetch("notification__sender_rows", queryset=SENDERS.queryset)
    visible = Deadline.objects.visible_to(user, today).counting().in_case(None).with_reasons()
    joined = visible.select_related("notification__treaty", "notification__circulation")
    found = joined.prefetch_related(senders).order_by("due_at", "pk")
    others = found.exclude(own).exclude(owed_by=Deadline.OwedBy.EACH_PARTY)
    clocks = [*found.filter(own)[:MOST], *others[: MOST * 2]]
    return sorted(clocks, key=lambda clock: (clock.due_at or LATEST, clock.pk))


def kept_treaties(user: User, today: date) -> set[int]:
    """The treaties whose depositary's officer the person is."""
    offices = user.party_ids(today, Role.DEPOSITARY_OFFICER)
    if not offices:
        return set()
    kept = TreatyDepositary.objects.filter(party__in=offices)
    return set(kept.values_list("treaty_id", flat=True))


def treaties_kept(user: User, today: date) -> QuerySet[Treaty]:
    """The same treaties, for which the person files what a depositary gives."""
    offices = user.party_ids(today, Role.DEPOSITARY_OFFICER)
    return (
        Treaty.objects.filter(depositary_rows__party__in=offices)
        if offices
        else Treaty.objects.none()
    )


def to_acknowledge_for(acts: Iterable[Notification], parties: set[int]) -> dict[int, set[int]]:
    """For which of the parties each act was sent and not acknowledged, by the act's key."""
    known = TransmissionReport.objects.filter(
        transmission__notification=OuterRef("notification"), transmission__party=OuterRef("party")
    )
    waiting = Transmission.objects.filter(
        ~Exists(known), notification__in=list(acts), party__in=parties
    )
    found: dict[int, set[int]] = {}
    for act, party in waiting.values_list("notification_id", "party_id"):
        found.setdefault(act, set()).add(party)
    return found


def conferences(user: User, today: date, acts: Iterable[int]) -> dict[int, list[Notification]]:
    """The conferences convened on these acts that the person may read, by the act's key."""
    visible = Notification.objects.visible_to(user, today).select_related("circulation")
    found: dict[int, list[Notification]] = {}
    for act in visible.filter(act="conference", refers_to__in=list(acts)):
        if act.refers_to_id is not None:
            found.setdefault(act.refers_to_id, []).append(act)
    return found


def new_acts(user: User, today: date) -> QuerySet[Notification]:
    """Acts of the last fortnight, the newest first."""
    since = today - timedelta(days=NEW_DAYS)
    return (
        _live(user, today).filter(entered_at__date__gte=since).order_by("-entered_at", "-pk")[:10]
    )


def new_responses(user: User, today: date) -> QuerySet[Response]:
    """Responses of the last fortnight to acts that the person may read, the newest first."""
    since = today - timedelta(days=NEW_DAYS)
    visible = Notification.objects.visible_to(user, today).live()
    found = Response.objects.filter(notification__in=visible, entered_at__date__gte=since)
    senders = Prefetch("notification__sender_rows", queryset=SENDERS.queryset)
    joined = found.select_related("notification__treaty").prefetch_related(senders)
    return joined.order_by("-entered_at", "-pk")[:10]


def own_treaties(user: User, today: date) -> QuerySet[Participation]:
    """The treaties in force today for a party the person acts for, where all parties are known.

    Of a treaty whose list is not complete nobody here knows who is left; its own page offers it.
    """
    acting = user.party_ids(today, *ACTING_ROLES)
    known = Participation.objects.on(today).filter(treaty__participants_complete=True)
    found = known.filter(party__in=acting).select_related("treaty")
    return found.order_by("treaty__short_title", "pk")


def undelivered(user: User, today: date) -> QuerySet[Message]:
    """Messages that could not be delivered, with every attempt: for administrators."""
    attempts = Prefetch("deliveries", queryset=Delivery.objects.order_by("-at", "-pk"))
    found = Message.objects.visible_to(user, today).filter(
        state="failed", alert__case__origin="live"
    )
    joined = found.select_related(
        "user", "alert__notification__treaty", "alert__case__treaty"
    ).prefetch_related(attempts)
    return joined.order_by("-next_at", "-pk")[:MOST]
