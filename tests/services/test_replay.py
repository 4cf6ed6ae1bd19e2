"""Scenarios replayed: the five that come with the product, and three treaties invented here."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.db import connection

from notifications import queue
from notifications.delivery import Answer, Letter, SmtpTransport
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
    Treaty,
    members_of,
)
from notifications.register import verify
from notifications.services.library import SCENARIOS, TREATIES, load_library
from notifications.services.scenarios.replaying import replay
from notifications.services.scenarios.reporting import Report
from notifications.services.sweeps import record_responses, send_alerts, track_deadlines
from tests.factories import make_user

pytestmark = pytest.mark.django_db

NOW = datetime(2024, 3, 1, 9, 0, tzinfo=UTC)
FILES = sorted(SCENARIOS.glob("*.yaml"))
US_2020 = SCENARIOS / "open-skies-us-2020.yaml"


def run(path: Path, **options: Any) -> Report:
    return replay(path=path, now=NOW, **options)


def changed(tmp_path: Path, *changes: tuple[str, str], source: Path = US_2020) -> Path:
    text = source.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file = tmp_path / "changed.yaml"
    file.write_text(text)
    return file


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
    running = Deadline.objects.running().count()
    assert running == 1
    states = sorted(Alert.objects.values_list("pk", "state"))
    track_deadlines(now=NOW)
    record_responses(now=NOW)
    send_alerts(now=NOW)
    assert Deadline.objects.running().count() == running
    assert sorted(Alert.objects.values_list("pk", "state")) == states


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
        (
            False,
            "depositaries: opens 2020-06-21, due 2020-07-21, met; USA: due 2020-11-22, void",
        ),
        (True, "USA: due 2020-11-22, void"),
        (True, "a party"),
    ]


FJORD = """\
id: fjord
title: Agreement on the Fjord
depositaries: [un-sg]
zone: Europe/Oslo
in_force: 1990-01-01
parties: [NOR, SWE, DNK]
clauses:
  - id: art-9
    article: Art. 9
    governs: withdrawal
    starts: circulated
    count: [{add: P90D}, {next: month}]
    yields: effect
"""
PASS = """\
id: pass
title: Treaty on the Pass
depositaries: [CHE]
zone: UTC
signed: 1985-05-01
parties: [CHE, ITA, AUT]
clauses:
  - id: "4"
    article: "4"
    governs: withdrawal
    starts: received
    opens: [{add: P10D}]
    closes: [{add: P2W}]
    yields: duty
    duty: {bearer: depositaries, act: conference}
  - id: "5"
    article: "5"
    governs: withdrawal
    starts: given
    count: [{add: P1Y}, {until: "12-31"}]
    minimum: true
    yields: effect
    addressees: [depositaries]
"""
STRAIT = """\
id: strait
title: Pact on the Strait
depositaries: []
zone: Asia/Tokyo
in_force: 2000-01-01
participants_complete: true
parties: [JPN, KOR]
clauses:
  - id: x
    article: X
    governs: withdrawal
    starts: received
    count: [{add: P2M}]
    yields: effect
    requires: [statement-of-extraordinary-events]
"""


@pytest.fixture
def treaties(tmp_path: Path) -> Path:
    folder = tmp_path / "treaties"
    folder.mkdir()
    for text in (FJORD, PASS, STRAIT):
        (folder / f"{text.split()[1]}.yaml").write_text(text)
    return folder


def replayed(tmp_path: Path, treaties: Path, text: str) -> Report:
    file = tmp_path / "case.yaml"
    file.write_text(text)
    report = run(file, treaties=treaties)
    assert [verdict.got for verdict in report.verdicts if not verdict.ok] == []
    assert verify().ok
    return report


def test_a_clock_from_circulation_runs_from_the_day_that_the_file_names(
    tmp_path: Path, treaties: Path
) -> None:
    text = """\
id: fjord-1
treaty: fjord
until: 2010-08-02
acts:
  - id: note
    at: 2010-03-01
    act: withdrawal
    by: SWE
    article: Art. 9
    received: {un-sg: 2010-03-05, DNK: 2010-03-03}
    circulated: 2010-03-10
  - {at: 2010-03-04, act: acknowledgement, by: DNK, to: note}
expect:
  - {clause: art-9, of: note, due: 2010-07-01, status: effective}
  - {party: SWE, when: 2010-06-30}
  - {not_party: SWE, when: 2010-07-01}
"""
    report = replayed(tmp_path, treaties, text)
    circulation = Circulation.objects.get()
    assert circulation.at == datetime(2010, 3, 9, 23, 0, tzinfo=UTC)
    deadline = Deadline.objects.get()
    assert deadline.due_at == datetime(2010, 6, 30, 22, 0, tzinfo=UTC)
    assert report.acts[0]["number"] == "TF-R.1.2010.FJORD.withdrawal"
    entered = Receipt.objects.order_by("entered_at").values_list("party__code", "on")
    assert list(entered) == [("DNK", date(2010, 3, 3)), ("un-sg", date(2010, 3, 5))]


def test_a_day_of_circulation_alone_is_the_depositarys_receipt_too(
    tmp_path: Path, treaties: Path
) -> None:
    text = """\
id: fjord-2
treaty: fjord
until: 2010-08-02
acts:
  - {id: note, at: 2010-03-01, act: withdrawal, by: SWE, circulated: 2010-03-10}
expect:
  - {clause: art-9, of: note, due: 2010-07-01, status: effective}
"""
    replayed(tmp_path, treaties, text)
    assert Receipt.objects.get().on == date(2010, 3, 10)


def test_what_was_not_received_awaits_its_fact(tmp_path: Path, treaties: Path) -> None:
    text = """\
id: fjord-3
treaty: fjord
until: 2010-08-02
acts:
  - {id: note, at: 2010-03-01, act: withdrawal, by: SWE}
expect:
  - {clause: art-9, of: note, status: awaiting}
  - {party: SWE, when: 2010-08-02}
"""
    report = replayed(tmp_path, treaties, text)
    assert report.deadlines[0]["due"] is None
    assert report.verdicts[0].got == "SWE: awaiting circulated, awaiting"


def test_windows_that_nobody_uses_lapse_and_a_later_date_wins(
    tmp_path: Path, treaties: Path
) -> None:
    text = """\
id: pass-1
treaty: pass
until: 2012-01-01
acts:
  - id: note
    at: 2010-03-01
    act: withdrawal
    by: [ITA, AUT]
    received: 2010-03-02
  - id: later
    at: 2010-03-05
    act: withdrawal
    by: CHE
    effective: 2012-06-01
    received: {ITA: 2010-03-06}
expect:
  - {clause: "5", of: later, due: 2012-06-01, status: running}
  - {clause: "4", of: note, opens: 2010-03-12, due: 2010-03-16, status: lapsed}
  - {clause: "5", of: note, due: 2011-12-31, status: effective}
  - {not_party: ITA, when: 2011-12-31}
  - {not_party: AUT, when: 2011-12-31}
"""
    report = replayed(tmp_path, treaties, text)
    bearers = [(row["bearer"], row["clause"]) for row in report.deadlines if row["of"] == "note"]
    assert sorted(bearers) == [("AUT", "5"), ("ITA", "5"), ("depositaries", "4")]


def test_without_a_depositary_the_addressees_receipt_counts_in_the_zone_of_the_treaty(
    tmp_path: Path, treaties: Path
) -> None:
    text = """\
id: strait-1
treaty: strait
until: 2011-01-01
acts:
  - {id: note, at: 2010-12-30, act: withdrawal, by: JPN, received: 2010-12-31}
expect:
  - {clause: x, of: note, due: 2011-02-28, status: running}
"""
    report = replayed(tmp_path, treaties, text)
    assert report.acts[0]["number"] == "TF-R.1.2010.STRAIT.withdrawal"
    sentences = report.acts[0]["flags"]
    assert any("statement of reasons" in sentence for sentence in sentences)
    assert Deadline.objects.get().due_at == datetime(2011, 2, 27, 15, 0, tzinfo=UTC)


def test_treaty_files_replace_what_the_library_has(tmp_path: Path) -> None:
    folder = tmp_path / "treaties"
    folder.mkdir()
    text = (TREATIES / "open-skies.yaml").read_text()
    assert "P6M" in text
    (folder / "open-skies.yaml").write_text(text.replace("P6M", "P5M"))
    report = run(US_2020, treaties=folder)
    assert report.verdicts[0].got == "USA: due 2020-10-22, effective"
    assert not report.verdicts[0].ok


def test_a_bad_treaty_file_stops_the_replay_before_anything_is_stored(
    tmp_path: Path, treaties: Path
) -> None:
    (treaties / "bad.yaml").write_text("id: bad\n")
    with pytest.raises(BadFileError, match=r"bad\.yaml"):
        run(US_2020, treaties=treaties)
    assert not Treaty.objects.exists()
    assert not Case.objects.exists()


NOTE = """\
id: case
treaty: fjord
until: 2010-08-02
acts:
  - id: note
    at: 2010-03-01
    act: withdrawal
    by: SWE
"""


def note(tmp_path: Path, treaties: Path, *lines: str, by: str = "SWE") -> Notification:
    text = NOTE.replace("by: SWE", f"by: {by}")
    replayed(tmp_path, treaties, text + "".join(f"    {line}\n" for line in lines))
    return Notification.objects.get(external_ref="note")


@pytest.mark.parametrize(
    ("named", "addressed"),
    [
        ("", {"DNK", "NOR", "un-sg"}),
        ("[depositaries, parties]", {"DNK", "NOR", "un-sg"}),
        ("parties", {"DNK", "NOR"}),
        ("[parties]", {"DNK", "NOR"}),
        ("[depositaries]", {"un-sg"}),
        ("[depositaries, DNK]", {"DNK", "un-sg"}),
    ],
)
def test_roles_among_the_addressees_stand_for_those_who_hold_them(
    tmp_path: Path, treaties: Path, named: str, addressed: set[str]
) -> None:
    filed = note(tmp_path, treaties, *([f"addressees: {named}"] if named else []))
    assert set(filed.addressees().values_list("code", flat=True)) == addressed
    assert "flags" not in filed.fields
    is_limited = addressed != {"DNK", "NOR", "un-sg"}
    assert filed.fields.get("addressees", []) == (sorted(addressed) if is_limited else [])


def test_the_role_of_a_depositary_is_no_way_to_address_nobody(
    tmp_path: Path, treaties: Path
) -> None:
    file = tmp_path / "case.yaml"
    text = NOTE.replace("fjord", "strait").replace("SWE", "JPN")
    file.write_text(text + "    addressees: [depositaries]\n")
    with pytest.raises(BadFileError, match=r"acts\[note\]\.addressees: This addresses nobody"):
        run(file, treaties=treaties)


def test_a_depositary_that_gives_notice_may_address_itself_alone(
    tmp_path: Path, treaties: Path
) -> None:
    file = tmp_path / "case.yaml"
    text = NOTE.replace("fjord", "pass").replace("SWE", "CHE")
    file.write_text(text + "    addressees: [depositaries]\n")
    run(file, treaties=treaties)
    assert not Notification.objects.get().addressees().exists()


def test_every_sender_that_a_file_names_is_sealed_a_party_or_not(
    tmp_path: Path, treaties: Path
) -> None:
    filed = note(tmp_path, treaties, by="[SWE, DNK, JPN]")
    assert {party.code for party in filed.senders.all()} == {"SWE", "DNK", "JPN"}
    assert '"senders":["SWE","DNK","JPN"]' in filed.canonical
    assert [(flag["code"], flag["field"]) for flag in filed.fields["flags"]] == [
        ("not-a-party", "joint_with")
    ]
    assert "JPN" in filed.fields["flags"][0]["sentence"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("received: {JPN: 2010-03-02}", "received: JPN was not addressed"),
        (
            "addressees: [depositaries]\n    received: {NOR: 2010-03-02}",
            "received: NOR was not addressed",
        ),
        (
            "circulated: 2010-03-02\n    received: {un-sg: 2010-03-05}",
            "received: It was circulated on 2010-03-02, so un-sg had received it by then",
        ),
    ],
)
def test_a_receipt_that_cannot_be_is_refused_in_words_that_fit(
    tmp_path: Path, treaties: Path, line: str, says: str
) -> None:
    with pytest.raises(BadFileError) as refused:
        note(tmp_path, treaties, line)
    assert says in str(refused.value)
    assert refused.value.problems[0].line == 5


def test_a_scenario_may_name_the_first_and_the_last_of_its_years(
    tmp_path: Path, treaties: Path
) -> None:
    """Nothing computed from a day that is admitted leaves the calendar."""
    text = """\
id: ends
treaty: strait
parties: [{party: JPN, in_force: 1800-01-01}, {party: KOR, in_force: 1800-01-01}]
until: 2300-12-31 23:59-14:00
acts:
  - {id: first, at: 1800-01-01 00:00+14:00, act: dialogue-proposal, by: KOR}
  - {id: note, at: 2300-12-30, act: withdrawal, by: JPN, received: 2300-12-31}
expect:
  - {clause: x, of: note, status: running}
"""
    replayed(tmp_path, treaties, text)


class Witness(SmtpTransport):
    """A server that keeps what it is handed, and fails at a letter if it is told to."""

    taken: ClassVar[list[str]] = []
    fails_after: ClassVar[int | None] = None

    def send(self, letter: Letter) -> Answer:
        assert not connection.in_atomic_block
        if self.fails_after is not None and len(self.taken) >= self.fails_after:
            raise KeyboardInterrupt
        self.taken.append(letter.recipient)
        return Answer("accepted", "250 OK")


@pytest.fixture
def witness(monkeypatch: pytest.MonkeyPatch, settings: Any) -> type[Witness]:
    settings.TREATYFLOW_MAIL_TRANSPORT = "smtp"
    monkeypatch.setattr("notifications.delivery.send.SmtpTransport", Witness)
    monkeypatch.setattr(Witness, "taken", [])
    monkeypatch.setattr(Witness, "fails_after", None)
    make_user("Alice", "RUS", Role.DRAFTER)
    return Witness


@pytest.mark.django_db(transaction=True)
def test_mail_leaves_once_the_case_is_stored_and_says_what_its_clock_knew(
    witness: type[Witness], tmp_path: Path
) -> None:
    run(US_2020)
    kept = contents("open-skies-us-2020")
    run(changed(tmp_path, ("id: open-skies-us-2020", "id: sent")), sends=True)
    assert len(witness.taken) == len(kept) > 0
    assert contents("sent") == kept
    sent = Message.objects.filter(alert__case__scenario="sent")
    assert {(message.state, message.sent_at.date()) for message in sent if message.sent_at} == {
        ("sent", NOW.date())
    }
    assert verify().ok


def contents(scenario: str) -> list[tuple[str, str, str]]:
    """The subjects of a case's mail, and the first date in each text, by kind and stage."""
    rows = Message.objects.filter(alert__case__scenario=scenario).select_related("rendering")
    said = []
    for message in rows.order_by("alert__due_at", "pk"):
        assert message.rendering is not None
        mime = message_from_bytes(bytes(message.rendering.mime), policy=policy.default)
        text = mime.get_body(("plain",))  # type: ignore[attr-defined]
        words = re.sub(r"https?://\S+|TF-R\.\d+", "", text.get_content())
        number = re.sub(r"TF-R\.\d+", "", mime["Subject"])
        said.append((number, message.alert.stage, words))
    return said


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_of_a_case_that_is_not_stored(
    witness: type[Witness], tmp_path: Path
) -> None:
    bad = changed(tmp_path, ("by: [CAN, HUN]", "by: [CAN, RUS]"))
    with pytest.raises(BadFileError):
        run(bad, sends=True)
    assert witness.taken == []
    assert not Message.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_replay_that_is_interrupted_while_it_sends_goes_on_where_it_was(
    witness: type[Witness], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witness, "fails_after", 3)
    with pytest.raises(KeyboardInterrupt):
        run(US_2020, sends=True)
    assert len(witness.taken) == 3
    monkeypatch.setattr(witness, "fails_after", None)
    waiting = run(US_2020, sends=True)
    assert waiting.waiting == waiting.messages  # another run may still hold them
    later = replay(path=US_2020, now=NOW + timedelta(hours=1), sends=True)
    assert (later.waiting, later.undeliverable) == (0, 0)
    assert len(witness.taken) == later.messages == Message.objects.filter(state="sent").count()
    assert verify().ok
