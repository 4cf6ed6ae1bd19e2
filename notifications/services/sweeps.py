"""The sweeps that beat knocks for: what is due is found anew each time, however late it comes.

Live sweeps take live cases alone; a replay runs the same code on its own case and clock.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from itertools import islice
from typing import Final, TypeVar

from django.db.models import Exists, OuterRef, Prefetch, Q

from notifications.delivery import Sweep, Transport, send_due
from notifications.inbox import box_of
from notifications.lifecycle import DEADLINE, NOTIFICATION, UNFINISHED, sources
from notifications.models import Case, Circulation, Deadline, Notification, Progress
from notifications.models.notification import NotificationQuerySet
from notifications.queue import nudge
from notifications.services.calendar import day_in
from notifications.services.expected import in_batches
from notifications.services.fulfilment import done_on, fits, standing
from notifications.services.runs import TrackedRuns, track_runs
from notifications.services.settling import (
    close_notification,
    end_deadline,
    note_conference_held,
    record_silence,
)
from notifications.services.silence_alarm import Silence
from notifications.services.silence_watch import watch_for_silence
from notifications.services.taking_in import TakenIn, take_in_waiting
from notifications.services.turning import acts_to_turn, turn_clocks

logger = logging.getLogger(__name__)

BATCH: Final = 500
# Well below the time of a run: a worker that is alone must not take its own call for help, before
# the other knocks that wait.
HELP_SECONDS: Final = 20
Result = TypeVar("Result")


@dataclass(frozen=True)
class Tracked:
    """What one sweep found: deadlines met, lapsed, taken effect; notifications closed.

    ``turned`` are the acts whose clocks a fact stopped, or let run again, on its day; ``runs`` the
    runs of recurring clauses that were opened, moved or came to their end.
    """

    met: int = 0
    lapsed: int = 0
    effective: int = 0
    closed: int = 0
    turned: int = 0
    runs: int = 0


def track_deadlines(*, now: datetime, case: Case | None = None) -> Tracked:
    """Settle every clock of a clause whose end, or whose conference's day, has come.

    First what a fact stops, or lets run again, from this day on: it does not lapse meanwhile.

    What fails is logged and left to the next knock; it holds up nothing else.
    """
    turning = acts_to_turn(now=now, case=case)
    turned = [_apart(case, partial(turn_clocks, key, now=now)) for key in turning]
    met = _note_conferences(now, case)
    due = (
        Deadline.objects.due(now)
        .of_acts()
        .in_case(case)
        .filter(origin=Deadline.Origin.CLAUSE)
        .order_by("due_at", "pk")
    )
    keys = list(due.values_list("pk", flat=True)[:BATCH])
    ended = [_apart(case, partial(end_deadline, key, now=now)) for key in keys]
    closed = _close(now, case)
    runs = _runs(now) if case is None else 0
    if case is None and (any(ended) or any(turned) or runs):
        nudge("send_alerts")
    lapsed, effective = ended.count("lapsed"), ended.count("effective")
    return Tracked(met, lapsed, effective, closed, turned=sum(map(bool, turned)), runs=runs)


def _runs(now: datetime) -> int:
    """The runs of recurring clauses, which live cases alone have."""
    tracked = _apart(None, partial(track_runs, now=now)) or TrackedRuns()
    return tracked.opened + tracked.moved + tracked.ended


def _apart(case: Case | None, settle_one: Callable[[], Result]) -> Result | None:
    """Settle one record; in a live sweep a failure stays with it."""
    if case is not None:
        return settle_one()
    try:
        return settle_one()
    except Exception:
        logger.exception("a record could not be settled; the next knock tries again")
        return None


def _note_conferences(now: datetime, case: Case | None) -> int:
    """Conferences convened beforehand whose day has come: each duty by the first that meets it."""
    convened = Notification.objects.filter(act="conference")
    # First the keys alone, which the indexes tell: most ticks find none.
    keys = list(
        Deadline.objects.in_case(case)
        .filter(
            Exists(convened.filter(refers_to=OuterRef("notification"))),
            status__in=sources(DEADLINE, "meet"),
            clause__isnull=False,
            current_version__clause_version__rule__duty__act="conference",
        )
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    # All of them: those that no conference meets stay, and would stand before the others for ever.
    return sum(_note_held(batch, convened, now, case) for batch in in_batches(keys, BATCH))


def _note_held(
    keys: list[int], convened: NotificationQuerySet, now: datetime, case: Case | None
) -> int:
    duties = (
        Deadline.objects.filter(pk__in=keys)
        .with_reasons()
        .select_related("notification")
        .prefetch_related(
            Prefetch(
                "notification__referring",
                convened.prefetch_related("sender_rows").order_by("pk"),
                to_attr="conferences",
            )
        )
        .order_by("pk")
    )
    met = 0
    for duty in duties:
        conference = _meeting(duty, day_in(duty.version.zone, now))
        if conference is not None:
            met += bool(_apart(case, partial(note_conference_held, duty.pk, conference, now=now)))
    return met


def _meeting(duty: Deadline, today: date) -> Notification | None:
    conferences: list[Notification] = duty.act.conferences  # type: ignore[attr-defined]
    for conference in conferences:
        senders = {row.party_id for row in conference.sender_rows.all()}
        how = standing(duty, done_on(conference), today)
        if how in ("met", "late") and fits(duty, conference.act, senders):
            return conference
    return None


def _close(now: datetime, case: Case | None) -> int:
    """Numbered acts of which nothing is awaiting or running; a conference not before its day."""
    unfinished = Deadline.objects.filter(
        notification=OuterRef("notification"), status__in=UNFINISHED
    )
    numbered = Circulation.objects.filter(notification=OuterRef("notification"))
    whose = Q(notification__case=case) if case else Q(notification__case__origin="live")
    done = Progress.objects.filter(
        whose, Exists(numbered), ~Exists(unfinished), status__in=sources(NOTIFICATION, "close")
    ).select_related("notification")
    ready = (
        progress.pk
        for progress in done.order_by("pk").iterator(chunk_size=BATCH)
        if done_on(progress.notification) <= day_in(progress.notification.zone, now)
    )
    keys = list(islice(ready, BATCH))
    return sum(bool(_apart(case, partial(close_notification, key, now=now))) for key in keys)


@dataclass(frozen=True)
class Recorded:
    """How many parties kept silent past a limit; how many mails, and answers in them, came in."""

    silent: int = 0
    mails: int = 0
    answers: int = 0


def record_responses(*, now: datetime, case: Case | None = None) -> Recorded:
    """Take in what came by mail, and record the silence of each party past the sender's limit."""
    box = box_of() if case is None else None
    taken = take_in_waiting(box, now=now) if box else TakenIn()
    overdue = Deadline.objects.due(now).in_case(case).filter(origin=Deadline.Origin.RESPOND_BY)
    keys = sorted(set(overdue.order_by().values_list("notification", flat=True)[: BATCH * 10]))
    silent = sum(_apart(case, partial(record_silence, key, now=now)) or 0 for key in keys)
    if silent and case is None:
        nudge("send_alerts")
    return Recorded(silent, taken.mails, taken.answers)


def send_alerts(
    *, now: datetime, case: Case | None = None, transport: Transport | None = None
) -> Sweep:
    """Turn due alerts into messages and send what is pending."""
    call_help = partial(nudge, "send_alerts", expires=HELP_SECONDS) if case is None else None
    return send_due(now=now, case=case, transport=transport, call_help=call_help)


def watch(*, now: datetime) -> Silence | None:
    """Let the silence alarm look, where it is time; a fault of its own holds up no sweep."""
    return _apart(None, partial(watch_for_silence, now=now))
