"""Ladders: what may stand in one, and that clocks computed from then on use it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from notifications.errors import NotPermittedError, RuleBrokenError
from notifications.models import Alert, Event, Ladder
from notifications.services.expected import Span, expected_stages
from notifications.services.ladders import save_ladder
from notifications.services.receiving import register_receipt
from tests.factories import NOW, TODAY, Cast, issue, issue_act, make_cast, make_treaty
from tests.services.test_live_effects_of_the_language import ANSWER


def save(cast: Cast, **fields: Any) -> Ladder:
    wanted: dict[str, Any] = {
        "ladder": None,
        "name": "Effects",
        "applies_to": "effect",
        "stages": [5, 40],
        "hours": [24, 6, 2],
        "actor": cast.administrator,
        "now": NOW,
        "reason": "The ministry asked for it.",
    }
    return save_ladder(**{**wanted, **fields})


def stages(notification: Any, clause: str | None = None) -> set[str]:
    told = Alert.objects.filter(notification=notification, kind="deadline", state="planned")
    if clause:
        told = told.filter(deadline_version__deadline__clause__slug=clause)
    return set(told.values_list("stage", flat=True))


def test_a_ladder_is_kept_with_the_longest_first_and_an_event(cast: Cast) -> None:
    ladder = save(cast)
    assert ladder.stages == [40, 5]
    event = Event.objects.latest("pk")
    assert (event.act, event.actor) == ("ladder-saved", cast.administrator)
    assert "The ministry asked for it." in event.body


def test_a_clock_is_told_of_on_the_days_of_the_ladder_of_its_kind(cast: Cast) -> None:
    save(cast)
    assert stages(issue(cast)) == {"before-40", "before-5", "day"}


def test_other_kinds_keep_the_days_that_hold_without_a_ladder(cast: Cast) -> None:
    save(cast, applies_to="duty", stages=[2])
    assert "before-90" in stages(issue(cast), "xv-2")


def test_the_ladder_for_all_holds_where_a_kind_has_none(cast: Cast) -> None:
    save(cast, name="All", applies_to="all", stages=[9])
    save(cast, name="Effects", applies_to="effect", stages=[8])
    limit = (TODAY + timedelta(days=60)).isoformat()
    asked = issue_act(
        cast, "breach-allegation", {"against": ["RUS"], "respond_by": limit, "text": "x"}
    )
    assert stages(asked) == {"before-9", "day"}
    assert stages(issue(cast)) == {"before-8", "day"}


def test_a_duty_and_an_answer_have_ladders_of_their_own(cast: Cast) -> None:
    save(cast, name="Duties", applies_to="duty", stages=[6])
    save(cast, name="Answers", applies_to="answer", stages=[4])
    notice = issue(cast)
    register_receipt(
        notification=notice,
        party=cast.party("CAN"),
        on=TODAY,
        actor=cast.canadian_officer,
        now=NOW,
    )
    assert "before-6" in stages(notice, "xv-3")
    limit = (TODAY + timedelta(days=60)).isoformat()
    asked = issue_act(
        cast, "breach-allegation", {"against": ["RUS"], "respond_by": limit, "text": "x"}
    )
    assert stages(asked) == {"before-4", "day"}


def test_what_is_planned_already_stays(cast: Cast) -> None:
    notice = issue(cast)
    before = stages(notice)
    save(cast)
    assert stages(notice) == before


def test_a_change_says_what_stood_before(cast: Cast) -> None:
    ladder = save(cast)
    save(cast, ladder=ladder, stages=[3])
    assert Ladder.objects.get().stages == [3]
    assert '"stages":[[40,5],[3]]' in Event.objects.latest("pk").body


def test_nothing_is_written_where_nothing_changes(cast: Cast) -> None:
    ladder, events = save(cast), Event.objects.count()
    save(cast, ladder=ladder, stages=[40, 5])
    assert Event.objects.count() == events


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("stages", {"stages": []}),
        ("stages", {"stages": [7, 7]}),
        ("stages", {"stages": [0]}),
        ("stages", {"stages": [-1]}),
        ("stages", {"stages": [True]}),
        ("stages", {"stages": [4000]}),
        ("stages", {"stages": list(range(1, 40))}),
        ("name", {"name": "  "}),
        ("name", {"name": "x" * 121}),
        ("applies_to", {"applies_to": "weather"}),
        ("reason", {"reason": " "}),
    ],
)
def test_what_cannot_be_a_ladder_is_refused_at_its_field(
    cast: Cast, field: str, fields: dict[str, Any]
) -> None:
    with pytest.raises(RuleBrokenError) as refusal:
        save(cast, **fields)
    assert refusal.value.field == field
    assert not Ladder.objects.exists()


def test_a_kind_has_one_ladder_and_a_name_stands_once(cast: Cast) -> None:
    save(cast)
    with pytest.raises(RuleBrokenError, match="“Effects” is the ladder of this kind"):
        save(cast, name="Another")
    with pytest.raises(RuleBrokenError, match="there is a ladder “Effects” already"):
        save(cast, applies_to="duty")


def test_administrators_alone_change_ladders(cast: Cast) -> None:
    with pytest.raises(NotPermittedError):
        save(cast, actor=cast.us_head)


def test_hours_are_kept_beside_the_days_with_the_longest_first(cast: Cast) -> None:
    ladder = save(cast, hours=[1, 36, 12])
    assert ladder.hours == [36, 12, 1]
    save(cast, ladder=ladder, hours=[6])
    assert '"hours":[[36,12,1],[6]]' in Event.objects.latest("pk").body


@pytest.mark.parametrize("hours", [[], [6, 6], [0], [-2], [True], [721], list(range(1, 40))])
def test_hours_that_cannot_be_rungs_are_refused_at_their_field(
    cast: Cast, hours: list[int]
) -> None:
    with pytest.raises(RuleBrokenError, match="Hours: ") as refusal:
        save(cast, hours=hours)
    assert refusal.value.field == "hours"
    assert not Ladder.objects.exists()


@pytest.mark.django_db
def test_a_clock_in_hours_is_told_of_at_the_hours_of_its_kind_and_drops_longer_ones() -> None:
    cast = make_cast(make_treaty(rules=(ANSWER,)))
    save(cast, applies_to="duty", hours=[72, 36, 12])
    request = issue_act(
        cast, "consultation-request", {"text": "What is moving?", "addressees": ["RUS"]}
    )
    register_receipt(
        notification=request,
        party=cast.party("RUS"),
        on=NOW.date(),
        at=NOW,
        actor=cast.russian_drafter,
        now=NOW,
    )
    assert stages(request) == {"before-36h", "before-12h", "day"}
    span = Span(NOW, NOW + timedelta(hours=48))
    assert {one.alert.stage for one in expected_stages(span)} == stages(request)
