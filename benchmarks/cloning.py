"""Acts and their deadlines by the hundred thousand, as rows: copies of one that a service made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db import connection, models

from benchmarks.filling import numbers
from notifications.models import (
    Circulation,
    Deadline,
    DeadlineVersion,
    Notification,
    Party,
    Progress,
)

BEARERS: Final = 5  # deadlines of an act
RUNNING: Final = 10  # one act in so many is not closed yet
DAYS: Final = 180  # over which the dates of those lie ahead
_UUID: Final = {"postgresql": "gen_random_uuid()", "sqlite": "lower(hex(randomblob(16)))"}


def clone_acts(pattern: Notification, number: int, *, now: datetime) -> None:
    """Store so many acts like the pattern, each numbered, with a deadline for each of five parties.

    Nine in ten are closed and their deadlines in effect; those of the tenth run on.
    """
    uid = _UUID[connection.vendor]
    before = _last(Notification)
    named = {"uid": uid, "draft_id": "NULL", "external_ref": "NULL"}
    _copy(Notification, pattern.pk, named, f", ({numbers()}) AS counted", [1, number])
    acts = f", (SELECT id AS act FROM notifications_notification WHERE id > {before}) AS acts"
    is_open = f"act %% {RUNNING} = 0"
    status = f"CASE WHEN {is_open} THEN 'circulated' ELSE 'closed' END"
    _copy(Progress, pattern.progress.pk, {"notification_id": "act", "status": status}, acts)
    label = {"notification_id": "act", "seq": "act", "number": "'B-' || act"}
    _copy(Circulation, pattern.circulation.pk, label, acts)
    _clone_deadlines(pattern, acts, is_open, now)


def _clone_deadlines(act: Notification, acts: str, is_open: str, now: datetime) -> None:
    deadline = act.deadlines.get()
    parties = ", ".join(str(key) for key in Party.objects.values_list("pk", flat=True)[:BEARERS])
    before = _last(Deadline)
    each = {
        "uid": _UUID[connection.vendor],
        "notification_id": "act",
        "bearer_id": "party",
        "current_version_id": "NULL",
        "due_at": "NULL",
        "status": f"CASE WHEN {is_open} THEN 'running' ELSE 'effective' END",
    }
    bearers = f"{acts}, (SELECT id AS party FROM notifications_party WHERE id IN ({parties})) AS b"
    _copy(Deadline, deadline.pk, each, bearers)
    own = f", (SELECT id AS deadline FROM notifications_deadline WHERE id > {before}) AS own"
    # The version's day goes to its deadline by trigger.
    days = {"deadline_id": "deadline", **_days_ahead(now, f"(1 + deadline %% {DAYS})")}
    _copy(DeadlineVersion, deadline.version.pk, days, own)


def _days_ahead(now: datetime, days: str) -> dict[str, str]:
    """The day and the instant so many days after another, as expressions."""
    day, at = now.date(), connection.ops.adapt_datetimefield_value(now)
    if connection.vendor == "postgresql":
        due_on = f"(DATE '{day}' + CAST({days} AS int))"
        return {"due_on": due_on, "due_at": f"(TIMESTAMPTZ '{at}' + {days} * INTERVAL '1 day')"}
    later = f"'+' || {days} || ' days'"
    return {"due_on": f"date('{day}', {later})", "due_at": f"datetime('{at}', {later})"}


def _copy(
    model: type[models.Model],
    key: int,
    other: Mapping[str, str],
    beside: str,
    values: Sequence[object] = (),
) -> None:
    """Copy a row once for each row beside it, with other expressions for some columns."""
    columns = [
        field.column
        for field in model._meta.concrete_fields
        if not (field.primary_key or field.generated)
    ]
    chosen = [other.get(column, f"pattern.{column}") for column in columns]
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(chosen)} "
            f"FROM {table} AS pattern{beside} WHERE pattern.id = {key}",
            values,
        )


def _last(model: type[models.Model]) -> int:
    last = model._default_manager.order_by("pk").last()
    return int(last.pk) if last else 0
