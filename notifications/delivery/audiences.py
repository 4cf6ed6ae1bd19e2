"""Who is told: from the rule of an alert to the people who hold a mandate on its day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Q

from notifications.delivery.chasing import silent_addressees
from notifications.delivery.escalation import Held, is_for_the_desk, without_heads
from notifications.models import (
    MISSION_ROLES,
    Alert,
    Deadline,
    Mandate,
    Message,
    Notification,
    Participation,
    Role,
    Sender,
    Transmission,
    TreatyDepositary,
    members_of,
)
from notifications.models.alerts import AlertQuerySet

# Who reads a matter by a mandate: no one of the secretariat is told of it for a party.
TOLD_ROLES: Final = (*MISSION_ROLES, Role.DEPOSITARY_OFFICER)


class Recipient(NamedTuple):
    """A person, and the mandate by which the alert concerns them."""

    user_id: int
    mandate_id: int
    party_id: int
    address: str
    language: str


_OF_RECIPIENT: Final = ("user", "pk", "party", "user__email", "user__language")


class _Holder(NamedTuple):
    recipient: Recipient
    role: str
    from_on: date
    to_on: date | None

    @property
    def is_officer(self) -> bool:
        return self.role == Role.DEPOSITARY_OFFICER

    @property
    def held(self) -> Held:
        return Held(self.recipient.party_id, self.role)

    def holds_on(self, day: date) -> bool:
        return self.from_on <= day and (self.to_on is None or self.to_on >= day)


def with_audience() -> AlertQuerySet:
    """Alerts with all that ``Audiences`` asks of them."""
    return Alert.objects.select_related(
        "case__treaty",
        "notification",
        "deadline_version__clause_version",
        "deadline_version__deadline",
        "failed_message__mandate",
    )


class Audiences:
    """The people behind the audiences of a batch of alerts, read with a fixed number of queries.

    The day is that of ``now`` in the zone of each alert's treaty; where ``now`` is None, the one on
    which the alert falls due. The alerts are of live cases, or of one replayed case, and have
    joined what ``with_audience`` joins; they need not be stored. The run of a recurring clause has
    no notification.
    """

    def __init__(self, alerts: Sequence[Alert], *, now: datetime | None) -> None:
        self._now = now
        self._alerts = tuple(alerts)  # held: they are known again by their identity
        notifications = {alert.notification_id for alert in alerts if alert.notification_id}
        treaties = {alert.case.treaty_id for alert in alerts}
        self._senders = _by_key(
            Sender.objects.filter(notification__in=notifications).values_list(
                "notification", "party"
            )
        )
        self._addressees = _by_key(
            Transmission.objects.filter(notification__in=notifications).values_list(
                "notification", "party"
            )
        )
        self._depositaries = _by_key(
            TreatyDepositary.objects.filter(treaty__in=treaties).values_list("treaty", "party")
        )
        chased = {a.notification_id for a in alerts if "unacknowledged" in a.audience.split("+")}
        self._silent = silent_addressees({key for key in chased if key})
        self._replayed = self._replayed_members(alerts)
        self._memberships = self._live_memberships(alerts)
        self._told = {id(alert): self._parties(alert) for alert in self._alerts}
        self._holders = self._read_holders(alerts)

    def of(self, alert: Alert) -> list[Recipient]:
        """The people to be told, each once, by the mandate that stands first in their order."""
        if alert.failed_message is not None:
            return self._contacts(alert, alert.failed_message)
        concerned = self._concerned(alert)
        told = without_heads(concerned) if is_for_the_desk(alert) else concerned
        found: dict[int, Recipient] = {}
        for holder in told:
            found.setdefault(holder.recipient.user_id, holder.recipient)
        return list(found.values())

    def is_kept(self, alert: Alert) -> bool:
        """Whether its treaty has depositaries."""
        return bool(self._depositaries[alert.case.treaty_id])

    def _concerned(self, alert: Alert) -> list[_Holder]:
        """Whoever holds a mandate on the day of which the alert tells, in the mandates' order."""
        day = self._day(alert)
        missions, offices = self._told[id(alert)]
        officers = self._depositaries[alert.case.treaty_id] & (missions | offices)
        return [
            holder
            for holder in self._holders
            if holder.recipient.party_id in (officers if holder.is_officer else missions)
            and holder.holds_on(day)
        ]

    def _contacts(self, alert: Alert, failed: Message) -> list[Recipient]:
        """The other people of the party, on the side of the one who could not be reached."""
        day, is_officer = self._day(alert), failed.own_mandate.role == Role.DEPOSITARY_OFFICER
        found: dict[int, Recipient] = {}
        for holder in self._holders:
            is_theirs = holder.recipient.party_id == failed.party_id
            is_there = holder.is_officer == is_officer and holder.holds_on(day)
            if is_theirs and is_there and holder.recipient.user_id != failed.user_id:
                found.setdefault(holder.recipient.user_id, holder.recipient)
        return list(found.values())

    def _day(self, alert: Alert) -> date:
        at = self._now or alert.due_at
        return at.astimezone(ZoneInfo(alert.case.treaty.zone)).date()

    def _parties(self, alert: Alert) -> tuple[set[int], set[int]]:
        """The parties whose missions are told, and those whose depositary officers are.

        A depositary officer is also told what concerns their party in another way, where it is a
        depositary of this treaty.
        """
        missions: set[int] = set()
        offices: set[int] = set()
        for atom in alert.audience.split("+"):
            if atom == "depositaries" or (atom == "bearer" and _is_owed_by_depositaries(alert)):
                offices |= self._depositaries[alert.case.treaty_id]
            else:
                missions |= self._missions(atom, alert)
        return missions, offices

    def _missions(self, atom: str, alert: Alert) -> set[int]:
        own = alert.notification_id or 0  # of a run nobody is the sender
        by_act = {
            "senders": self._senders,
            "addressees": self._addressees,
            "unacknowledged": self._silent,
        }
        match atom:
            case "senders" | "addressees" | "unacknowledged":
                return by_act[atom].get(own, set())
            case "contacts":
                failed = alert.failed_message
                return {failed.own_mandate.party_id} if failed else set()
            case "bearer":
                deadline = alert.deadline_version.deadline if alert.deadline_version else None
                if deadline is None:
                    return self._senders[own]
                bearer = deadline.bearer_id
                return {bearer} if bearer is not None else self._members(alert)
            case "parties":
                return self._members(alert)
        raise ValueError(f"alert {alert.pk}: there is no audience “{atom}”")

    def _members(self, alert: Alert) -> set[int]:
        """The parties of the day; of an act those that may read it (``visible_to``)."""
        notification = alert.notification
        if notification is None:
            return self._members_on(self._day(alert), alert.case.treaty_id)
        known = self._addressees[notification.pk] | self._senders[notification.pk]
        if notification.visibility == Notification.Visibility.RESTRICTED:
            return known
        if not alert.case.is_live:
            return self._replayed[self._day(alert)]
        day, given_on = self._day(alert), notification.given_on
        return {
            party
            for party, periods in self._memberships[alert.case.treaty_id].items()
            if any(period.covers(day) for period in periods)
            and (party in known or any(period.covers(given_on) for period in periods))
        }

    def _members_on(self, day: date, treaty_id: int) -> set[int]:
        periods = self._memberships[treaty_id].items()
        return {party for party, own in periods if any(period.covers(day) for period in own)}

    def _replayed_members(self, alerts: Sequence[Alert]) -> dict[date, set[int]]:
        days = {self._day(alert): alert.case for alert in alerts if not alert.case.is_live}
        return {
            day: set(members_of(case, day).values_list("pk", flat=True))
            for day, case in days.items()
        }

    def _live_memberships(
        self, alerts: Sequence[Alert]
    ) -> dict[int, dict[int, list[Participation]]]:
        treaties = {alert.case.treaty_id for alert in alerts if alert.case.is_live}
        found: dict[int, dict[int, list[Participation]]] = defaultdict(lambda: defaultdict(list))
        rows = Participation.objects.filter(treaty__in=treaties)
        for row in rows.only("treaty_id", "party_id", "in_force_on", "exit_on") if treaties else ():
            found[row.treaty_id][row.party_id].append(row)
        return found

    def _read_holders(self, alerts: Sequence[Alert]) -> list[_Holder]:
        days = {self._day(alert) for alert in alerts}
        parties = {party for told in self._told.values() for group in told for party in group}
        mandates = (
            Mandate.objects.filter(Q(to_on=None) | Q(to_on__gte=min(days)))
            .filter(from_on__lte=max(days), party__in=parties)
            .filter(role__in=TOLD_ROLES)
            .filter(user__is_active=True, user__is_system=False)
            .order_by("order", "pk")
            .values_list(*_OF_RECIPIENT, "role", "from_on", "to_on")
        )
        known = len(_OF_RECIPIENT)
        return [_Holder(Recipient(*row[:known]), *row[known:]) for row in mandates]


def _is_owed_by_depositaries(alert: Alert) -> bool:
    version = alert.deadline_version
    return version is not None and version.deadline.owed_by == Deadline.OwedBy.DEPOSITARIES


def _by_key(rows: Iterable[tuple[int, int]]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for key, value in rows:
        found[key].add(value)
    return found
