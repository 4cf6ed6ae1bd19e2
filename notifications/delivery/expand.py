"""Expand: alerts that have fallen due become messages, one a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef

from notifications import emails, register
from notifications.delivery import rows
from notifications.delivery.administrators import for_administrators
from notifications.delivery.audiences import Audiences, Recipient, with_audience
from notifications.delivery.chasing import next_chase, silent_addressees
from notifications.delivery.contents import entry_of, with_contents
from notifications.delivery.copies import Copy, copy_to
from notifications.delivery.fallback import StandIns
from notifications.delivery.relevance import is_moot
from notifications.delivery.repeating import days_after, is_dealt_with, next_weekly, over_among
from notifications.delivery.wishes import Wishes
from notifications.models import Alert, Case, Deadline, Message
from notifications.models.alerts import AlertQuerySet

# Alerts a transaction, and what else is due of their deadlines: with three people of each of 193
# parties 5,790 rows or little more, so that the first message leaves soon and what a worker holds
# does not grow with what is due.
BATCH: Final = 10


@dataclass(frozen=True)
class Expansion:
    """How many alerts were taken, what they became, and how many reached nobody or were void.

    Void are those of which nothing is true any more, or of which something newer is told.
    """

    alerts: int = 0
    messages: int = 0
    unaddressed: int = 0
    void: int = 0

    def __add__(self, other: Expansion) -> Expansion:
        return Expansion(
            self.alerts + other.alerts,
            self.messages + other.messages,
            self.unaddressed + other.unaddressed,
            self.void + other.void,
        )


def expand(*, now: datetime, case: Case | None = None, limit: int | None = None) -> Expansion:
    """Expand what is due at the instant ``now``, of one case or of all live ones, batch by batch.

    ``limit`` is the most alerts to be taken; without it, all.
    """
    total = Expansion()
    due = Alert.objects.due(now).in_case(case)
    while limit is None or total.alerts < limit:
        most = BATCH if limit is None else min(BATCH, limit - total.alerts)
        done = expand_batch(now=now, due=due, limit=most)
        if not done.alerts:
            break
        total += done
    return total


@transaction.atomic
def expand_batch(
    *, now: datetime, due: AlertQuerySet, limit: int = BATCH, only: int | None = None
) -> Expansion:
    """Expand about ``limit`` of the alerts ``due`` in one transaction, the oldest first.

    ``only`` is the key of a single one. With each goes what else is due of its deadline: after an
    interruption a person is told the newest stage that concerns them, and not the whole ladder.

    Two workers never take the same alert: on PostgreSQL its row is locked and skipped, on SQLite
    transactions follow one another.
    """
    alerts = _take(due, limit) if only is None else _whole(_locked(due.filter(pk=only), 1), due)
    if not alerts:
        return Expansion()
    batch = _Batch(now, alerts)
    # What happened first is told first.
    due_at = {alert.pk: (alert.due_at, alert.pk) for alert in alerts}
    batch.copies.sort(key=lambda copy: due_at[copy.alert_id])
    _set_state(batch.expanded, state=Alert.State.EXPANDED, expanded_at=now)
    for alert in batch.expanded:
        alert.expanded_at = now
    copies, contents = with_contents(batch.copies, batch.expanded, batch.languages, now=now)
    rows.insert_new(Message, copies)
    _void_older(batch)
    _set_state(batch.unaddressed, state=Alert.State.UNADDRESSED)
    _set_state(batch.void, state=Alert.State.VOID)
    Alert.objects.bulk_create(batch.following, ignore_conflicts=True)
    entries = (
        _entry("alerts-unaddressed", batch.unaddressed, now),
        _entry("alerts-void", batch.void, now),
        entry_of(contents, alerts, at=now),
    )
    if said := [entry for entry in entries if entry]:
        register.append(*said)
    counted = (batch.copies, batch.unaddressed, batch.void)
    return Expansion(len(alerts), *(len(group) for group in counted))


def _take(due: AlertQuerySet, limit: int) -> list[Alert]:
    """The alerts due, locked, and the others that are due of the same deadlines.

    Of a deadline all that is due is taken or nothing: while another worker, or a service that moves
    it, holds a part of it, it is left to the next sweep. Where that leaves nothing, what comes
    after it is looked at, as far as a full batch goes.
    """
    taken = _locked(due.order_by("due_at", "pk"), limit)
    whole = _whole(taken, due)
    return whole if whole or not taken or limit >= BATCH else _take(due, BATCH)


def _whole(taken: list[Alert], due: AlertQuerySet) -> list[Alert]:
    """Those of the alerts taken of whose deadlines all that is due is free, with the others."""
    deadlines = {key for alert in taken if (key := _deadline_of(alert))}
    if not deadlines:
        return taken
    rows = Deadline.objects.filter(pk__in=deadlines).order_by("pk")
    free = rows.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True)
    of_same = due.filter(kind="deadline", deadline_version__deadline__in=set(free))
    waiting = dict(of_same.values_list("pk", "deadline_version__deadline"))
    others = waiting.keys() - {alert.pk for alert in taken}
    if others:
        taken = taken + _locked(of_same.filter(pk__in=others).order_by("due_at", "pk"), None)
    held = {alert.pk for alert in taken}
    whole = set(waiting.values()) - {key for pk, key in waiting.items() if pk not in held}
    return [alert for alert in taken if (key := _deadline_of(alert)) == 0 or key in whole]


def _locked(alerts: AlertQuerySet, limit: int | None) -> list[Alert]:
    """Locked by their keys first: mostly nothing is due, and planning the joins takes longer."""
    free = alerts.select_for_update(of=("self",), skip_locked=True)
    keys = list(free.values_list("pk", flat=True)[:limit])
    if not keys:
        return []
    joined = with_audience().select_related("deadline_version__deadline__current_version")
    return list(joined.filter(pk__in=keys).order_by("due_at", "pk"))


@dataclass
class _Batch:
    """What becomes of the alerts of one transaction."""

    now: datetime
    alerts: list[Alert]
    copies: list[Copy] = field(default_factory=list)
    languages: dict[int, str] = field(default_factory=dict)
    expanded: list[Alert] = field(default_factory=list)
    unaddressed: list[Alert] = field(default_factory=list)
    void: list[Alert] = field(default_factory=list)
    following: list[Alert] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.void = list(_untrue(self.alerts, self.now))
        settled = {alert.pk for alert in self.void}
        due = [alert for alert in self.alerts if alert.pk not in settled]
        if due:
            self._expand(due, Audiences(due, now=self.now))

    def _expand(self, due: list[Alert], audiences: Audiences) -> None:
        """The newest stage of a deadline first: whoever is told it is told no older one."""
        found = _people(due, audiences, now=self.now)
        wishes = Wishes(due, found.values())
        self.copies += for_administrators(due, found, now=self.now)
        told: set[tuple[int, int]] = set()
        followed: set[int] = set()
        for alert in sorted(due, key=lambda alert: (alert.due_at, alert.pk), reverse=True):
            deadline = _deadline_of(alert)
            wanted = [one for one in found[alert.pk] if wishes.of(one.user_id).wants(alert)]
            own = [one for one in wanted if (deadline, one.user_id) not in told]
            if deadline:
                told |= {(deadline, one.user_id) for one in own}
            for one in own:
                leaving = wishes.leaving(one, alert, now=self.now)
                copy = copy_to(one, alert, at=leaving.at, digest_at=leaving.digest_at)
                self.copies.append(copy)
                self.languages[one.user_id] = emails.spoken(one.language)
            is_overtaken = bool(wanted) or deadline in followed
            self._sort(alert, bool(own), is_overtaken, bool(found[alert.pk]))
            if deadline not in followed:
                self.following += _following(alert, audiences, self.now)
            followed |= {deadline} if deadline else set()

    def _sort(self, alert: Alert, is_told: bool, is_overtaken: bool, has_people: bool) -> None:
        """What people left out by their own ladders did find its people: it ends as expanded.

        A rung of single persons' ladders raises no alarm either; the ladder of the kind does that.
        """
        if not is_told and is_overtaken:
            self.void.append(alert)
        elif is_told or has_people or alert.is_extra:
            self.expanded.append(alert)
        else:
            self.unaddressed.append(alert)


def _people(
    alerts: list[Alert], audiences: Audiences, *, now: datetime
) -> dict[int, list[Recipient]]:
    """Who is to be told of each alert, by its key; with those who stand in for others."""
    found = {alert.pk: audiences.of(alert) for alert in alerts}
    stand_ins = StandIns(alerts, found, now=now)
    return {alert.pk: [*found[alert.pk], *stand_ins.of(alert)] for alert in alerts}


def _deadline_of(alert: Alert) -> int:
    """The key of the deadline of which it is a stage; 0 where it is none."""
    version = alert.deadline_version if alert.kind == Alert.Kind.DEADLINE else None
    return version.deadline_id if version else 0


def _untrue(alerts: list[Alert], now: datetime) -> Iterator[Alert]:
    """What is not to be told any more: it is moot, dealt with, or acknowledged meanwhile."""
    chased = {a.notification_id for a in alerts if a.kind == Alert.Kind.UNACKNOWLEDGED}
    silent = silent_addressees({key for key in chased if key})
    over = over_among(alerts, now=now)
    for alert in alerts:
        is_chase = alert.kind == Alert.Kind.UNACKNOWLEDGED
        is_confirmed = is_chase and not silent.get(alert.notification_id or 0)
        if is_dealt_with(alert, over) or is_confirmed or is_moot(alert, now=now):
            yield alert


def _following(alert: Alert, audiences: Audiences, now: datetime) -> Iterator[Alert]:
    """What a live alert plans next: the stage of next week, the next step of a chase."""
    if not alert.case.is_live:
        return
    if alert.kind == Alert.Kind.DEADLINE and days_after(alert):
        yield next_weekly(alert, now=now)
    if alert.kind == Alert.Kind.UNACKNOWLEDGED:
        step = next_chase(alert, is_kept=audiences.is_kept(alert), now=now)
        if step is not None:
            yield step


def _void_older(batch: _Batch) -> None:
    """What still waits of older stages is void for whoever is told a newer one.

    What a worker holds is left to it: whoever takes it again looks (``relevance``). What a replay
    has expanded goes out, whatever came after.
    """
    new = [alert for alert in batch.expanded if _deadline_of(alert) and alert.case.is_live]
    if not new:
        return
    newer = Message.objects.filter(
        user=OuterRef("user"),
        alert__in=[alert.pk for alert in new],
        alert__due_at__gte=OuterRef("alert__due_at"),
        alert__deadline_version__deadline=OuterRef("alert__deadline_version__deadline"),
    ).exclude(pk=OuterRef("pk"))
    older = Message.objects.filter(
        Exists(newer),
        alert__kind="deadline",
        alert__deadline_version__deadline__in={_deadline_of(alert) for alert in new},
    ).unheld(batch.now)
    older.update(state="void")


def _set_state(alerts: Iterable[Alert], **values: object) -> None:
    keys = [alert.pk for alert in alerts]
    if keys:
        Alert.objects.filter(pk__in=keys).update(**values)


def _entry(act: str, alerts: list[Alert], at: datetime) -> register.Entry | None:
    """What nobody will be told is a fact of the register, one event a batch."""
    if not alerts:
        return None
    return register.Entry(act, alerts[0], at=at, body={"alerts": [alert.pk for alert in alerts]})
