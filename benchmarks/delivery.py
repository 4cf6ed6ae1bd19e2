"""The rows of delivery: due alerts expanded, sent, marked and recorded, against a bare loop."""

from __future__ import annotations

import smtplib
import time
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Final

from django.conf import settings
from django.utils import timezone

from benchmarks.crowd import file, make_treaty
from benchmarks.filling import analyze, database
from benchmarks.measuring import Outcome
from benchmarks.workers import Worker, working
from notifications import emails
from notifications.models import Message, Treaty

PARTIES: Final = 193
ALERTS: Final = 8  # a round; each becomes 193 × 3 messages
ROUNDS: Final = 7
WORKERS: Final = 4


def measured() -> list[Outcome]:
    """``delivery_1``, ``delivery_4`` and ``cpu_ms_per_alert``, from the same rounds."""
    treaty = make_treaty(PARTIES, now=timezone.now())
    senders = iter(range(PARTIES))
    with working(1) as one, working(WORKERS) as four:
        _swept(one, treaty, senders)  # nobody's first round counts
        _swept(four, treaty, senders)
        analyze()
        mails = _mails()
        raws, ones, fours, cpus = [], [], [], []
        for _ in range(ROUNDS):
            raws.append(raw(mails))
            rate, cpu = _swept(one, treaty, senders)
            ones.append(rate)
            cpus.append(cpu)
            fours.append(_swept(four, treaty, senders)[0])
    return [
        _outcome("delivery_1", ones, raws, 0.65, "one worker"),
        _outcome("delivery_4", fours, raws, 1.2, f"{WORKERS} workers"),
        Outcome(
            "cpu_ms_per_alert",
            median(cpus) * 1000,
            goal=1.0,
            is_better="lower",
            unit="ms",
            details=f"CPU of the worker a message; {database()}",
        ),
    ]


def raw(mails: Sequence[tuple[str, bytes]]) -> float:
    """Messages a second of a loop of smtplib over one connection, nothing stored."""
    with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT) as smtp:
        smtp.ehlo()
        began = time.perf_counter()
        for address, mail in mails:
            smtp.mail("alerts@treatyflow.example")
            smtp.rcpt(address)
            assert smtp.data(mail)[0] == 250
        return len(mails) / (time.perf_counter() - began)


def _swept(workers: list[Worker], treaty: Treaty, senders: Iterator[int]) -> tuple[float, float]:
    """Messages a second, and the CPU seconds of a message, of a round of new alerts."""
    for _ in range(ALERTS):
        file(treaty, next(senders), now=timezone.now())
    began = time.monotonic()
    for worker in workers:
        worker.start()
    took = [worker.end() for worker in workers]
    seconds = max(one["ended"] for one in took) - began
    sent = sum(one["sent"] for one in took)
    assert sent == ALERTS * PARTIES * 3, sent
    return sent / seconds, sum(one["cpu"] for one in took) / sent


def _mails() -> list[tuple[str, bytes]]:
    """As many mails as a round has, as they were sent in the last one."""
    number = ALERTS * PARTIES * 3
    rows = Message.objects.filter(state="sent").select_related("rendering").order_by("-pk")
    return [(row.address, emails.as_sent(row)) for row in rows[:number]]


def _outcome(
    row: str, rates: Sequence[float], raws: Sequence[float], goal: float, who: str
) -> Outcome:
    ours, theirs = median(rates), median(raws)
    return Outcome(
        row,
        ours / theirs,
        goal=goal,
        is_better="higher",
        details=(
            f"{who}: {ours:,.0f} messages a second; smtplib over one connection: "
            f"{theirs:,.0f}; {database()}"
        ),
    )
