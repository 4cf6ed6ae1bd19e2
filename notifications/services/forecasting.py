"""Forecast: what would be told, when and to whom, up to a day; nothing is stored or sent.

It is as things stand: every clock runs to its end, nobody acts, and who leaves or joins a treaty by
an effect still to come is counted as today.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from typing import Final

from django.db.models import Exists, OuterRef, Prefetch
from django.utils.translation import gettext

from notifications import permissions
from notifications.delivery.audiences import Audiences
from notifications.delivery.relevance import is_moot, with_relevance
from notifications.delivery.wishes import Leaving, Wish
from notifications.errors import NotPermittedError, RuleBrokenError
from notifications.lifecycle import COUNTING, NOTIFICATION, UNFINISHED, sources
from notifications.models import (
    Alert,
    Case,
    Circulation,
    Deadline,
    DeadlineVersion,
    Message,
    Notification,
    Party,
    Preference,
    Progress,
    User,
)
from notifications.services.coming_runs import ComingRuns, foresee_runs
from notifications.services.expected import LiveClock, Span, in_batches, live_clocks
from notifications.services.past_ladders import read_past_ladders

DAYS_AHEAD: Final = 90
LONGEST: Final = 3653  # days: ten years
BATCH: Final = 1000


@dataclass(frozen=True)
class Addressee:
    """A person who would be told, the party for which, and when, as they wish it.

    ``digest_at`` is the hour of the digest in which they would be told, where they would be.
    """

    user_id: int
    name: str
    party: str
    at: datetime
    digest_at: datetime | None = None


@dataclass(frozen=True)
class Foreseen:
    """One stage of one deadline: when it would be told, and to whom.

    ``due_at`` is set where it fell due before and waits.
    """

    at: datetime
    stage: str
    version: DeadlineVersion
    people: tuple[Addressee, ...]
    due_at: datetime | None = None

    @property
    def act(self) -> int | None:
        """The key of the act that it is of; None of a run."""
        return self.version.deadline.notification_id

    @property
    def deadline(self) -> Deadline:
        """The deadline, unsaved where it is a run to come."""
        return self.version.deadline

    @property
    def day(self) -> date:
        """The day in UTC on which it would be told."""
        return self.at.astimezone(UTC).date()


@dataclass(frozen=True)
class Forecast:
    """What would be told up to and with a day; ``hidden`` counts what the person may not read."""

    until: date
    rows: tuple[Foreseen, ...]
    hidden: int = 0


def forecast(
    *, now: datetime, until: date | None = None, party: str = "", actor: User | None = None
) -> Forecast:
    """What the system would send after ``now`` up to the end of a day in UTC, in its order.

    ``until`` is 90 days ahead where nobody says. ``party``: to people of this party alone.
    ``actor`` None is the command line, which sees every act; an administrator sees those that the
    admin shows.

    Raises NotPermittedError, or RuleBrokenError naming ``until`` or ``party``.
    """
    if actor is not None and not permissions.can_administer(actor):
        raise NotPermittedError(gettext("Only an administrator sees the forecast."))
    last = _last_day(until, now)
    wanted = _party(party)
    end = datetime.combine(last + timedelta(days=1), time.min, tzinfo=UTC)
    span = Span(now, end - timedelta(microseconds=1))
    alerts = sorted(_stages(span), key=lambda alert: alert.due_at)
    coming = (row for row in _rows(alerts, wanted) if row.people or wanted is None)
    rows = sorted(_newest_alone([*_waiting(span, wanted), *coming]), key=lambda row: row.at)
    readable = _readable(actor, now)
    seen = [row for row in rows if readable is None or row.act in readable]
    return Forecast(last, tuple(seen), hidden=len(rows) - len(seen))


def _last_day(until: date | None, now: datetime) -> date:
    today = now.astimezone(UTC).date()
    if until is None:
        return today + timedelta(days=DAYS_AHEAD)
    if until < today:
        raise RuleBrokenError(gettext("Until: the day has passed."), field="until")
    if until > today + timedelta(days=LONGEST):
        sentence = gettext("Until: name a day within the next ten years.")
        raise RuleBrokenError(sentence, field="until")
    return until


def _party(code: str) -> Party | None:
    if not code:
        return None
    found = Party.objects.filter(code=code.strip().upper()).first()
    if found is None:
        sentence = gettext("Party: there is no party “%(code)s”.") % {"code": code}
        raise RuleBrokenError(sentence, field="party")
    return found


def _readable(actor: User | None, now: datetime) -> set[int | None] | None:
    """The acts whose clocks may be shown, by key, and None for runs; None of all: every one."""
    if actor is None:
        return None
    seen = Notification.objects.visible_to(actor, now.astimezone(UTC).date()).live()
    open_to_all = seen.exclude(visibility=Notification.Visibility.RESTRICTED)
    return {None, *open_to_all.values_list("pk", flat=True)}


def _stages(span: Span) -> Iterator[Alert]:
    """Every stage that falls due in the span, of clocks that run and of runs still to come."""
    ladders = read_past_ladders()
    runs = foresee_runs(now=span.after, until=span.until)
    over = _Closings(span.after)
    stored = live_clocks(span, longest=ladders.longest, known_at=span.after)
    for clock in chain(stored, runs.clocks):
        if clock.deadline.status != "lapsed":
            # Of two stages at one instant the newer one is told.
            stages = {alert.due_at: alert for alert in clock.ladder_stages(ladders)}
            yield from (alert for at, alert in stages.items() if span.holds(at))
        if _lapses(clock):
            yield from clock.lapse_stages(span, over_at=_over_at(clock, runs, over, span))


def _lapses(clock: LiveClock) -> bool:
    """Whether it has lapsed, or will where nobody acts: no effect does, nor a mere target."""
    if clock.deadline.status == "lapsed":
        return True
    return clock.deadline.status in COUNTING and not (clock.is_beginning or clock.version.is_target)


def _over_at(clock: LiveClock, runs: ComingRuns, over: _Closings, span: Span) -> datetime | None:
    """From when on nothing more is said of a lapse; None where that is not foreseen."""
    deadline = clock.deadline
    if getattr(deadline, "is_over", False):
        return span.after
    if deadline.notification_id is None:
        return runs.next_due(deadline)
    return over.of(deadline.notification_id)


class _Closings:
    """When acts will be closed where nobody acts: once nothing of them awaits or runs any more."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        numbered = Circulation.objects.filter(notification=OuterRef("notification"))
        closable = Progress.objects.filter(
            Exists(numbered), status__in=sources(NOTIFICATION, "close")
        )
        self._closable = set(closable.values_list("notification", flat=True))
        self._ends: dict[int, datetime | None] = {}
        unfinished = Deadline.objects.in_case(None).of_acts().filter(status__in=UNFINISHED)
        rows = unfinished.values_list(
            "notification", "status", "due_at", "current_version__clause_version__rule"
        )
        for act, status, due_at, rule in rows.iterator():
            is_target = "soft" in ((rule or {}).get("duty") or {})
            ends = due_at if status in COUNTING and not is_target else None
            known = self._ends.get(act or 0, now)
            self._ends[act or 0] = max(known, ends) if known and ends else None

    def of(self, act: int) -> datetime | None:
        """When the act will be closed; None: never, as things stand."""
        return self._ends.get(act, self._now) if act in self._closable else None


def _rows(alerts: list[Alert], party: Party | None) -> Iterator[Foreseen]:
    """Each stage with its people on its day: a fixed number of queries a batch."""
    names = dict(User.objects.values_list("pk", "name"))
    codes = dict(Party.objects.values_list("pk", "code"))
    wishes = {row.user_id: Wish.of(row) for row in Preference.objects.select_related("user")}
    for batch in in_batches(alerts, BATCH):
        audiences = Audiences(batch, now=None)
        for alert in batch:
            told = audiences.of(alert)
            people = tuple(
                Addressee(one.user_id, names[one.user_id], codes[one.party_id], *leaving)
                for one in told
                if party is None or one.party_id == party.pk
                if (leaving := _leaving(wishes.get(one.user_id, _NO_WISH), alert))
            )
            is_left_out = not people and (alert.is_extra or bool(told))
            if alert.deadline_version is not None and not is_left_out:
                yield Foreseen(alert.due_at, alert.stage, alert.deadline_version, people)


def _waiting(span: Span, party: Party | None) -> Iterator[Foreseen]:
    """Each stage that fell due before and waits: for its reader, or for another try."""
    alerts_read = with_relevance().select_related(*_SAID)
    rows = (
        Message.objects.unheld(span.after)
        .filter(alert__kind=Alert.Kind.DEADLINE, alert__case__origin=Case.Origin.LIVE)
        .filter(next_at__lte=span.until, user__is_active=True, mandate__isnull=False)
        .select_related("user", "party")
        .prefetch_related(Prefetch("alert", alerts_read))
        .order_by("next_at", "pk")
    )
    people: dict[int, list[Addressee]] = defaultdict(list)
    alerts: dict[int, Alert] = {}
    for message in rows if party is None else rows.filter(party=party):
        code, alerts[message.alert_id] = message.own_party.code, message.alert
        at = max(message.next_at, span.after)
        one = Addressee(message.user_id, message.user.name, code, at, message.digest_at)
        people[message.alert_id].append(one)
    for key, alert in alerts.items():
        if alert.deadline_version is not None and not is_moot(alert, now=span.after):
            told = tuple(people[key])
            yield Foreseen(told[0].at, alert.stage, alert.deadline_version, told, alert.due_at)


# What is shown of the deadline of an alert, beside what ``is_moot`` asks for.
_SAID: Final = tuple(
    f"deadline_version__deadline__{name}"
    for name in ("case__treaty", "notification__treaty", "bearer", "clause")
)


def _newest_alone(rows: Sequence[Foreseen]) -> Iterator[Foreseen]:
    """Whoever waits past a newer stage of the same deadline is told that one alone."""
    newer: dict[tuple[object, int], datetime] = {}
    for row in sorted(rows, key=lambda row: row.due_at or row.at, reverse=True):
        clock = row.deadline.pk or id(row.deadline)
        left = tuple(
            one
            for one in row.people
            if (at := newer.get((clock, one.user_id))) is None or one.at < at
        )
        newer |= {(clock, one.user_id): row.due_at or row.at for one in row.people}
        if left or not row.people:
            yield replace(row, people=left)


_NO_WISH: Final = Wish()


def _leaving(wish: Wish, alert: Alert) -> Leaving | None:
    """When a person would be told; None: their own days leave it out."""
    return wish.leaving(alert, now=alert.due_at) if wish.wants(alert) else None
