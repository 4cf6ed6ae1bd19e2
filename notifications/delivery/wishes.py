"""Wishes: which reminders a person wants, and when they are to come (models/preferences)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final, NamedTuple, Self
from zoneinfo import ZoneInfo

from notifications.clauses.instants import instant_on, start_of_day
from notifications.delivery.audiences import Recipient
from notifications.delivery.digests import hour_from, last_hour, may_gather
from notifications.emails import rung_of
from notifications.models import Alert, Preference

AT_ONCE: Final = Preference.Digest.AT_ONCE


def may_wait(alert: Alert) -> bool:
    """Whether the alert is a reminder ahead of the day, which alone bends to a wish.

    The day itself, what follows a lapse and every formal notice come at once. A replay tells what
    would have been sent to anyone: there no wish holds.
    """
    is_ahead = alert.stage == "opens" or alert.stage.startswith("before-")
    return alert.kind == Alert.Kind.DEADLINE and is_ahead and alert.case.is_live


class Leaving(NamedTuple):
    """When a message is to be sent, and the hour of the digest in which it leaves, if in one."""

    at: datetime
    digest_at: datetime | None = None


@dataclass(frozen=True)
class Wish:
    """How one person wishes to be reminded; without a row of their own, in no special way."""

    zone: str = "UTC"
    ladder: frozenset[int] = frozenset()
    quiet_from: time | None = None
    quiet_to: time | None = None
    snooze_until: datetime | None = None
    digest: str = AT_ONCE

    @classmethod
    def of(cls, preference: Preference) -> Self:
        """The wish that is kept; the preference's ``user`` must be joined."""
        return cls(
            zone=preference.user.zone,
            ladder=frozenset(preference.ladder),
            quiet_from=preference.quiet_from,
            quiet_to=preference.quiet_to,
            snooze_until=preference.snooze_until,
            digest=preference.digest,
        )

    @property
    def waits(self) -> bool:
        """Whether anything waits because of it."""
        return self != type(self)(self.zone, self.ladder)

    def wants(self, alert: Alert) -> bool:
        """Whether the person is told at all: of rungs in days by their own ladder, if any."""
        days = rung_of(alert)
        if days is None or days in self.ladder:
            return True
        if alert.is_extra:
            return False
        # Whoever knew the old date is told of the new one, by whatever rung that is done.
        return not self.ladder or not alert.case.is_live or _tells_of_a_move(alert, days)

    def leaving(self, alert: Alert, *, now: datetime) -> Leaving:
        """When the alert is to be sent, and whether in a digest.

        It waits for the first digest after it fell due, which ends no later than the beginning of
        the last day, where the reader is or by the zone of the date; of what the next digest would
        bring too late it is told singly.
        """
        if self.digest == AT_ONCE or not may_gather(alert):
            return Leaving(self.send_at(alert, now=now))
        waits = may_wait(alert)
        from_at = max(alert.due_at, self.snooze_until or alert.due_at) if waits else alert.due_at
        hour = hour_from(from_at, self.digest, self.zone)
        if hour <= now:
            # It is late: what was missed meanwhile is one mail, by the hour that was missed last.
            hour = last_hour(now, self.digest, self.zone)
        at = self._after_quiet(max(hour, now))
        if waits and now < at and (_is_past_bound(alert, at) or self._is_last_day(alert, at)):
            return Leaving(self.send_at(alert, now=now))
        return Leaving(at, hour)

    def send_at(self, alert: Alert, *, now: datetime) -> datetime:
        """When the alert is to be sent singly: at ``now``, or after what the person asked to wait.

        Never later than the beginning of the last day; on that day, at once.
        """
        if not may_wait(alert):
            return now
        at = max(now, self.snooze_until or now)
        return max(now, min(self._after_quiet(at), _bound(alert, at)))

    def _is_last_day(self, alert: Alert, at: datetime) -> bool:
        """Whether the reader's calendar shows the last day, or one after it."""
        version = alert.deadline_version
        if version is None or version.due_on is None:
            return False
        return at.astimezone(ZoneInfo(self.zone)).date() >= version.due_on

    def _after_quiet(self, at: datetime) -> datetime:
        """The same instant, or the end of the quiet hours in which it falls."""
        if self.quiet_from is None or self.quiet_to is None:
            return at
        today = at.astimezone(ZoneInfo(self.zone)).date()
        spans_midnight = self.quiet_to < self.quiet_from
        for day in (today - timedelta(days=1), today):
            last = day + timedelta(days=int(spans_midnight))
            begin = instant_on(day, self.quiet_from, self.zone)
            # An hour that comes twice is quiet both times.
            end = instant_on(last, self.quiet_to, self.zone, is_later=True)
            if begin <= at < end:
                return end
        return at


class Wishes:
    """The wishes of the recipients of a batch of alerts: one query, none where nothing may wait."""

    def __init__(self, alerts: Collection[Alert], people: Iterable[Sequence[Recipient]]) -> None:
        self._none = Wish()
        self._known: dict[int, Wish] = {}
        if any(may_wait(alert) or may_gather(alert) for alert in alerts):
            users = {one.user_id for told in people for one in told}
            rows = Preference.objects.filter(user__in=users).select_related("user")
            self._known = {row.user_id: Wish.of(row) for row in rows}

    def of(self, user_id: int) -> Wish:
        """The wish of a person."""
        return self._known.get(user_id, self._none)

    def leaving(self, one: Recipient, alert: Alert, *, now: datetime) -> Leaving:
        """When the alert is to be sent to somebody, and whether in a digest."""
        return self.of(one.user_id).leaving(alert, now=now)


def _tells_of_a_move(alert: Alert, days: int) -> bool:
    """Whether it comes after the moment of its rung: so only the news of a moved date does."""
    version = alert.deadline_version
    if version is None or version.due_on is None:
        return False
    return alert.due_at > start_of_day(version.due_on - timedelta(days=days), version.zone)


def _is_past_bound(alert: Alert, at: datetime) -> bool:
    """Whether the instant is in the last day or after it."""
    version = alert.deadline_version
    return version is not None and version.due_on is not None and at >= _bound(alert, at)


def _bound(alert: Alert, at: datetime) -> datetime:
    """The beginning of the last day in the zone of the date, or the instant of a clock in hours."""
    version = alert.deadline_version
    if version is None or version.due_on is None:
        return at
    begin = start_of_day(version.due_on, version.zone)
    return min(begin, version.due_at or begin)
