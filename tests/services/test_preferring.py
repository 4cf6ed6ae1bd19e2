"""How a person says that they wish to be reminded, and what follows for planned reminders."""

from __future__ import annotations

import json
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications.delivery import expand
from notifications.errors import NotPermittedError, RuleBrokenError
from notifications.models import (
    Alert,
    Event,
    Mandate,
    Message,
    Notification,
    Preference,
    Role,
    TreatyDepositary,
    User,
)
from notifications.register import verify
from notifications.services.people import appoint, change_mandate
from notifications.services.preferring import save_preference
from notifications.services.rungs import read_ladders
from notifications.services.sweeps import send_alerts
from tests.factories import NOW, Cast, issue, make_user

pytestmark = pytest.mark.django_db

# 60 days before 22 November 2020, the day on which the withdrawal takes effect.
SIXTY_BEFORE = datetime.fromisoformat("2020-09-23T00:00+00:00")
FORTY_FIVE_BEFORE = datetime.fromisoformat("2020-10-08T00:00+00:00")


def save(user: User, **fields: Any) -> Preference:
    wanted: dict[str, Any] = {
        "user": user,
        "actor": user,
        "now": NOW,
        "ladder": [],
        "quiet_from": None,
        "quiet_to": None,
        "snooze_until": None,
        "digest": "at-once",
    }
    return save_preference(**{**wanted, **fields})


def extras(act: Notification) -> set[str]:
    rows = Alert.objects.filter(notification=act, is_extra=True, state="planned")
    return set(rows.values_list("stage", flat=True))


def test_a_wish_is_kept_and_the_register_says_what_changed(cast: Cast) -> None:
    user = cast.us_drafter
    save(user, ladder=[7, 45], quiet_from=time(22), quiet_to=time(6, 30))
    held = Preference.objects.get(user=user)
    assert (held.ladder, held.quiet_from, held.quiet_to) == ([45, 7], time(22), time(6, 30))
    event = Event.objects.get(act="preference-saved")
    assert event.actor == user
    assert json.loads(event.body)["changes"] == {
        "ladder": {"before": [], "after": [45, 7]},
        "quiet_from": {"before": None, "after": "22:00"},
        "quiet_to": {"before": None, "after": "06:30"},
    }
    assert user.email not in event.body
    assert verify().ok


def test_a_wish_that_is_as_it_was_leaves_no_event(cast: Cast) -> None:
    save(cast.us_drafter, ladder=[7])
    save(cast.us_drafter, ladder=[7])
    assert Event.objects.filter(act="preference-saved").count() == 1


def test_nobody_settles_it_for_another_person(cast: Cast) -> None:
    with pytest.raises(NotPermittedError):
        save(cast.us_drafter, actor=cast.administrator)
    assert not Preference.objects.exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"ladder": [7, 7]}, "ladder"),
        ({"ladder": [8]}, "ladder"),
        ({"ladder": [-7]}, "ladder"),
        ({"quiet_from": time(22)}, "quiet_to"),
        ({"quiet_to": time(7)}, "quiet_from"),
        ({"quiet_from": time(7), "quiet_to": time(7)}, "quiet_to"),
        ({"snooze_until": NOW}, "snooze_until"),
        ({"snooze_until": NOW + timedelta(days=30, minutes=1)}, "snooze_until"),
    ],
)
def test_what_cannot_be_wished_is_refused_at_its_field(
    cast: Cast, fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(RuleBrokenError) as refused:
        save(cast.us_drafter, **fields)
    assert refused.value.field == field
    assert not Preference.objects.exists()


def test_a_pause_of_thirty_days_is_the_longest(cast: Cast) -> None:
    until = NOW + timedelta(days=30)
    assert save(cast.us_drafter, snooze_until=until).snooze_until == until


def test_days_of_ones_own_are_planned_for_clocks_that_run_already(cast: Cast) -> None:
    act = issue(cast)
    save(cast.us_drafter, ladder=[180, 45, 30])
    assert extras(act) == {"before-180", "before-45"}
    thirty = Alert.objects.get(notification=act, stage="before-30")
    assert not thirty.is_extra
    assert thirty.audience == Alert.objects.get(notification=act, stage="before-45").audience


def test_a_day_that_has_passed_is_not_planned(cast: Cast) -> None:
    act = issue(cast)
    save(cast.us_drafter, ladder=[120, 45], now=SIXTY_BEFORE)
    assert extras(act) == {"before-45"}


def test_whom_no_clock_concerns_is_told_of_none(cast: Cast) -> None:
    issue(cast)
    save(cast.japanese_drafter, ladder=[45])
    expand(now=FORTY_FIVE_BEFORE)
    assert not Message.objects.filter(alert__stage="before-45").exists()


def test_two_persons_with_the_same_day_share_one_alert(cast: Cast) -> None:
    act = issue(cast)
    save(cast.us_drafter, ladder=[45])
    save(cast.russian_drafter, ladder=[45, 10])
    rows = Alert.objects.filter(notification=act, stage="before-45")
    assert rows.count() == 1
    assert extras(act) == {"before-45", "before-10"}


def test_clocks_computed_from_then_on_have_the_days_of_single_persons_too(cast: Cast) -> None:
    save(cast.us_drafter, ladder=[45, 30])
    act = issue(cast)
    assert extras(act) == {"before-45"}


def test_the_days_of_persons_are_read_with_the_ladders_by_one_query(cast: Cast) -> None:
    for user in (cast.us_drafter, cast.us_head, cast.german_observer):
        save(user, ladder=[45, 7])
    save(cast.russian_drafter, quiet_from=time(22), quiet_to=time(7))
    with CaptureQueriesContext(connection) as asked:
        assert read_ladders().personal == {45, 7}
    assert len(asked) == 1


def test_planning_for_many_clocks_costs_as_many_queries_as_for_one(cast: Cast) -> None:
    issue(cast)
    with CaptureQueriesContext(connection) as one:
        save(cast.us_drafter, ladder=[45])
    for _ in range(3):
        issue(cast)
    with CaptureQueriesContext(connection) as many:
        save(cast.us_head, ladder=[21])
    assert len(many) == len(one)


def waiting(user: User) -> Message:
    """The message of the rung 60 days before, which waits."""
    expand(now=SIXTY_BEFORE)
    return Message.objects.get(user=user, alert__stage="before-60")


def test_a_pause_taken_back_sends_at_once_what_waited_for_it(cast: Cast) -> None:
    issue(cast)
    user, until = cast.us_drafter, SIXTY_BEFORE + timedelta(days=5)
    save(user, now=SIXTY_BEFORE, snooze_until=until)
    message = waiting(user)
    assert message.next_at == until
    save(user, now=SIXTY_BEFORE + timedelta(hours=1))
    message.refresh_from_db()
    assert message.next_at == SIXTY_BEFORE + timedelta(hours=1)


def test_a_pause_that_is_shortened_ends_earlier_for_what_waits(cast: Cast) -> None:
    issue(cast)
    user = cast.us_drafter
    save(user, now=SIXTY_BEFORE, snooze_until=SIXTY_BEFORE + timedelta(days=5))
    message, until = waiting(user), SIXTY_BEFORE + timedelta(days=2)
    save(user, now=SIXTY_BEFORE, snooze_until=until)
    message.refresh_from_db()
    assert message.next_at == until


@pytest.mark.parametrize(
    "held", [{"lease_by": "a worker"}, {"tries": 1}, {"state": "void"}], ids=str
)
def test_what_a_worker_holds_or_tries_again_is_left_to_it(cast: Cast, held: dict[str, Any]) -> None:
    issue(cast)
    user, until = cast.us_drafter, SIXTY_BEFORE + timedelta(days=5)
    save(user, now=SIXTY_BEFORE, snooze_until=until)
    message = waiting(user)
    Message.objects.filter(pk=message.pk).update(**held)
    save(user, now=SIXTY_BEFORE)
    message.refresh_from_db()
    assert message.next_at == until


def test_another_persons_messages_are_not_touched(cast: Cast) -> None:
    issue(cast)
    until = SIXTY_BEFORE + timedelta(days=5)
    for user in (cast.us_drafter, cast.german_observer):
        save(user, now=SIXTY_BEFORE, snooze_until=until)
    message = waiting(cast.german_observer)
    save(cast.us_drafter, now=SIXTY_BEFORE)
    message.refresh_from_db()
    assert message.next_at == until


def test_who_takes_a_digest_has_what_waits_gathered_and_gets_it_at_once_when_they_do_not(
    cast: Cast,
) -> None:
    issue(cast)
    user = cast.us_drafter
    save(user, digest="daily")
    message, hour = waiting(user), SIXTY_BEFORE.replace(hour=8, minute=5)
    assert (message.next_at, message.digest_at) == (hour, hour)
    later = SIXTY_BEFORE + timedelta(hours=1)
    save(user, now=later)

    message.refresh_from_db()
    assert (message.next_at, message.digest_at) == (later, None)
    send_alerts(now=later)
    message.refresh_from_db()
    assert message.state == "sent"


def test_what_waits_for_the_end_of_the_quiet_hours_joins_a_digest_that_is_asked_for_meanwhile(
    cast: Cast,
) -> None:
    issue(cast)
    user = cast.us_drafter
    save(user, quiet_from=time(22), quiet_to=time(7))
    message = waiting(user)
    save(user, now=SIXTY_BEFORE + timedelta(hours=1), digest="weekly")
    message.refresh_from_db()
    # 28 September 2020 is a Monday.
    monday = datetime.fromisoformat("2020-09-28T08:05+00:00")
    assert (message.next_at, message.digest_at) == (monday, monday)


def test_another_rhythm_than_those_of_the_list_is_refused(cast: Cast) -> None:
    with pytest.raises(
        RuleBrokenError, match="How you are told: choose one of the list"
    ) as refused:
        save(cast.us_drafter, digest="hourly")
    assert refused.value.field == "digest"


def test_whoever_gets_a_mandate_is_reminded_on_their_own_days_of_clocks_that_run(
    cast: Cast,
) -> None:
    issue(cast)
    person = make_user("New Drafter")
    save(person, ladder=[45])
    appoint(
        user=person,
        party=cast.party("USA"),
        role=Role.DRAFTER,
        from_on=NOW.date(),
        actor=cast.administrator,
        now=NOW,
        reason="A new colleague.",
    )
    assert told_before_45() == [person]


def test_so_is_whose_mandate_goes_on_after_all(cast: Cast) -> None:
    issue(cast)
    mandate = Mandate.objects.get(user=cast.us_drafter)
    change: dict[str, Any] = {"mandate": mandate, "actor": cast.administrator, "now": NOW}
    change_mandate(**change, fields={"to_on": NOW.date() - timedelta(days=1)}, reason="She left.")
    save(cast.us_drafter, ladder=[45])
    change_mandate(**change, fields={"to_on": None}, reason="She came back.")
    assert told_before_45() == [cast.us_drafter]


def test_so_is_the_officer_of_a_depositary_that_is_named_later(cast: Cast) -> None:
    act = issue(cast)
    officer = make_user("New Officer", "JPN", Role.DEPOSITARY_OFFICER)
    save(officer, ladder=[45])
    TreatyDepositary.objects.create(treaty=act.treaty, party=cast.party("JPN"))
    assert told_before_45() == [officer]


def told_before_45() -> list[User]:
    expand(now=FORTY_FIVE_BEFORE)
    return [message.user for message in Message.objects.filter(alert__stage="before-45")]
