"""The rows of filing: one withdrawal issued under a treaty of 193 parties and under one of 34."""

from __future__ import annotations

from itertools import count
from statistics import median

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benchmarks.crowd import draft, head_of, make_treaty
from benchmarks.filling import database
from benchmarks.measuring import ROUNDS, Outcome, seconds_of
from notifications.models import Treaty
from notifications.services.issuing import issue_notification

# What only opens and ends the transaction asks nothing.
TRANSACTION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def measured() -> list[Outcome]:
    """``filing_queries`` and ``filing_time``; the draft is there already."""
    large, small = (make_treaty(number, now=timezone.now()) for number in (193, 34))
    senders = count()
    for treaty in (large, small):
        _seconds(treaty, next(senders))  # nobody's first filing counts
    pairs = [
        (_seconds(large, next(senders)), _seconds(small, next(senders))) for _ in range(ROUNDS)
    ]
    many, few = (median(column) for column in zip(*pairs, strict=True))
    asked, asked_of_few = (_queries(treaty, next(senders)) for treaty in (large, small))
    return [
        Outcome(
            "filing_queries",
            # Another number for fewer parties is a miss, however small both are.
            asked if asked == asked_of_few else float("inf"),
            goal=15,
            is_better="lower",
            details=f"193 parties: {asked}; 34 parties: {asked_of_few}; {database()}",
        ),
        Outcome(
            "filing_time",
            many / few,
            goal=4,
            is_better="lower",
            details=(
                f"193 parties: {many * 1000:.1f} ms; 34 parties: {few * 1000:.1f} ms; {database()}"
            ),
        ),
    ]


def _seconds(treaty: Treaty, number: int) -> float:
    ready, head = draft(treaty, number % 34, now=timezone.now()), head_of(number % 34)
    return seconds_of(
        lambda: issue_notification(draft=ready, actor=head, now=timezone.now()), calls=1
    )


def _queries(treaty: Treaty, number: int) -> int:
    ready, head = draft(treaty, number % 34, now=timezone.now()), head_of(number % 34)
    with CaptureQueriesContext(connection) as captured:
        issue_notification(draft=ready, actor=head, now=timezone.now())
    return sum(not one["sql"].startswith(TRANSACTION) for one in captured)
