"""An exit that an act recorded, and a library that knows it too, or knows better."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from notifications.models import Participation, Party, Treaty
from notifications.services.library import TREATIES, load_library
from notifications.services.library_report import LibraryReport
from notifications.services.receiving import register_receipt
from notifications.services.sweeps import track_deadlines
from tests.factories import NOW, Cast, issue

pytestmark = pytest.mark.django_db

EFFECT_AT = datetime(2020, 11, 22, tzinfo=UTC)
FILE = """\
id: open-skies
title: Treaty on Open Skies
depositaries: [CAN, HUN]
zone: UTC
in_force: 2002-01-01
participants_complete: true
parties: [RUS, CAN, HUN, DEU, FRA, {{party: USA{until}}}]
"""


def load(folder: Path, until: str) -> LibraryReport:
    (folder / "open-skies.yaml").write_text(FILE.format(until=until))
    return load_library(directories=[folder], now=EFFECT_AT)


def american() -> Participation:
    return Participation.objects.get(treaty__slug="open-skies", party__code="USA")


@pytest.fixture
def has_left(cast: Cast) -> Cast:
    """The United States has left by an act: the withdrawal took effect."""
    notice = issue(cast)
    register_receipt(
        notification=notice,
        party=cast.party("CAN"),
        on=NOW.date(),
        actor=cast.canadian_officer,
        now=NOW,
    )
    track_deadlines(now=EFFECT_AT)
    assert american().notification == notice
    return cast


@pytest.mark.parametrize("until", ["", ", until: 2020-11-22"])
def test_a_library_that_is_silent_or_agrees_leaves_the_exit_and_reports_nothing(
    has_left: Cast, tmp_path: Path, until: str
) -> None:
    report = load(tmp_path, until)
    assert report.differences == []
    assert american().exit_on == date(2020, 11, 22)


def test_a_library_that_differs_is_reported_and_the_exit_stays(
    has_left: Cast, tmp_path: Path
) -> None:
    report = load(tmp_path, ", until: 2020-12-01")
    assert report.differences == [
        "Treaty on Open Skies: USA left on 2020-11-22 by an act; the file says 2020-12-01."
    ]
    assert american().exit_on == date(2020, 11, 22)


def test_a_party_that_left_by_an_act_is_not_taken_out_with_its_file(
    has_left: Cast, tmp_path: Path
) -> None:
    load(tmp_path, "")
    text = (tmp_path / "open-skies.yaml").read_text()
    (tmp_path / "open-skies.yaml").write_text(text.replace(", {party: USA}", ""))
    report = load_library(directories=[tmp_path], now=EFFECT_AT)
    assert "no longer names USA" in report.differences[0]
    assert american().exit_on == date(2020, 11, 22)


def test_an_exit_that_only_a_file_said_may_be_corrected_by_it(cast: Cast, tmp_path: Path) -> None:
    load(tmp_path, ", until: 2020-12-01")
    load(tmp_path, ", until: 2020-11-22")
    assert american().exit_on == date(2020, 11, 22)
    load(tmp_path, "")
    assert american().exit_on is None


def test_the_library_that_comes_with_the_product_confirms_what_is_published() -> None:
    load_library(directories=[TREATIES], now=NOW)
    treaty = Treaty.objects.get(slug="open-skies")
    members = Party.objects.party_to(treaty, date(2021, 12, 18))
    assert members.count() == 32
    assert not members.filter(code__in=["USA", "RUS"]).exists()
