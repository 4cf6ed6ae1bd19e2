"""Recurring duties: each run is opened when the one before ends, for whoever bears it then."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext

from notifications.clauses.reading import parse_clause
from notifications.errors import NotPermittedError, RuleBrokenError
from notifications.models import (
    Alert,
    Case,
    Clause,
    Deadline,
    DeadlineVersion,
    Event,
    Participation,
    Treaty,
    User,
)
from notifications.register import verify
from notifications.services.clause_changes import change_clause, impact
from notifications.services.run_ending import fulfil_run
from notifications.services.runs import TrackedRuns, track_runs
from notifications.services.sweeps import track_deadlines
from tests.factories import NOW, QUARTERS, Cast, add_clause, issue_act, make_cast, make_treaty

REVIEW: dict[str, Any] = {
    "id": "xvi-3",
    "article": "XVI(3)",
    "governs": "none",
    "summary": "The depositaries convene a conference every five years.",
    "starts": {"every": "P5Y", "from": "in_force", "first": "P3Y"},
    "count": [{"add": "P30D"}],
    "yields": "duty",
    "duty": {"bearer": "depositaries", "act": "conference"},
}
MEMBERS = ("USA", "RUS", "CAN", "HUN", "DEU", "FRA")
AUGUST = date(2020, 8, 15)
NOVEMBER = date(2020, 11, 15)


def at(day: date) -> datetime:
    """Noon of a day."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def with_clauses(cast: Cast, *rules: dict[str, Any]) -> Treaty:
    for rule in rules:
        add_clause(cast.treaty, rule)
    return cast.treaty


def run_of(code: str | None, run_from: date | None = None) -> Deadline:
    """The latest run of a party, or the latest joint one."""
    runs = Deadline.objects.runs().filter(bearer__code=code) if code else joint()
    if run_from is not None:
        runs = runs.filter(run_from=run_from)
    return runs.with_reasons().select_related("case__treaty").latest("run_from")


def joint() -> Any:
    return Deadline.objects.runs().filter(bearer=None)


def days(code: str) -> list[date | None]:
    runs = Deadline.objects.runs().filter(bearer__code=code).order_by("run_from")
    return list(runs.values_list("current_version__due_on", flat=True))


def events(act: str) -> list[Event]:
    return list(Event.objects.filter(act=act).order_by("pk"))


def test_the_first_run_of_each_party_is_the_next_one_from_today_on(cast: Cast) -> None:
    with_clauses(cast, QUARTERS)
    assert track_runs(now=NOW) == TrackedRuns(opened=6)
    runs = Deadline.objects.runs().with_reasons()
    assert {run.bearer.code for run in runs if run.bearer} == set(MEMBERS)
    assert {run.run_from for run in runs} == {NOW.date()}
    assert {(run.version.due_on, run.status) for run in runs} == {(AUGUST, "running")}
    assert run_of("RUS").due_at == datetime(2020, 8, 16, tzinfo=UTC)
    (opened,) = events("runs-opened")
    assert opened.record == f"clause:{Clause.objects.get(slug='annex-h-3').pk}"
    assert all(f"deadlineversion:{run.current_version_id}" in opened.body for run in runs)
    assert verify().ok


def test_knocking_twice_opens_nothing_twice(cast: Cast) -> None:
    with_clauses(cast, QUARTERS, REVIEW)
    track_runs(now=NOW)
    before = Event.objects.count()
    assert track_runs(now=NOW) == TrackedRuns()
    assert track_runs(now=NOW + timedelta(days=1)) == TrackedRuns()
    assert (Deadline.objects.runs().count(), Event.objects.count()) == (7, before)


def test_all_runs_of_a_treaty_stand_in_one_live_case(cast: Cast) -> None:
    with_clauses(cast, QUARTERS, REVIEW)
    track_runs(now=NOW)
    case = Case.objects.get(opened_by={"kind": "recurring"})
    assert (case.treaty, case.is_live, case.title) == (cast.treaty, True, "Recurring duties")
    assert set(Deadline.objects.runs().values_list("case", flat=True)) == {case.pk}


def test_a_joint_duty_has_one_run(cast: Cast) -> None:
    with_clauses(cast, REVIEW)
    track_runs(now=NOW)
    run = joint().with_reasons().get()
    assert (run.owed_by, run.version.due_on) == ("depositaries", date(2025, 1, 31))
    stages = Alert.objects.filter(deadline_version=run.current_version)
    assert set(stages.values_list("audience", flat=True)) == {"depositaries"}


def test_an_overdue_run_lapses_and_the_next_one_follows_on_its_date(cast: Cast) -> None:
    with_clauses(cast, QUARTERS)
    track_runs(now=NOW)
    last_minute = datetime(2020, 8, 15, 23, 59, tzinfo=UTC)
    assert track_runs(now=last_minute) == TrackedRuns()
    assert track_runs(now=last_minute + timedelta(minutes=1)) == TrackedRuns(opened=6, ended=6)
    lapsed = run_of("FRA", NOW.date())
    assert (lapsed.status, lapsed.settled_on) == ("lapsed", AUGUST)
    following = run_of("FRA")
    assert (following.run_from, following.version.due_on) == (date(2020, 8, 16), NOVEMBER)
    told = Alert.objects.filter(deadline_version=lapsed.current_version)
    assert set(told.exclude(stage="after-1").values_list("state", flat=True)) == {"void"}
    assert told.get(stage="after-1").due_at == datetime(2020, 8, 16, tzinfo=UTC)
    assert len(events("deadline-lapsed")) == 6
    assert verify().ok


def test_no_run_is_left_out_or_doubled_where_steps_carry_it_past_the_next_date(cast: Cast) -> None:
    with_clauses(cast, {**QUARTERS, "count": [{"add": "P120D"}]})
    now = NOW
    for _month in range(20):
        track_runs(now=now)
        now += timedelta(days=30)
    found = [
        step.trace[0]["after"]
        for step in DeadlineVersion.objects.filter(deadline__bearer__code="DEU").order_by("pk")
    ]
    assert found == ["2020-08-15", "2020-11-15", "2021-02-15", "2021-05-15", "2021-08-15"]


def test_a_sweep_that_comes_years_late_skips_no_run(cast: Cast) -> None:
    with_clauses(cast, QUARTERS)
    track_runs(now=NOW)
    late = at(date(2021, 3, 1))
    for _knock in range(5):
        track_runs(now=late)
    assert days("HUN") == [AUGUST, NOVEMBER, date(2021, 2, 15), date(2021, 5, 15)]
    states = Deadline.objects.filter(bearer__code="HUN").order_by("run_from")
    assert list(states.values_list("status", flat=True)) == [*["lapsed"] * 3, "running"]


def test_a_first_run_that_is_over_already_is_not_opened(cast: Cast) -> None:
    """The note is owed thirty days before the date: that of this year has passed."""
    rule = {**QUARTERS, "starts": {"yearly": ["06-01"]}, "count": [{"subtract": "P30D"}]}
    with_clauses(cast, rule)
    track_runs(now=NOW)
    assert days("USA") == [date(2021, 5, 2)]
    assert run_of("USA").run_from == date(2020, 6, 2)


def test_periods_from_the_entry_into_force_of_each_party(cast: Cast) -> None:
    rule = {
        **QUARTERS,
        "starts": {"every": "P1Y", "from": "in_force_for_party", "first": "P1Y"},
    }
    treaty = with_clauses(cast, rule)
    Participation.objects.filter(treaty=treaty, party__code="FRA").update(
        in_force_on=date(2010, 7, 9)
    )
    track_runs(now=NOW)
    assert days("FRA") == [date(2020, 7, 9)]
    assert days("USA") == [date(2021, 1, 1)]


def test_where_not_every_party_is_known_nobody_alone_is_bound(db: None) -> None:
    treaty = make_treaty(is_complete=False, rules=(QUARTERS, REVIEW))
    track_runs(now=NOW)
    assert list(Deadline.objects.runs().values_list("bearer", "case__treaty")) == [
        (None, treaty.pk)
    ]


def test_a_treaty_without_parties_or_not_in_force_has_no_runs(db: None) -> None:
    make_treaty("empty", members=(), rules=(QUARTERS, REVIEW))
    coming = make_treaty("coming", rules=(QUARTERS, REVIEW))
    Treaty.objects.filter(pk=coming.pk).update(in_force_on=date(2021, 1, 1))
    assert track_runs(now=NOW) == TrackedRuns()
    assert track_runs(now=at(date(2021, 1, 1))).opened == 7


def test_a_party_that_joins_bears_it_from_then_on(cast: Cast) -> None:
    treaty = with_clauses(cast, QUARTERS)
    track_runs(now=NOW)
    joined = date(2020, 9, 1)
    Participation.objects.create(
        party=cast.japanese_drafter.mandates.get().party, treaty=treaty, in_force_on=joined
    )
    track_runs(now=at(date(2020, 8, 20)))
    assert days("JPN") == []
    track_runs(now=at(joined))
    assert days("JPN") == [NOVEMBER]


def test_the_run_of_a_party_that_left_is_void_and_begins_anew_if_it_comes_back(cast: Cast) -> None:
    treaty = with_clauses(cast, QUARTERS)
    track_runs(now=NOW)
    own = Participation.objects.filter(treaty=treaty, party__code="RUS")
    own.update(exit_on=date(2020, 7, 1))
    assert track_runs(now=at(date(2020, 6, 30))) == TrackedRuns()
    assert track_runs(now=at(date(2020, 7, 1))) == TrackedRuns(moved=1)
    run = Deadline.objects.get(bearer__code="RUS")
    assert (run.status, run.settled_on) == ("void", date(2020, 7, 1))
    assert not Alert.objects.filter(deadline_version__deadline=run).planned().exists()
    assert str(run.pk) in events("runs-voided")[0].body
    Participation.objects.create(
        party=cast.party("RUS"), treaty=treaty, in_force_on=date(2023, 1, 1)
    )
    for _knock in range(3):
        track_runs(now=at(date(2023, 1, 1)))
    assert days("RUS") == [date(2023, 2, 15)]
    assert verify().ok


def test_what_fell_due_after_a_party_left_never_lapses_for_it(cast: Cast) -> None:
    treaty = with_clauses(cast, QUARTERS)
    track_runs(now=NOW)
    Participation.objects.filter(treaty=treaty, party__code="USA").update(exit_on=date(2020, 8, 1))
    track_runs(now=at(date(2020, 9, 1)))
    assert Deadline.objects.get(bearer__code="USA").status == "void"
    assert Deadline.objects.get(bearer__code="FRA", run_from=NOW.date()).status == "lapsed"


def test_a_run_met_before_a_party_leaves_is_followed_by_none_for_the_years_between(
    cast: Cast,
) -> None:
    treaty = with_clauses(cast, QUARTERS)
    track_runs(now=NOW)
    fulfil_run(run=run_of("RUS"), on=NOW.date(), actor=cast.russian_drafter, now=NOW)
    Participation.objects.filter(treaty=treaty, party__code="RUS").update(exit_on=date(2020, 7, 1))
    track_runs(now=at(date(2020, 9, 1)))
    Participation.objects.create(
        party=cast.party("RUS"), treaty=treaty, in_force_on=date(2023, 1, 1)
    )
    track_runs(now=at(date(2023, 1, 1)))
    assert days("RUS") == [AUGUST, date(2023, 2, 15)]


def test_a_changed_clause_moves_its_runs_and_what_was_planned(cast: Cast) -> None:
    with_clauses(cast, QUARTERS)
    track_runs(now=NOW)
    add_clause(cast.treaty, {**QUARTERS, "starts": {"yearly": ["09-30"]}})
    assert track_runs(now=NOW) == TrackedRuns(moved=6)
    run = run_of("CAN")
    assert (run.version.no, run.version.due_on) == (2, date(2020, 9, 30))
    assert run.version.cause_told["kind"] == "clause-changed"
    first = Alert.objects.filter(deadline_version__deadline=run, deadline_version__no=1)
    assert set(first.values_list("state", flat=True)) == {"void"}
    assert Alert.objects.planned().filter(deadline_version=run.version).exists()
    assert track_runs(now=NOW) == TrackedRuns()
    assert verify().ok


def test_an_administrator_sees_beforehand_which_runs_would_move(cast: Cast) -> None:
    with_clauses(cast, QUARTERS)
    track_runs(now=NOW)
    clause = Clause.objects.get(slug="annex-h-3")
    rule = parse_clause({**QUARTERS, "starts": {"yearly": ["09-30"]}})
    moves = impact(clause=clause, rule=rule, actor=cast.administrator, now=NOW)
    assert {(move.before.due_on, move.after.due_on) for move in moves} == {
        (AUGUST, date(2020, 9, 30))
    }
    assert (len(moves), run_of("CAN").version.no) == (6, 1)
    change_clause(clause=clause, rule=rule, reason="misread", actor=cast.administrator, now=NOW)
    assert (run_of("CAN").version.no, run_of("CAN").version.due_on) == (2, date(2020, 9, 30))
    assert track_runs(now=NOW) == TrackedRuns()
    assert verify().ok


def test_the_runs_of_a_clause_that_is_gone_are_void(cast: Cast) -> None:
    with_clauses(cast, QUARTERS)
    track_runs(now=NOW)
    add_clause(cast.treaty, {**QUARTERS, "governs": ""})
    assert track_runs(now=NOW) == TrackedRuns(moved=6)
    assert set(Deadline.objects.values_list("status", flat=True)) == {"void"}
    add_clause(cast.treaty, QUARTERS)
    assert track_runs(now=NOW) == TrackedRuns(opened=6)


def test_what_others_bear_now_is_void_for_those_who_bore_it(cast: Cast) -> None:
    with_clauses(cast, QUARTERS)
    track_runs(now=NOW)
    add_clause(cast.treaty, {**QUARTERS, "duty": {**QUARTERS["duty"], "bearer": "parties"}})
    assert track_runs(now=NOW) == TrackedRuns(opened=1, moved=6)
    assert joint().get().owed_by == "parties"


def test_a_target_that_passes_is_no_breach_and_the_next_run_is_opened(cast: Cast) -> None:
    duty = {**QUARTERS["duty"], "soft": "P7D"}
    with_clauses(cast, {**QUARTERS, "duty": duty})
    track_runs(now=NOW)
    assert track_runs(now=at(date(2020, 8, 23))) == TrackedRuns(opened=6, ended=6)
    owed = run_of("DEU", NOW.date())
    assert (owed.status, owed.settled_on) == ("open", None)
    assert not Alert.objects.filter(stage="after-1").exists()
    assert run_of("DEU").version.due_on == date(2020, 11, 22)
    assert track_runs(now=at(date(2020, 8, 24))) == TrackedRuns()


def test_a_right_that_ends_again_and_again_needs_nobody(cast: Cast) -> None:
    rule = {key: value for key, value in QUARTERS.items() if key != "duty"} | {"yields": "lapse"}
    with_clauses(cast, rule)
    track_runs(now=NOW)
    track_runs(now=at(date(2020, 8, 16)))
    assert list(joint().order_by("run_from").values_list("status", flat=True)) == [
        "lapsed",
        "running",
    ]


def test_a_mission_records_that_its_duty_was_fulfilled_in_time(cast: Cast) -> None:
    with_clauses(cast, QUARTERS)
    track_runs(now=NOW)
    on, now = date(2020, 8, 14), at(date(2020, 8, 15))
    run = fulfil_run(
        run=run_of("RUS"), on=on, actor=cast.russian_head, now=now, note="Nothing to declare."
    )
    assert (run.status, run.settled_on, run.note) == ("met", on, "Nothing to declare.")
    assert not Alert.objects.filter(deadline_version__deadline=run).planned().exists()
    (event,) = events("deadline-met")
    assert '"is_late":false' in event.body
    assert '"note":"Nothing to declare."' in event.body
    assert track_runs(now=now).opened == 0
    track_runs(now=at(date(2020, 8, 16)))
    assert (run_of("RUS").run_from, run_of("RUS").version.due_on) == (date(2020, 8, 16), NOVEMBER)
    assert verify().ok


def test_a_lapsed_duty_can_still_be_fulfilled_late(cast: Cast) -> None:
    with_clauses(cast, QUARTERS)
    track_runs(now=NOW)
    now = at(date(2020, 8, 20))
    track_runs(now=now)
    run = run_of("USA", NOW.date())
    fulfil_run(run=run, on=date(2020, 8, 18), actor=cast.us_drafter, now=now)
    assert Deadline.objects.get(pk=run.pk).status == "met"
    assert '"is_late":true' in events("deadline-met")[0].body
    with pytest.raises(RuleBrokenError, match="fulfilled already"):
        fulfil_run(run=run, on=date(2020, 8, 18), actor=cast.us_drafter, now=now)


def test_a_duty_is_fulfilled_by_an_act_of_the_party_that_bears_it(cast: Cast) -> None:
    with_clauses(cast, QUARTERS)
    track_runs(now=NOW)
    fields = {"text": "Quotas."}
    own = issue_act(cast, "dialogue-proposal", fields)
    run = fulfil_run(
        run=run_of("USA"), on=NOW.date(), actor=cast.us_drafter, now=NOW, notification=own
    )
    assert run.met_by == own
    with pytest.raises(RuleBrokenError) as refused:
        fulfil_run(
            run=run_of("RUS"), on=NOW.date(), actor=cast.russian_head, now=NOW, notification=own
        )
    assert refused.value.field == "notification"


@pytest.mark.parametrize(
    ("on", "sentence"),
    [(date(2020, 5, 23), "still to come"), (date(2020, 5, 21), "before the time")],
)
def test_a_day_on_which_it_could_not_be_fulfilled_is_refused(
    cast: Cast, on: date, sentence: str
) -> None:
    with_clauses(cast, QUARTERS)
    track_runs(now=NOW)
    with pytest.raises(RuleBrokenError, match=sentence) as refused:
        fulfil_run(run=run_of("USA"), on=on, actor=cast.us_drafter, now=NOW)
    assert refused.value.field == "on"
    assert run_of("USA").status == "running"


def may(run: Deadline, person: User) -> bool:
    """Whether the person can fulfil the run; nothing of it stays."""
    try:
        with transaction.atomic():
            fulfil_run(run=run, on=NOW.date(), actor=person, now=NOW)
            transaction.set_rollback(True)
    except NotPermittedError:
        return False
    return True


def test_who_may_say_that_a_duty_was_fulfilled(cast: Cast) -> None:
    with_clauses(cast, QUARTERS, REVIEW)
    track_runs(now=NOW)
    american, of_all = run_of("USA"), run_of(None)
    people = {
        name: (may(american, person), may(of_all, person))
        for name, person in vars(cast).items()
        if isinstance(person, User)
    }
    nothing = (False, False)
    assert people == {
        "us_drafter": (True, False),
        "us_head": (True, False),
        "russian_drafter": nothing,
        "russian_head": nothing,
        "canadian_officer": (False, True),
        "hungarian_officer": (False, True),
        "german_observer": nothing,
        "japanese_drafter": nothing,
        "administrator": nothing,
    }


def test_who_sees_which_runs(cast: Cast) -> None:
    with_clauses(cast, QUARTERS, REVIEW)
    joint_rule = {
        **QUARTERS,
        "id": "xi",
        "article": "XI",
        "duty": {**QUARTERS["duty"], "bearer": "parties"},
    }
    add_clause(cast.treaty, joint_rule)
    track_runs(now=NOW)

    def seen(person: User) -> list[str]:
        found = Deadline.objects.runs_visible_to(person, NOW.date())
        return sorted(run.bearer.code if run.bearer else run.owed_by for run in found)

    everything = sorted([*MEMBERS, "depositaries", "parties"])
    assert seen(cast.us_drafter) == ["USA", "parties"]
    assert seen(cast.german_observer) == ["DEU", "parties"]
    assert seen(cast.canadian_officer) == everything
    assert seen(cast.japanese_drafter) == []
    assert seen(cast.administrator) == []
    assert not Deadline.objects.visible_to(cast.canadian_officer, NOW.date()).exists()


def test_the_sweep_of_every_minute_tracks_runs_too(cast: Cast) -> None:
    with_clauses(cast, QUARTERS)
    assert track_deadlines(now=NOW).runs == 6
    found = track_deadlines(now=at(date(2020, 8, 16)))
    assert (found.runs, found.lapsed) == (12, 0)
    assert verify().ok


def test_a_clause_that_cannot_be_read_holds_up_no_other(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    unreadable = {**QUARTERS, "id": "xii", "article": "XII", "yields": "effect"}
    with_clauses(cast, unreadable, QUARTERS)
    assert track_runs(now=NOW) == TrackedRuns(opened=6)
    assert "cannot be read" in caplog.text


def test_the_database_holds_one_run_a_bearer_and_no_clock_without_a_cause(cast: Cast) -> None:
    with_clauses(cast, QUARTERS, REVIEW)
    track_runs(now=NOW)
    for run in (run_of("USA"), run_of(None)):
        run.pk, run.uid, run.current_version = None, run.case.uid, None
        with pytest.raises(IntegrityError), transaction.atomic():
            run.save(force_insert=True)
    run.run_from = None
    with pytest.raises(IntegrityError), transaction.atomic():
        run.save(force_insert=True)


def counted(work: Any) -> int:
    with CaptureQueriesContext(connection) as queries:
        work()
    return len(queries)


def test_many_parties_cost_no_more_queries_than_few(db: None) -> None:
    many = [f"X{one}{other}" for one in "ABCDEF" for other in "ABCDEF"]
    opening, idle = [], []
    for slug, members in (("few", MEMBERS), ("many", many)):
        make_treaty(slug, members=members, rules=(QUARTERS,))
        opening.append(counted(lambda: track_runs(now=NOW)))
        idle.append(counted(lambda: track_runs(now=NOW)))
    assert Deadline.objects.runs().count() == len(MEMBERS) + len(many)
    assert opening[1] <= opening[0]
    assert idle == [3, 3]


def test_the_end_of_many_costs_no_more_queries_than_that_of_few(db: None) -> None:
    many = [f"X{one}{other}" for one in "ABCDEF" for other in "ABCDEF"]
    ending = []
    for slug, members in (("few", MEMBERS), ("many", many)):
        treaty = make_treaty(slug, members=members, rules=(QUARTERS,))
        track_runs(now=NOW)
        ending.append(counted(lambda: track_runs(now=at(date(2020, 8, 16)))))
        Participation.objects.filter(treaty=treaty).update(exit_on=date(2020, 8, 16))
        track_runs(now=at(date(2020, 8, 16)))
    assert ending[1] <= ending[0]


def test_the_cast_is_told_of_its_own_runs_alone(db: None) -> None:
    cast = make_cast()
    with_clauses(cast, QUARTERS)
    track_runs(now=NOW)
    alerts = Alert.objects.filter(deadline_version__deadline__bearer__code="USA")
    assert {alert.audience for alert in alerts} == {"bearer"}
    assert {alert.notification_id for alert in alerts} == {None}
    stages = ["before-60", "before-30", "before-14", "before-7", "before-3", "before-1", "day"]
    assert list(alerts.order_by("due_at").values_list("stage", flat=True)) == stages
