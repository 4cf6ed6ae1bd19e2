"""``manage.py verify_register``: what is broken or missing is named, and the status says it."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from notifications.models import Event, Notification
from notifications.register import drop_triggers, missing_triggers
from notifications.services.library import SCENARIOS

pytestmark = pytest.mark.django_db


@pytest.fixture
def replayed() -> Notification:
    call_command("replay", str(SCENARIOS / "abm-2001-2002.yaml"), stdout=StringIO())
    return Notification.objects.get(external_ref="note")


def verify(*words: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("verify_register", *words, stdout=out, no_color=True)
    except CommandError as ended:
        return ended.returncode, out.getvalue()
    return 0, out.getvalue()


def verify_json() -> dict[str, Any]:
    status, text = verify("--json")
    report: dict[str, Any] = json.loads(text)
    assert report["ok"] is (status == 0)
    return report


def test_an_untouched_register_proves_itself(replayed: Notification) -> None:
    report = verify_json()
    assert set(report) == {"ok", "events", "records", "missing_triggers", "broken"}
    assert report["events"] > 0
    assert report["records"] > 0
    assert (report["missing_triggers"], report["broken"]) == ([], None)
    status, text = verify()
    assert status == 0
    assert "Every link holds" in text


def test_an_empty_register_proves_itself() -> None:
    assert verify_json()["ok"]


@pytest.mark.parametrize(
    ("table", "change", "named"),
    [
        ("notifications_notification", "text = 'otherwise'", "notification {pk}"),
        ("notifications_notification", "given_on = '2001-12-12'", "notification {pk}"),
        ("notifications_receipt", "\"on\" = '2001-12-14'", "receipt "),
        ("notifications_deadlineversion", "due_on = '2003-06-13'", "deadlineversion "),
        ("notifications_transmission", "channel = 'system'", "transmission "),
        ("notifications_circulation", "number = 'TF.1.2001.ABM.withdrawal'", "circulation "),
        ("notifications_response", "position = 'accepts'", "response "),
        ("notifications_caseparty", "in_force_on = '1972-01-01'", "caseparty "),
        ("notifications_clauseversion", "rule = '{}'", "clauseversion "),
        ("notifications_event", "act = 'something-else'", "event "),
    ],
)
def test_what_was_changed_behind_lifted_triggers_is_named(
    replayed: Notification, table: str, change: str, named: str
) -> None:
    drop_triggers()
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {change}")
    report = verify_json()
    assert not report["ok"]
    assert report["broken"].startswith(named.format(pk=replayed.pk))
    assert report["missing_triggers"]


def test_what_was_taken_away_is_named(replayed: Notification) -> None:
    drop_triggers()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM notifications_statement")
        cursor.execute("DELETE FROM notifications_receipt")
    assert "receipt" in verify_json()["broken"]


def test_a_missing_trigger_is_named_though_nothing_is_broken(replayed: Notification) -> None:
    drop_triggers()
    everything = missing_triggers()
    report = verify_json()
    assert (report["ok"], report["broken"]) == (False, None)
    assert report["missing_triggers"] == everything
    status, text = verify()
    assert status == 1
    assert f"missing trigger: {everything[0]}" in text


def test_the_head_that_a_mail_told_years_ago_is_found_in_the_chain(replayed: Notification) -> None:
    third = Event.objects.order_by("pk")[2]
    assert verify("--head", "3", third.digest)[0] == 0
    for number, digest in (("3", "0" * 64), ("2", third.digest), ("99999", third.digest)):
        status, text = verify("--head", number, digest)
        assert status == 1
        assert f"broken: event number {number}: not the one" in text
    for wrong in ("0", "three", "-1"):
        assert verify("--head", wrong, third.digest)[0] == 2
