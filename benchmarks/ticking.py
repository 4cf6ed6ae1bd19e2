"""The row of the tick: what the three sweeps take when nothing is due, by what is stored."""

from __future__ import annotations

from datetime import datetime
from statistics import median

from django.utils import timezone

from benchmarks.cloning import BEARERS, RUNNING, clone_acts
from benchmarks.crowd import file, head_of, make_treaty
from benchmarks.filling import analyze, database
from benchmarks.measuring import ROUNDS, Outcome, seconds_of
from notifications.delivery import Deliveries, Sweep
from notifications.delivery.expand import Expansion
from notifications.models import Circulation, Deadline, Notification, Progress
from notifications.services.sweeps import (
    Recorded,
    Tracked,
    record_responses,
    send_alerts,
    track_deadlines,
)

LITTLE, MUCH = 10_000, 1_000_000  # deadlines stored


def measured() -> list[Outcome]:
    """``tick``."""
    now = timezone.now()
    pattern = _circulated(now)
    send_alerts(now=now)  # what the filing itself told is out of the way
    few = _among(LITTLE, pattern, now)
    many = _among(MUCH, pattern, now)
    return [
        Outcome(
            "tick",
            many,
            goal=1.0,
            is_better="lower",
            unit="s",
            details=(
                f"nothing due, {MUCH:,} deadlines stored, {MUCH // RUNNING:,} of them running: "
                f"{many * 1000:.0f} ms; {LITTLE:,} stored, {LITTLE // RUNNING:,} running: "
                f"{few * 1000:.0f} ms; {database()}"
            ),
        )
    ]


def _circulated(now: datetime) -> Notification:
    act = file(make_treaty(BEARERS, now=now), 0, now=now)
    Circulation.objects.create(
        notification=act, series="B", year=now.year, seq=1, number="B-1", at=now, by=head_of(0)
    )
    Progress.objects.filter(notification=act).update(status="circulated")
    return act


def _among(number: int, pattern: Notification, now: datetime) -> float:
    """The median seconds of the three sweeps that find nothing, among so many deadlines."""
    stored = Deadline.objects.count()
    clone_acts(pattern, (number - stored) // BEARERS, now=now)
    analyze()
    _tick(now)
    return median(seconds_of(lambda: _tick(now), calls=1) for _ in range(ROUNDS))


def _tick(now: datetime) -> None:
    done = track_deadlines(now=now), send_alerts(now=now), record_responses(now=now)
    assert done == (Tracked(), Sweep(Expansion(), Deliveries()), Recorded()), done
