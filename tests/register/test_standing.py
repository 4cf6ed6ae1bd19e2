"""A trigger stands only where it does what it should, on its own table, always."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from django.core.management import call_command
from django.db import connection

from notifications.register import missing_triggers, registry
from notifications.register.triggers import sealed_models
from tests.register.tampering import execute

TABLE = "notifications_receipt"
NAME = f"sealed_{TABLE}_row"
REFUSE = "EXECUTE FUNCTION treatyflow_refuse()"


def refused_by_migrate_again(names: Sequence[str]) -> None:
    assert missing_triggers() == list(names)
    call_command("migrate", verbosity=0)
    assert missing_triggers() == []


@pytest.mark.postgresql_only
@pytest.mark.parametrize(
    "instead",
    [
        f"BEFORE DELETE OR UPDATE ON {TABLE} FOR EACH ROW WHEN (false) {REFUSE}",
        f"BEFORE DELETE OR UPDATE ON {TABLE} FOR EACH STATEMENT {REFUSE}",
        f"BEFORE UPDATE ON {TABLE} FOR EACH ROW {REFUSE}",
        f"BEFORE DELETE OR UPDATE OF id ON {TABLE} FOR EACH ROW {REFUSE}",
        f"AFTER DELETE OR UPDATE ON {TABLE} FOR EACH ROW {REFUSE}",
        f"BEFORE DELETE OR UPDATE ON notifications_party FOR EACH ROW {REFUSE}",
    ],
)
def test_a_trigger_made_to_do_less_does_not_stand(db: None, instead: str) -> None:
    execute(f"DROP TRIGGER {NAME} ON {TABLE}")
    execute(f"CREATE TRIGGER {NAME} {instead}")
    refused_by_migrate_again([NAME])


@pytest.mark.postgresql_only
@pytest.mark.parametrize("how", ["DISABLE", "ENABLE REPLICA"])
def test_a_trigger_that_does_not_fire_does_not_stand(db: None, how: str) -> None:
    execute(f"ALTER TABLE {TABLE} {how} TRIGGER {NAME}")
    refused_by_migrate_again([NAME])


@pytest.mark.postgresql_only
def test_triggers_whose_function_was_emptied_do_not_stand(db: None) -> None:
    execute(
        "CREATE OR REPLACE FUNCTION treatyflow_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RETURN NEW; END $$"
    )
    names = [trigger.name for trigger in registry("postgresql") if REFUSE in trigger.create]
    # One against rows and one against TRUNCATE, for sealed tables and for messages.
    assert len(names) == 2 * (len(sealed_models()) + 1)
    refused_by_migrate_again(names)


@pytest.mark.postgresql_only
def test_a_function_that_looks_elsewhere_does_not_stand(db: None) -> None:
    execute("ALTER FUNCTION treatyflow_register_event_links() SET search_path = pg_temp")
    refused_by_migrate_again(["register_event_links"])


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    "instead",
    [
        f"BEFORE DELETE ON {TABLE} WHEN 0",
        "BEFORE DELETE ON notifications_party",
        f"BEFORE UPDATE ON {TABLE}",
        f"AFTER DELETE ON {TABLE}",
    ],
)
def test_a_trigger_made_to_do_less_does_not_stand_either(db: None, instead: str) -> None:
    name = f"sealed_{TABLE}_delete"
    execute(f"DROP TRIGGER {name}")
    refuse = f"SELECT RAISE(ABORT, 'sealed: DELETE on {TABLE} is refused');"
    execute(f"CREATE TRIGGER {name} {instead} BEGIN {refuse} END")
    refused_by_migrate_again([name])


def test_what_migrate_installs_stands(db: None) -> None:
    assert missing_triggers() == []
    assert len(registry(connection.vendor)) > 30
