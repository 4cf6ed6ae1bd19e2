"""Three treaties invented here: replayed from files, no treaty is named in the code."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from notifications.errors import BadFileError
from notifications.models import (
    Case,
    Circulation,
    Deadline,
    Receipt,
    Treaty,
)
from notifications.services.library import TREATIES
from tests.services.replays import US_2020, replayed, run

pytestmark = pytest.mark.django_db


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
