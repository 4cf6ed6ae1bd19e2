"""Many alerts at once, as rows: what services would have planned one by one over years."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from notifications.models import Notification

_NUMBERS = {
    "postgresql": "SELECT generate_series(%s, %s) AS n",
    "sqlite": (
        "WITH RECURSIVE numbers(n) AS (SELECT %s UNION ALL SELECT n + 1 FROM numbers WHERE n < %s) "
        "SELECT n FROM numbers"
    ),
}
_INSERT = """
INSERT INTO notifications_alert
    (case_id, notification_id, kind, stage, audience, due_at, state, is_extra)
SELECT {case}, {notification}, 'circulated', '{label}-' || n, '{audience}', %s, '{state}', %s
FROM ({numbers}) AS counted
"""


def fill(
    notification: Notification,
    number: int,
    *,
    due_at: datetime,
    label: str,
    audience: str = "senders",
    state: str = "planned",
) -> None:
    """Insert so many alerts of an act in one statement; ``label`` tells them from others."""
    statement = _INSERT.format(
        case=notification.case_id,
        notification=notification.pk,
        label=label,
        audience=audience,
        state=state,
        numbers=numbers(),
    )
    with connection.cursor() as cursor:
        at = connection.ops.adapt_datetimefield_value(due_at)
        cursor.execute(statement, [at, False, 1, number])


def numbers() -> str:
    """A query of the numbers ``n`` from one value up to another."""
    return _NUMBERS[connection.vendor]


def analyze() -> None:
    """Let the database look at what it holds, as it does itself after a while."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def database() -> str:
    """Which database the figures are of."""
    return {"postgresql": "PostgreSQL", "sqlite": "SQLite"}[connection.vendor]
