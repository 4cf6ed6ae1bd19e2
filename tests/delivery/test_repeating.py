"""After a lapse: the day after, then weekly, until somebody has dealt with it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from notifications.delivery import expand
from notifications.delivery.repeating import next_weekly
from notifications.models import Alert, Deadline, DeadlineVersion, Message, Outcome, Progress
from tests.delivery.records import NOW, World, make_world

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


def lapse(world: World) -> Alert:
    """A lapsed duty whose first alert after its end is due."""
    world.person("USA")
    return world.alert("senders", version=world.deadline(status="lapsed"), stage="after-1")


def stages() -> list[tuple[str, timedelta]]:
    told = Message.objects.order_by("pk").values_list("alert__stage", "alert__due_at")
    return [(stage, due_at - NOW) for stage, due_at in told]


def test_the_next_week_is_planned_when_a_stage_is_told(world: World) -> None:
    lapse(world)
    for week in range(3):
        expand(now=NOW + week * WEEK)

    assert stages() == [("after-1", 0 * WEEK), ("after-8", WEEK), ("after-15", 2 * WEEK)]
    planned = Alert.objects.get(state="planned")
    assert (planned.stage, planned.due_at, planned.audience) == (
        "after-22",
        NOW + 3 * WEEK,
        "senders",
    )


def test_weeks_that_nobody_swept_are_left_out(world: World) -> None:
    lapse(world)
    expand(now=NOW + timedelta(days=25))

    assert [stage for stage, _at in stages()] == ["after-1"]
    planned = Alert.objects.get(state="planned")
    assert (planned.stage, planned.due_at) == ("after-29", NOW + 4 * WEEK)


def test_where_nobody_holds_a_mandate_it_is_asked_again_next_week(world: World) -> None:
    world.alert("addressees", version=world.deadline(status="lapsed"), stage="after-1")

    assert expand(now=NOW).unaddressed == 1
    assert Alert.objects.get(state="planned").stage == "after-8"


def settle(world: World, how: str) -> None:
    deadline = Deadline.objects.get()
    match how:
        case "met":
            deadline.status = "met"
            deadline.save()
        case "closed":
            Progress.objects.update(status="closed")
        case "found":
            outcome = Outcome(
                deadline=deadline,
                meaning="acceptance",
                is_confirmed=True,
                silent=[],
                at=NOW,
                by=world.system,
            )
            world.seal(outcome)


@pytest.mark.parametrize("how", ["met", "closed", "found"])
def test_it_ends_when_the_matter_was_dealt_with(world: World, how: str) -> None:
    lapse(world)
    expand(now=NOW)
    settle(world, how)

    done = expand(now=NOW + WEEK)

    assert (done.void, done.messages) == (1, 0)
    assert not Alert.objects.planned().exists()


def test_the_day_after_is_told_though_the_act_is_closed(world: World) -> None:
    lapse(world)
    settle(world, "closed")

    assert expand(now=NOW).messages == 1


def test_a_recurring_duty_is_reminded_of_until_it_falls_due_again(world: World) -> None:
    alert = lapse(world)
    run = Deadline.objects.get()
    Deadline.objects.update(notification=None, run_from=date(2020, 5, 1))
    Alert.objects.filter(pk=alert.pk).update(notification=None, audience="bearer")
    expand(now=NOW)
    later = Deadline.objects.get()
    later.pk, later.current_version, later.run_from = None, None, date(2020, 8, 1)
    later.uid = "5b0c0b0e-0000-4000-8000-000000000001"
    later.status, later.due_at = "running", NOW + 2 * WEEK
    later.save()

    assert expand(now=NOW + WEEK).messages == 1
    assert expand(now=NOW + 2 * WEEK).void == 1
    assert Deadline.objects.get(pk=run.pk).status == "lapsed"


def test_a_replay_tells_of_a_lapse_once() -> None:
    world = make_world(replayed=True)
    lapse(world)

    expand(now=NOW, case=world.case)

    assert not Alert.objects.planned().exists()


def test_where_a_midnight_is_skipped_the_weeks_after_it_begin_at_midnight_again() -> None:
    """In Santiago the clocks go from 23:59 to 01:00 on 6 September 2026."""
    zone = ZoneInfo("America/Santiago")
    due_at = datetime(2026, 8, 23, tzinfo=zone).astimezone(UTC)
    version = DeadlineVersion(zone=zone.key, due_at=due_at, computed_at=due_at - 9 * WEEK)
    alert = Alert(kind="deadline", stage="after-1", due_at=due_at, deadline_version=version)
    told = []
    for _ in range(4):
        alert = next_weekly(alert, now=alert.due_at)
        alert.deadline_version = version
        told.append((alert.stage, alert.due_at.astimezone(zone).strftime("%d %b %H:%M")))
    assert told == [
        ("after-8", "30 Aug 00:00"),
        ("after-15", "06 Sep 01:00"),
        ("after-22", "13 Sep 00:00"),
        ("after-29", "20 Sep 00:00"),
    ]
