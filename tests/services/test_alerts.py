"""Alerts of a clock that is computed anew: nothing lost, nothing doubled, the right day."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings

from notifications import register
from notifications.clauses.instants import start_of_day
from notifications.delivery import Answer, Transport, expand
from notifications.models import Alert, Deadline, Message, Notification, User
from notifications.services.receiving import register_receipt
from notifications.services.rungs import LADDER
from notifications.services.sweeps import send_alerts, track_deadlines
from tests.delivery.ways_out import Told, always
from tests.factories import NOW, XV_2, Cast, issue, make_cast, make_treaty

GIVEN_ON = NOW.date()
DUE_ON = date(2020, 11, 22)
DAY = timedelta(days=1)
OFFICES = {"CAN": "canadian_officer", "HUN": "hungarian_officer"}


@pytest.fixture(autouse=True)
def _mail_stays_here(settings: Settings) -> None:
    settings.TREATYFLOW_MAIL_TRANSPORT = "mailbox"


@pytest.fixture
def notice(db: None) -> tuple[Cast, Notification]:
    """A withdrawal whose one clock counts from the day of the note until it was received."""
    cast = make_cast(make_treaty(rules=[XV_2]))
    return cast, issue(cast)


def receive(
    cast: Cast, notification: Notification, code: str, on: date, now: datetime | None = None
) -> None:
    register_receipt(
        notification=notification,
        party=cast.party(code),
        on=on,
        actor=getattr(cast, OFFICES[code]),
        now=now or datetime(on.year, on.month, on.day, 15, tzinfo=UTC),
    )


def effect_of(notification: Notification) -> Deadline:
    return notification.deadlines.with_reasons().get(clause__slug="xv-2")


def sweep(now: datetime, transport: Transport | None = None) -> None:
    send_alerts(now=now, transport=transport or Told())


def told(user: User) -> list[tuple[str, date | None]]:
    """What a person was told of deadlines, in its order: the stage and the day."""
    sent = Message.objects.filter(user=user, state="sent", alert__kind="deadline")
    rows = sent.order_by("sent_at", "pk").values_list(
        "alert__stage", "alert__deadline_version__due_on"
    )
    return list(rows)


def planned(notification: Notification) -> dict[str, datetime]:
    alerts = Alert.objects.filter(notification=notification, kind="deadline").planned()
    return dict(alerts.values_list("stage", "due_at"))


def at(day: date, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def test_what_the_server_deferred_goes_out_though_another_receipt_of_that_day_is_registered(
    notice: tuple[Cast, Notification],
) -> None:
    cast, notification = notice
    rung = DUE_ON - 90 * DAY
    sweep(at(rung), always("deferred", "451 later"))
    receive(cast, notification, "CAN", GIVEN_ON, at(rung, 1))
    assert effect_of(notification).version.no == 2

    sweep(at(rung, 2))

    assert told(cast.us_drafter) == [("before-90", DUE_ON)]
    assert register.verify().ok


def test_a_stage_that_fell_due_before_the_receipt_and_the_sweep_is_told(
    notice: tuple[Cast, Notification],
) -> None:
    cast, notification = notice
    rung = DUE_ON - 90 * DAY
    receive(cast, notification, "CAN", GIVEN_ON, at(rung, 0, 1))
    receive(cast, notification, "HUN", GIVEN_ON, at(rung, 0, 2))

    sweep(at(rung, 0, 3))
    sweep(at(rung + DAY))

    assert told(cast.us_drafter) == [("before-90", DUE_ON)]


def test_a_receipt_that_changes_no_day_plans_and_voids_nothing(
    notice: tuple[Cast, Notification],
) -> None:
    cast, notification = notice
    before = planned(notification)

    receive(cast, notification, "CAN", GIVEN_ON, at(GIVEN_ON + DAY))

    assert planned(notification) == before
    assert not Alert.objects.filter(state="void").exists()


def test_what_is_written_after_a_new_computation_tells_the_newest_way_to_the_day(
    notice: tuple[Cast, Notification],
) -> None:
    cast, notification = notice
    rung = DUE_ON - 90 * DAY
    sweep(at(rung - DAY))
    receive(cast, notification, "CAN", GIVEN_ON, at(rung, 1))
    out = Told()

    sweep(at(rung, 2), out)

    mails = [letter.mail.replace(b"=\r\n", b"") for letter in out.letters]
    of_the_rung = [mail for mail in mails if b"The withdrawal takes effect in 90 days" in mail]
    assert of_the_rung
    assert all(b"22 May 2020, received by Canada" in mail for mail in of_the_rung)


def test_a_date_that_moved_voids_what_is_planned_and_what_waits(
    notice: tuple[Cast, Notification],
) -> None:
    cast, notification = notice
    rung = DUE_ON - 90 * DAY
    sweep(at(rung), always("deferred", "451 later"))
    waiting = Message.objects.filter(alert__stage="before-90")
    assert set(waiting.values_list("state", flat=True)) == {"pending"}

    receive(cast, notification, "CAN", GIVEN_ON + 5 * DAY, at(rung, 1))

    assert set(waiting.values_list("state", flat=True)) == {"void"}
    late = rung + 5 * DAY
    assert planned(notification)["before-90"] == at(late)
    sweep(at(late))
    assert told(cast.us_drafter) == [("before-90", DUE_ON + 5 * DAY)]


def test_what_a_worker_holds_is_left_to_it_and_found_void_on_its_next_turn(
    notice: tuple[Cast, Notification],
) -> None:
    cast, notification = notice
    rung = DUE_ON - 90 * DAY
    sweep(at(rung - DAY))
    expand(now=at(rung))
    held = Message.objects.filter(alert__stage="before-90")
    held.update(lease_by="another worker", lease_until=at(rung, 2))

    receive(cast, notification, "CAN", GIVEN_ON + 5 * DAY, at(rung, 1))
    assert set(held.values_list("state", flat=True)) == {"pending"}

    sweep(at(rung, 3))
    assert set(held.values_list("state", flat=True)) == {"void"}


def test_a_stage_told_for_the_old_day_is_told_again_for_the_new_one(
    notice: tuple[Cast, Notification],
) -> None:
    cast, notification = notice
    moved, rung = DUE_ON + 5 * DAY, DUE_ON - 60 * DAY
    sweep(at(rung))
    receive(cast, notification, "CAN", GIVEN_ON + 5 * DAY, at(rung, 1))

    for day in range(66):
        sweep(at(rung + day * DAY, 2))

    after = [said for said in told(cast.us_drafter) if said[1] == moved]
    rungs = [f"before-{days}" for days in LADDER]
    assert after == [(stage, moved) for stage in (*rungs, "day")]


def test_a_day_that_moved_nearer_is_told_at_once_by_its_newest_rung(
    notice: tuple[Cast, Notification],
) -> None:
    cast, notification = notice
    receive(cast, notification, "CAN", GIVEN_ON + 40 * DAY)
    day = DUE_ON - 20 * DAY
    sweep(at(day))
    receive(cast, notification, "HUN", GIVEN_ON, at(day, 9))

    sweep(at(day, 10))

    assert told(cast.us_drafter)[-1] == ("before-30", DUE_ON)
    said = Alert.objects.get(stage="before-30", deadline_version__due_on=DUE_ON, state="expanded")
    assert said.due_at == at(day, 9)
    assert sorted(planned(notification)) == ["before-1", "before-14", "before-3", "before-7", "day"]


def test_a_day_that_moves_and_moves_back_is_told_once_more_where_the_other_was_heard(
    notice: tuple[Cast, Notification],
) -> None:
    cast, notification = notice
    day, moved = DUE_ON - 50 * DAY, DUE_ON + 5 * DAY
    sweep(at(day))
    receive(cast, notification, "CAN", GIVEN_ON + 5 * DAY, at(day, 1))
    sweep(at(day, 2))
    receive(cast, notification, "HUN", GIVEN_ON, at(day, 3))
    sweep(at(day, 4))

    assert [said for said in told(cast.us_drafter) if said[0] == "before-60"] == [
        ("before-60", DUE_ON),
        ("before-60", moved),
        ("before-60", DUE_ON),
    ]


def test_a_day_that_moves_and_moves_back_unheard_is_not_told_twice(
    notice: tuple[Cast, Notification],
) -> None:
    cast, notification = notice
    day = DUE_ON - 50 * DAY
    sweep(at(day))
    receive(cast, notification, "CAN", GIVEN_ON + 5 * DAY, at(day, 1))
    receive(cast, notification, "HUN", GIVEN_ON, at(day, 3))
    sweep(at(day, 4))

    assert told(cast.us_drafter).count(("before-60", DUE_ON)) == 1
    assert min(planned(notification)) == "before-1"
    assert "before-30" in planned(notification)


def test_an_effect_that_moves_to_a_day_already_past_is_still_told(
    notice: tuple[Cast, Notification],
) -> None:
    cast, notification = notice
    receive(cast, notification, "CAN", GIVEN_ON + 10 * DAY)
    now = at(DUE_ON + 2 * DAY, 9)
    sweep(now)
    receive(cast, notification, "HUN", GIVEN_ON, now)
    track_deadlines(now=now)
    out = Told()

    sweep(now + timedelta(minutes=1), out)

    assert told(cast.us_drafter)[-1] == ("day", DUE_ON)
    subjects = b"".join(letter.mail for letter in out.letters).replace(b"\r\n ", b" ")
    assert b"took effect on 22 November 2020" in subjects


def test_a_window_that_was_open_before_its_receipt_was_registered_is_told_at_once(
    cast: Cast,
) -> None:
    notification = issue(cast)
    late = at(GIVEN_ON + 35 * DAY, 9)
    receive(cast, notification, "CAN", GIVEN_ON, late)
    window = notification.deadlines.with_reasons().get(clause__slug="xv-3")

    stages = dict(window.version.alerts.values_list("stage", "due_at"))

    assert stages["opens"] == late
    assert "before-30" not in stages


@pytest.mark.parametrize("zone", ["America/Havana", "Africa/Cairo", "Europe/Oslo"])
def test_every_stage_falls_due_at_the_first_instant_of_its_day(db: None, zone: str) -> None:
    cast = make_cast(make_treaty(rules=[{**XV_2, "count": [{"add": "P10M"}]}], zone=zone))
    notification = issue(cast)
    due_on = effect_of(notification).version.due_on
    assert due_on
    stages = planned(notification)
    days = {f"before-{days}": due_on - days * DAY for days in LADDER} | {"day": due_on}
    assert stages == {stage: start_of_day(day, zone) for stage, day in days.items()}


def test_a_rung_on_a_day_without_midnight_falls_due_when_that_day_begins(db: None) -> None:
    # In Santiago the clocks went forward at 24:00 of 5 September 2020.
    rule = {**XV_2, "count": [{"add": "P114D"}]}
    cast = make_cast(make_treaty(rules=[rule], zone="America/Santiago"))
    notification = issue(cast)
    assert planned(notification)["before-7"] == datetime(2020, 9, 6, 4, tzinfo=UTC)


# Receipts of the two depositaries: on which day after the note, registered how long before the end.
RECEIPTS = (
    (),
    (("CAN", 0, 100),),
    (("CAN", 0, 90), ("HUN", 0, 30)),
    (("CAN", 10, 95), ("HUN", 0, 60)),
    (("CAN", 10, 30), ("HUN", 0, 14)),
    (("CAN", 60, 61), ("HUN", 20, 7)),
    (("CAN", 3, 90), ("HUN", 3, 3)),
)
MINUTES = (0, 5, 20)  # past the hour: longer apart than what a message waits for its next try
# At which hours of the day sweeps come, and how many tries of each message fail for now.
SWEEPS = (((1,), 0), ((5, 7), 1), ((1,), 3))


def stubborn(times: int) -> Told:
    """A server that defers the first tries of every message."""
    seen: Counter[bytes] = Counter()

    class Stubborn(Told):
        def send(self, letter: Any) -> Answer:
            identity = letter.mail.partition(b"Message-ID: ")[2].partition(b"\r\n")[0]
            seen[identity] += 1
            if seen[identity] <= times:
                return Answer("deferred", "451 later")
            return super().send(letter)

    return Stubborn()


def days_named(receipts: Sequence[tuple[str, int, int]]) -> Iterator[tuple[datetime, date]]:
    """From which instant on which day holds: six months from the first receipt known by then."""
    yield NOW, DUE_ON
    known: list[int] = []
    for _code, on, before in receipts:
        known.append(on)
        first = GIVEN_ON + min(known) * DAY
        month = first.month + 6
        due = first.replace(year=first.year + (month - 1) // 12, month=(month - 1) % 12 + 1)
        yield at(DUE_ON - before * DAY, 3), due


@pytest.mark.parametrize("receipts", RECEIPTS)
@pytest.mark.parametrize(("hours", "failing"), SWEEPS)
def test_every_stage_reaches_everybody_once_with_the_day_that_holds(
    db: None, receipts: Sequence[tuple[str, int, int]], hours: Sequence[int], failing: int
) -> None:
    cast = make_cast(make_treaty(rules=[XV_2]))
    notification = issue(cast)
    server = stubborn(failing)
    arrivals = {at(DUE_ON - before * DAY, 3): (code, on) for code, on, before in receipts}
    begin = DUE_ON - 101 * DAY
    for day in (begin + days * DAY for days in range(165)):
        receiving = [moment for moment in arrivals if moment.date() == day]
        if not (receiving or has_work(at(day + DAY))):
            continue
        moments = [at(day, hour, minute) for hour in hours for minute in MINUTES]
        for now in sorted([*moments, *receiving]):
            if now in arrivals:
                code, on = arrivals[now]
                receive(cast, notification, code, GIVEN_ON + on * DAY, now)
            elif has_work(now):
                track_deadlines(now=now)
                sweep(now, server)
    expected = expected_of(list(days_named(receipts)), hours, failing)
    for person in (cast.us_drafter, cast.russian_drafter, cast.hungarian_officer):
        heard = told(person)
        assert len(heard) == len(set(heard)), heard
        assert [said for said in heard if said in expected] == expected, (heard, expected)
    assert not Message.objects.filter(state__in=("pending", "failed")).exists()


def has_work(by: datetime) -> bool:
    waiting = Message.objects.filter(state="pending").exists()
    due = Deadline.objects.running().filter(due_at__lte=by).exists()
    return waiting or due or Alert.objects.planned().filter(due_at__lte=by).exists()


def expected_of(
    days: list[tuple[datetime, date]], hours: Sequence[int], failing: int
) -> list[tuple[str, date]]:
    """What must be heard, in its order: each stage of each day that held long enough."""
    needed = []
    for position, (since, due_on) in enumerate(days):
        if position and due_on == days[position - 1][1]:
            continue
        later = [moment for moment, other in days[position + 1 :] if other != due_on]
        until = later[0] if later else at(date(2022, 1, 1))
        stages = [(at(due_on - rung * DAY), f"before-{rung}") for rung in LADDER]
        stages.append((at(due_on), "day"))
        past = [stage for moment, stage in stages if moment <= since] if position else []
        due = [(since, past[-1])] if past else []
        due += [(moment, stage) for moment, stage in stages if moment > since]
        needed += [
            (stage, due_on)
            for moment, stage in due
            if sent_by(moment, hours, failing)
            < (until if stage == "day" else min(until, at(due_on)))
        ]
    return needed


def sent_by(moment: datetime, hours: Sequence[int], failing: int) -> datetime:
    """When the server has taken it: sweeps come in threes, and back-off is 1, 2 and 4 minutes."""
    sweeps = (
        at(moment.date() + day * DAY, hour, minute)
        for day in range(4)
        for hour in hours
        for minute in MINUTES
    )
    return next(itertools.islice((now for now in sweeps if now >= moment), failing, None))
