"""Fall back: where a message reached nobody, the next mandate is tried and the others are told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from notifications import emails
from notifications.delivery.audiences import Audiences, Recipient, with_audience
from notifications.delivery.contacts import people_out_of_reach
from notifications.delivery.copies import copy_to
from notifications.delivery.holders import Holders, Side, side_of
from notifications.models import Alert, Mandate, Message


def fall_back(message_ids: Collection[int], *, at: datetime) -> dict[int, int]:
    """Try the next mandate for each of these messages, and tell the others of its party.

    The caller's transaction holds the messages locked. Where a failure was told of already, or was
    itself of a message that told of one, nothing follows. Returns the new messages by the failed
    ones, by id. The number of queries does not grow with the messages.
    """
    failed = list(
        Message.objects.filter(pk__in=message_ids, told_by=None)
        .exclude(alert__kind=Alert.Kind.UNDELIVERED)
        .select_related("mandate", "alert__case__treaty")
        .order_by("pk")
    )
    if not failed:
        return {}
    instead = _told_instead(failed, at=at)
    Alert.objects.bulk_create([_undelivered(message, at=at) for message in _each_mail(failed)])
    return instead


def stand_in(message_ids: Collection[int], *, at: datetime) -> dict[int, int]:
    """The next mandate is told what was meant for one who is gone since; the same is returned.

    Whom the alert concerns by another mandate too is told by that one, in a message of its own.
    """
    if not message_ids:
        return {}
    rows = Message.objects.filter(pk__in=message_ids).order_by("pk")
    gone = list(rows.select_related("mandate", "alert__case__treaty"))
    instead = _told_instead(gone, at=at)
    Message.objects.bulk_create(_by_another_mandate(gone, at=at))
    return instead


def _by_another_mandate(gone: Sequence[Message], *, at: datetime) -> Iterator[Message]:
    """The alert may concern somebody for another party, or for the other side of it, as well."""
    alerts = list(with_audience().filter(pk__in={message.alert_id for message in gone}))
    audiences = Audiences(alerts, now=at)
    told = {(alert.pk, one.user_id): one for alert in alerts for one in audiences.of(alert)}
    again_already = set(
        Message.objects.filter(resend_of__in=gone).values_list("resend_of", flat=True)
    )
    for message in gone:
        one = told.get((message.alert_id, message.user_id))
        if one is not None and message.pk not in again_already:
            copy = copy_to(one, message.alert, at=at)
            again = copy._replace(message_id=emails.message_id_of_resend(message.uid))
            yield Message(**again._asdict(), resend_of=message)


def _told_instead(failed: Sequence[Message], *, at: datetime) -> dict[int, int]:
    _take_turns(failed)
    instead = _next_mandates(failed, at=at)
    Message.objects.bulk_create(instead.values())
    return {key: message.pk for key, message in instead.items()}


def _take_turns(failed: Iterable[Message]) -> None:
    """Two workers do not write to the same next person: one reads what the other has written."""
    alerts = {message.alert_id for message in failed}
    locked = Alert.objects.filter(pk__in=alerts).order_by("pk").select_for_update(no_key=True)
    list(locked.values_list("pk", flat=True))


def _next_mandates(failed: Sequence[Message], *, at: datetime) -> dict[int, Message]:
    """One new message for each failed one, to the first who has none of its alert yet."""
    days = {message.pk: _day(message.alert, at) for message in failed}
    holders = Holders({message.own_mandate.party_id for message in failed}, set(days.values()))
    told = set(
        Message.objects.filter(
            alert__in={message.alert_id for message in failed}, user__in=holders.people
        ).values_list("alert", "user")
    )
    instead = {}
    for message in failed:
        for holder in holders.of(side_of(message.own_mandate), days[message.pk]):
            if (message.alert_id, holder.user_id) not in told:
                told.add((message.alert_id, holder.user_id))
                copy = copy_to(holder, message.alert, at=at)
                instead[message.pk] = Message(**copy._asdict())
                break
    return instead


def _each_mail(failed: Iterable[Message]) -> Iterable[Message]:
    """One message a matter of each digest that failed: it was one mail, and is told of as one."""
    first: dict[tuple[object, ...], Message] = {}
    for message in failed:
        key: tuple[object, ...] = (message.pk,)
        if message.digest_at is not None:
            about = message.alert.notification_id or message.alert.deadline_version_id
            key = (message.user_id, message.digest_at, message.alert.case_id, about)
        first.setdefault(key, message)
    return first.values()


def _undelivered(message: Message, *, at: datetime) -> Alert:
    """The alert that tells of a failure; a version is named where there is no act to name."""
    about = message.alert
    return Alert(
        case=about.case,
        notification_id=about.notification_id,
        deadline_version_id=None if about.notification_id else about.deadline_version_id,
        kind=Alert.Kind.UNDELIVERED,
        stage=str(message.uid),
        audience="contacts",
        due_at=at,
        failed_message=message,
    )


def _day(alert: Alert, at: datetime) -> date:
    return at.astimezone(ZoneInfo(alert.case.treaty.zone)).date()


class StandIns:
    """The next mandate for every side of a party of whom nobody can be reached; see ``of``.

    ``told`` are the people of each alert of a batch, by its key. At most three queries a batch, and
    one where every address works.
    """

    def __init__(
        self, alerts: Sequence[Alert], told: dict[int, list[Recipient]], *, now: datetime
    ) -> None:
        self._told = told
        self._away = people_out_of_reach()
        missed = [
            recipient
            for recipients in told.values()
            for recipient in recipients
            if recipient.user_id in self._away
        ]
        parties = {recipient.party_id for recipient in missed}
        self._sides: dict[int, Side] = _sides(told, parties)
        days = {alert.pk: _day(alert, now) for alert in alerts}
        self._days = days
        self._holders = Holders(parties, set(days.values()))

    def of(self, alert: Alert) -> list[Recipient]:
        """Beside those who are told: of each side out of reach, the first other who works."""
        if alert.kind == Alert.Kind.UNDELIVERED:
            return []
        told = self._told[alert.pk]
        taken = {recipient.user_id for recipient in told}
        added = []
        for side in self._out_of_reach(told):
            for holder in self._holders.of(side, self._days[alert.pk]):
                if holder.user_id not in taken | self._away:
                    taken.add(holder.user_id)
                    added.append(holder)
                    break
        return added

    def _out_of_reach(self, told: Iterable[Recipient]) -> list[Side]:
        reached: dict[Side, bool] = {}
        for recipient in told:
            side = self._sides.get(recipient.mandate_id)
            if side is not None:
                works = recipient.user_id not in self._away
                reached[side] = reached.get(side, False) or works
        return [side for side, is_reached in reached.items() if not is_reached]


def _sides(told: dict[int, list[Recipient]], parties: Collection[int]) -> dict[int, Side]:
    """The side of each mandate by which people of these parties are told."""
    mandates = {
        recipient.mandate_id
        for recipients in told.values()
        for recipient in recipients
        if recipient.party_id in parties
    }
    if not mandates:
        return {}
    found = Mandate.objects.filter(pk__in=mandates).only("party_id", "role")
    return {mandate.pk: side_of(mandate) for mandate in found}
