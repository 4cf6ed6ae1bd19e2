"""A worker of the benchmarks: sweeps when it is told to, until nothing is left, and says so."""

from __future__ import annotations

import json
import resource
import sys
import time

from django.utils import timezone

from notifications.models import Alert, Message
from notifications.services.sweeps import send_alerts

IDLE_SECONDS = 0.1


def serve() -> None:
    """For every line of the input, sweep until all is sent; print what it took as JSON."""
    is_anything_left()  # the connection is open before the time is taken
    print("ready", flush=True)
    for _ in sys.stdin:
        print(json.dumps(sweep()), flush=True)


def sweep() -> dict[str, float]:
    """Sweep until nothing is left; the messages sent, when it was done, and the seconds of CPU.

    Done (``ended``, on the machine's monotonic clock) is what the last messages were recorded with.
    """
    ended, cpu, sent = time.monotonic(), time.process_time(), 0
    while is_anything_left():
        done = send_alerts(now=timezone.now()).deliveries
        sent += done.sent
        if done.sent:
            ended = time.monotonic()
        else:
            time.sleep(IDLE_SECONDS)  # another worker holds what is left
    return {
        "sent": sent,
        "ended": ended,
        "cpu": time.process_time() - cpu,
        "kilobytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    }


def is_anything_left() -> bool:
    """Whether an alert is due or a message waits; of retries there are none here."""
    return (
        Alert.objects.due(timezone.now()).exists()
        or Message.objects.filter(is_open=True, state="pending").exists()
    )
