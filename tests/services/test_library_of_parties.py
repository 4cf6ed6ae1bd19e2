"""Parties, successions and how parties came to be bound, from files into the registry."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from notifications.errors import BadFileError
from notifications.models import Event, Participation, Party, PartyName, Succession, Treaty
from notifications.services import library
from notifications.services.library import TREATIES, load_library
from notifications.services.library_report import LibraryReport
from tests.factories import Cast, issue, make_party, make_treaty

pytestmark = pytest.mark.django_db

LATER = datetime(2024, 3, 1, 9, 0, tzinfo=UTC)
HEAD = "id: lake\ntitle: Lake\ndepositaries: [un-sg]\nzone: UTC\nin_force: 1975-04-01\n"


def load(folder: Path, text: str, name: str = "lake.yaml") -> LibraryReport:
    (folder / name).write_text(text)
    return load_library(directories=[folder], now=LATER)


def rows_of(code: str) -> list[Participation]:
    found = Participation.objects.filter(party__code=code, treaty__slug="lake")
    return list(found.order_by("in_force_on"))


def test_the_librarys_parties_stand_with_names_articles_and_successions() -> None:
    load_library(directories=[TREATIES], now=LATER)
    assert Party.objects.filter(un_standing="member").count() == 193
    assert PartyName.objects.count() == 6 * Party.objects.count()
    french = PartyName.objects.get(party__code="USA", language="fr")
    assert (french.in_text, french.sort_key) == (
        "les États-Unis d’Amérique",
        "etats unis d amerique",
    )
    union = Party.objects.get(code="SUN")
    assert (union.kind, union.exists_to) == ("state", date(1991, 12, 26))
    assert union.successions.count() == 12
    russia = Succession.objects.get(old=union, new__code="RUS")
    assert (russia.kind, russia.on) == ("continuation", date(1991, 12, 24))
    assert Party.objects.get(code="un-sg").kind == "organisation"


def test_who_exists_on_a_day_is_known() -> None:
    load_library(directories=[TREATIES], now=LATER)
    last_day, day_after = date(1992, 12, 31), date(1993, 1, 1)
    for day, there in ((last_day, {"CSK"}), (day_after, {"CZE", "SVK"})):
        found = Party.objects.existing(day).filter(code__in=["CSK", "CZE", "SVK"])
        assert {party.code for party in found} == there


def test_what_was_changed_in_the_registry_is_as_its_file_says_again() -> None:
    load_library(directories=[TREATIES], now=LATER)
    Party.objects.filter(code="DDR").update(exists_to=None, kind="territory")
    Succession.objects.filter(old__code="DDR").update(on=date(1990, 10, 2))
    PartyName.objects.filter(party__code="FRA", language="fr").update(in_text="")
    report = load_library(directories=[TREATIES], now=LATER)
    assert report.parties.changed == 2
    assert Party.objects.get(code="DDR").exists_to == date(1990, 10, 3)
    assert Succession.objects.get(old__code="DDR").on == date(1990, 10, 3)
    assert '"changed":["DDR","FRA"]' in Event.objects.latest("pk").body


def test_a_succession_on_record_that_would_close_a_circle_refuses_the_load() -> None:
    load_library(directories=[TREATIES], now=LATER)
    parties = Party.objects.in_bulk(field_name="code")
    Succession.objects.create(
        old=parties["CZE"], new=parties["CSK"], on=date(1993, 1, 1), kind="union"
    )
    with pytest.raises(BadFileError, match="CZE precedes CSK"):
        load_library(directories=[TREATIES], now=LATER)


def test_signature_consent_and_predecessor_stand_in_the_registry(tmp_path: Path) -> None:
    text = (
        HEAD + "parties:\n"
        "  - {party: KGZ, signed: 1974-12-15}\n"
        "  - {party: SUN, until: 1991-12-26}\n"
        "  - {party: RUS, consent: succession, consented: 1992-01-13, in_force: 1991-12-26,\n"
        "     succeeds: SUN}\n"
    )
    load(tmp_path, text)
    (signatory,), (russia,) = rows_of("KGZ"), rows_of("RUS")
    assert (signatory.signed_on, signatory.in_force_on) == (date(1974, 12, 15), None)
    assert (russia.consent, russia.consent_on) == ("succession", date(1992, 1, 13))
    assert russia.succeeds is not None
    assert russia.succeeds.code == "SUN"
    lake = Treaty.objects.get(slug="lake")
    assert {party.code for party in Party.objects.party_to(lake, date(1991, 12, 25))} == {"SUN"}
    assert {party.code for party in Party.objects.party_to(lake, date(1991, 12, 26))} == {"RUS"}
    again = load(tmp_path, text)
    assert (again.participations.unchanged, again.participations.changed) == (3, 0)
    load(tmp_path, text.replace("signed: 1974-12-15", "in_force: 1994-01-01"))
    (party,) = rows_of("KGZ")
    assert (party.in_force_on, party.signed_on) == (date(1994, 1, 1), date(1974, 12, 15))


def test_what_an_act_may_have_recorded_is_not_taken_out_with_its_file(
    cast: Cast, tmp_path: Path
) -> None:
    lake, notice = make_treaty("lake", members=()), issue(cast)
    signatory, party = make_party("ITA"), make_party("ESP")
    Participation.objects.create(treaty=lake, party=signatory, signed_on=date(2003, 1, 1))
    Participation.objects.create(
        treaty=lake,
        party=party,
        consent="accession",
        in_force_on=date(2004, 1, 1),
        instrument=notice,
    )
    report = load(tmp_path, HEAD + "parties: [CHE]\n")
    assert [sentence for sentence in report.differences if "does not name" in sentence] == [
        "Lake: the file does not name ESP, which signed or consented by an act.",
        "Lake: the file does not name ITA, which signed or consented by an act.",
    ]
    report = load(tmp_path, HEAD + "parties: [CHE, {party: ESP, in_force: 2005-01-01}]\n")
    assert any("in force for it from 2005-01-01 on" in said for said in report.differences)
    assert rows_of("ESP")[0].in_force_on == date(2004, 1, 1)
    assert rows_of("ITA")[0].signed_on == date(2003, 1, 1)


def test_a_protocol_stands_under_its_treaty_whichever_file_comes_first(tmp_path: Path) -> None:
    protocol = (
        "id: a-protocol\ntitle: Protocol\ndepositaries: []\nzone: UTC\nparent: lake\n"
        "registration: UNTS I-2\nauthentic_languages: [fr, en]\n"
    )
    (tmp_path / "a.yaml").write_text(protocol)
    load(tmp_path, HEAD)
    found = Treaty.objects.get(slug="a-protocol")
    assert (found.parent, found.registration) == (Treaty.objects.get(slug="lake"), "UNTS I-2")
    assert found.authentic_languages == ["fr", "en"]
    assert load(tmp_path, HEAD).treaties.unchanged == 2
    (tmp_path / "a.yaml").write_text(protocol.replace("parent: lake\n", ""))
    assert load(tmp_path, HEAD).treaties.changed == 1
    found.refresh_from_db()
    assert found.parent is None


@pytest.mark.parametrize(
    ("lines", "words"),
    [("parent: nowhere\n", '"nowhere" is not in the library'), ("parent: b\n", "itself under")],
)
def test_a_parent_that_is_nowhere_or_below_refuses_the_load(
    tmp_path: Path, lines: str, words: str
) -> None:
    (tmp_path / "b.yaml").write_text("id: b\ntitle: B\ndepositaries: []\nzone: UTC\nparent: lake\n")
    with pytest.raises(BadFileError, match=words):
        load(tmp_path, HEAD + lines)
    assert not Treaty.objects.exists()


def test_a_bad_party_file_and_bad_treaty_files_come_in_one_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parties = tmp_path / "parties.yml"
    parties.write_text("- {code: FRA, kind: state, names: {fr: France}}\n")
    monkeypatch.setattr(library, "PARTIES", parties)
    with pytest.raises(BadFileError) as refused:
        load(tmp_path, HEAD + "subject: [x]\n")
    assert {problem.key for problem in refused.value.problems} == {"[FRA].names", "subject"}
