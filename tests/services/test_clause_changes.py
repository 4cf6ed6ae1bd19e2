"""A changed clause: a new sealed version, and exactly the deadlines that it moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from notifications.clauses.reading import parse_clause
from notifications.clauses.schema import Clause as Rule
from notifications.errors import (
    BadFileError,
    ChangedMeanwhileError,
    NotPermittedError,
    RuleBrokenError,
)
from notifications.models import (
    Alert,
    Clause,
    ClauseVersion,
    Deadline,
    DeadlineVersion,
    Event,
    Notification,
)
from notifications.register import verify
from notifications.services.clause_changes import add_clause, change_clause, impact
from notifications.services.clause_preview import Occasion, preview_rule
from notifications.services.clause_rules import read_rule
from notifications.services.sweeps import track_deadlines
from tests.factories import NOW, XV_2, XV_3, Cast, issue, make_cast, make_treaty
from tests.services.ledgers import receive

LATER = NOW + timedelta(days=1)


def rule(**keys: Any) -> Rule:
    return parse_clause({**XV_2, **keys})


NINE_MONTHS = rule(count=[{"add": "P9M"}])


def change(cast: Cast, wanted: Rule = NINE_MONTHS, **more: Any) -> ClauseVersion:
    common: dict[str, Any] = {"reason": "The text says nine.", "actor": cast.administrator}
    return change_clause(
        clause=clause(cast, wanted.id), rule=wanted, now=LATER, **{**common, **more}
    )


def clause(cast: Cast, slug: str = "xv-2") -> Clause:
    return Clause.objects.get(treaty=cast.treaty, slug=slug)


def effect(notification: Notification) -> Deadline:
    return notification.deadlines.with_reasons().get(clause__slug="xv-2")


def test_the_running_deadline_moves_with_its_cause_and_its_new_rule(cast: Cast) -> None:
    notice = issue(cast)
    version = change(cast)
    moved = effect(notice).version
    assert (version.no, moved.no, moved.due_on) == (2, 2, date(2021, 2, 22))
    assert moved.clause_version == version
    assert moved.computed_by == cast.administrator
    assert "The text says nine." in moved.cause
    assert notice.deadlines.with_reasons().get(clause__slug="xv-3").version.no == 1


def test_the_old_stages_are_void_and_the_new_ones_planned(cast: Cast) -> None:
    notice = issue(cast)
    change(cast)
    told = Alert.objects.filter(notification=notice, kind="deadline", stage="day")
    assert sorted(told.values_list("state", "deadline_version__due_on")) == [
        ("planned", date(2021, 2, 22)),
        ("void", date(2020, 11, 22)),
    ]


def test_the_register_holds_the_change_and_proves_it(cast: Cast) -> None:
    notice = issue(cast)
    change(cast)
    acts = list(Event.objects.order_by("-pk").values_list("act", "record")[:2])
    assert acts == [
        ("clocks-moved", f"notification:{notice.pk}"),
        ("clause-changed", f"clause:{clause(cast).pk}"),
    ]
    assert verify().ok


def test_what_has_come_to_its_end_stays(cast: Cast) -> None:
    notice = issue(cast)
    over = NOW + timedelta(days=200)
    track_deadlines(now=over)
    change_clause(
        clause=clause(cast), rule=NINE_MONTHS, reason="x", actor=cast.administrator, now=over
    )
    assert effect(notice).status == "effective"
    assert effect(notice).version.no == 1


def test_other_treaties_and_replayed_cases_stay(cast: Cast) -> None:
    other = make_cast_of(cast, "other")
    notice, theirs = issue(cast), issue(other)
    replayed = issue(cast)
    case = replayed.case
    case.origin, case.scenario = "replay", "told"
    case.save()
    change(cast)
    assert effect(notice).version.no == 2
    assert effect(theirs).version.no == effect(replayed).version.no == 1


def make_cast_of(cast: Cast, slug: str) -> Cast:
    return replace(cast, treaty=make_treaty(slug))


def test_the_impact_is_what_the_change_then_does_and_stores_nothing(cast: Cast) -> None:
    issue(cast)
    counts = (ClauseVersion, DeadlineVersion, Event, Alert)
    before = [model.objects.count() for model in counts]
    planned = Alert.objects.filter(state="planned").count()
    moves = impact(clause=clause(cast), rule=NINE_MONTHS, actor=cast.administrator, now=LATER)
    assert [(move.before.due_on, move.after.due_on, move.is_moved) for move in moves] == [
        (date(2020, 11, 22), date(2021, 2, 22), True)
    ]
    assert [model.objects.count() for model in counts] == before
    assert Alert.objects.filter(state="planned").count() == planned
    assert effect(Notification.objects.get()).version.no == 1


def test_a_rule_that_yields_the_same_day_moves_nothing(cast: Cast) -> None:
    issue(cast)
    same = rule(summary="Told in other words.")
    assert impact(clause=clause(cast), rule=same, actor=cast.administrator, now=LATER) == []
    version = change(cast, same)
    assert version.no == 2
    assert Event.objects.latest("pk").act == "clause-changed"


def test_what_is_issued_afterwards_follows_the_new_rule(cast: Cast) -> None:
    change(cast)
    assert effect(issue(cast)).version.due_on == date(2021, 2, 22)


@pytest.mark.parametrize(
    "keys",
    [
        {"governs": "suspension"},
        {"yields": "lapse", "minimum": False},
        {"yields": "duty", "minimum": False, "duty": {"bearer": "addressee", "act": "response"}},
    ],
)
def test_what_a_running_clock_is_does_not_change(cast: Cast, keys: dict[str, Any]) -> None:
    issue(cast)
    with pytest.raises(RuleBrokenError, match="cannot change while clocks of this clause run"):
        change(cast, rule(**keys))
    assert clause(cast).versions.count() == 1


def test_without_running_clocks_it_may_become_another_kind(cast: Cast) -> None:
    assert change(cast, rule(governs="suspension")).governs == "suspension"


def test_the_same_rule_an_old_version_and_no_reason_are_refused(cast: Cast) -> None:
    with pytest.raises(RuleBrokenError, match="it is what it was"):
        change(cast, rule())
    with pytest.raises(RuleBrokenError) as refusal:
        change(cast, reason=" ")
    assert refusal.value.field == "reason"
    change(cast, seen=1)
    with pytest.raises(ChangedMeanwhileError):
        change(cast, rule(count=[{"add": "P7M"}]), seen=1)


def test_another_clause_keeps_its_id(cast: Cast) -> None:
    with pytest.raises(RuleBrokenError, match="it keeps its id"):
        change_clause(
            clause=clause(cast, "xv-3"),
            rule=NINE_MONTHS,
            reason="x",
            actor=cast.administrator,
            now=NOW,
        )


def test_administrators_alone_change_clauses(cast: Cast) -> None:
    for who in (cast.us_head, cast.canadian_officer):
        with pytest.raises(NotPermittedError):
            change(cast, actor=who)
        with pytest.raises(NotPermittedError):
            impact(clause=clause(cast), rule=NINE_MONTHS, actor=who, now=NOW)


def test_a_clause_is_added_once(cast: Cast) -> None:
    wanted = parse_clause({**XV_3, "id": "xvi", "article": "XVI"})
    common: dict[str, Any] = {"treaty": cast.treaty, "actor": cast.administrator, "now": NOW}
    version = add_clause(rule=wanted, reason="It was left out.", **common)
    assert (version.no, version.clause.slug) == (1, "xvi")
    assert Event.objects.latest("pk").act == "clause-added"
    with pytest.raises(RuleBrokenError, match="a clause “xvi” already"):
        add_clause(rule=wanted, reason="Again.", **common)
    second = rule(id="xvii", article="XVII")
    with pytest.raises(RuleBrokenError, match="“xv-2” says already how this act ends"):
        add_clause(rule=second, reason="x", **common)
    assert verify().ok


def test_a_text_is_read_for_the_clause_that_it_must_be(cast: Cast) -> None:
    text = "id: xv-2\narticle: XV(2)\ngoverns: withdrawal\nstarts: given\ncount: []\nyields: effect"
    assert read_rule(text, treaty=cast.treaty, clause_id="xv-2").count == ()
    with pytest.raises(BadFileError, match="keeps its article"):
        read_rule(
            text.replace("xv-2", "x").replace("XV(2)", "X"), treaty=cast.treaty, clause_id="xv-2"
        )
    with pytest.raises(BadFileError):
        read_rule(text, treaty=cast.treaty)


@pytest.mark.parametrize(
    "starts",
    [
        "given",
        "received",
        "deposited",
        "registered",
        "circulated",
        "informed",
        "consented",
        "in_force",
        "in_force_for_party",
    ],
)
def test_a_preview_finds_every_starting_fact(db: None, starts: str) -> None:
    cast = make_cast()
    wanted = parse_clause({**XV_2, "starts": starts, "yields": "lapse", "minimum": False})
    result = preview_rule(wanted, treaty=cast.treaty, occasion=Occasion(date(2026, 1, 31)))
    assert result.status == "computed"
    start = date(2002, 1, 1) if starts.startswith("in_force") else date(2026, 1, 31)
    assert result.due_on == (date(2002, 7, 1) if start.year == 2002 else date(2026, 7, 31))


def test_a_preview_counts_from_the_day_of_receipt_where_one_is_said(cast: Cast) -> None:
    wanted = parse_clause(XV_3)
    occasion = Occasion(date(2026, 1, 1), received_on=date(2026, 1, 5))
    result = preview_rule(wanted, treaty=cast.treaty, occasion=occasion)
    assert (result.opens_on, result.due_on) == (date(2026, 2, 4), date(2026, 3, 6))


@pytest.mark.django_db
def test_a_clock_that_waits_is_counted_by_the_new_rule_when_its_fact_comes() -> None:
    """Neither rule comes to a date yet: nothing is to be seen of the change until then."""
    cast = make_cast(make_treaty(rules=({**XV_2, "starts": "received"},)))
    notice = issue(cast)
    assert effect(notice).status == "awaiting"
    change(cast, rule(starts="received", count=[{"add": "P9M"}]))
    receive(cast, notice, "2020-05-25")
    assert effect(notice).version.due_on == date(2021, 2, 25)


@pytest.mark.django_db
def test_a_clock_that_a_narrower_rule_made_void_is_opened_by_no_later_fact() -> None:
    cast = make_cast(make_treaty(rules=({**XV_2, "starts": "received"},)))
    notice = issue(cast)
    change(cast, rule(starts="received", when={"party": "RUS"}))
    assert effect(notice).status == "void"
    receive(cast, notice, "2020-05-25")
    assert effect(notice).status == "void"
    assert not Alert.objects.planned().filter(kind="deadline").exists()
