"""The rows of the sweep: finding what is due among many, and how soon the first message leaves."""

from __future__ import annotations

from datetime import datetime, timedelta
from statistics import median
from typing import Self

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benchmarks.crowd import file, make_treaty
from benchmarks.filling import analyze, database, fill
from benchmarks.measuring import ROUNDS, Outcome, in_turn, seconds_of
from notifications.delivery import Answer, Letter
from notifications.models import Alert, Notification
from notifications.services.sweeps import record_responses, send_alerts, track_deadlines

DUE, LITTLE, MUCH = 1_000, 10_000, 1_000_000
DAYS = 99  # before and after, on which the others fall due


def measured() -> list[Outcome]:
    """``first_alert`` and ``scan``."""
    notification = file(make_treaty(3, now=timezone.now()), 0, now=timezone.now())
    send_alerts(now=timezone.now())  # what the filing itself told is out of the way
    soon = timezone.now()
    later = soon + timedelta(hours=1)
    fill(notification, DUE, due_at=soon, label="due")
    fill(notification, LITTLE - DUE, due_at=later, label="later")
    analyze()
    return [_first_alert(soon, later), _scan(notification, soon)]


class _EnoughError(Exception):
    """The first letter is on its way."""


class _First:
    """A way out that ends the sweep with its first letter."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def send(self, letter: Letter) -> Answer:
        raise _EnoughError(letter.recipient)


def _until_first(now: datetime) -> None:
    """Sweep until the first letter; everything is as before afterwards."""
    with transaction.atomic():
        try:
            send_alerts(now=now, transport=_First())
        except _EnoughError:
            transaction.set_rollback(True)
            return
    raise AssertionError("no letter was sent")


def _first_alert(soon: datetime, later: datetime) -> Outcome:
    few, many = in_turn(lambda: _until_first(soon), lambda: _until_first(later), calls=1)
    return Outcome(
        "first_alert",
        many / few,
        goal=2,
        is_better="lower",
        details=(
            f"with {LITTLE:,} due: {many * 1000:.0f} ms; with {DUE:,} due: {few * 1000:.0f} ms; "
            f"{database()}"
        ),
    )


def _scan(notification: Notification, now: datetime) -> Outcome:
    """Half of the million are told already, half are still to come."""
    among_few = _finding(now)
    number = (MUCH - LITTLE) // (2 * DAYS)
    for day in range(1, DAYS + 1):
        past, far = now - timedelta(days=day), now + timedelta(days=day)
        fill(notification, number, due_at=past, label=f"told-{day}", state="expanded")
        fill(notification, number, due_at=far, label=f"far-{day}")
    analyze()
    among_many = _finding(now)
    counts = _counts_of_a_tick(now - timedelta(days=1))
    return Outcome(
        "scan",
        # A tick that counts all rows is a miss, however fast it is.
        float("inf") if counts else among_many / among_few,
        goal=3,
        is_better="lower",
        details=(
            f"{DUE:,} due found among {MUCH:,}: {among_many * 1000:.1f} ms; among {LITTLE:,}: "
            f"{among_few * 1000:.1f} ms; count(*) in a tick: {counts}; {database()}"
        ),
    )


def _finding(now: datetime) -> float:
    """The median seconds of the question that the sweep asks."""
    due = Alert.objects.due(now).in_case(None).order_by("due_at", "pk")

    def find() -> None:
        keys = due.values_list("pk", flat=True)[:DUE]
        assert len(keys) == DUE, len(keys)

    find()
    return median(seconds_of(find, calls=5) for _ in range(ROUNDS))


def _counts_of_a_tick(now: datetime) -> int:
    """How many queries of the three sweeps count rows; nothing is due at that instant."""
    with CaptureQueriesContext(connection) as captured:
        track_deadlines(now=now)
        send_alerts(now=now)
        record_responses(now=now)
    return sum("COUNT(" in one["sql"].upper() for one in captured)
