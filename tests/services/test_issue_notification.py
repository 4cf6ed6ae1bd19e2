"""Issuing: two persons, one transaction, the same number of queries for 34 parties and for 193."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications.errors import ChangedMeanwhileError, NotPermittedError, RuleBrokenError
from notifications.models import (
    Alert,
    Deadline,
    Draft,
    Event,
    Notification,
    Role,
    Transmission,
    User,
)
from notifications.register import digest_of, verify
from notifications.services import filing
from notifications.services.drafting import draft_notification, edit_draft, send_for_approval
from notifications.services.issuing import issue_notification
from notifications.services.preview import preview
from tests.factories import (
    NOW,
    WITHDRAWAL_FIELDS,
    XV_2,
    Cast,
    issue,
    issue_act,
    make_cast,
    make_party,
    make_treaty,
    make_user,
    us_draft,
)


def test_the_notice_starts_the_six_months_and_awaits_its_receipt(cast: Cast) -> None:
    notification = issue(cast)
    effect, duty = notification.deadlines.with_reasons().order_by("clause__slug")
    assert (effect.status, effect.version.due_on) == ("running", date(2020, 11, 22))
    assert effect.version.due_at == datetime(2020, 11, 22, tzinfo=UTC)
    assert effect.bearer == cast.party("USA")
    assert (duty.status, duty.version.awaiting) == ("awaiting", "received")
    assert (duty.bearer, duty.owed_by) == (None, "depositaries")
    assert notification.progress.status == "issued"


def test_it_is_transmitted_to_every_other_party(cast: Cast) -> None:
    notification = issue(cast)
    sent = notification.transmissions.values_list("party__code", "role", "channel")
    others = ["CAN", "DEU", "FRA", "HUN", "RUS"]
    assert sorted(sent) == [(code, "issue", "system") for code in others]


def test_every_rung_of_the_ladder_is_planned_at_midnight_of_the_treatys_zone(db: None) -> None:
    cast = make_cast(make_treaty("oslo", zone="Europe/Oslo", rules=[XV_2]))
    notification = issue(cast)
    stages = dict(
        Alert.objects.filter(notification=notification, kind="deadline").values_list(
            "stage", "due_at"
        )
    )
    rungs = [f"before-{days}" for days in (90, 60, 30, 14, 7, 3, 1)]
    assert sorted(stages) == sorted([*rungs, "day"])
    assert stages["day"] == datetime(2020, 11, 21, 23, 0, tzinfo=UTC)
    assert stages["before-30"] == datetime(2020, 10, 22, 22, 0, tzinfo=UTC)


def test_only_the_head_of_mission_can_issue(cast: Cast) -> None:
    draft = us_draft(cast)
    for who in ("us_drafter", "russian_head", "canadian_officer", "administrator"):
        with pytest.raises(NotPermittedError):
            issue_notification(draft=draft, actor=getattr(cast, who), now=NOW)
    assert not Notification.objects.exists()


def test_a_head_of_mission_does_not_issue_her_own_draft(cast: Cast) -> None:
    draft = draft_notification(
        treaty=cast.treaty,
        party=cast.party("USA"),
        act="withdrawal",
        fields=WITHDRAWAL_FIELDS,
        actor=cast.us_head,
        now=NOW,
    )
    draft = send_for_approval(draft=draft, version=draft.version, actor=cast.us_drafter, now=NOW)
    with pytest.raises(NotPermittedError, match="who did not write it"):
        issue_notification(draft=draft, actor=cast.us_head, now=NOW)
    other = make_user("Hanna Head", "USA", Role.HEAD_OF_MISSION)
    assert issue_notification(draft=draft, actor=other, now=NOW).approved_by == other


def test_a_mandate_that_has_ended_issues_nothing(cast: Cast) -> None:
    draft = us_draft(cast)
    cast.us_head.mandates.update(to_on=NOW.date() - timedelta(days=1))
    with pytest.raises(NotPermittedError):
        issue_notification(draft=draft, actor=cast.us_head, now=NOW)
    cast.us_head.mandates.update(to_on=NOW.date())
    last_day = User.objects.get(pk=cast.us_head.pk)
    assert issue_notification(draft=draft, actor=last_day, now=NOW).pk


def test_two_clicks_on_issue_make_one_act(cast: Cast) -> None:
    draft = us_draft(cast)
    first = issue_notification(draft=draft, actor=cast.us_head, now=NOW)
    second = issue_notification(draft=draft, actor=cast.us_head, now=NOW)
    assert first == second
    assert Notification.objects.count() == 1
    assert Event.objects.filter(act="notification-issued").count() == 1


def test_a_draft_that_was_changed_after_it_was_read_is_not_issued(cast: Cast) -> None:
    seen = us_draft(cast)
    Draft.objects.filter(pk=seen.pk).update(version=seen.version + 1)
    with pytest.raises(ChangedMeanwhileError, match="changed by Alice Drafter meanwhile"):
        issue_notification(draft=seen, actor=cast.us_head, now=NOW)
    assert not Notification.objects.exists()


def test_a_draft_that_was_not_sent_for_approval_is_not_issued(cast: Cast) -> None:
    draft = draft_notification(
        treaty=cast.treaty,
        party=cast.party("USA"),
        act="withdrawal",
        fields=WITHDRAWAL_FIELDS,
        actor=cast.us_drafter,
        now=NOW,
    )
    with pytest.raises(RuleBrokenError, match="the draft is “draft”"):
        issue_notification(draft=draft, actor=cast.us_head, now=NOW)


def test_what_the_draft_said_in_memory_does_not_count(cast: Cast) -> None:
    draft = us_draft(cast)
    draft.fields = {**draft.fields, "text": "Smuggled in."}
    notification = issue_notification(draft=draft, actor=cast.us_head, now=NOW)
    assert notification.text == WITHDRAWAL_FIELDS["text"]


def test_the_sealed_act_carries_its_canonical_text_and_digest(cast: Cast) -> None:
    notification = issue(cast)
    said = json.loads(notification.canonical)
    assert said["senders"] == ["USA"]
    assert said["addressees"] == ["CAN", "DEU", "FRA", "HUN", "RUS"]
    assert said["given_on"] == "2020-05-22"
    assert notification.digest == digest_of(notification.canonical)
    assert verify().ok


def test_nothing_is_left_when_a_step_fails(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = us_draft(cast)

    def fail(*entries: object) -> None:
        raise RuntimeError("the register is away")

    monkeypatch.setattr(filing, "append", fail)
    with pytest.raises(RuntimeError):
        issue_notification(draft=draft, actor=cast.us_head, now=NOW)
    draft.refresh_from_db()
    assert draft.state == "awaiting-approval"
    counts = [model.objects.count() for model in (Notification, Transmission, Deadline, Alert)]
    assert counts == [0, 0, 0, 0]


def test_a_treaty_without_depositary_numbers_at_issue(db: None) -> None:
    rule = {**XV_2, "addressees": ["parties"]}
    cast = make_cast(make_treaty("inf", members=["USA", "RUS"], depositaries=[], rules=[rule]))
    notification = issue(cast)
    assert notification.circulation.number == "TF.1.2020.INF.withdrawal"
    assert notification.progress.status == "issued"


def test_a_depositary_that_is_no_party_owes_no_answer(db: None) -> None:
    cast = make_cast(make_treaty("kept", members=["USA", "RUS", "DEU"], depositaries=["un-sg"]))
    notification = issue_act(cast, "assurance-request", DEMAND)
    assert notification.transmissions.filter(party__code="un-sg").exists()
    bearers = notification.deadlines.values_list("bearer__code", flat=True)
    assert sorted(bearers) == ["DEU", "RUS"]


def test_a_preview_names_those_that_will_owe_an_answer(db: None) -> None:
    cast = make_cast(make_treaty("kept", members=["USA", "RUS", "DEU"], depositaries=["un-sg"]))
    draft = draft_notification(
        treaty=cast.treaty,
        party=cast.party("USA"),
        act="assurance-request",
        fields=DEMAND,
        actor=cast.us_drafter,
        now=NOW,
    )
    (answer,) = preview(draft=draft, today=NOW.date()).deadlines
    assert [party.code for party in answer.bearers] == ["DEU", "RUS"]


DEMAND = {"respond_by": "2021-01-31", "text": "Assurances are asked for."}


def cast_of(members: int) -> Cast:
    codes = ["USA", "CAN", "HUN", *(f"S{number:03}" for number in range(members - 3))]
    treaty = make_treaty(f"treaty-of-{members}", members=codes)
    first = User.objects.filter(email="alice.drafter@example.org").first()
    if first is None:
        return make_cast(treaty)
    return Cast(treaty, first, User.objects.get(email="henry.head@example.org"), *([first] * 7))


def queries_of_issuing(members: int, act: str, fields: dict[str, Any]) -> list[str]:
    cast = cast_of(members)
    draft = draft_notification(
        treaty=cast.treaty,
        party=cast.party("USA"),
        act=act,
        fields=fields,
        actor=cast.us_drafter,
        now=NOW,
    )
    draft = send_for_approval(draft=draft, version=draft.version, actor=cast.us_drafter, now=NOW)
    fresh = User.objects.get(pk=cast.us_head.pk)
    with CaptureQueriesContext(connection) as queries:
        notification = issue_notification(draft=draft, actor=fresh, now=NOW)
    assert notification.transmissions.count() == members - 1
    asked = notification.deadlines.filter(origin=Deadline.Origin.RESPOND_BY).count()
    assert asked == (members - 1 if "respond_by" in fields else 0)
    outer = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    return [q["sql"] for q in queries if not q["sql"].startswith(outer)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("act", "fields"), [("withdrawal", WITHDRAWAL_FIELDS), ("assurance-request", DEMAND)]
)
def test_at_most_fifteen_queries_and_the_same_number_for_34_and_193_parties(
    act: str, fields: dict[str, Any]
) -> None:
    small, large = (queries_of_issuing(members, act, fields) for members in (34, 193))
    assert len(small) == len(large), "\n".join(sql[:100] for sql in large)
    assert len(large) <= 15, "\n".join(sql[:100] for sql in large)


def test_editing_after_issue_is_refused_and_changes_nothing(cast: Cast) -> None:
    notification = issue(cast)
    draft = Draft.objects.get(notification=notification)
    with pytest.raises(RuleBrokenError):
        edit_draft(draft=draft, fields={}, version=draft.version, actor=cast.us_drafter, now=NOW)
    with pytest.raises(RuleBrokenError, match="sealed"):
        notification.save()
    with pytest.raises(RuleBrokenError, match="sealed"):
        Notification.objects.filter(pk=notification.pk).update(text="")
    with pytest.raises(RuleBrokenError, match="sealed"):
        notification.delete()
    assert make_party("USA") in notification.senders.all()
