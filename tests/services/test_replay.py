"""Scenarios replayed: the five that come with the product, and what goes wrong with one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from notifications import queue
from notifications.errors import BadFileError, RuleBrokenError
from notifications.models import (
    Alert,
    Case,
    CaseParty,
    Circulation,
    Deadline,
    Draft,
    Event,
    Message,
    Notification,
    Participation,
    Receipt,
    Response,
    Role,
    Statement,
    members_of,
)
from notifications.register import verify
from notifications.services.library import SCENARIOS, TREATIES, load_library
from notifications.services.sweeps import record_responses, send_alerts, track_deadlines
from tests.factories import make_user
from tests.services.replays import FILES, NOW, US_2020, changed, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def library() -> None:
    load_library(directories=[TREATIES], now=NOW)


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_every_expectation_of_the_five_holds_and_the_register_proves_itself(file: Path) -> None:
    report = run(file)
    assert report.verdicts
    assert [verdict for verdict in report.verdicts if not verdict.ok] == []
    assert verify().ok


def test_there_are_five() -> None:
    assert len(FILES) == 5


def test_a_replay_says_the_same_again_and_changes_nothing() -> None:
    make_user("Alice", "RUS", Role.DRAFTER)
    first = run(US_2020)
    events = Event.objects.count()
    messages = Message.objects.count()
    again = run(US_2020)
    assert again.as_data() == first.as_data()
    assert first.messages == messages > 0
    assert (Event.objects.count(), Case.objects.count()) == (events, 1)


def test_another_layout_of_the_same_content_is_the_same_scenario(tmp_path: Path) -> None:
    run(US_2020)
    again = run(changed(tmp_path, ("id: open-skies-us-2020", "# tidied\nid: 'open-skies-us-2020'")))
    assert again.failed == 0
    assert again.verdicts[0].line == 70


def test_another_content_under_the_same_id_is_refused_in_one_sentence(tmp_path: Path) -> None:
    run(US_2020)
    events = Event.objects.count()
    with pytest.raises(RuleBrokenError, match="replayed before with another content"):
        run(changed(tmp_path, ("position: rejects", "position: regrets")))
    assert Event.objects.count() == events


def test_what_is_expected_wrongly_fails_and_says_what_was_found(tmp_path: Path) -> None:
    report = run(
        changed(
            tmp_path,
            ("due: 2020-11-22, status", "due: 2020-11-23, status"),
            ("opens: 2020-06-21", "opens: 2020-06-20"),
            ("by: USA, when: 2020-11-22", "by: RUS, when: 2020-11-22"),
            ("{party: USA, when: 2020-11-21}", "{not_party: USA, when: 2020-11-21}"),
            ("{party: RUS, when: 2020-11-22}", "{lapsed: breach, by: RUS, when: 2020-11-22}"),
        )
    )
    assert [(verdict.ok, verdict.got) for verdict in report.verdicts] == [
        (False, "USA: due 2020-11-22, effective"),
        (False, "depositaries: opens 2020-06-21, due 2020-07-21, met"),
        (True, "no answer"),
        (False, "a party"),
        (True, "no party"),
        (False, "no limit was set"),
    ]
    assert report.failed == 4


def test_the_acts_are_filed_as_those_of_the_pages_are(library: None) -> None:
    run(US_2020)
    note = Notification.objects.get(external_ref="note")
    assert note.case.origin == "replay"
    assert (note.given_on, note.given_at) == (date(2020, 5, 22), None)
    assert note.fields["article"] == "XV(2)"
    assert note.fields["condition"] == "return of the Russian Federation to full compliance"
    assert note.fields["source"].startswith("https://")
    assert "flags" not in note.fields
    assert note.approved_by.is_system
    assert not note.approved_by.has_usable_password()
    assert note.approved_by.name == "replay"
    assert note.draft is not None
    receipts = Receipt.objects.filter(notification=note).order_by("party__code")
    assert [receipt.party.code for receipt in receipts] == ["CAN", "HUN"]
    assert Circulation.objects.get(notification=note).number == "TF-R.1.2020.OPEN-SKIES.withdrawal"
    transmissions = note.transmissions.filter(role="circulation")
    assert transmissions.count() == 33
    conference = Notification.objects.get(act="conference")
    assert (conference.refers_to, conference.fields["held_on"]) == (note, "2020-07-06")
    assert [party.code for party in conference.senders.order_by("code")] == ["CAN", "HUN"]
    dialogue = Notification.objects.get(external_ref="dialogue")
    assert dialogue.fields["addressees"] == ["USA"]
    assert dialogue.fields["dated"] == "approximate"
    assert [row.party.code for row in dialogue.transmissions.all()] == ["USA"]
    answer = Response.objects.get()
    assert (answer.position, answer.party.code) == ("rejects", "RUS")
    assert "https://tass.com" in answer.text
    assert Statement.objects.filter(party__code="USA").get().external_ref == "announcement"


def test_a_replay_writes_no_participation_and_closes_its_own_circle(library: None) -> None:
    before = list(Participation.objects.order_by("pk").values())
    run(US_2020)
    assert list(Participation.objects.order_by("pk").values()) == before
    case = Case.objects.get()
    assert CaseParty.objects.filter(case=case).count() == 34
    assert not CaseParty.objects.exclude(exit_on=None).exists()
    assert members_of(case, date(2020, 11, 21)).count() == 34
    assert members_of(case, date(2020, 11, 22)).count() == 33


def test_live_sweeps_leave_a_replayed_case_alone(tmp_path: Path) -> None:
    make_user("Alice", "RUS", Role.DRAFTER)
    end = ("until: 2020-11-23", "until: 2020-10-23")
    file = changed(tmp_path, end)
    run(file)
    running = Deadline.objects.running().of_acts().count()
    assert running == 1
    of_acts = Alert.objects.exclude(notification=None)
    states = sorted(of_acts.values_list("pk", "state"))
    track_deadlines(now=NOW)
    record_responses(now=NOW)
    send_alerts(now=NOW)
    assert Deadline.objects.running().of_acts().count() == running
    assert sorted(of_acts.values_list("pk", "state")) == states


def test_every_message_leaves_at_the_instant_its_alert_falls_due() -> None:
    make_user("Alice", "RUS", Role.DRAFTER)
    make_user("Claire", "CAN", Role.DEPOSITARY_OFFICER)
    run(US_2020)
    messages = Message.objects.select_related("alert")
    assert {message.state for message in messages} == {"sent"}
    assert all(message.sent_at == message.alert.due_at for message in messages)
    stages = set(messages.values_list("alert__stage", flat=True))
    assert {"before-90", "before-1", "opens", "day"} <= stages
    effect = messages.filter(alert__stage="day", user__name="Alice").get()
    assert effect.sent_at == datetime(2020, 11, 22, tzinfo=UTC)


def test_without_a_mandate_an_alert_ends_unaddressed_and_is_counted() -> None:
    report = run(US_2020)
    assert report.messages == 0
    assert report.alerts["sent"] == 0
    assert report.alerts["unaddressed"] > 0
    planned = report.alerts["planned"]
    assert planned == report.alerts["unaddressed"] + report.alerts["void"]
    assert planned == Alert.objects.count()


def test_no_broker_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a replay wakes no worker")

    for module in ("filing", "receiving", "circulating", "responding", "sweeps"):
        monkeypatch.setattr(f"notifications.services.{module}.nudge", refuse)
    monkeypatch.setattr(queue, "nudge", refuse)
    assert run(US_2020).failed == 0


def test_what_a_service_refuses_is_a_problem_of_the_file_at_that_act_and_nothing_is_left(
    tmp_path: Path, library: None
) -> None:
    events = Event.objects.count()
    file = changed(tmp_path, ("received: {CAN: 2020-05-22, HUN", "received: {USA: 2020-05-22, HUN"))
    with pytest.raises(BadFileError, match="USA was not addressed") as caught:
        run(file)
    problem = caught.value.problems[0]
    assert (problem.line, problem.key) == (23, "acts[note].received")
    assert not Case.objects.exists()
    assert not Draft.objects.exists()
    assert Event.objects.count() == events


def test_the_lapse_of_a_limit_is_judged_party_by_party(tmp_path: Path) -> None:
    """Germany answers in time, France too late: each-party fails, the lapse of France holds."""
    answers = """\
  - {at: 2020-12-20, act: response, by: DEU, to: guarantees, position: gives-assurance}
  - {at: 2021-01-05, act: response, by: FRA, to: guarantees, position: gives-assurance}
expect:
  - {lapsed: guarantees, by: DEU, when: 2021-01-02}
  - {lapsed: guarantees, by: FRA, when: 2021-01-02}
  - {lapsed: guarantees, by: FRA, when: 2021-01-01}
  - {unanswered: guarantees, by: DEU, when: 2021-01-02}
  - {unanswered: guarantees, by: FRA, when: 2021-01-05}
  - {unanswered: guarantees, by: FRA, when: 2021-01-06}
"""
    source = SCENARIOS / "open-skies-ru-2021.yaml"
    report = run(changed(tmp_path, ("expect:\n", answers), source=source))
    assert [verdict.ok for verdict in report.verdicts[:7]] == [
        False,
        True,
        False,
        False,
        True,
        False,
        False,
    ]


def test_a_party_outside_the_case_is_none_and_one_that_never_left_is_one(tmp_path: Path) -> None:
    """Two are no parties: one never was in the case, the other left it without an effect."""
    parties = (
        "parties: [USA, RUS, CAN, {party: HUN, in_force: 2002-01-01, until: 2020-08-01}]\nuntil"
    )
    expect = (
        "expect:\n  - {not_party: DEU, when: 2020-06-01}\n  - {not_party: HUN, when: 2020-09-01}\n"
    )
    report = run(changed(tmp_path, ("until", parties), ("expect:\n", expect)))
    assert CaseParty.objects.count() == 4
    assert [(v.ok, v.got) for v in report.verdicts[:2]] == [
        (True, "no party"),
        (False, "no party, but not by an effect in this case"),
    ]


def test_a_rescission_voids_what_runs(tmp_path: Path) -> None:
    acts = """\
  - {id: back, at: 2020-10-01, act: rescission, by: USA, to: note}
expect:
  - {of: note, governs: withdrawal, status: void}
  - {clause: xv-2, of: note, status: void}
  - {party: USA, when: 2020-11-22}
"""
    text = US_2020.read_text().split("expect:\n")[0] + acts
    file = tmp_path / "back.yaml"
    file.write_text(text)
    report = run(file)
    assert [(v.ok, v.got) for v in report.verdicts] == [
        (True, "USA: due 2020-11-22, void"),
        (True, "USA: due 2020-11-22, void"),
        (True, "a party"),
    ]
