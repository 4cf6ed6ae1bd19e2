"""The row of memory: what a worker needs after a hundred thousand messages and after a thousand."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

from django.utils import timezone

from benchmarks.crowd import file, make_treaty
from benchmarks.filling import database, fill
from benchmarks.measuring import Outcome
from benchmarks.workers import Worker, working
from notifications.models import Notification
from tests.infrastructure.sink import Behaviour, Sink

PARTIES = 193
FEW, MANY = 2, 173  # alerts: 1,158 and, with those, 100,000 messages and more


def measured() -> list[Outcome]:
    """``memory``: the most that one worker process held, early and late in its life."""
    notification = file(make_treaty(PARTIES, now=timezone.now()), 0, now=timezone.now())
    # The other rows' server would take most of the time, and here it is not what is measured.
    with Sink(Behaviour(keeps=False)) as sink, _mailing_to(sink.url), working(1) as (worker,):
        few, early = _swept(worker, notification, FEW - 1)  # and that of the act itself
        more, late = _swept(worker, notification, MANY - FEW)
    return [
        Outcome(
            "memory",
            late / early,
            goal=1.2,
            is_better="lower",
            details=(
                f"after {few + more:,.0f} messages: {late / 1024:.0f} MB; "
                f"after {few:,.0f}: {early / 1024:.0f} MB; {database()}"
            ),
        )
    ]


@contextlib.contextmanager
def _mailing_to(url: str) -> Iterator[None]:
    before, os.environ["EMAIL_URL"] = os.environ["EMAIL_URL"], url
    try:
        yield
    finally:
        os.environ["EMAIL_URL"] = before


def _swept(worker: Worker, notification: Notification, alerts: int) -> tuple[float, float]:
    """The messages sent, and the most kilobytes held so far."""
    fill(
        notification,
        alerts,
        due_at=timezone.now(),
        label=f"round-{alerts}",
        audience="addressees+senders",
    )
    worker.start()
    took = worker.end()
    return took["sent"], took["kilobytes"]
