"""Sealed rows refuse change by SQL, on both databases; a missing trigger is itself an alarm."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from notifications.models import (
    Event,
    Message,
    Notification,
    Sealed,
)
from notifications.register import missing_triggers, registry, verify
from tests.factories import NOW, Cast
from tests.register.tampering import execute, lift

SEALED = sorted(
    model._meta.db_table
    for model in apps.get_app_config("notifications").get_models()
    if issubclass(model, Sealed)
)


def test_the_tables_the_design_seals_are_sealed() -> None:
    assert SEALED == [
        "notifications_attachment",
        "notifications_caseparty",
        "notifications_circulation",
        "notifications_clauseversion",
        "notifications_deadlineversion",
        "notifications_defect",
        "notifications_delivery",
        "notifications_document",
        "notifications_event",
        "notifications_fact",
        "notifications_incomingmail",
        "notifications_notification",
        "notifications_outcome",
        "notifications_receipt",
        "notifications_rendering",
        "notifications_response",
        "notifications_sender",
        "notifications_statement",
        "notifications_transmission",
        "notifications_transmissionreport",
    ]


FILLED = [
    table
    for table in SEALED
    if table
    not in ("notifications_caseparty", "notifications_circulation", "notifications_statement")
]


@pytest.mark.parametrize("table", FILLED)
@pytest.mark.parametrize("sql", ["UPDATE {table} SET id = id", "DELETE FROM {table}"])
def test_raw_sql_changes_no_sealed_row(cast: Cast, table: str, sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone()[0] > 0
    with pytest.raises(DatabaseError, match="sealed"):
        execute(sql.format(table=table))
    assert verify().ok


@pytest.mark.sqlite_only
@pytest.mark.parametrize("table", FILLED)
def test_a_sealed_row_cannot_be_replaced(cast: Cast, table: str) -> None:
    with pytest.raises(DatabaseError, match=r"sealed|must follow the head"):
        execute(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
    assert verify().ok


@pytest.mark.sqlite_only
def test_not_even_by_another_of_its_unique_keys(cast: Cast) -> None:
    columns = [field.column for field in Notification._meta.concrete_fields if field.name != "id"]
    names = ", ".join(f'"{column}"' for column in columns)
    with pytest.raises(DatabaseError, match="cannot be replaced"):
        execute(
            f"INSERT OR REPLACE INTO notifications_notification ({names}) "
            f"SELECT {names} FROM notifications_notification"
        )


@pytest.mark.postgresql_only
@pytest.mark.parametrize("table", SEALED)
def test_a_sealed_table_cannot_be_truncated(db: None, table: str) -> None:
    with pytest.raises(DatabaseError, match="sealed"):
        execute(f"TRUNCATE {table} CASCADE")


def test_a_sent_message_is_frozen_and_a_waiting_one_is_not(cast: Cast) -> None:
    sent = Message.objects.filter(state="sent").first()
    assert sent is not None
    with pytest.raises(DatabaseError, match="sealed"), transaction.atomic():
        Message.objects.filter(pk=sent.pk).update(address="other@example.org")
    with pytest.raises(DatabaseError, match="sealed"):
        execute(f"DELETE FROM notifications_message WHERE id = {sent.pk}")
    waiting = waiting_beside(sent, cast)
    waiting.address = "other@example.org"
    waiting.save()
    Message.objects.filter(pk=waiting.pk).update(id=F("id"), tries=2)


def waiting_beside(sent: Message, cast: Cast) -> Message:
    return Message.objects.create(
        alert=sent.alert,
        user=cast.japanese_drafter,
        mandate=sent.mandate,
        party=sent.party,
        address="kenji@example.org",
        message_id="<waiting@example.org>",
        next_at=NOW,
    )


@pytest.mark.sqlite_only
@pytest.mark.parametrize("columns", ["id", "rowid", "uid", "message_id", "alert_id, user_id"])
def test_a_waiting_message_cannot_take_the_place_of_a_sent_one(cast: Cast, columns: str) -> None:
    sent = Message.objects.filter(state="sent").order_by("pk")[0]
    waiting = waiting_beside(sent, cast)
    theirs = f"SELECT {columns} FROM notifications_message WHERE id = {sent.pk}"
    with pytest.raises(DatabaseError, match="cannot be replaced"):
        execute(
            f"UPDATE OR REPLACE notifications_message SET ({columns}) = ({theirs}) "
            f"WHERE id = {waiting.pk}"
        )
    assert Message.objects.get(pk=sent.pk).uid == sent.uid
    assert verify().ok


@pytest.mark.sqlite_only
def test_a_sealed_row_cannot_be_replaced_by_the_other_name_of_its_key(cast: Cast) -> None:
    first = Notification.objects.get()
    names = ", ".join(f'"{c.column}"' for c in Notification._meta.concrete_fields if c.name != "id")
    others = names.replace('"uid"', "'x'").replace('"draft_id"', "NULL")
    with pytest.raises(DatabaseError, match="cannot be replaced"):
        execute(
            f"INSERT OR REPLACE INTO notifications_notification (rowid, {names}) "
            f"SELECT id, {others} FROM notifications_notification WHERE id = {first.pk}"
        )


def test_a_missing_trigger_is_named_and_put_back_by_migrate(cast: Cast) -> None:
    trigger = registry(connection.vendor)[0]
    place = "" if connection.vendor == "sqlite" else f" ON {trigger.table}"
    execute(f"DROP TRIGGER {trigger.name}{place}")
    assert missing_triggers() == [trigger.name]
    report = verify()
    assert (report.ok, report.missing_triggers) == (False, (trigger.name,))
    call_command("migrate", verbosity=0)
    assert missing_triggers() == []


@pytest.mark.parametrize(
    ("table", "change", "named"),
    [
        ("notifications_notification", "UPDATE {t} SET text = 'forged'", "notification 1:"),
        ("notifications_receipt", "UPDATE {t} SET \"on\" = '2020-05-01'", "receipt"),
        ("notifications_response", "UPDATE {t} SET position = 'accepts'", "response"),
        (
            "notifications_deadlineversion",
            "UPDATE {t} SET due_on = '2021-01-01'",
            "deadlineversion",
        ),
        ("notifications_transmission", "UPDATE {t} SET channel = 'note'", "transmission"),
        ("notifications_message", "UPDATE {t} SET address = 'x@example.org'", "message"),
        ("notifications_delivery", "UPDATE {t} SET reply = 'forged'", "delivery"),
        ("notifications_event", "UPDATE {t} SET act = 'forged'", "event 1"),
    ],
)
def test_what_is_changed_with_the_triggers_lifted_is_found_and_named(
    cast: Cast, table: str, change: str, named: str
) -> None:
    lift(table)
    execute(change.format(t=table))
    report = verify()
    assert not report.ok
    assert named.split(" ", maxsplit=1)[0] in report.broken


def test_a_sealed_row_without_an_event_is_found(cast: Cast) -> None:
    notification = Notification.objects.get()
    party = cast.party("DEU")
    execute(
        "INSERT INTO notifications_sender (notification_id, party_id) "
        f"VALUES ({notification.pk}, {party.pk})"
    )
    assert "stands in no event" in verify().broken


def test_a_chain_cut_short_does_not_end_at_its_head(cast: Cast) -> None:
    lift("notifications_event")
    last = Event.objects.order_by("-pk").values_list("pk", flat=True)[0]
    execute(f"DELETE FROM notifications_event WHERE id = {last}")
    assert verify().broken
