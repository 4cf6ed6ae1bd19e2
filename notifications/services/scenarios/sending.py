"""The mail of a replay that is to leave: written on its own clock, sent on that of the machine."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from notifications.delivery import Deliveries, deliver, expand, transport_for
from notifications.delivery.write import write
from notifications.models import Case, Message


def write_due(case: Case, now: datetime) -> None:
    """Turn the alerts due at the instant ``now`` of the case's clock into messages, and write them.

    What they say is what was true at that instant; nothing leaves.
    """
    expand(now=now, case=case)
    due = Message.objects.filter(alert__case=case, state="pending", next_at=now)
    write(due.select_related("user", "alert__case", "alert__deadline_version"), now=now)


def send_waiting(case: Case, now: datetime) -> Deliveries:
    """Hand the messages of a case that wait to the configured server; never in a transaction.

    ``now`` is the machine's clock. Somebody asked for this run: it waits for no back-off, and goes
    on for as long as the server takes something.
    """
    began = time.monotonic()

    def clock() -> datetime:
        return now + timedelta(seconds=time.monotonic() - began)

    Message.objects.filter(alert__case=case, state="pending", lease_until=None).update(next_at=now)
    total = Deliveries()
    while True:
        transport = transport_for(case, sends_replays=True)
        done = deliver(now=clock(), case=case, transport=transport, clock=clock)
        total += done
        if done.is_line_down or not (done.sent or done.failed or done.void):
            return total
