"""Beat's three knocks. Each calls one sweep, which finds all that is due, however late it comes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from celery import Task, shared_task
from django.utils import timezone

from notifications.services import standing, sweeps


class Knock(Task):  # type: ignore[type-arg] # Celery's own class is generic for type checkers alone
    """Leaves signs of life: of the worker at both ends, of the sweep when it is done.

    Beat's is the instant at which it knocked, which the knock carries: beat itself waits for no
    database, and what counts is that its knocks arrive.
    """

    abstract = True

    def before_start(self, *_: Any, **__: Any) -> None:
        """The worker is there, and so was beat, if it was beat who knocked."""
        seen = {"worker": timezone.now()}
        if knocked_at := self.request.get("knocked_at"):
            seen["beat"] = datetime.fromisoformat(knocked_at)
        standing.note_seen(seen)

    def on_success(self, *_: Any, **__: Any) -> None:
        """The sweep was carried to its end."""
        now = timezone.now()
        standing.note_seen({"worker": now, str(self.name).rpartition(".")[2]: now})


@shared_task(base=Knock)
def track_deadlines() -> None:
    """What starts, lapses or takes effect; and the silence alarm, whatever became of that."""
    try:
        sweeps.track_deadlines(now=timezone.now())
    finally:
        sweeps.watch(now=timezone.now())


@shared_task(base=Knock)
def send_alerts() -> None:
    """Alerts that are due become messages and leave."""
    sweeps.send_alerts(now=timezone.now())


@shared_task(base=Knock)
def record_responses() -> None:
    """Answers that came by mail, and the silence of each addressee past its limit."""
    sweeps.record_responses(now=timezone.now())
