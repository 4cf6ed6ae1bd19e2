"""A person's wishes: own days, quiet hours and a pause, which never hold back a last day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications.delivery import expand
from notifications.delivery.wishes import Wish
from notifications.models import Alert, Case, DeadlineVersion, Event, Message, Preference, User
from tests.delivery.records import NOW, World, make_world

DUE_ON = date(2026, 12, 1)
MIDNIGHT = NOW.replace(hour=0)
NIGHT = {"quiet_from": time(22), "quiet_to": time(7)}


def alert(stage: str = "before-7", *, kind: str = "deadline", **fields: Any) -> Alert:
    """An alert of a live deadline, which nobody stored."""
    values: dict[str, Any] = {"due_on": DUE_ON, "zone": "UTC", "due_at": None, **fields}
    version = DeadlineVersion(**values)
    case = Case(origin=Case.Origin.LIVE)
    rung = stage.removeprefix("before-")
    days = timedelta(days=int(rung)) if rung.isdecimal() else None
    due_at = datetime.combine(DUE_ON - (days or timedelta()), time.min, UTC)
    return Alert(kind=kind, stage=stage, deadline_version=version, case=case, due_at=due_at)


def at(day: str, zone_hours: int = 0) -> datetime:
    """An instant in UTC, from its reading in UTC or in a zone so many hours ahead."""
    return datetime.fromisoformat(day).replace(tzinfo=UTC) - timedelta(hours=zone_hours)


def test_a_reminder_in_the_quiet_hours_waits_until_they_end() -> None:
    wish = Wish(zone="Europe/Berlin", quiet_from=time(22), quiet_to=time(7))
    assert wish.send_at(alert(), now=at("2026-11-24T23:30", 1)) == at("2026-11-25T07:00", 1)
    assert wish.send_at(alert(), now=at("2026-11-25T03:00", 1)) == at("2026-11-25T07:00", 1)


def test_outside_the_quiet_hours_a_reminder_comes_at_once_their_end_included() -> None:
    wish = Wish(zone="Europe/Berlin", quiet_from=time(22), quiet_to=time(7))
    for now in (at("2026-11-24T21:59", 1), at("2026-11-25T07:00", 1), at("2026-11-25T12:00", 1)):
        assert wish.send_at(alert(), now=now) == now


def test_quiet_hours_within_a_day_do_not_span_the_night() -> None:
    wish = Wish(quiet_from=time(12), quiet_to=time(14))
    assert wish.send_at(alert(), now=at("2026-11-24T13:00")) == at("2026-11-24T14:00")
    assert wish.send_at(alert(), now=at("2026-11-24T03:00")) == at("2026-11-24T03:00")


@pytest.mark.parametrize(
    ("begin", "end", "now", "sent_at"),
    [
        # On 29 March 2026 the clocks of Berlin go from 02:00 to 03:00, at 01:00 UTC.
        (time(22), time(7), "2026-03-28T22:30", "2026-03-29T05:00"),
        (time(22), time(2, 30), "2026-03-29T00:30", "2026-03-29T01:00"),
        (time(22), time(2, 30), "2026-03-29T01:00", "2026-03-29T01:00"),
        (time(2, 30), time(6), "2026-03-29T00:59", "2026-03-29T00:59"),
        (time(2, 30), time(6), "2026-03-29T01:00", "2026-03-29T04:00"),
        # On 25 October 2026 they go from 03:00 back to 02:00, at 01:00 UTC.
        (time(22), time(7), "2026-10-24T21:30", "2026-10-25T06:00"),
        (time(22), time(2, 30), "2026-10-25T00:45", "2026-10-25T01:30"),
        (time(22), time(2, 30), "2026-10-25T01:30", "2026-10-25T01:30"),
        (time(2, 30), time(6), "2026-10-25T00:29", "2026-10-25T00:29"),
        (time(2, 30), time(6), "2026-10-25T01:10", "2026-10-25T05:00"),
    ],
)
def test_quiet_hours_are_those_of_the_clock_on_the_wall_when_it_is_changed(
    begin: time, end: time, now: str, sent_at: str
) -> None:
    wish = Wish(zone="Europe/Berlin", quiet_from=begin, quiet_to=end)
    assert wish.send_at(alert(), now=at(now)) == at(sent_at)


def test_quiet_hours_are_read_in_a_zone_fourteen_hours_ahead() -> None:
    wish = Wish(zone="Pacific/Kiritimati", quiet_from=time(22), quiet_to=time(7))
    assert wish.send_at(alert(), now=at("2026-11-25T02:00", 14)) == at("2026-11-25T07:00", 14)
    assert wish.send_at(alert(), now=at("2026-11-24T12:00", 14)) == at("2026-11-24T12:00", 14)


def test_a_pause_holds_reminders_back_and_the_quiet_hours_after_it_too() -> None:
    now, until = at("2026-11-24T00:00"), at("2026-11-26T23:00")
    assert Wish(snooze_until=until).send_at(alert(), now=now) == until
    both = Wish(snooze_until=until, quiet_from=time(22), quiet_to=time(7))
    assert both.send_at(alert(), now=now) == at("2026-11-27T07:00")
    assert Wish(snooze_until=now - timedelta(hours=1)).send_at(alert(), now=now) == now


def test_no_wish_holds_a_reminder_past_the_beginning_of_the_last_day_in_the_zone_of_the_date() -> (
    None
):
    told = alert("before-1", zone="Pacific/Auckland")
    begin = at("2026-12-01T00:00", 13)
    wish = Wish(zone="America/New_York", snooze_until=at("2026-12-20T00:00"))
    assert wish.send_at(told, now=begin - timedelta(hours=20)) == begin
    night = Wish(quiet_from=time(9), quiet_to=time(15))
    assert night.send_at(told, now=begin - timedelta(hours=1)) == begin
    assert wish.send_at(told, now=begin + timedelta(hours=2)) == begin + timedelta(hours=2)


def test_a_clock_in_hours_is_told_of_on_its_last_day_at_once() -> None:
    told = alert("before-6h", due_at=at("2026-12-01T15:00"))
    wish = Wish(snooze_until=at("2026-12-20T00:00"))
    assert wish.send_at(told, now=at("2026-12-01T09:00")) == at("2026-12-01T09:00")
    early = alert("before-24h", due_at=at("2026-12-01T15:00"))
    assert wish.send_at(early, now=at("2026-11-30T15:00")) == at("2026-12-01T00:00")


@pytest.mark.parametrize(
    "told",
    [alert("day"), alert("after-1"), *(alert("", kind=kind) for kind in Alert.Kind.values[1:])],
    ids=lambda told: told.stage or told.kind,
)
def test_the_last_day_a_lapse_and_a_formal_notice_come_at_once(told: Alert) -> None:
    wish = Wish(snooze_until=at("2026-11-30T00:00"), ladder=frozenset({7}), **NIGHT)
    now = at("2026-11-24T23:30")
    assert wish.wants(told)
    assert wish.send_at(told, now=now) == now


def test_the_opening_of_a_window_waits_but_is_never_left_out() -> None:
    wish = Wish(snooze_until=at("2026-11-26T00:00"), ladder=frozenset({7}))
    assert wish.wants(alert("opens"))
    assert wish.wants(alert("before-24h"))
    assert wish.send_at(alert("opens"), now=at("2026-11-24T00:00")) == at("2026-11-26T00:00")


def test_own_days_leave_out_the_others_and_without_any_the_kind_decides() -> None:
    extra = alert("before-45")
    extra.is_extra = True
    own = Wish(ladder=frozenset({45, 7}))
    assert [own.wants(one) for one in (extra, alert("before-7"), alert("before-30"))] == [
        True,
        True,
        False,
    ]
    assert [Wish().wants(one) for one in (extra, alert("before-7"))] == [False, True]


def test_the_news_of_a_moved_date_is_told_by_whatever_rung() -> None:
    moved = alert("before-30")
    moved.due_at += timedelta(days=3)
    assert Wish(ladder=frozenset({7})).wants(moved)


def wish_of(user: User, **fields: Any) -> Preference:
    return Preference.objects.create(user=user, **fields)


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def test_each_person_gets_a_batch_as_they_wish(world: World) -> None:
    plain, sparse, quiet = (world.person("USA") for _ in range(3))
    wish_of(sparse, ladder=[7])
    wish_of(quiet, quiet_from=time(11), quiet_to=time(15))
    world.alert("senders", version=world.deadline(), stage="before-184", at=MIDNIGHT)
    notice = world.alert("senders")

    expand(now=NOW)

    planned = Message.objects.filter(alert__kind="deadline").values_list("user", "next_at")
    assert dict(planned) == {plain.pk: NOW, quiet.pk: NOW + timedelta(hours=3)}
    formal = Message.objects.filter(alert=notice).values_list("user", "next_at")
    assert dict(formal) == {user.pk: NOW for user in (plain, sparse, quiet)}


def test_what_everybody_left_out_raises_no_alarm(world: World) -> None:
    wish_of(world.person("USA"), ladder=[7])
    told = world.alert("senders", version=world.deadline(), stage="before-184", at=MIDNIGHT)

    done = expand(now=NOW)

    told.refresh_from_db()
    assert told.state == Alert.State.EXPANDED
    assert (done.messages, done.unaddressed) == (0, 0)
    assert not Event.objects.filter(act="alerts-unaddressed").exists()


def test_an_extra_rung_for_nobody_raises_no_alarm_where_a_usual_one_does(world: World) -> None:
    version = world.deadline()
    world.alert("senders", version=version, stage="before-45", is_extra=True)
    world.alert("senders", version=version, stage="before-30")
    assert expand(now=NOW).unaddressed == 1


def test_an_extra_rung_reaches_those_alone_who_asked_for_it(world: World) -> None:
    world.person("USA")
    asking = world.person("USA")
    wish_of(asking, ladder=[45])
    told = world.alert("senders", version=world.deadline(), stage="before-45", is_extra=True)
    expand(now=NOW)
    assert [message.user for message in told.messages.all()] == [asking]


def test_a_replay_tells_everyone_whatever_they_wish() -> None:
    told = alert()
    told.case = Case(origin=Case.Origin.REPLAY)
    wish = Wish(ladder=frozenset({30}), snooze_until=at("2026-11-30T00:00"))
    now = at("2026-11-24T00:00")
    assert wish.wants(told)
    assert wish.send_at(told, now=now) == now


def test_wishes_are_read_with_one_query_whatever_the_number_of_people(world: World) -> None:
    for number in range(6):
        wish_of(world.person("USA"), quiet_from=time(1), quiet_to=time(2 + number))
    version = world.deadline()
    for stage in ("before-60", "before-30"):
        world.alert("senders", version=version, stage=stage)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        expand(now=NOW)
    reads = [query for query in asked if "notifications_preference" in query["sql"]]
    assert len(reads) == 1


def test_formal_notices_cost_no_query_for_wishes(world: World) -> None:
    wish_of(world.person("USA"), ladder=[7])
    world.alert("senders")
    with CaptureQueriesContext(connection) as asked:
        expand(now=NOW)
    assert not [query for query in asked if "notifications_preference" in query["sql"]]
