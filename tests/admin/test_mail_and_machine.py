"""Mail health, heartbeats and the start page: what an administrator is told first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from notifications.clauses.reading import parse_clause
from notifications.models import Clause, Heartbeat, Mandate, Message
from notifications.register import drop_triggers, install_triggers
from notifications.services.bouncing import record_bounce
from notifications.services.clause_changes import change_clause
from notifications.services.standing import note_seen
from notifications.services.sweeps import send_alerts
from tests.factories import NOW, TODAY, XV_2, Cast, add_clause, issue, issue_act, make_cast
from tests.web.conftest import LATER, Clock

PARTS = (
    *("beat", "worker", "track_deadlines", "send_alerts", "record_responses"),
    "silence_alarm",
)


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast alone, and every part of the system at work."""
    note_seen(dict.fromkeys(PARTS, LATER))
    return make_cast()


def mail_health(browser: Client) -> str:
    return browser.get(reverse("admin:mail-health")).content.decode()


def fail(messages: list[Message], reply: str) -> None:
    for message in messages:
        message.state, message.tries = "failed", 8
        message.save()
        message.deliveries.create(outcome="refused", reply=reply, at=NOW)


def test_the_figures_tell_what_is_due_sent_retried_and_failed(
    cast: Cast, administrator: Client
) -> None:
    issue(cast)
    send_alerts(now=NOW)
    first, second, third, *_rest = Message.objects.order_by("pk")
    waiting = Message.objects.filter(pk__in=[second.pk, third.pk])
    drop_triggers()
    fail([first], "550 no such user")
    waiting.update(state="pending", sent_at=None, next_at=NOW, tries=0)
    Message.objects.filter(pk=third.pk).update(tries=2, next_at=NOW + timedelta(days=1))
    install_triggers()
    found = administrator.get(reverse("admin:mail-health")).context["figures"]
    sent = Message.objects.filter(state="sent").count()
    assert (found.due, found.later, found.retried, found.failed) == (1, 1, 1, 1)
    assert (found.sent, found.sent_today) == (sent, sent)
    page = mail_health(administrator)
    assert "550 no such user" in page
    assert first.user.name in page


def test_of_a_restricted_act_the_failure_is_told_and_nothing_else(
    cast: Cast, administrator: Client
) -> None:
    fields = {"against": ["RUS"], "addressees": ["RUS"], "visibility": "restricted", "text": "x"}
    issue_act(cast, "breach-allegation", fields)
    send_alerts(now=NOW)
    message = Message.objects.filter(user=cast.russian_drafter).get()
    drop_triggers()
    fail([message], "550 no such user")
    install_triggers()
    page = mail_health(administrator)
    assert "550 no such user" in page
    assert "a notification that you may not read" in page
    assert "Allegation" not in page
    assert reverse("admin:notifications_message_change", args=[message.pk]) not in page


def test_replayed_mail_is_not_counted(cast: Cast, administrator: Client) -> None:
    act = issue(cast)
    act.case.origin, act.case.scenario = "replay", "told"
    act.case.save()
    send_alerts(now=NOW, case=act.case)
    assert Message.objects.exists()
    assert administrator.get(reverse("admin:mail-health")).context["figures"].sent == 0


def test_the_parts_of_the_system_are_told_in_words(cast: Cast, administrator: Client) -> None:
    Heartbeat.objects.filter(name="beat").update(seen_at=LATER - timedelta(minutes=12))
    Heartbeat.objects.filter(name="worker").delete()
    note_seen({"extra": LATER - timedelta(seconds=30)})
    beats = {
        beat.name: beat for beat in administrator.get(reverse("admin:heartbeats")).context["beats"]
    }
    assert (beats["beat"].said, beats["beat"].is_silent) == ("12\xa0minutes ago", True)
    assert (beats["worker"].said, beats["worker"].is_silent) == ("never seen", True)
    assert (beats["extra"].said, beats["extra"].is_silent) == ("0\xa0minutes ago", False)
    assert not beats["send_alerts"].is_silent


def test_the_silence_alarm_is_silent_after_its_hour_and_its_marks_are_no_parts(
    cast: Cast, administrator: Client
) -> None:
    note_seen({"silence_agreed": LATER, "silence_found": LATER})
    for passed, is_silent in ((timedelta(minutes=62), False), (timedelta(minutes=63), True)):
        Heartbeat.objects.filter(name="silence_alarm").update(seen_at=LATER - passed)
        beats = administrator.get(reverse("admin:heartbeats")).context["beats"]
        assert {beat.name for beat in beats} == set(PARTS)
        (alarm,) = (beat for beat in beats if beat.name == "silence_alarm")
        assert alarm.is_silent is is_silent


def test_who_was_not_told_is_named_with_what_and_why(
    cast: Cast, administrator: Client, clock: Clock
) -> None:
    issue(cast)
    send_alerts(now=NOW)
    drop_triggers()
    message = Message.objects.get(user=cast.russian_drafter)
    fail([message], "550 no such user")
    install_triggers()
    page = mail_health(administrator)
    assert "6 of 7 in the last 24 hours" in page
    assert "could not be delivered: 1" in page
    (row,) = administrator.get(reverse("admin:mail-health")).context["untold"]
    assert (row.person, row.why) == ("Boris Drafter", "could not be delivered")
    assert row.about == "Withdrawal of 22 May 2020, Open Skies"
    assert row.stage == "a notification was issued"


def test_of_a_restricted_act_only_who_was_not_told_is_said(
    cast: Cast, administrator: Client
) -> None:
    fields = {"against": ["RUS"], "addressees": ["RUS"], "visibility": "restricted", "text": "x"}
    issue_act(cast, "breach-allegation", fields)
    (row, *_others) = administrator.get(reverse("admin:mail-health")).context["untold"]
    assert row.person
    assert (row.about, row.stage) == ("", "")
    page = mail_health(administrator)
    assert "not sent: 4" in page
    assert "Allegation" not in page


def concerns(browser: Client) -> list[str]:
    return [item.said for item in browser.get(reverse("admin:index")).context["concerns"]]


def test_the_start_page_is_calm_where_nothing_is_wrong(cast: Cast, administrator: Client) -> None:
    assert concerns(administrator) == []


def test_the_start_page_tells_what_calls_for_action(cast: Cast, administrator: Client) -> None:
    issue(cast)
    Mandate.objects.filter(party__code="FRA").delete()
    send_alerts(now=NOW)
    drop_triggers()
    fail(list(Message.objects.all()[:2]), "550 no")
    Heartbeat.objects.filter(name="beat").update(seen_at=NOW - timedelta(days=1))
    told = concerns(administrator)
    install_triggers()
    assert any("triggers that seal the register are missing" in said for said in told)
    assert any("“beat” has gone silent" in said for said in told)
    assert "2 messages could not be delivered." in told


def test_a_mandate_that_ends_soon_is_told(cast: Cast, administrator: Client) -> None:
    Mandate.objects.filter(user=cast.us_head).update(to_on=TODAY + timedelta(days=10))
    assert concerns(administrator) == ["1 mandate ends within thirty days."]


def test_open_deadlines_that_moved_are_told_with_their_cause(
    cast: Cast, administrator: Client
) -> None:
    act = issue(cast)
    assert administrator.get(reverse("admin:index")).context["moved"] == []
    change_clause(
        clause=Clause.objects.get(slug="xv-2"),
        rule=parse_clause({**XV_2, "count": [{"add": "P9M"}]}),
        reason="The text says nine.",
        actor=cast.administrator,
        now=LATER,
    )
    (row,) = administrator.get(reverse("admin:index")).context["moved"]
    assert row.deadline.notification == act
    assert (str(row.before), str(row.after)) == ("2020-11-22", "2021-02-22")
    assert "The text says nine." in row.cause


def test_deadlines_of_restricted_acts_are_not_among_those_that_moved(
    cast: Cast, administrator: Client
) -> None:
    rule = {**XV_2, "id": "xx", "article": "XX", "governs": "breach-allegation"}
    clause = add_clause(cast.treaty, rule).clause
    fields = {"against": ["RUS"], "addressees": ["RUS"], "visibility": "restricted", "text": "x"}
    issue_act(cast, "breach-allegation", fields)
    change_clause(
        clause=clause,
        rule=parse_clause({**rule, "count": [{"add": "P9M"}]}),
        reason="The text says nine.",
        actor=cast.administrator,
        now=LATER,
    )
    assert administrator.get(reverse("admin:index")).context["moved"] == []


def test_whose_mail_came_back_stands_in_both_tables(cast: Cast, administrator: Client) -> None:
    issue(cast)
    send_alerts(now=NOW)
    message = Message.objects.get(user=cast.russian_drafter, alert__kind="issued")
    record_bounce(message_id=message.message_id, reason="550 no such user", now=NOW)
    context = administrator.get(reverse("admin:mail-health")).context
    parties = {row["code"]: row["returned"] for row in context["parties"]}
    assert {code for code, number in parties.items() if number} == {"RUS"}
    people = {row["name"]: row["returned"] for row in context["people"]}
    assert people[cast.russian_drafter.name] == 1
