"""Loading the library: as often as one likes, a new version only where a rule changed."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from notifications.errors import BadFileError
from notifications.models import (
    ClauseVersion,
    Event,
    Participation,
    Party,
    PartyName,
    Treaty,
    TreatyDepositary,
)
from notifications.register import Entry, append, verify
from notifications.services.library import EXERCISE, TREATIES, load_library
from notifications.services.library_report import LibraryReport

pytestmark = pytest.mark.django_db

NOW = datetime(2024, 3, 1, 9, 0, tzinfo=UTC)

LAKE = """\
id: lake
title: Convention on the Lake
short_name: Lake
depositaries: [lake-commission]
zone: Europe/Zurich
in_force: 1975-04-01
participants_complete: true
parties:
  - CHE
  - {party: FRA, in_force: 1980-01-01, until: 2001-01-01}
clauses:
  - id: "12"
    article: "12"
    governs: withdrawal
    starts: given
    count: [{add: P1Y}]
    yields: effect
    addressees: [depositaries]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "lake.yaml").write_text(LAKE)
    return tmp_path


def load(*directories: Path) -> LibraryReport:
    return load_library(directories=directories, now=NOW)


def rewrite(folder: Path, old: str, new: str) -> None:
    file = folder / "lake.yaml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_the_library_and_the_exercise_load_and_the_register_proves_itself() -> None:
    report = load(TREATIES, EXERCISE)
    files = [*TREATIES.glob("*.yaml"), *EXERCISE.glob("*.yaml")]
    assert (report.parties.created, report.treaties.created) == (256, len(files))
    assert report.clauses.created == ClauseVersion.objects.count() > 0
    on = date(2020, 11, 21)
    open_skies = Treaty.objects.get(slug="open-skies")
    assert Party.objects.party_to(open_skies, on).count() == 34
    assert Party.objects.party_to(open_skies, date(2020, 11, 22)).count() == 33
    assert {party.code for party in Party.objects.depositary_of(open_skies)} == {"CAN", "HUN"}
    assert verify().ok
    assert Event.objects.filter(act="treaty-loaded").count() == len(files)


def test_a_second_run_changes_nothing_and_writes_no_event(folder: Path) -> None:
    load(TREATIES, EXERCISE, folder)
    events = Event.objects.count()
    report = load(TREATIES, EXERCISE, folder)
    assert Event.objects.count() == events
    for tally in (report.parties, report.treaties, report.participations, report.clauses):
        assert (tally.created, tally.changed, tally.removed) == (0, 0, 0)
        assert tally.unchanged > 0


def test_the_number_of_queries_does_not_grow_with_the_treaties(folder: Path) -> None:
    load(TREATIES, EXERCISE, folder)
    with CaptureQueriesContext(connection) as one:
        load(folder)
    with CaptureQueriesContext(connection) as six:
        load(TREATIES, EXERCISE, folder)
    assert len(one) == len(six)


def test_what_a_file_says_stands_in_the_registry(folder: Path) -> None:
    load(folder)
    treaty = Treaty.objects.get(slug="lake")
    assert (treaty.title, treaty.short_title) == ("Convention on the Lake", "Lake")
    assert (treaty.zone, treaty.in_force_on) == ("Europe/Zurich", date(1975, 4, 1))
    assert treaty.participants_complete
    rows = Participation.objects.filter(treaty=treaty).order_by("party__code")
    assert [(row.party.code, row.in_force_on, row.exit_on) for row in rows] == [
        ("CHE", date(1975, 4, 1), None),
        ("FRA", date(1980, 1, 1), date(2001, 1, 1)),
    ]
    version = ClauseVersion.objects.get(clause__treaty=treaty)
    assert (version.no, version.governs, version.reason) == (
        1,
        "withdrawal",
        "loaded from lake.yaml",
    )
    assert version.rule["count"] == [{"add": "P1Y"}]


def test_an_unknown_organisation_is_created_as_depositary(folder: Path) -> None:
    load(folder)
    commission = Party.objects.get(code="lake-commission")
    assert commission.kind == "organisation"
    assert PartyName.objects.get(party=commission).name == "lake-commission"


def test_a_changed_rule_becomes_a_second_version_and_a_changed_comment_does_not(
    folder: Path,
) -> None:
    load(folder)
    rewrite(folder, "clauses:", "# the same, said differently\nclauses:")
    assert load(folder).clauses.changed == 0
    rewrite(folder, "P1Y", "P18M")
    report = load(folder)
    assert (report.clauses.created, report.clauses.changed) == (0, 1)
    versions = ClauseVersion.objects.filter(clause__slug="12").order_by("no")
    assert [(row.no, row.rule["count"]) for row in versions] == [
        (1, [{"add": "P1Y"}]),
        (2, [{"add": "P18M"}]),
    ]
    body = json.loads(Event.objects.latest("pk").body)
    assert body["file"] == "lake.yaml"
    assert body["clauses"] == ["12"]
    assert verify().ok


def test_a_clause_that_its_file_no_longer_holds_governs_nothing(folder: Path) -> None:
    load(folder)
    rewrite(folder, 'id: "12"\n    article: "12"', 'id: "13"\n    article: "13"')
    load(folder)
    treaty = Treaty.objects.get(slug="lake")
    governing = ClauseVersion.objects.governing(treaty, "withdrawal")
    assert [version.clause.slug for version in governing] == ["13"]
    gone = ClauseVersion.objects.current().get(clause__slug="12")
    assert (gone.no, gone.reason) == (2, "no longer in lake.yaml")
    assert load(folder).clauses.changed == 0
    assert verify().ok


def test_a_changed_treaty_is_corrected_with_one_event(folder: Path) -> None:
    load(folder)
    events = Event.objects.count()
    rewrite(folder, "title: Convention on the Lake", "title: Convention on the Great Lake")
    rewrite(folder, "depositaries: [lake-commission]", "depositaries: [CHE]")
    rewrite(folder, "  - CHE\n", "  - CHE\n  - {party: ITA, in_force: 1990-06-01}\n")
    rewrite(folder, "until: 2001-01-01", "until: 2001-07-01")
    report = load(folder)
    assert (report.treaties.changed, report.participations.created) == (1, 1)
    assert report.participations.changed == 1
    assert Event.objects.count() == events + 1
    body = json.loads(Event.objects.latest("pk").body)
    assert body["changed"] == {"title": "Convention on the Great Lake"}
    assert body["depositaries_added"] == ["CHE"]
    assert body["depositaries_removed"] == ["lake-commission"]
    assert [row["party"] for row in body["parties_added"]] == ["ITA"]
    assert body["parties_changed"] == [
        {"party": "FRA", "in_force_on": "1980-01-01", "exit_on": "2001-07-01"}
    ]
    assert TreatyDepositary.objects.get(treaty__slug="lake").party.code == "CHE"


def test_a_corrected_date_of_entry_moves_the_participation_and_a_missing_party_is_taken_out(
    folder: Path,
) -> None:
    load(folder)
    rewrite(folder, "  - CHE\n", "  - {party: CHE, in_force: 1976-01-01}\n")
    rewrite(folder, "  - {party: FRA, in_force: 1980-01-01, until: 2001-01-01}\n", "")
    report = load(folder)
    assert (report.participations.changed, report.participations.removed) == (1, 1)
    row = Participation.objects.get(treaty__slug="lake")
    assert (row.party.code, row.in_force_on) == ("CHE", date(1976, 1, 1))


def test_a_party_that_left_and_came_back_has_two_participations(folder: Path) -> None:
    load(folder)
    entry = "  - {party: FRA, in_force: 1980-01-01, until: 2001-01-01}\n"
    rewrite(folder, entry, entry + "  - {party: FRA, in_force: 2010-01-01}\n")
    load(folder)
    treaty = Treaty.objects.get(slug="lake")
    french = Participation.objects.filter(treaty=treaty, party__code="FRA").order_by("in_force_on")
    assert [row.exit_on for row in french.all()] == [date(2001, 1, 1), None]
    # Closing the first and opening the second at once keeps one open row a pair at every moment.
    rewrite(folder, ", until: 2001-01-01", "")
    rewrite(folder, "  - {party: FRA, in_force: 2010-01-01}\n", "")
    load(folder)
    assert french.get().exit_on is None
    rewrite(
        folder,
        "{party: FRA, in_force: 1980-01-01}",
        "{party: FRA, in_force: 1980-01-01, until: 2005-01-01}",
    )
    rewrite(folder, "clauses:", "  - {party: FRA, in_force: 2010-01-01}\nclauses:")
    load(folder)
    assert [row.exit_on for row in french.all()] == [date(2005, 1, 1), None]


def test_a_party_without_any_date_is_refused(folder: Path) -> None:
    rewrite(folder, "in_force: 1975-04-01\n", "")
    with pytest.raises(BadFileError, match="Say in_force for the party or for the treaty") as bad:
        load(folder)
    assert [(p.line, p.key) for p in bad.value.problems] == [(8, "parties[0]")]


def test_where_the_entry_into_force_is_unknown_the_day_of_adoption_counts(folder: Path) -> None:
    rewrite(folder, "in_force: 1975-04-01\n", "adopted: 1974-04-01\n")
    load(folder)
    treaty = Treaty.objects.get(slug="lake")
    assert not Party.objects.party_to(treaty, date(1974, 3, 31)).exists()
    assert Party.objects.party_to(treaty, date(1974, 4, 1)).get().code == "CHE"


@pytest.mark.postgresql_only
@pytest.mark.django_db(transaction=True)
def test_a_load_and_an_effect_take_their_locks_in_one_order(folder: Path) -> None:
    """A sweep that holds a participation and comes to the register never meets a load's lock."""
    load(folder)
    rewrite(folder, "until: 2001-01-01", "until: 2001-07-01")
    loads = ThreadPoolExecutor(1)
    with transaction.atomic():
        row = Participation.objects.select_for_update().get(party__code="FRA")
        loading = loads.submit(load_and_leave, folder)
        wait_until_a_lock_is_waited_for()
        append(Entry("deadline-took-effect", row, NOW))
    assert loading.result(timeout=20).participations.changed == 1
    loads.shutdown()
    assert verify().ok


@pytest.mark.postgresql_only
@pytest.mark.django_db(transaction=True)
def test_two_loads_follow_one_another(folder: Path) -> None:
    with ThreadPoolExecutor(4) as loads:
        first = list(loads.map(load_and_leave, [folder] * 4))
        rewrite(folder, "P1Y", "P2Y")
        again = list(loads.map(load_and_leave, [folder] * 4))
    assert sum(report.treaties.created for report in first) == 1
    assert sum(report.clauses.changed for report in again) == 1
    assert verify().ok


def load_and_leave(folder: Path) -> LibraryReport:
    try:
        return load(folder)
    finally:
        connection.close()


def wait_until_a_lock_is_waited_for() -> None:
    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    raise AssertionError("nobody waits")


def test_a_later_folder_replaces_the_treaty_of_an_earlier_one(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "renamed.yaml").write_text(LAKE.replace("Convention on the Lake", "The Other"))
    load(folder, other)
    assert Treaty.objects.get(slug="lake").title == "The Other"


def test_all_problems_of_all_files_come_in_one_report_and_nothing_is_loaded(folder: Path) -> None:
    rewrite(folder, "P1Y", "P1.5Y")
    rewrite(folder, "  - CHE\n", "  - XXX\n")
    (folder / "second.yaml").write_text("id: second\ntitle: Second\nzone: Nowhere/Land\n")
    with pytest.raises(BadFileError) as caught:
        load(TREATIES, folder)
    found = {(Path(p.file).name, p.line, p.key) for p in caught.value.problems}
    assert ("lake.yaml", 9, "parties[0]") in found
    assert ("lake.yaml", 16, "clauses[12].count[0].add") in found
    assert ("second.yaml", 3, "zone") in found
    assert not Party.objects.exists()
    assert not Treaty.objects.exists()


def test_a_folder_that_does_not_exist_is_said_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadFileError, match="There is no such directory"):
        load(tmp_path / "nowhere")
