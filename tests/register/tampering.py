"""What somebody does who has the database in hand."""

from __future__ import annotations

from django.db import connection, transaction

from notifications.register import registry


def execute(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def lift(table: str) -> None:
    """Drop the triggers of one table."""
    for trigger in registry(connection.vendor):
        if trigger.table == table:
            place = "" if connection.vendor == "sqlite" else f" ON {trigger.table}"
            execute(f"DROP TRIGGER {trigger.name}{place}")
