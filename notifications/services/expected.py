"""What must be told: worked out anew from live clocks and ladders, whatever stands in the outbox.

No alert is read here. What is found is held against what was sent (``silence_alarm``), or shown as
what will be sent (``forecasting``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import Final, TypeVar

from django.db.models import Exists, OuterRef, Q

from notifications.clauses.compute import BEGINNING
from notifications.clauses.instants import start_of_day
from notifications.delivery.repeating import WEEK, first_after, weeks_after
from notifications.lifecycle import COUNTING, HELD
from notifications.models import Alert, Deadline, DeadlineVersion, Notification, dealt_with
from notifications.services.alerts import (
    act_alert,
    planned_stages,
    stage_alert,
)
from notifications.services.past_ladders import PastLadders, read_past_ladders

BATCH: Final = 500
# A day is over at different instants in the zones of the earth, and an effect may come at its end.
SLACK: Final = timedelta(days=2)
Item = TypeVar("Item")


@dataclass(frozen=True)
class Span:
    """The instants after one, up to and with another."""

    after: datetime
    until: datetime

    def holds(self, at: datetime) -> bool:
        """Whether the instant is one of them."""
        return self.after < at <= self.until


@dataclass(frozen=True)
class Expected:
    """One stage, or one act, that must be told: an alert that is not stored.

    ``versions`` are the keys of the versions of the deadline that name the same days: whoever was
    told the stage, or a newer one, of any of them was told.
    """

    alert: Alert
    versions: frozenset[int] = frozenset()

    @property
    def nominal_at(self) -> datetime:
        """The instant of the stage itself, where it is told at another one."""
        version = self.alert.deadline_version
        at = nominal_instant(version, self.alert.stage) if version else None
        return at or self.alert.due_at


@dataclass(frozen=True)
class LiveClock:
    """A deadline with the version from which its days hold, and the one that stood before it."""

    deadline: Deadline
    version: DeadlineVersion
    before: DeadlineVersion | None
    versions: frozenset[int]

    @property
    def is_beginning(self) -> bool:
        """Whether something comes on its day, and nothing ends."""
        rule = self.version.clause_version.rule if self.version.clause_version else {}
        return rule.get("yields") in BEGINNING

    @property
    def is_told_anew(self) -> bool:
        """Whether it had lapsed on another day before; that is not told where it is dealt with."""
        before, version = self.before, self.version
        if before is None or before.due_at is None or version.due_at is None:
            return False
        return max(before.due_at, version.due_at) <= version.computed_at

    def ladder_stages(self, ladders: PastLadders) -> Iterator[Alert]:
        """The stages before the day and of the day, as they were planned when it was computed."""
        version, before = self.version, self.before
        was_told = before is not None and (before.due_on is not None or before.no > 1)
        at = version.computed_at
        for alert in planned_stages(version, now=at, ladders=ladders.at(at), is_moved=was_told):
            if self.deadline.status not in ("effective", "lapsed") or alert.stage == "day":
                yield alert

    def lapse_stages(self, span: Span, *, over_at: datetime | None = None) -> Iterator[Alert]:
        """The day after, and every week from then on until something is over at ``over_at``."""
        first = first_after(self.version) or self.version.computed_at
        week = max(0, (span.after - first) // WEEK - 1)  # one may have an hour less
        while (at := weeks_after(first, week, self.version)) <= span.until:
            if over_at is not None and at >= over_at and (week or self.is_told_anew):
                break
            if span.holds(at):
                yield stage_alert(self.version, f"after-{1 + 7 * week}", at)
            week += 1


def expected_stages(span: Span) -> Iterator[Expected]:
    """The stages that have had to be told in the span, of live deadlines as they stand.

    A fixed number of queries for each ``BATCH`` deadlines that have a stage near the span.
    """
    ladders = read_past_ladders()
    for clock in live_clocks(span, longest=ladders.longest, known_at=span.until):
        if clock.deadline.status == "lapsed":
            over_at = span.after if clock.deadline.is_over else None  # type: ignore[attr-defined]
            stages = clock.lapse_stages(span, over_at=over_at)
            # At its instant a clock in hours is told of as over; a day is not, once it is.
            if clock.version.is_exact:
                stages = chain(stages, clock.ladder_stages(ladders))
        else:
            stages = clock.ladder_stages(ladders)
        for alert in stages:
            if span.holds(alert.due_at):
                yield Expected(alert, clock.versions)


def expected_acts(span: Span) -> Iterator[Expected]:
    """The live acts that were issued in the span, each of which its people must be told of."""
    acts = Notification.objects.live().filter(entered_at__gt=span.after, entered_at__lte=span.until)
    for act in acts.select_related("case__treaty").order_by("pk").iterator(chunk_size=BATCH):
        yield Expected(act_alert(act, Alert.Kind.ISSUED, now=act.entered_at))


def live_clocks(span: Span, *, longest: int, known_at: datetime) -> Iterator[LiveClock]:
    """The live deadlines that may have a stage in the span; ``longest``: days before a date.

    ``known_at`` is the instant at which it matters whether a lapse was dealt with.
    """
    here = Deadline.objects.filter(pk=OuterRef("pk"))
    is_over = Exists(here.filter(dealt_with(known_at)))
    rows = (
        Deadline.objects.in_case(None)
        .filter(_near(span, timedelta(days=longest), is_over))
        .select_related("case__treaty", "notification__treaty", "bearer", "clause")
        .select_related("current_version__clause_version")
        .annotate(is_over=is_over)
        .order_by("pk")
    )
    for batch in in_batches(rows.iterator(chunk_size=BATCH), BATCH):
        histories = _histories(batch)
        for deadline in batch:
            clock = _clock(deadline, histories.get(deadline.pk) or [deadline.version])
            if clock is not None:
                yield clock


def _near(span: Span, longest: timedelta, is_over: Exists) -> Q:
    """What stands near its date, opens, or was computed lately; and what has lapsed and is told."""
    soon = Q(due_at__gt=span.after, due_at__lte=span.until + longest + SLACK)
    opening = Q(current_version__opens_at__gt=span.after, current_version__opens_at__lte=span.until)
    fresh = Q(current_version__computed_at__gt=span.after)
    came = Q(settled_on__gte=(span.after - SLACK).date())
    lapsed = Q(status="lapsed", due_at__lte=span.until)
    return (
        Q(soon | opening | fresh, status__in=COUNTING)
        | Q(soon | fresh | came, status="effective")
        | Q(lapsed & (~Q(is_over) | Q(due_at__gt=span.after) | fresh))
    )


def _histories(deadlines: Iterable[Deadline]) -> dict[int, list[DeadlineVersion]]:
    """Every version of those that were computed more than once, in order: one query."""
    keys = [deadline.pk for deadline in deadlines if deadline.version.no > 1]
    found: dict[int, list[DeadlineVersion]] = {}
    rows = DeadlineVersion.objects.filter(deadline__in=keys).select_related("clause_version")
    for version in rows.order_by("deadline", "no"):
        found.setdefault(version.deadline_id, []).append(version)
    return found


def _clock(deadline: Deadline, history: list[DeadlineVersion]) -> LiveClock | None:
    """The clock by the version from which its days hold; None where nothing is told of it.

    What took effect and was computed anew shows another date, and nothing of that is told.
    """
    if deadline.status == "effective":
        while history and history[-1].due_on != deadline.settled_on:
            history = history[:-1]
    if not history:
        return None
    newest, first = history[-1], len(history) - 1
    while first and history[first - 1].result not in HELD:
        if not history[first].has_days_of(history[first - 1]):
            break
        first -= 1
    version, before = history[first], history[first - 1] if first else None
    version.deadline = deadline
    same = frozenset(other.pk for other in history if other.has_days_of(newest))
    return LiveClock(deadline, version, before, same)


def in_batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """The items in lists of ``size``, the last one shorter."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def nominal_instant(version: DeadlineVersion, stage: str) -> datetime | None:
    """The instant at which a stage of a version stands; None where it has none."""
    if version.due_on is None or version.due_at is None:
        return None
    kind, _hyphen, number = stage.partition("-")
    match kind:
        case "opens":
            return version.opens_at
        case "before" if number.endswith("h"):
            return version.due_at - timedelta(hours=int(number[:-1]))
        case "before":
            return start_of_day(version.due_on - timedelta(days=int(number)), version.zone)
        case "after":
            first = first_after(version)
            return weeks_after(first, (int(number) - 1) // 7, version) if first else None
    return version.due_at if version.is_exact else start_of_day(version.due_on, version.zone)
