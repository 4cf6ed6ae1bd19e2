"""What many mails need at once, read with a number of queries that does not grow with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.db.models.functions import Coalesce

from notifications.emails.failures import reasons_of
from notifications.emails.records import Records, records_of
from notifications.models import (
    Alert,
    Deadline,
    Notification,
    Participation,
    PartyName,
    Transmission,
    TreatyDepositary,
)

ENGLISH = "en"

# An act's mail lists the dates that run from it.
ACTS_WITH_DATES = (Alert.Kind.ISSUED, Alert.Kind.RECEIVED, Alert.Kind.CIRCULATED)


@dataclass(frozen=True)
class TakenBack:
    """A notice was taken back: by these parties (codes), on this day."""

    by: tuple[str, ...]
    on: date


class Spoken(NamedTuple):
    """A party's name in one language, the key it is sorted by, and the name in running text."""

    name: str
    sort_key: str
    in_text: str


@dataclass(frozen=True)
class Background:
    """Alerts with everything joined that their mails say.

    ``dates`` holds, by notification, one running deadline for each date that it started (of the
    clocks of many bearers that end together, one); ``turns``, by notification and party, the day on
    which the one began or ended the participation of the other; ``names`` names by language and
    code, with their sort keys and as running text has them; ``records`` what defects, facts and the
    like say; ``failures``, by message, why it reached nobody; ``kept`` the notifications that a
    depositary was sent; ``taken_back`` what was rescinded.
    """

    alerts: dict[int, Alert] = field(default_factory=dict)
    dates: dict[int, list[Deadline]] = field(default_factory=dict)
    turns: dict[tuple[int, str], date] = field(default_factory=dict)
    names: dict[str, dict[str, Spoken]] = field(default_factory=dict)
    kept: frozenset[int] = frozenset()
    taken_back: dict[int, list[TakenBack]] = field(default_factory=dict)
    records: Records = field(default_factory=Records)
    failures: dict[int, str] = field(default_factory=dict)

    def spoken(self, code: str, language: str) -> Spoken:
        """The party's name in the language, else in English, else its code."""
        known = self.names.get(language, {}).get(code) or self.names.get(ENGLISH, {}).get(code)
        return known or Spoken(code, code, code)


def spoken(language: str) -> str:
    """The language in which a mail is written for a reader of this one."""
    return language if language in dict(settings.LANGUAGES) else ENGLISH


def gather(alert_ids: Collection[int], languages: Collection[str]) -> Background:
    """Read what the mails of these alerts say in these languages."""
    alerts = {
        alert.pk: alert
        for alert in Alert.objects.filter(pk__in=alert_ids)
        .select_related(
            "case__treaty",
            "response__party",
            "notification__treaty",
            "notification__circulation",
            "notification__refers_to__circulation",
            "deadline_version__clause_version",
            "deadline_version__deadline__bearer",
            "deadline_version__deadline__current_version__clause_version",
            "failed_message__user",
            "failed_message__party",
            "failed_message__mandate",
            "failed_message__alert__deadline_version__clause_version",
        )
        .prefetch_related(
            "notification__senders",
            "notification__refers_to__senders",
            "notification__receipts__party",
        )
    }
    of_acts = [(a.notification_id, a.kind) for a in alerts.values() if a.notification_id]
    acts = {key for key, kind in of_acts if kind in ACTS_WITH_DATES}
    turning = {key for key, kind in of_acts if kind == Alert.Kind.PARTICIPATION}
    told = {key for key, _kind in of_acts}
    return Background(
        alerts,
        _dates(acts),
        _turns(turning),
        _names(languages),
        _kept(acts),
        _taken_back(told),
        records_of(alerts.values()),
        reasons_of(alerts.values()),
    )


def _kept(notification_ids: Collection[int]) -> frozenset[int]:
    """``Notification.is_kept_by_depositaries`` of many at once."""
    if not notification_ids:
        return frozenset()
    depositary = TreatyDepositary.objects.filter(
        treaty=OuterRef("notification__treaty"), party=OuterRef("party")
    )
    sent = Transmission.objects.filter(Exists(depositary), notification__in=notification_ids)
    return frozenset(sent.values_list("notification", flat=True))


def _taken_back(notification_ids: Collection[int]) -> dict[int, list[TakenBack]]:
    """What was rescinded, so far as whoever reads of it may read the rescission too."""
    rescissions = (
        Notification.objects.filter(act="rescission", refers_to__in=notification_ids)
        .exclude(visibility=Notification.Visibility.RESTRICTED)
        .prefetch_related("senders")
        .order_by("pk")
    )
    found = defaultdict(list)
    for rescission in rescissions:
        if rescission.refers_to_id is not None and not rescission.is_void:
            by = tuple(party.code for party in rescission.senders.all())
            found[rescission.refers_to_id].append(TakenBack(by, rescission.given_on))
    return dict(found)


def _dates(notification_ids: Collection[int]) -> dict[int, list[Deadline]]:
    if not notification_ids:
        return {}
    running = Deadline.objects.running().filter(notification__in=notification_ids)
    first: dict[tuple[object, ...], int] = {}
    for pk, *group in running.order_by("current_version__due_on", "pk").values_list(
        "pk",
        "notification",
        "origin",
        "clause",
        "current_version__opens_on",
        "current_version__due_on",
    ):
        first.setdefault(tuple(group), pk)
    joined = Deadline.objects.with_reasons().select_related("notification")
    found = joined.filter(pk__in=first.values()).in_bulk()
    dates = defaultdict(list)
    for pk in first.values():
        dates[found[pk].act.pk].append(found[pk])
    return dict(dates)


def _turns(notification_ids: Collection[int]) -> dict[tuple[int, str], date]:
    """By the effect that came; a successor is a party from the day of succession, on record."""
    if not notification_ids:
        return {}
    effective = Deadline.objects.filter(notification__in=notification_ids, status="effective")
    came_on = Coalesce("settled_on", "current_version__due_on")
    rows = effective.values_list("notification", "bearer__code", came_on)
    begun = Participation.objects.filter(instrument__in=notification_ids)
    entries = begun.values_list("instrument", "party__code", "in_force_on")
    return {(act or 0, code): on for act, code, on in (*rows, *entries) if on}


def _names(languages: Collection[str]) -> dict[str, dict[str, Spoken]]:
    names: dict[str, dict[str, Spoken]] = defaultdict(dict)
    rows = PartyName.objects.filter(language__in={*languages, ENGLISH})
    said = rows.values_list("language", "party__code", "name", "sort_key", "in_text")
    for language, code, name, sort_key, in_text in said:
        names[language][code] = Spoken(name, sort_key, in_text or name)
    return dict(names)
