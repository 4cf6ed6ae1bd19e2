"""What moves with a fact: clocks void before, acts that wait for another's date, hours, targets."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from notifications.models import Alert, Deadline
from notifications.register import verify
from notifications.services.convening import foretold
from notifications.services.receiving import correct_receipt, dispute_receipt, register_receipt
from notifications.services.sweeps import track_deadlines
from notifications.web.desk_items import running
from tests.factories import NOW, issue, issue_act, make_cast, make_treaty
from tests.services.ledgers import (
    IN_CONFLICT,
    SIX_MONTHS,
    at,
    clock_of,
    conflict,
    receive,
)
from tests.services.replays import LAKE_EXIT, LAKE_THIRD, LAKE_THREE, lake, replayed

pytestmark = pytest.mark.django_db


def planned(clock: Deadline) -> dict[str, date]:
    alerts = Alert.objects.planned().filter(deadline_version__deadline=clock)
    return {alert.stage: alert.due_at.date() for alert in alerts}


def test_a_clock_made_void_by_a_fact_counts_again_when_the_fact_is_corrected() -> None:
    """The conflict turns out to have begun after the notice: the six months hold after all."""
    cast = make_cast(make_treaty(rules=(SIX_MONTHS, IN_CONFLICT)))
    notice = issue(cast)
    first = planned(clock_of(notice, "9"))
    wrong = conflict(cast, notice, "2020-05-01")
    assert (clock_of(notice, "9").status, planned(clock_of(notice, "9"))) == ("void", {})
    assert clock_of(notice, "9-bis").version.due_on == date(2022, 5, 22)

    conflict(cast, notice, "2020-05-25", before=wrong)

    again, other = clock_of(notice, "9"), clock_of(notice, "9-bis")
    assert (again.status, again.settled_on, again.version.due_on) == (
        "running",
        None,
        date(2020, 11, 22),
    )
    assert planned(again) == first
    assert "fighting broke out" in again.version.cause
    assert (other.status, planned(other)) == ("void", {})
    assert track_deadlines(now=at("2020-11-22")).effective == 1
    assert verify().ok


def test_what_was_taken_back_is_opened_by_no_fact() -> None:
    cast = make_cast(make_treaty(rules=(SIX_MONTHS, IN_CONFLICT)))
    notice = issue(cast)
    issue_act(cast, "rescission", {"text": "Taken back."}, refers_to=notice)

    wrong = conflict(cast, notice, "2020-05-01")
    conflict(cast, notice, "2020-05-25", before=wrong)

    assert set(notice.deadlines.values_list("clause__slug", "status")) == {("9", "void")}


def test_what_took_effect_is_followed_by_no_second_effect() -> None:
    cast = make_cast(make_treaty(rules=(SIX_MONTHS, IN_CONFLICT)))
    notice = issue(cast)
    wrong = conflict(cast, notice, "2020-05-01")
    assert track_deadlines(now=at("2022-05-22")).effective == 1

    conflict(cast, notice, "2020-05-25", before=wrong)

    assert dict(notice.deadlines.values_list("clause__slug", "status")) == {
        "9": "void",
        "9-bis": "effective",
    }


def test_an_act_that_counts_from_another_starts_when_that_one_gets_its_date(
    tmp_path: Path,
) -> None:
    clauses = (
        LAKE_EXIT
        + """\
  - id: "10"
    article: "10"
    governs: consultation-request
    starts: {clause: "9"}
    count: [{subtract: P30D}]
    yields: duty
    duty: {bearer: depositaries, act: conference}
"""
    )
    text = """\
id: lake-base
treaty: lake
until: 2010-05-01
acts:
  - {id: note, at: 2010-01-01, act: withdrawal, by: ITA, received: 2010-01-10}
  - {id: ask, at: 2010-01-05, act: consultation-request, by: AUT, to: note, addressees: [ITA],
     text: Why?}
expect:
  - {clause: "10", of: ask, due: 2010-06-10, status: running}
"""
    replayed(tmp_path, lake(tmp_path / "t", clauses), text)
    clock = Deadline.objects.get(notification__external_ref="ask", clause__slug="10")
    results = list(clock.versions.order_by("no").values_list("result", flat=True))
    assert results == ["awaiting", "computed"]


def test_hours_corrected_plan_every_alert_anew() -> None:
    rule = {
        "id": "16-1",
        "article": "16.1",
        "governs": "consultation-request",
        "starts": "received",
        "count": [{"add": "PT48H"}],
        "yields": "duty",
        "duty": {"bearer": "addressee", "act": "response"},
    }
    cast = make_cast(make_treaty(rules=(rule,)))
    fields = {"text": "What is moving?", "addressees": ["RUS"]}
    request = issue_act(cast, "consultation-request", fields)
    receipt = register_receipt(
        notification=request,
        party=cast.party("RUS"),
        on=NOW.date(),
        at=NOW,
        actor=cast.russian_drafter,
        now=NOW + timedelta(hours=1),
    )

    correct_receipt(
        receipt=receipt,
        on=NOW.date(),
        at=NOW + timedelta(minutes=30),
        reason="The clock of the registry was slow.",
        actor=cast.russian_drafter,
        now=NOW + timedelta(hours=2),
    )

    clock = clock_of(request, "16-1")
    due = NOW + timedelta(hours=48, minutes=30)
    assert clock.due_at == due
    alerts = Alert.objects.planned().filter(deadline_version__deadline=clock)
    assert sorted((alert.stage, due - alert.due_at) for alert in alerts) == [
        ("before-24h", timedelta(hours=24)),
        ("before-2h", timedelta(hours=2)),
        ("before-6h", timedelta(hours=6)),
        ("day", timedelta(0)),
    ]


def test_who_takes_back_its_part_of_a_joint_request_counts_no_more(tmp_path: Path) -> None:
    joint = (
        LAKE_THREE.split("  - id: two\n")[0]
        + """\
  - id: two
    at: 2010-02-10
    act: conference-request
    to: amendment
    by: [AUT, DEU]
    text: Please.
    received: 2010-02-11
"""
    )
    taken_back = "  - {at: 2010-03-10, act: rescission, to: two, by: DEU, text: No.}\n"
    expect = 'expect:\n  - {clause: "16", of: amendment, %s}\n'
    folder = lake(tmp_path / "t", LAKE_THIRD)
    stands = joint + expect % "opens: 2010-03-13, due: 2010-04-12, status: lapsed"
    replayed(tmp_path, folder, stands)

    part = joint + taken_back + expect % "status: awaiting"
    replayed(tmp_path, folder, part.replace("lake-third", "lake-part"))


def test_a_disputed_target_that_passes_stays_owed_and_is_no_breach() -> None:
    rule = {
        "id": "12",
        "article": "12",
        "governs": "withdrawal",
        "starts": "received",
        "count": [],
        "yields": "duty",
        "duty": {"bearer": "depositaries", "act": "conference", "soft": "P7D"},
    }
    cast = make_cast(make_treaty(rules=(rule,)))
    notice = issue(cast)
    receipt = receive(cast, notice, "2020-05-23")
    dispute_receipt(
        notification=notice,
        party=receipt.party,
        on=date(2020, 5, 22),
        reason="Our courier has a signature.",
        actor=cast.us_drafter,
        now=at("2020-05-25"),
    )
    assert clock_of(notice, "12").status == "disputed"

    sweep = track_deadlines(now=at("2020-06-10"))

    clock = clock_of(notice, "12")
    assert (clock.status, sweep.lapsed) == ("open", 0)
    today = date(2020, 6, 10)
    assert clock in running(cast.canadian_officer, today)
    assert foretold(notice, today) == [(clock, "late")]
