"""A note given on paper: recorded as it stands, computed to the lawful date, flagged."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from notifications.errors import NotPermittedError, RuleBrokenError
from notifications.models import (
    Alert,
    Attachment,
    Case,
    Deadline,
    Document,
    Event,
    Notification,
    Party,
    Receipt,
    Role,
    Transmission,
    User,
)
from notifications.register import verify
from notifications.services.circulating import circulate_notification
from notifications.services.papers import Upload
from notifications.services.receiving import register_receipt
from tests import paper
from tests.factories import (
    NOW,
    TODAY,
    WITHDRAWAL_FIELDS,
    Cast,
    issue,
    issue_act,
    make_treaty,
    make_user,
)
from tests.services.noting import GIVEN, enter


def test_a_note_is_sealed_with_its_scan_and_both_receipts(cast: Cast, secretary: User) -> None:
    received = {cast.party("HUN"): TODAY - timedelta(days=9), cast.party("CAN"): GIVEN}
    note = enter(cast, secretary, received=received, language="fr")
    assert note.is_paper
    assert (note.given_on, note.given_at, note.entered_at) == (GIVEN, None, NOW)
    assert (note.language, note.drafted_by, note.approved_by) == ("fr", secretary, secretary)
    assert [party.code for party in note.senders.all()] == ["USA"]
    assert set(note.receipts.values_list("party__code", "on")) == {
        ("CAN", GIVEN),
        ("HUN", TODAY - timedelta(days=9)),
    }
    scan = Attachment.objects.get(notification=note)
    assert (scan.name, scan.is_scan, scan.document.type) == ("note.pdf", True, "application/pdf")
    note.progress.refresh_from_db()
    assert note.progress.status == "received"
    assert note.progress.received_on == GIVEN
    assert "flags" not in note.fields
    assert verify().ok


def test_received_is_not_entered_and_clocks_take_the_day_of_receipt(
    cast: Cast, secretary: User
) -> None:
    note = enter(cast, secretary, received={cast.party("CAN"): GIVEN + timedelta(days=2)})
    window = note.deadlines.get(clause__slug="xv-3").version
    assert window.opens_on == GIVEN + timedelta(days=32)
    assert window.due_on == GIVEN + timedelta(days=62)
    effect = note.deadlines.get(clause__slug="xv-2").version
    assert effect.due_on == date(2020, 11, 12)


def test_it_goes_to_everybody_through_this_system_on_the_day_of_its_entry(
    cast: Cast, secretary: User
) -> None:
    note = enter(cast, secretary)
    sent = Transmission.objects.filter(notification=note)
    assert set(sent.values_list("channel", "at")) == {("system", NOW)}
    assert sent.count() == 5
    alert = Alert.objects.get(notification=note, kind="issued")
    assert alert.due_at == NOW
    number = circulate_after_receipt(cast, note)
    assert number.endswith(".2020.OPEN-SKIES.withdrawal")


def circulate_after_receipt(cast: Cast, note: Notification) -> str:
    officer = cast.canadian_officer
    register_receipt(notification=note, party=cast.party("CAN"), on=TODAY, actor=officer, now=NOW)
    return circulate_notification(notification=note, actor=officer, now=NOW).number


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        ({"text": "We leave."}, {"missing-field"}),
        ({**WITHDRAWAL_FIELDS, "effective_on": "2020-05-20"}, {"earlier-than-clause"}),
    ],
)
def test_a_note_is_never_refused_for_what_it_says_and_flagged(
    cast: Cast, secretary: User, fields: dict[str, Any], codes: set[str]
) -> None:
    note = enter(cast, secretary, fields=fields)
    assert {flag["code"] for flag in note.fields["flags"]} == codes
    assert all(flag["sentence"] for flag in note.fields["flags"])
    assert note.deadlines.get(clause__slug="xv-2").version.due_on == date(2020, 11, 10)
    assert verify().ok


def test_a_state_that_was_no_party_is_recorded_and_flagged(cast: Cast, secretary: User) -> None:
    note = enter(cast, secretary, senders=[cast.party("JPN")])
    assert [flag["code"] for flag in note.fields["flags"]] == ["not-a-party"]
    cast.treaty.participants_complete = False
    cast.treaty.save()
    other = enter(cast, secretary, senders=[cast.party("JPN")])
    (flag,) = other.fields["flags"]
    assert flag["code"] == "participation-unknown"
    assert flag["sentence"] == "It is not recorded whether Japan is a party to Open Skies."


def refusal(cast: Cast, secretary: User, **changed: Any) -> tuple[str, str]:
    """What is refused, at which field; and that nothing at all was changed."""
    before = (Event.objects.count(), Case.objects.count(), Document.objects.count())
    with pytest.raises(RuleBrokenError) as refused:
        enter(cast, secretary, **changed)
    assert not Notification.objects.exists()
    assert before == (Event.objects.count(), Case.objects.count(), Document.objects.count())
    return refused.value.field, refused.value.sentence


def test_a_note_given_in_the_future_is_refused(cast: Cast, secretary: User) -> None:
    field, sentence = refusal(cast, secretary, given_on=TODAY + timedelta(days=1))
    assert (field, sentence) == ("given_on", "Given on: the day is still to come.")
    field, _sentence = refusal(cast, secretary, given_on=date(1400, 1, 1))
    assert field == "given_on"


def test_today_is_the_day_in_the_zone_of_the_treaty(cast: Cast, secretary: User) -> None:
    cast.treaty = make_treaty("far-east", zone="Pacific/Kiritimati")
    tomorrow = TODAY + timedelta(days=1)
    note = enter(cast, secretary, given_on=tomorrow, received={cast.party("CAN"): tomorrow})
    assert note.given_on == tomorrow


def test_received_before_it_was_given_or_in_the_future_is_refused(
    cast: Cast, secretary: User
) -> None:
    canada = cast.party("CAN")
    early = refusal(cast, secretary, received={canada: GIVEN - timedelta(days=1)})
    assert early == ("received_CAN", "Received on: the note was given on 10 May 2020, not before.")
    late = refusal(cast, secretary, received={canada: TODAY + timedelta(days=1)})
    assert late == ("received_CAN", "Received on: the day is still to come.")


def test_a_receipt_of_who_does_not_receive_it_is_refused(cast: Cast, secretary: User) -> None:
    field, sentence = refusal(cast, secretary, received={cast.party("FRA"): GIVEN})
    assert field == "received_FRA"
    assert "none of those that receive" in sentence


@pytest.mark.parametrize(
    ("scan", "word"),
    [
        (b"", "is empty"),
        (b"<html>", "PDF, PNG, JPEG or TIFF"),
        (paper.pdf_with_file_inside(), "another file inside"),
        (paper.locked_pdf(), "protected"),
    ],
)
def test_a_note_without_a_scan_of_a_kind_that_is_taken_is_refused(
    cast: Cast, secretary: User, scan: bytes, word: str
) -> None:
    field, sentence = refusal(cast, secretary, scan=scan)
    assert field == "scan"
    assert sentence.startswith("“note.pdf”: ")
    assert word in sentence


@pytest.mark.parametrize("name", ["against", "addressees"])
def test_a_party_does_not_send_a_note_to_itself(cast: Cast, secretary: User, name: str) -> None:
    fields = {"against": ["RUS"], "text": "A breach.", name: ["USA"]}
    field, sentence = refusal(cast, secretary, act="breach-allegation", fields=fields)
    assert (field, sentence) == (name, "A party cannot send a note to itself.")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"senders": []}, "party"),
        ({"language": "klingon"}, "language"),
        ({"scan_name": "a\u202efdp.exe"}, "scan"),
        ({"fields": {**WITHDRAWAL_FIELDS, "effective_on": "2020-02-30"}}, "effective_on"),
        ({"fields": {**WITHDRAWAL_FIELDS, "colour": "red"}}, "colour"),
        ({"act": "conference"}, ""),
        ({"act": "war"}, ""),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    cast: Cast, secretary: User, changed: dict[str, Any], field: str
) -> None:
    assert refusal(cast, secretary, **changed)[0] == field


def test_the_secretariat_alone_enters_paper_notes(cast: Cast) -> None:
    for person in (cast.us_head, cast.canadian_officer, cast.administrator):
        with pytest.raises(NotPermittedError):
            enter(cast, person)
    ended = make_user("Former Secretary", "UNO", Role.SECRETARIAT)
    ended.mandates.update(to_on=TODAY - timedelta(days=1))
    with pytest.raises(NotPermittedError):
        enter(cast, ended)
    assert not Notification.objects.exists()


def test_a_second_click_enters_nothing_twice(cast: Cast, secretary: User) -> None:
    uid = "0b0a9d4c-7f9b-4a6e-9d1c-5a6b7c8d9e0f"
    first = enter(cast, secretary, uid=uid)
    assert enter(cast, secretary, uid=uid) == first
    assert Notification.objects.count() == Case.objects.count() == 1


def test_a_joint_note_names_every_sender(cast: Cast, secretary: User) -> None:
    note = enter(cast, secretary, senders=[cast.party("USA"), cast.party("FRA")])
    assert sorted(party.code for party in note.senders.all()) == ["FRA", "USA"]
    assert note.fields["joint_with"] == ["FRA"]
    effects = note.deadlines.filter(clause__slug="xv-2")
    assert sorted(effects.values_list("bearer__code", flat=True)) == ["FRA", "USA"]


def test_enclosures_go_with_the_scan_ten_files_at_most(cast: Cast, secretary: User) -> None:
    files = [Upload(paper.pdf(f"annex {no}"), f"annex-{no}.pdf") for no in range(9)]
    note = enter(cast, secretary, files=files)
    kept = Attachment.objects.filter(notification=note).order_by("pk")
    assert [one.is_scan for one in kept] == [True, *[False] * 9]
    with pytest.raises(RuleBrokenError, match="At most 10 files") as refused:
        enter(cast, secretary, files=[*files, Upload(paper.png(), "map.png")])
    assert refused.value.field == "files"


def test_where_no_depositary_keeps_the_treaty_it_is_numbered_at_its_entry(
    cast: Cast, secretary: User
) -> None:
    cast.treaty = make_treaty("bilateral", members=("USA", "RUS"), depositaries=())
    note = enter(cast, secretary, received={cast.party("RUS"): GIVEN})
    assert note.circulation.number == "TF.1.2020.BILATERAL.withdrawal"
    assert note.receipts.get().party.code == "RUS"


def test_the_secretariat_registers_a_receipt_that_comes_to_be_known_later(
    cast: Cast, secretary: User
) -> None:
    note = enter(cast, secretary, received={cast.party("CAN"): GIVEN})
    hungary = cast.party("HUN")
    register_receipt(notification=note, party=hungary, on=GIVEN, actor=secretary, now=NOW)
    assert Receipt.objects.filter(notification=note).count() == 2
    other = issue(cast)
    with pytest.raises(NotPermittedError):
        register_receipt(notification=other, party=hungary, on=TODAY, actor=secretary, now=NOW)


def test_the_secretariat_reads_what_is_not_restricted_and_what_it_entered(
    cast: Cast, secretary: User
) -> None:
    open_act = issue(cast)
    told_to_one = {"against": ["RUS"], "addressees": ["RUS"], "visibility": "restricted"}
    hidden = issue_act(cast, "breach-allegation", {**told_to_one, "text": "A breach."})
    fields = {**told_to_one, "text": "A breach on paper."}
    own = enter(cast, secretary, act="breach-allegation", fields=fields)
    colleague = make_user("Samuel Secretary", "UNO", Role.SECRETARIAT)
    for person in (secretary, colleague):
        seen = set(Notification.objects.visible_to(person, TODAY))
        assert seen == {open_act, own}
    assert hidden not in Notification.objects.visible_to(secretary, TODAY)
    assert own not in Notification.objects.visible_to(cast.german_observer, TODAY)
    nobody = User.objects.get(pk=Party.objects.none().count() or cast.japanese_drafter.pk)
    assert not Notification.objects.visible_to(nobody, TODAY).exists()


def test_its_event_names_the_scan_and_no_person(cast: Cast, secretary: User) -> None:
    note = enter(cast, secretary, received={cast.party("CAN"): GIVEN})
    acts = list(Event.objects.order_by("pk").values_list("act", flat=True))
    # The register is locked last: no file is looked at, and no number given, while it is.
    assert acts[-3:] == ["notification-issued", "document-stored", "receipt-registered"]
    event = Event.objects.get(act="notification-issued")
    assert f"attachment:{note.attachments.get().pk}" in event.body
    assert secretary.email not in event.body
    assert Deadline.objects.filter(notification=note).count() == 2
