"""The triggers that seal rows, in one registry, written for SQLite and PostgreSQL.

They are put back after every ``migrate`` (SQLite rebuilds tables and loses them). A sealed row
refuses UPDATE and DELETE, on PostgreSQL TRUNCATE too, on SQLite also INSERT OR REPLACE, which would
delete the old row without firing its trigger. A sent message is frozen the same way; beside it are
messages that may be updated, so UPDATE OR REPLACE is refused there where it would take its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

from notifications.models import DeadlineVersion, Event, Message, RegisterHead, Sealed

FUNCTION = "treatyflow_refuse"


@dataclass(frozen=True)
class Trigger:
    """One trigger: its name, its table, the statement that makes it, and its function's.

    On PostgreSQL ``create`` is written as the database prints it, so that what stands can be
    compared with it whole; on SQLite there is no function.
    """

    name: str
    table: str
    create: str
    function: str = ""


def sealed_models() -> list[type[models.Model]]:
    """Every table of which rows are only ever inserted, by name."""
    found = [model for model in apps.get_models() if issubclass(model, Sealed)]
    return sorted(found, key=lambda model: model._meta.db_table)


def registry(vendor: str) -> list[Trigger]:
    """All triggers that must stand on a database of this vendor (``sqlite`` or ``postgresql``)."""
    make = _sqlite if vendor == "sqlite" else _postgresql
    return list(make())


def install_triggers(using: str = "default") -> None:
    """Put every trigger back, replacing what stands under its name."""
    connection = connections[using]
    present = set(connection.introspection.table_names())
    triggers = [trigger for trigger in registry(connection.vendor) if trigger.table in present]
    functions = dict.fromkeys(trigger.function for trigger in triggers if trigger.function)
    with connection.cursor() as cursor:
        for function in functions:
            cursor.execute(function)
        for trigger in triggers:
            cursor.execute(_drop(trigger, connection.vendor))
            cursor.execute(trigger.create)


def drop_triggers(using: str = "default") -> None:
    """Lift every trigger: for the flush between tests alone."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for trigger in registry(connection.vendor):
            cursor.execute(_drop(trigger, connection.vendor))


def missing_triggers(using: str = "default") -> list[str]:
    """The names of the triggers that should stand and do not, are disabled, or do otherwise."""
    connection = connections[using]
    standing = _standing(connection)
    return [
        trigger.name
        for trigger in registry(connection.vendor)
        if standing.get((trigger.table, trigger.name)) != (trigger.create, _body(trigger.function))
    ]


_STANDING = {
    "sqlite": "SELECT tbl_name, name, sql, '' FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": """
SELECT c.relname, t.tgname, pg_get_triggerdef(t.oid, true), p.prosrc
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND pg_table_is_visible(c.oid)
AND p.proconfig IS NULL
""",
}


def _standing(connection: BaseDatabaseWrapper) -> dict[tuple[str, str], tuple[str, str]]:
    """By table and name: the statement of each trigger that fires, and its function's text."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING[connection.vendor])
        return {(table, name): (sql, body) for table, name, sql, body in cursor.fetchall()}


def _body(function: str) -> str:
    """The text of a function as PostgreSQL keeps it."""
    return function.split("$$")[1] if function else ""


def _drop(trigger: Trigger, vendor: str) -> str:
    place = "" if vendor == "sqlite" else f" ON {trigger.table}"
    return f"DROP TRIGGER IF EXISTS {trigger.name}{place}"


def _keys(model: type[models.Model]) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The column sets by which INSERT OR REPLACE could find a row to replace.

    Beside each those that must be empty for it to be unique, where it is so under a condition.
    """
    columns = {field.name: field.column or field.name for field in model._meta.concrete_fields}
    yield ("id",), ()
    for column in model._meta.concrete_fields:
        if column.unique and not column.primary_key:
            yield (columns[column.name],), ()
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and constraint.fields:
            empty = _empty(constraint.condition)
            key = tuple(columns[name] for name in constraint.fields)
            yield key, tuple(columns[name] for name in empty)


def _empty(condition: models.Q | None) -> list[str]:
    """The columns that a condition wants empty; whatever else it says makes the key stricter."""
    terms = condition.children if condition else []
    return [str(term[0]) for term in terms if isinstance(term, tuple) and term[1] is None]


def _sqlite() -> Iterator[Trigger]:
    for model in sealed_models():
        table = model._meta.db_table
        yield from (_sqlite_refusal(table, verb, "") for verb in ("UPDATE", "DELETE"))
        yield _sqlite_no_replace(model)
    table = Message._meta.db_table
    sent = "OLD.state = 'sent'"
    yield from (_sqlite_refusal(table, verb, f"WHEN {sent}") for verb in ("UPDATE", "DELETE"))
    yield _sqlite_no_replace(Message, only=" AND state = 'sent'")
    # Of other tables that change, no row is sealed, and the sealed ones hold their own against it.
    others = " AND state = 'sent' AND id <> OLD.id"
    yield _sqlite_no_replace(Message, verb="UPDATE", only=others)
    for name, table, moment, body in _following():
        create = f"CREATE TRIGGER {name} {moment} INSERT ON {table} BEGIN {body} END"
        yield Trigger(name, table, create)


def _sqlite_refusal(table: str, verb: str, when: str) -> Trigger:
    name = f"sealed_{table}_{verb.lower()}"
    refuse = f"SELECT RAISE(ABORT, 'sealed: {verb} on {table} is refused');"
    create = f"CREATE TRIGGER {name} BEFORE {verb} ON {table} {when} BEGIN {refuse} END"
    return Trigger(name, table, create)


def _sqlite_no_replace(
    model: type[models.Model], *, verb: str = "INSERT", only: str = ""
) -> Trigger:
    """Refuse what would take the place of a row, by its key or by another of its unique columns."""
    table = model._meta.db_table
    same = " OR ".join(
        "(" + " AND ".join(_same(columns, empty)) + ")" for columns, empty in _keys(model)
    )
    name = f"sealed_{table}_replace" + ("" if verb == "INSERT" else f"_by_{verb.lower()}")
    refuse = f"SELECT RAISE(ABORT, 'sealed: a row of {table} cannot be replaced');"
    found = f"EXISTS (SELECT 1 FROM {table} WHERE ({same}){only})"  # noqa: S608 - our own names
    create = f"CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {found} BEGIN {refuse} END"
    return Trigger(name, table, create)


def _same(columns: Iterable[str], empty: Iterable[str]) -> Iterator[str]:
    for column in columns:
        yield f'"{column}" = NEW."{column}"'
    for column in empty:
        yield f'"{column}" IS NULL AND NEW."{column}" IS NULL'


def _following() -> Iterator[tuple[str, str, str, str]]:
    """What follows an insert by itself: the head of the chain, a deadline's newest version."""
    event, head = Event._meta.db_table, RegisterHead._meta.db_table
    is_head = f"(SELECT 1 FROM {head} WHERE id = 1 AND digest = NEW.previous)"  # noqa: S608
    refuse = "SELECT RAISE(ABORT, 'register: an event must follow the head of the chain')"
    advance = "SET digest = NEW.digest, length = length + 1 WHERE id = 1;"
    yield "register_event_links", event, "BEFORE", f"{refuse} WHERE NOT EXISTS {is_head};"
    yield "register_head_follows", event, "AFTER", f"UPDATE {head} {advance}"
    yield ("deadline_follows_its_version", DeadlineVersion._meta.db_table, "AFTER", _FOLLOW)


_FOLLOW = (
    "UPDATE notifications_deadline SET current_version_id = NEW.id, due_at = NEW.due_at "
    "WHERE id = NEW.deadline_id;"
)

_REFUSE = f"""
CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'sealed: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = '23001';
END $$
"""


def _postgresql() -> Iterator[Trigger]:
    models_kept: list[type[models.Model]] = [*sealed_models(), Message]
    for model in models_kept:
        table = model._meta.db_table
        when = "WHEN (old.state::text = 'sent'::text) " if model is Message else ""
        row = f"BEFORE DELETE OR UPDATE ON {table} FOR EACH ROW {when}"
        yield _postgresql_refusal(f"sealed_{table}_row", table, row.rstrip())
        statement = f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"
        yield _postgresql_refusal(f"sealed_{table}_truncate", table, statement)
    for name, table, moment, body in _following():
        # An AFTER trigger waits for the end of the statement, and a statement may insert several
        # events: the head moves before each row, behind the check (triggers fire by name).
        when = "BEFORE" if table == Event._meta.db_table else moment
        function = f"treatyflow_{name}"
        create = f"CREATE TRIGGER {name} {when} INSERT ON {table} FOR EACH ROW"
        run = f"{create} EXECUTE FUNCTION {function}()"
        yield Trigger(name, table, run, _postgresql_function(function, body))


def _postgresql_refusal(name: str, table: str, when: str) -> Trigger:
    create = f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {FUNCTION}()"
    return Trigger(name, table, create, _REFUSE)


def _postgresql_function(name: str, body: str) -> str:
    """The same rule in PL/pgSQL: a refusal is written there as IF … RAISE."""
    if body.startswith("SELECT RAISE"):
        sentence = body.split("'")[1]
        condition = body.split(" WHERE ", 1)[1].rstrip(";")
        body = f"IF {condition} THEN RAISE EXCEPTION '{sentence}' USING ERRCODE = '23001'; END IF;"
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {body} RETURN NEW; END $$"
    )
