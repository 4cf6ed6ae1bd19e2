"""What the clause language counts, replayed: hours, thresholds, choices."""

from __future__ import annotations

from pathlib import Path

import pytest

from notifications.models import Deadline
from tests.services.replays import LAKE_EXIT, LAKE_HEAD, LAKE_THIRD, LAKE_THREE, lake, replayed

pytestmark = pytest.mark.django_db


def test_hours_run_from_the_instant_of_receipt_and_lapse_at_an_instant(tmp_path: Path) -> None:
    """Vienna Document 16.1: the answer within 48 hours."""
    clauses = """\
  - id: "16-1"
    article: "16.1"
    governs: consultation-request
    starts: received
    count: [{add: PT48H}]
    yields: duty
    duty: {bearer: addressee, act: response}
"""
    head = LAKE_HEAD.replace("depositaries: [CHE]", "depositaries: []")
    text = """\
id: lake-hours
treaty: lake
until: 2022-02-14
acts:
  - id: request
    at: 2022-02-11 10:00Z
    act: consultation-request
    by: ITA
    addressees: [AUT, DEU]
    text: What is moving?
    received: {AUT: 2022-02-11 10:00Z, DEU: 2022-02-11 18:30+01:00}
  - {at: 2022-02-13 17:00Z, act: response, to: request, by: DEU, position: takes-note}
expect:
  - {clause: "16-1", of: request, status: met}
"""
    folder = lake(tmp_path / "t", clauses, head=head)
    failed = text.replace('expect:\n  - {clause: "16-1", of: request, status: met}\n', "")
    report = replayed(tmp_path, folder, failed)
    found = {row["bearer"]: (row["due"], row["status"]) for row in report.deadlines}
    assert {code: status for code, (_due, status) in found.items()} == {
        "AUT": "lapsed",
        "DEU": "met",
    }
    due = {clock.bearer.code: clock.due_at.isoformat() for clock in Deadline.objects.all()}
    assert due == {"AUT": "2022-02-13T10:00:00+00:00", "DEU": "2022-02-13T17:30:00+00:00"}


def test_the_third_request_opens_the_window_of_the_conference(tmp_path: Path) -> None:
    """Open Skies XVI(1): counted from the receipt of the third request."""
    replayed(tmp_path, lake(tmp_path / "t", LAKE_THIRD), LAKE_THREE)
    clock = Deadline.objects.get()
    causes = list(clock.versions.order_by("no").values_list("result", flat=True))
    assert causes[0] == "awaiting"
    assert causes[-1] == "computed"


def test_a_third_request_after_ninety_days_opens_nothing(tmp_path: Path) -> None:
    text = LAKE_THREE.replace("at: 2010-03-01", "at: 2010-05-01").replace(
        "2010-03-03", "2010-05-03"
    )
    text = text.replace("opens: 2010-04-02, due: 2010-05-02, status: met", "status: awaiting")
    replayed(tmp_path, lake(tmp_path / "t", LAKE_THIRD), text)


def test_a_request_that_is_taken_back_counts_no_more(tmp_path: Path) -> None:
    text = LAKE_THREE.replace(
        "  - {at: 2010-04-20, act: conference, to: amendment, by: CHE}\n",
        "  - {at: 2010-03-10, act: rescission, to: two, by: AUT, text: No.}\n",
    ).replace("opens: 2010-04-02, due: 2010-05-02, status: met", "status: awaiting")
    replayed(tmp_path, lake(tmp_path / "t", LAKE_THIRD), text)


def test_of_several_effects_the_one_whose_condition_holds_counts(tmp_path: Path) -> None:
    """Energy Charter Treaty 45(3)(a) and 47: provisional application ends after sixty days."""
    clauses = (
        LAKE_EXIT
        + """\
  - id: "45"
    article: "45"
    governs: withdrawal
    when: {mode: provisional-application}
    starts: received
    count: [{add: P60D}]
    yields: effect
"""
    )
    text = """\
id: lake-modes
treaty: lake
until: 2011-06-01
acts:
  - id: one
    at: 2010-01-01
    act: withdrawal
    by: ITA
    mode: provisional-application
    received: 2010-01-01
  - {id: two, at: 2010-01-01, act: withdrawal, by: AUT, received: 2010-01-01}
expect:
  - {clause: "45", of: one, due: 2010-03-02, status: effective}
  - {clause: "9", of: two, due: 2010-07-01, status: effective}
"""
    report = replayed(tmp_path, lake(tmp_path / "t", clauses), text)
    assert len(report.deadlines) == 2


def test_a_clause_counts_from_what_another_yielded_for_the_act_it_refers_to(
    tmp_path: Path,
) -> None:
    clauses = (
        LAKE_EXIT
        + """\
  - id: "10"
    article: "10"
    governs: declaration
    starts: {clause: "9"}
    count: [{add: P1M}]
    yields: lapse
  - id: "11"
    article: "11"
    governs: withdrawal
    starts: {clause: "9"}
    count: [{subtract: P30D}]
    yields: duty
    duty: {bearer: depositaries, act: conference}
"""
    )
    text = """\
id: lake-chain
treaty: lake
until: 2010-05-01
acts:
  - {id: note, at: 2010-01-01, act: withdrawal, by: ITA, received: 2010-01-10}
expect:
  - {clause: "9", of: note, due: 2010-07-10, status: running}
  - {clause: "11", of: note, due: 2010-06-10, status: running}
"""
    replayed(tmp_path, lake(tmp_path / "t", clauses), text)


def test_an_armed_conflict_on_record_decides_which_clause_counts(tmp_path: Path) -> None:
    clauses = (
        LAKE_EXIT
        + """\
  - id: "9-bis"
    article: 9 bis
    governs: withdrawal
    when: {fact: armed-conflict}
    starts: received
    count: [{add: P2Y}]
    yields: effect
"""
    )
    text = """\
id: lake-conflict
treaty: lake
until: 2010-12-01
acts:
  - {id: note, at: 2010-02-01, act: withdrawal, by: ITA, received: 2010-02-01}
  - {act: fact, at: 2010-03-01, fact: armed-conflict, by: ITA, from: 2010-01-01}
expect:
  - {clause: "9", of: note, status: void}
  - {clause: 9-bis, of: note, due: 2012-02-01, status: running}
"""
    replayed(tmp_path, lake(tmp_path / "t", clauses), text)


def test_who_acts_under_a_treaty_whose_list_is_not_complete_is_taken_as_a_party(
    tmp_path: Path,
) -> None:
    clauses = LAKE_EXIT.replace("governs: withdrawal", "governs: consultation-request").replace(
        "yields: effect", "yields: duty\n    duty: {bearer: addressee, act: response}"
    )
    head = LAKE_HEAD.replace("parties: [CHE, ITA, AUT, DEU, FRA]\n", "").replace("[CHE]", "[]")
    text = """\
id: lake-open
treaty: lake
until: 2010-08-01
acts:
  - {id: q, at: 2010-01-01, act: consultation-request, by: ITA, addressees: [AUT],
     text: Why?, received: {AUT: 2010-01-02}}
  - {at: 2010-02-01, act: response, to: q, by: AUT, position: takes note}
expect:
  - {clause: "9", of: q, due: 2010-07-02, status: met}
"""
    replayed(tmp_path, lake(tmp_path / "t", clauses, head=head), text)


def test_who_is_bound_had_consented_by_then(tmp_path: Path) -> None:
    """VCLT 20(5): the later of twelve months and the consent, of which no day is recorded."""
    clauses = """\
  - id: "20"
    article: "20"
    governs: reservation
    later_of:
      - {starts: informed, count: [{add: P12M}]}
      - {starts: consented, count: []}
    yields: lapse
    silence: acceptance
"""
    text = """\
id: lake-bound
treaty: lake
until: 2011-06-01
acts:
  - {id: r, at: 2010-01-01, act: reservation, by: ITA, provision: "5", text: Not for us.,
     received: 2010-01-04}
expect:
  - {clause: "20", of: r, due: 2011-01-04, status: lapsed}
"""
    replayed(tmp_path, lake(tmp_path / "t", clauses), text)
