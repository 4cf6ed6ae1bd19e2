"""Ways round the rules that a hostile or careless hand would try: each is shut in the services."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from notifications.errors import DomainError, NotPermittedError, RuleBrokenError
from notifications.models import Case, Deadline, Draft, Notification, Participation
from notifications.register import verify
from notifications.services import sweeps
from notifications.services.convening import convene_conference
from notifications.services.drafting import draft_notification, edit_draft, send_for_approval
from notifications.services.issuing import issue_notification
from notifications.services.people import register_user
from notifications.services.receiving import register_receipt
from notifications.services.recording import record_statement
from notifications.services.responding import respond_to_notification
from notifications.services.sweeps import record_responses, track_deadlines
from tests.factories import (
    NOW,
    TODAY,
    WITHDRAWAL_FIELDS,
    XV_2,
    Cast,
    issue,
    issue_act,
    make_cast,
    make_treaty,
)

EFFECT_AT = datetime(2020, 11, 22, tzinfo=UTC)


def begin(cast: Cast, act: str = "withdrawal", code: str = "USA", **more: Any) -> Draft:
    actor = cast.us_drafter if code == "USA" else cast.russian_drafter
    fields = more.pop("fields", WITHDRAWAL_FIELDS)
    given = {"treaty": cast.treaty, "party": cast.party(code), "act": act, "actor": actor}
    return draft_notification(**{**given, "fields": fields, "now": NOW, **more})


@pytest.mark.parametrize("name", ["addressees", "against", "capacity"])
def test_a_withdrawal_speaks_for_nobody_else_and_passes_no_depositary_by(
    cast: Cast, name: str
) -> None:
    with pytest.raises(RuleBrokenError, match="is no field of this act") as refusal:
        begin(cast, fields={**WITHDRAWAL_FIELDS, name: ["RUS"]})
    assert refusal.value.field == name


def test_a_party_does_not_convene_the_depositaries_conference(cast: Cast) -> None:
    notice = issue(cast)
    with pytest.raises(RuleBrokenError, match="no act of a party"):
        begin(cast, "conference", fields={"held_on": "2020-07-06"}, refers_to=notice)


def test_an_officer_does_not_convene_in_the_name_of_the_other_depositary(cast: Cast) -> None:
    notice = issue(cast)

    def convene(*codes: str) -> object:
        return convene_conference(
            notification=notice,
            senders=[cast.party(code) for code in codes],
            held_on=date(2020, 7, 6),
            text="",
            actor=cast.canadian_officer,
            now=NOW,
        )

    with pytest.raises(NotPermittedError, match="your own depositary alone"):
        convene("HUN")
    assert isinstance(convene("CAN", "HUN"), Draft)
    assert not Notification.objects.filter(act="conference").exists()


def test_whoever_wrote_the_present_wording_does_not_approve_it(cast: Cast) -> None:
    draft = begin(cast, fields={"article": "XV(2)"})
    draft = edit_draft(
        draft=draft,
        fields=WITHDRAWAL_FIELDS,
        version=draft.version,
        actor=cast.us_head,
        now=NOW,
    )
    draft = send_for_approval(draft=draft, version=draft.version, actor=cast.us_head, now=NOW)
    with pytest.raises(NotPermittedError, match="who did not write it"):
        issue_notification(draft=draft, actor=cast.us_head, now=NOW)


def test_a_notice_is_not_taken_back_after_its_effect_though_no_sweep_has_come(
    cast: Cast,
) -> None:
    notice = issue(cast)
    late = EFFECT_AT + timedelta(days=3)
    with pytest.raises(RuleBrokenError, match="no longer be taken back"):
        issue_act(cast, "rescission", {}, refers_to=notice, now=late)
    assert track_deadlines(now=late).effective == 1


def test_a_conference_held_after_the_window_meets_the_lapsed_duty_late(cast: Cast) -> None:
    notice = issue(cast)
    register_receipt(
        notification=notice,
        party=cast.party("CAN"),
        on=TODAY,
        actor=cast.canadian_officer,
        now=NOW,
    )
    convene_conference(
        notification=notice,
        senders=[cast.party("CAN")],
        held_on=date(2020, 7, 25),
        text="",
        actor=cast.canadian_officer,
        now=datetime(2020, 7, 1, tzinfo=UTC),
    )
    duty = notice.deadlines.get(clause__slug="xv-3")
    track_deadlines(now=datetime(2020, 7, 22, tzinfo=UTC))
    duty.refresh_from_db()
    assert duty.status == "lapsed"
    track_deadlines(now=datetime(2020, 7, 25, tzinfo=UTC))
    duty.refresh_from_db()
    assert (duty.status, duty.settled_on) == ("met", date(2020, 7, 25))


def test_one_record_that_cannot_be_settled_holds_up_no_other(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = issue(cast), issue(cast)
    bad = first.deadlines.get(clause__slug="xv-2").pk
    settle = sweeps.end_deadline

    def fail_once(key: int, *, now: datetime) -> str | None:
        if key == bad:
            raise RuntimeError("poisoned")
        return settle(key, now=now)

    monkeypatch.setattr(sweeps, "end_deadline", fail_once)
    assert track_deadlines(now=EFFECT_AT).effective == 1
    assert second.deadlines.get(clause__slug="xv-2").status == "effective"
    assert "could not be settled" in caplog.text
    monkeypatch.undo()
    assert track_deadlines(now=EFFECT_AT).effective == 1


def test_two_clauses_with_an_effect_on_one_day_tell_of_one_exit(db: None) -> None:
    again = {**XV_2, "id": "xvi", "article": "XVI"}
    cast = make_cast(make_treaty("two", rules=[XV_2, again]))
    notice = issue(cast)
    assert track_deadlines(now=EFFECT_AT).effective == 2
    assert notice.alerts.filter(kind="participation").count() == 1


def test_a_second_notice_that_ends_nothing_is_not_told_as_an_exit(cast: Cast) -> None:
    issue(cast)
    second = issue(cast, now=NOW + timedelta(days=30))
    track_deadlines(now=EFFECT_AT + timedelta(days=60))
    assert not second.alerts.filter(kind="participation").exists()
    assert Participation.objects.get(party__code="USA").exit_on == date(2020, 11, 22)


def test_people_do_not_act_in_a_replayed_case_nor_the_system_in_a_live_one(cast: Cast) -> None:
    notice = issue(cast)
    system = register_user(
        email="replay@example.org", name="replay", is_system=True, actor=None, now=NOW
    )
    for attempt in (cast.russian_drafter, system):
        if attempt is cast.russian_drafter:
            Case.objects.update(origin="replay", scenario="a-case")
        notice = Notification.objects.get(pk=notice.pk)
        with pytest.raises(NotPermittedError):
            respond_to_notification(
                notification=notice,
                party=cast.party("RUS"),
                position="rejects",
                text="",
                actor=attempt,
                now=NOW,
            )
        Case.objects.update(origin="live", scenario=None)


def test_a_visibility_that_does_not_exist_publishes_nothing(cast: Cast) -> None:
    with pytest.raises(RuleBrokenError, match="choose one of the list") as refusal:
        begin(cast, fields={**WITHDRAWAL_FIELDS, "visibility": "Restricted"})
    assert refusal.value.field == "visibility"
    assert not Draft.objects.exists()


def test_nobody_joins_or_refers_to_a_matter_that_its_mission_may_not_read(cast: Cast) -> None:
    hidden = issue_act(
        cast,
        "dialogue-proposal",
        {"text": "A word.", "addressees": ["DEU"], "visibility": "restricted"},
    )
    for more in ({"refers_to": hidden}, {"case": hidden.case}):
        with pytest.raises(NotPermittedError, match="no such matter"):
            begin(cast, "dialogue-proposal", "RUS", fields={"text": "What?"}, **more)
    with pytest.raises(NotPermittedError):
        record_statement(
            case=hidden.case,
            party=cast.party("JPN"),
            on=TODAY,
            text="Concern.",
            source="",
            actor=cast.japanese_drafter,
            now=NOW,
        )


def test_an_act_does_not_join_a_case_of_another_treaty(cast: Cast) -> None:
    notice = issue(cast)
    other = make_treaty("other")
    with pytest.raises(NotPermittedError, match="no such matter under this treaty"):
        begin(cast, treaty=other, case=notice.case)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("effective_on", NOW),
        ("effective_on", "2021-W05-1"),
        ("effective_on", "20210101"),
        ("effective_on", "9999-12-31"),
        ("confirmed", 5),
        ("text", "\ud800"),
        ("text", "evil \u202e txt"),
        ("signed_by", "one\u2028two"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_by_its_field(
    cast: Cast, name: str, value: object
) -> None:
    with pytest.raises(RuleBrokenError) as refusal:
        begin(cast, fields={**WITHDRAWAL_FIELDS, name: value})
    assert refusal.value.field == name


def test_a_second_answer_after_the_limit_is_late_too(cast: Cast) -> None:
    allegation = issue_act(
        cast,
        "breach-allegation",
        {"against": ["RUS"], "respond_by": "2020-06-30", "text": "A breach."},
    )

    def answer(now: datetime) -> bool:
        return respond_to_notification(
            notification=allegation,
            party=cast.party("RUS"),
            position="rejects",
            text="",
            actor=cast.russian_drafter,
            now=now,
        ).is_late

    assert not answer(NOW)
    assert answer(datetime(2020, 7, 1, tzinfo=UTC))


def test_the_silence_of_many_takes_no_query_for_each(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    codes = [f"S{number:03}" for number in range(60)]
    cast.treaty = make_treaty("large", members=["USA", "RUS", "CAN", *codes], depositaries=["CAN"])
    issue_act(cast, "assurance-request", {"respond_by": "2020-06-30", "text": "Confirm."})
    with django_assert_max_num_queries(25):
        assert record_responses(now=datetime(2020, 7, 1, tzinfo=UTC)).silent == 62
    assert verify().ok


@pytest.mark.django_db(transaction=True)
def test_of_two_rescissions_at_once_one_takes_the_notice_back() -> None:
    cast = make_cast()
    notice = issue(cast)
    drafts = []
    for _number in range(2):
        draft = begin(cast, "rescission", fields={}, refers_to=notice)
        drafts.append(
            send_for_approval(draft=draft, version=draft.version, actor=cast.us_drafter, now=NOW)
        )
    said: list[str] = []

    def work(draft: Draft) -> None:
        try:
            issue_notification(draft=draft, actor=cast.us_head, now=NOW)
            said.append("issued")
        except DomainError as error:
            said.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(draft,)) for draft in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["The notice has been taken back already.", "issued"]
    assert set(Deadline.objects.values_list("status", flat=True)) == {"void"}


def test_the_database_itself_knows_the_visibilities(cast: Cast) -> None:
    copy = Notification.objects.get(pk=issue(cast).pk)
    copy.pk, copy.uid, copy.draft, copy.visibility = None, uuid.uuid4(), None, "secret"
    copy._state.adding = True
    with (
        pytest.raises(IntegrityError, match="notification_visibility_known"),
        transaction.atomic(),
    ):
        copy.save()
