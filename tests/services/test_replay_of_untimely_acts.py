"""Acts too early or too late, duties met by the act itself, and targets, replayed."""

from __future__ import annotations

from pathlib import Path

import pytest

from notifications.models import Deadline, Notification
from tests.services.replays import LAKE_EXIT, LAKE_HEAD, LAKE_THIRD, lake, replayed

pytestmark = pytest.mark.django_db


def test_a_notice_before_its_time_is_premature_and_ends_nothing(tmp_path: Path) -> None:
    """Paris 28(1): at any time after three years from the entry into force for the party."""
    clauses = LAKE_EXIT + (
        "    admissible: {not_before: {starts: in_force_for_party, count: [{add: P3Y}]}}\n"
    )
    text = """\
id: lake-premature
treaty: lake
until: 2004-01-01
acts:
  - {id: early, at: 2002-12-31, act: withdrawal, by: ITA, received: 2002-12-31}
  - {id: late, at: 2003-01-01, act: withdrawal, by: AUT, received: 2003-01-01}
expect:
  - {clause: "9", of: early, status: premature}
  - {clause: "9", of: late, due: 2003-07-01, status: effective}
  - {party: ITA, when: 2004-01-01}
  - {not_party: AUT, when: 2003-07-01}
"""
    report = replayed(tmp_path, lake(tmp_path / "t", clauses), text)
    early = next(act for act in report.acts if act["id"] == "early")
    assert any("Too early: Article 9 admits it from 1 January 2003 on" in f for f in early["flags"])


def test_without_an_exit_clause_twelve_months_are_computed_and_disputed(tmp_path: Path) -> None:
    """VCLT 56(2)."""
    general = """\
id: vclt
title: Vienna Convention on the Law of Treaties
depositaries: [un-sg]
zone: UTC
in_force: 1980-01-27
clauses:
  - id: 56-2
    article: 56(2)
    governs: withdrawal
    starts: given
    count: [{add: P12M}]
    minimum: true
    yields: effect
    addressees: [depositaries, parties]
"""
    folder = lake(tmp_path / "t", LAKE_THIRD)
    lake(folder, "", head=general, name="vclt")
    text = """\
id: lake-silent
treaty: lake
until: 2010-06-01
acts:
  - {id: note, at: 2010-01-01, act: withdrawal, by: ITA, received: 2010-01-04}
expect:
  - {of: note, governs: withdrawal, due: 2011-01-04, status: disputed}
"""
    report = replayed(tmp_path, folder, text)
    assert any("VCLT 56(2)" in step["words"] for step in report.deadlines[0]["trace"])


def test_an_effect_at_the_end_of_the_year_leaves_a_party_one_on_its_last_day(
    tmp_path: Path,
) -> None:
    clauses = LAKE_EXIT.replace("{add: P6M}", '{until: "12-31"}') + "    at: end\n"
    text = """\
id: lake-end
treaty: lake
until: 2011-01-02
acts:
  - {id: note, at: 2010-02-01, act: withdrawal, by: ITA, received: 2010-02-01}
expect:
  - {clause: "9", of: note, due: 2010-12-31, status: effective}
  - {party: ITA, when: 2010-12-31}
  - {not_party: ITA, when: 2011-01-01}
"""
    replayed(tmp_path, lake(tmp_path / "t", clauses), text)


def test_a_notice_of_an_event_fulfils_its_own_time_limit_or_comes_late(tmp_path: Path) -> None:
    """Vienna Document, paragraph 38: 42 days or more before the activity starts."""
    clauses = (
        LAKE_EXIT
        + """\
  - id: "38"
    article: "38"
    governs: formatted-message
    when: {format: F25}
    starts: {field: occurs_at}
    count: [{subtract: P42D}]
    yields: duty
    duty: {bearer: notifier, act: formatted-message}
"""
    )
    text = """\
id: lake-notice
treaty: lake
until: 2010-06-01
acts:
  - id: good
    at: 2010-01-01
    act: formatted-message
    by: ITA
    format: F25
    occurs_at: 2010-03-01 08:00Z
    text: An exercise.
  - id: late
    at: 2010-02-01
    act: formatted-message
    by: AUT
    format: F25
    occurs_at: 2010-03-01 08:00Z
    text: Another.
  - {id: other, at: 2010-02-01, act: formatted-message, by: DEU, format: F26, text: Something else.}
expect:
  - {clause: "38", of: good, due: 2010-01-18, status: met}
  - {clause: "38", of: late, due: 2010-01-18, status: met}
"""
    report = replayed(tmp_path, lake(tmp_path / "t", clauses), text)
    assert len(report.deadlines) == 2
    late = Deadline.objects.get(notification__external_ref="late")
    assert late.settled_on is not None
    assert late.version.due_on is not None
    assert late.settled_on > late.version.due_on
    assert late.met_by == Notification.objects.get(external_ref="late")


def test_promptly_is_a_target_whose_passing_is_no_breach(tmp_path: Path) -> None:
    clauses = (
        LAKE_EXIT
        + """\
  - id: "12"
    article: "12"
    governs: withdrawal
    starts: received
    count: []
    yields: duty
    duty: {bearer: depositaries, act: conference, soft: P7D}
"""
    )
    text = """\
id: lake-soft
treaty: lake
until: 2010-03-01
acts:
  - {id: note, at: 2010-01-01, act: withdrawal, by: ITA, received: 2010-01-10}
expect:
  - {clause: "12", of: note, due: 2010-01-17, status: open}
"""
    replayed(tmp_path, lake(tmp_path / "t", clauses), text)


def test_a_duty_that_runs_from_a_later_date_is_not_met_before_it(tmp_path: Path) -> None:
    clauses = (
        LAKE_EXIT
        + """\
  - id: "13"
    article: "13"
    governs: withdrawal
    starts: {clause: "9"}
    count: [{add: P30D}]
    yields: duty
    duty: {bearer: depositaries, act: conference}
"""
    )
    text = """\
id: lake-before
treaty: lake
until: 2010-09-01
acts:
  - {id: note, at: 2010-01-01, act: withdrawal, by: ITA, received: 2010-01-10}
  - {at: 2010-02-01, act: conference, to: note, by: CHE}
expect:
  - {clause: "13", of: note, due: 2010-08-09, status: lapsed}
  - {of: note, governs: withdrawal, due: 2010-07-10, status: effective}
"""
    replayed(tmp_path, lake(tmp_path / "t", clauses), text)


def test_the_day_on_which_a_clock_begins_is_one_of_the_treaty(tmp_path: Path) -> None:
    """Received in the evening of the 11th in New York, when it was the 12th in Greenwich."""
    clauses = """\
  - id: "16-1"
    article: "16.1"
    governs: consultation-request
    starts: received
    count: [{add: PT48H}]
    yields: duty
    duty: {bearer: depositaries, act: conference}
"""
    text = """\
id: lake-evening
treaty: lake
until: 2022-03-01
acts:
  - {id: ask, at: 2022-02-11 20:00-05:00, act: consultation-request, by: ITA, text: Why?,
     addressees: [CHE], received: {CHE: 2022-02-11 21:00-05:00}}
  - {at: 2022-02-11 23:00-05:00, act: conference, to: ask, by: CHE}
expect:
  - {clause: "16-1", of: ask, status: met}
"""
    head = LAKE_HEAD.replace("zone: UTC", "zone: America/New_York")
    replayed(tmp_path, lake(tmp_path / "t", clauses, head=head), text)
