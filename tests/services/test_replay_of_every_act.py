"""Every act, and every key of an act, replayed from files about a treaty invented here."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from notifications.acts import ACTS
from notifications.errors import BadFileError
from notifications.models import (
    Deadline,
    Fact,
    Notification,
    Participation,
    Receipt,
    Statement,
)
from notifications.services.scenarios.reading import Known, read_scenario
from notifications.services.versions import versions_of
from tests.services.replays import replayed

pytestmark = pytest.mark.django_db

HARBOUR = """\
id: harbour
title: Convention on the Harbour
depositaries: [CHE]
zone: Europe/Zurich
in_force: 1995-01-01
parties: [CHE, ITA, AUT, FRA]
clauses:
  - id: art-12
    article: Art. 12
    governs: instrument
    starts: deposited
    count: [{add: P30D}]
    yields: effect
  - id: art-15
    article: Art. 15
    governs: amendment-proposal
    starts: informed
    count: [{add: P6M}]
    yields: lapse
    silence: acceptance
  - id: art-16
    article: Art. 16
    governs: consultation-request
    starts: received
    count: [{add: P10D}]
    yields: duty
    duty: {bearer: addressee, act: response}
  - id: art-20
    article: Art. 20
    governs: withdrawal
    starts: registered
    count: [{add: P1Y}]
    yields: effect
    open_while: armed-conflict
"""
EVERY_ACT = """\
id: harbour-1
treaty: harbour
until: 2013-06-01
acts:
  - {id: signed, at: 2010-01-04, act: signature, by: SWE, signed_on: 2010-01-04,
     is_subject_to_ratification: true, place: Basel, received: 2010-01-05}
  - {id: ratified, at: 2010-02-01, act: instrument, by: SWE, mode: ratification,
     deposited: 2010-02-03}
  - {id: successor, at: 2010-02-10, act: instrument, by: HRV, mode: succession, predecessor: YUG,
     succession_on: 1991-10-08, deposited: {CHE: 2010-02-12}}
  - {id: reserved, at: 2010-02-02, act: reservation, by: SWE, provision: Art. 4, to: ratified,
     text: Sweden does not apply Article 4., received: 2010-02-03}
  - {id: reads-so, at: 2010-02-02, act: declaration, by: SWE, nature: territorial,
     text: Islands too.}
  - {id: against-it, at: 2010-03-01, act: objection, by: ITA, to: reserved,
     opposes_entry_into_force: true, text: Italy objects., received: 2010-03-02}
  - {id: with-it, at: 2010-03-01, act: acceptance, by: AUT, to: reserved}
  - {id: less, at: 2010-04-01, act: reservation-withdrawal, by: SWE, to: reserved, scope: part,
     provision: Art. 4(2)}
  - {id: asked, at: 2010-05-01, act: consultation-request, by: ITA, addressees: [FRA],
     respond_by: 2010-05-20, text: Explain., received: {FRA: 2010-05-02}}
  - {id: longer, at: 2010-05-10, act: extension, by: ITA, to: asked, effective: 2010-05-31}
  - {at: 2010-05-30, act: response, by: FRA, to: asked, position: offers-dialogue, text: Come.}
  - {id: talks, at: 2010-06-01, act: dialogue-proposal, by: FRA, text: Let us talk.}
  - {id: sure, at: 2010-06-01, act: assurance-request, by: [ITA, AUT], text: Are you sure?}
  - {id: broken, at: 2010-06-02, act: breach-allegation, by: ITA, against: FRA, text: A breach.}
  - {id: set-aside, at: 2010-06-03, act: suspension, by: ITA, to: broken, from_on: 2010-06-10}
  - {id: again, at: 2010-07-03, act: resumption, by: ITA, to: set-aside, from_on: 2010-07-10}
  - {id: emergency, at: 2010-08-01, act: derogation, by: AUT, provisions: Art. 2, reasons: A flood.,
     measures: Closed., from_on: 2010-08-01, until_on: 2010-09-01}
  - {id: still, at: 2010-08-30, act: extension, by: AUT, to: emergency, effective: 2010-10-01}
  - {id: over, at: 2010-09-15, act: resumption, by: AUT, to: emergency}
  - {id: other-words, at: 2010-10-01, act: amendment-proposal, by: AUT, provision: Art. 3,
     text: Ships keep right., received: 2010-10-02,
     informed: {FRA: 2010-10-05, ITA: 2010-10-08}}
  - {id: no, at: 2010-12-01, act: objection, by: FRA, to: other-words, text: Left.}
  - {id: meet-us, at: 2010-12-02, act: conference-request, by: FRA, to: other-words}
  - {id: meeting, at: 2010-12-03, act: conference, by: CHE, to: meet-us, held_on: 2011-01-10,
     place: Geneva}
  - {id: visit, at: 2011-01-02, act: formatted-message, by: FRA, format: F25,
     occurs_at: 2011-01-05 10:00Z, addressees: ITA, text: "PARTY//FRA"}
  - {id: gone, at: 2011-02-01, act: withdrawal, by: FRA, article: Art. 20, mode: denunciation,
     text: We leave on Tuesday., received: 2011-02-02, registered: 2011-02-08}
  - {id: mended, at: 2011-02-03, act: correction, by: FRA, to: gone, passage: The day,
     reads: Tuesday, should_read: Wednesday}
  - {id: mended-text, at: 2011-02-04, act: correction, by: CHE, passage: Art. 7, reads: shiff,
     should_read: ship}
  - {at: 2011-02-05, act: statement, by: JPN, text: Japan regrets this.}
  - {id: war, act: fact, fact: armed-conflict, by: FRA, from: 2011-06-01, until: 2012-09-01,
     text: Hostilities.}
  - {id: changed-mind, at: 2012-11-01, act: rescission, by: FRA, to: gone}
expect:
  - {clause: art-12, of: ratified, due: 2010-03-05, status: effective}
  - {clause: art-16, of: asked, due: 2010-05-12, status: met}
  - {clause: art-20, of: gone, due: 2012-09-01, status: effective}
"""


@pytest.fixture
def harbour(treaties: Path) -> Path:
    (treaties / "harbour.yaml").write_text(HARBOUR)
    return treaties


def act(ref: str) -> Notification:
    return Notification.objects.get(external_ref=ref)


def codes(ref: str) -> list[str]:
    return [flag["code"] for flag in act(ref).fields.get("flags", [])]


def test_every_act_is_replayed_from_a_file_with_its_fields(tmp_path: Path, harbour: Path) -> None:
    before = set(Participation.objects.values_list("pk", "in_force_on"))
    replayed(tmp_path, harbour, EVERY_ACT)
    filed = set(Notification.objects.values_list("act", flat=True))
    assert filed == set(ACTS)
    assert act("signed").fields["is_subject_to_ratification"] is True
    assert act("signed").fields["signed_by"] == "not stated in the source"
    assert act("visit").fields["occurs_at"] == "2011-01-05T10:00:00+00:00"
    assert act("successor").fields["predecessor"] == "YUG"
    assert act("emergency").fields["until_on"] == "2010-09-01"
    assert set(act("sure").senders.values_list("code", flat=True)) == {"ITA", "AUT"}
    assert Statement.objects.get().party.code == "JPN"
    # A replay never writes who is a party.
    treaty = Participation.objects.filter(treaty__slug="harbour", party__code__in=("SWE", "HRV"))
    assert not treaty.exists()
    assert before <= set(Participation.objects.values_list("pk", "in_force_on"))


def test_what_acts_do_to_the_clocks_of_others_is_replayed(tmp_path: Path, harbour: Path) -> None:
    replayed(tmp_path, harbour, EVERY_ACT)
    limit = act("asked").deadlines.get(origin=Deadline.Origin.RESPOND_BY)
    assert (limit.version.due_on, limit.status) == (date(2010, 5, 31), "met")
    silent = {
        clock.bearer.code: (clock.status, clock.version.due_on)
        for clock in act("other-words").deadlines.with_reasons().filter(bearer__isnull=False)
        if clock.bearer
    }
    assert silent["FRA"] == ("met", date(2011, 4, 5))
    assert silent["ITA"] == ("lapsed", date(2011, 4, 8))
    assert Fact.objects.filter(kind=Fact.Kind.INFORMED).count() == 1
    assert Fact.objects.get(kind=Fact.Kind.REGISTERED).on == date(2011, 2, 8)
    conflict = Fact.objects.standing().get(kind=Fact.Kind.ARMED_CONFLICT)
    assert (conflict.on, conflict.until) == (date(2011, 6, 1), date(2012, 9, 1))
    assert "cannot-be-taken-back" in codes("changed-mind")


def test_a_correction_is_replayed_as_a_further_version(tmp_path: Path, harbour: Path) -> None:
    replayed(tmp_path, harbour, EVERY_ACT)
    texts = [version.text for version in versions_of(act("mended"))]
    assert texts == ["We leave on Tuesday.", "We leave on Wednesday."]
    # The text of the treaty is corrected by its depositary as such: circulated at once.
    of_treaty = Notification.objects.with_way().get(external_ref="mended-text")
    assert of_treaty.fields["capacity"] == "depositary"
    assert of_treaty.progress.circulated_at is not None
    assert "capacity" not in act("mended").fields


def test_an_instrument_is_deposited_with_the_depositary_that_the_file_names(
    tmp_path: Path, harbour: Path
) -> None:
    replayed(tmp_path, harbour, EVERY_ACT)
    receipt = Receipt.objects.get(notification=act("successor"))
    assert (receipt.party.code, receipt.on) == ("CHE", date(2010, 2, 12))


def test_what_a_file_says_of_an_act_is_recorded_and_flagged_rather_than_refused(
    tmp_path: Path, harbour: Path
) -> None:
    text = """\
id: harbour-2
treaty: harbour
until: 2011-01-01
acts:
  - {id: set-aside, at: 2010-06-03, act: suspension, by: ITA}
  - {id: reserved, at: 2010-06-03, act: reservation, by: ITA}
  - {id: theirs, at: 2010-07-03, act: resumption, by: FRA, to: set-aside}
  - {id: no, at: 2010-07-03, act: objection, by: ITA, to: reserved}
  - {id: twice, at: 2010-07-03, act: instrument, by: ITA, mode: accession}
  - {id: odd, at: 2010-07-03, act: instrument, by: SWE, mode: accession, predecessor: YUG}
"""
    replayed(tmp_path, harbour, text)
    assert codes("reserved") == []
    assert codes("theirs") == ["wrong-reference"]
    assert codes("no") == ["wrong-reference"]
    assert codes("twice") == ["already-a-party"]
    assert codes("odd") == ["out-of-place"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("act: instrument, mode: gift", 'acts[one].mode: "gift" is none of: ratification'),
        ("act: extension, days: 0, to: note", "acts[one].days: A whole number from 1 on"),
        ("act: formatted-message, occurs_at: 2010-01-01", "acts[one].occurs_at: An instant must"),
        ("act: instrument, mode: succession, predecessor: XXX", 'The party "XXX" is unknown'),
        ("act: objection", "acts[one].to: This key is required"),
        ("act: derogation, scope: part", 'acts[one].scope: The key "scope" is unknown'),
        ("act: signature, signed_on: 2010-02-30", "acts[one].signed_on"),
        ("act: fact, fact: rumour, from: 2010-03-02", "acts[one].fact"),
        ("act: fact, fact: armed-conflict", "acts[one].from: This key is required"),
        (
            "act: fact, fact: armed-conflict, from: 2010-03-02, until: 2010-03-01",
            "acts[one].until: It ends before it has begun",
        ),
        (
            "act: fact, fact: armed-conflict, from: 2010-03-03",
            "acts[one].at: It is stated before it has begun",
        ),
    ],
)
def test_a_wrong_value_of_an_act_is_named_with_its_key(
    tmp_path: Path, line: str, words: str
) -> None:
    known = Known(zones={"harbour": "UTC"}, parties=frozenset({"FRA", "ITA"}))
    file = tmp_path / "case.yaml"
    file.write_text(
        "id: harbour-3\ntreaty: harbour\nuntil: 2011-01-01\nacts:\n"
        "  - {id: note, at: 2010-03-01, act: withdrawal, by: ITA}\n"
        f"  - {{id: one, at: 2010-03-02, by: FRA, {line}}}\n"
    )
    with pytest.raises(BadFileError) as refusal:
        read_scenario(file, known=known)
    assert words in str(refusal.value)
