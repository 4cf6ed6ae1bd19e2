"""The silence alarm: what should have been said is held against what was sent, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from notifications.delivery import Answer, MailboxTransport, Transport
from notifications.models import (
    Alert,
    Case,
    Deadline,
    Mandate,
    Notification,
    Preference,
    Role,
    User,
)
from notifications.services.expected import Span, expected_stages
from notifications.services.ladders import save_ladder
from notifications.services.preferring import save_preference
from notifications.services.receiving import register_receipt
from notifications.services.responding import respond_to_notification
from notifications.services.silence_alarm import Silence, Why, look_for_silence
from notifications.services.sweeps import record_responses, send_alerts, track_deadlines
from tests.delivery.ways_out import Told
from tests.factories import NOW, Cast, issue, issue_act, make_user

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Seven days before the effect of 22 November: from then on heads of mission are told too.
WEEK_BEFORE = datetime(2020, 11, 15, tzinfo=UTC)
LATER = WEEK_BEFORE + HOUR


@pytest.fixture(autouse=True)
def _mail_stays_here(settings: Settings) -> None:
    settings.TREATYFLOW_MAIL_TRANSPORT = "mailbox"


def sweep(now: datetime, transport: Transport | None = None) -> None:
    """What the three knocks do."""
    track_deadlines(now=now)
    record_responses(now=now)
    send_alerts(now=now, transport=transport or MailboxTransport())


def figures(found: Silence) -> tuple[int, int]:
    return found.told, found.expected


def people(found: Silence) -> set[tuple[str, Why]]:
    """Who was not told, and why."""
    names = dict(User.objects.values_list("pk", "name"))
    return {(names.get(one.user or 0, ""), one.why) for one in found.missing}


@pytest.fixture
def notice(cast: Cast) -> Notification:
    """A withdrawal of which all were told when it was issued."""
    notification = issue(cast)
    sweep(NOW)
    return notification


def ask_russia(cast: Cast, days: int, now: datetime = NOW) -> Notification:
    """An allegation to Russia, to be answered within some days."""
    limit = (now.date() + timedelta(days=days)).isoformat()
    fields = {"against": ["RUS"], "respond_by": limit, "text": "x"}
    return issue_act(cast, "breach-allegation", fields, now=now)


def test_where_nothing_was_to_be_said_nothing_is_missing(cast: Cast) -> None:
    found = look_for_silence(now=NOW)
    assert (figures(found), found.is_agreed) == ((0, 0), True)


def test_an_act_that_all_were_told_of_agrees(notice: Notification) -> None:
    found = look_for_silence(now=NOW + HOUR)
    assert (figures(found), found.is_agreed) == ((7, 7), True)
    assert found.in_words() == "7 of 7 in the last 24 hours"


def test_what_may_still_be_on_its_way_is_not_missed(cast: Cast) -> None:
    issue(cast)
    assert look_for_silence(now=NOW + timedelta(minutes=9)).expected == 0
    assert figures(look_for_silence(now=NOW + timedelta(minutes=10))) == (0, 7)


def test_a_stage_that_all_were_told_agrees_and_is_past_after_a_day(notice: Notification) -> None:
    sweep(WEEK_BEFORE)
    assert figures(look_for_silence(now=LATER)) == (7, 7)
    assert figures(look_for_silence(now=WEEK_BEFORE + DAY)) == (0, 0)


def test_an_alert_deleted_by_hand_is_missed_by_everybody(notice: Notification) -> None:
    Alert.objects.get(stage="before-7").delete()
    sweep(WEEK_BEFORE)
    found = look_for_silence(now=LATER)
    assert figures(found) == (0, 7)
    assert {one.stage for one in found.missing} == {"before-7"}
    assert {why for _name, why in people(found)} == {Why.UNSENT}
    assert found.is_held_up


def test_an_alert_voided_by_hand_is_missed_though_its_row_says_nothing(
    notice: Notification,
) -> None:
    Alert.objects.filter(stage="before-7").update(state=Alert.State.VOID)
    sweep(WEEK_BEFORE)
    assert figures(look_for_silence(now=LATER)) == (0, 7)


def test_an_act_of_which_the_alert_is_gone_is_missed(cast: Cast) -> None:
    issue(cast)
    Alert.objects.filter(kind="issued").delete()
    sweep(NOW)
    found = look_for_silence(now=NOW + HOUR)
    assert figures(found) == (0, 7)
    assert found.reasons_in_words() == "not sent: 7"


def test_one_message_that_no_server_takes_is_named_with_its_person(
    cast: Cast, notice: Notification
) -> None:
    def answer(recipient: str) -> Answer:
        is_refused = recipient == cast.german_observer.email
        return Answer("refused", "550 no") if is_refused else Answer("accepted", "250 OK")

    sweep(WEEK_BEFORE, Told(answer))
    found = look_for_silence(now=LATER)
    assert figures(found) == (6, 7)
    assert people(found) == {("Greta Observer", Why.UNDELIVERED)}
    assert found.reasons_in_words() == "could not be delivered: 1"


def test_a_message_that_waits_is_named_and_one_that_the_server_has_is_told(
    notice: Notification,
) -> None:
    sweep(WEEK_BEFORE, Told(lambda _recipient: Answer("deferred", "451 later")))
    found = look_for_silence(now=LATER)
    assert {why for _name, why in people(found)} == {Why.WAITING}
    sweep(LATER)
    assert look_for_silence(now=LATER).is_agreed


def test_a_clock_computed_yesterday_asks_for_none_of_the_rungs_before_it(cast: Cast) -> None:
    ask_russia(cast, days=5)
    sweep(NOW)
    found = look_for_silence(now=NOW + HOUR)
    assert (found.told, found.is_agreed) == (found.expected, True)
    assert not Alert.objects.filter(stage="before-7").exists()
    stages = {one.alert.stage for one in expected_stages(Span(NOW - DAY, NOW + 9 * DAY))}
    assert stages == {"before-3", "before-1", "day"}


def test_whoever_heard_a_newer_stage_alone_was_told(cast: Cast, notice: Notification) -> None:
    for code, officer in (("CAN", cast.canadian_officer), ("HUN", cast.hungarian_officer)):
        register_receipt(
            notification=notice, party=cast.party(code), on=NOW.date(), actor=officer, now=NOW
        )
    opens = datetime(2020, 6, 21, tzinfo=UTC)  # at this instant there is also the rung of 30 days
    at_once = Alert.objects.filter(due_at=opens, kind="deadline")
    assert set(at_once.values_list("stage", flat=True)) == {"before-30", "opens"}
    at_once.filter(stage="before-30").delete()
    sweep(opens)
    found = look_for_silence(now=opens + HOUR)
    assert (found.expected, found.is_agreed) == (4, True)
    at_once.filter(stage="opens").update(stage="before-31")  # an older one
    assert figures(look_for_silence(now=opens + HOUR)) == (0, 4)


def test_what_was_told_of_a_version_with_the_same_days_holds(
    cast: Cast, notice: Notification
) -> None:
    sweep(WEEK_BEFORE)
    receipt = {"notification": notice, "on": NOW.date()}
    register_receipt(**receipt, party=cast.party("CAN"), actor=cast.canadian_officer, now=LATER)
    found = look_for_silence(now=WEEK_BEFORE + 2 * HOUR)
    effect = Deadline.objects.get(notification=notice, clause__slug="xv-2")
    first, second = effect.versions.order_by("no")
    assert first.has_days_of(second)
    assert figures(found) == (7, 7)


def test_a_replay_is_never_counted(cast: Cast) -> None:
    act = issue(cast)
    Case.objects.filter(pk=act.case_id).update(origin="replay", scenario="told")
    assert look_for_silence(now=NOW + HOUR).expected == 0
    assert look_for_silence(now=LATER).expected == 0


def test_where_nobody_holds_a_mandate_that_is_said_and_nothing_is_held_up(cast: Cast) -> None:
    ask_russia(cast, days=7)
    sweep(NOW)
    Mandate.objects.filter(party__code="RUS").update(to_on=NOW.date())
    sweep(NOW + 4 * DAY)
    found = look_for_silence(now=datetime(2020, 5, 26, 1, tzinfo=UTC))
    assert people(found) == {("", Why.NOBODY)}
    assert figures(found) == (0, 1)
    assert not found.is_held_up


def test_a_ladder_changed_later_asks_nothing_of_clocks_that_run(
    cast: Cast, notice: Notification
) -> None:
    save_ladder(
        ladder=None,
        name="Effects",
        applies_to="effect",
        stages=[100],
        hours=[24],
        actor=cast.administrator,
        now=NOW + DAY,
        reason="for a test",
    )
    hundred = datetime(2020, 8, 14, 1, tzinfo=UTC)
    sweep(hundred)
    assert look_for_silence(now=hundred).expected == 0
    sweep(WEEK_BEFORE)
    assert figures(look_for_silence(now=LATER)) == (7, 7)


def without_the_russian_drafter(cast: Cast) -> Transport:
    gone = {cast.russian_drafter.email}
    return Told(
        lambda recipient: (
            Answer("deferred", "451 later") if recipient in gone else Answer("accepted", "250 OK")
        )
    )


@pytest.mark.parametrize(
    ("wishes", "is_excused"),
    [
        ({"ladder": [30, 3]}, True),
        ({"ladder": [30, 7]}, False),
        ({"ladder": []}, False),
        ({"snooze_until": LATER + HOUR}, True),
        ({"snooze_until": WEEK_BEFORE + timedelta(minutes=5)}, False),
        ({"quiet_from": time(22), "quiet_to": time(7)}, True),
        ({"quiet_from": time(1), "quiet_to": time(7)}, False),
        ({"quiet_from": time(22), "quiet_to": time(0, 30)}, False),
    ],
)
def test_whoever_wished_not_to_be_told_yet_is_not_missed(
    cast: Cast, notice: Notification, wishes: dict[str, object], is_excused: bool
) -> None:
    Preference.objects.create(user=cast.russian_drafter, **wishes)
    sweep(WEEK_BEFORE, without_the_russian_drafter(cast))
    found = look_for_silence(now=LATER)
    assert figures(found) == ((6, 6) if is_excused else (6, 7))


def test_no_wish_holds_back_an_act_or_the_day_itself(cast: Cast) -> None:
    wish = {"ladder": [365], "snooze_until": NOW + 900 * DAY}
    Preference.objects.create(user=cast.russian_drafter, **wish)
    ask_russia(cast, days=3)
    sweep(NOW, without_the_russian_drafter(cast))
    assert ("Boris Drafter", Why.WAITING) in people(look_for_silence(now=NOW + HOUR))
    day = datetime(2020, 5, 25, tzinfo=UTC)
    sweep(day, without_the_russian_drafter(cast))
    assert ("Boris Drafter", Why.WAITING) in people(look_for_silence(now=day + HOUR))


def weekly(cast: Cast, now: datetime) -> dict[str, datetime]:
    found = expected_stages(Span(now, now + 22 * DAY))
    return {one.alert.stage: one.alert.due_at for one in found}


def test_a_lapse_is_to_be_told_the_day_after_and_every_week(cast: Cast) -> None:
    allegation = ask_russia(cast, days=5)
    over = datetime(2020, 5, 28, tzinfo=UTC)
    sweep(over + HOUR)
    assert weekly(cast, NOW + DAY) == {
        "after-1": over,
        "after-8": over + 7 * DAY,
        "after-15": over + 14 * DAY,
    }
    assert weekly(cast, over + 8 * DAY) == {
        f"after-{days}": over + (days - 1) * DAY for days in (15, 22, 29)
    }
    respond_to_notification(
        notification=allegation,
        party=cast.party("RUS"),
        position="rejects",
        text="No.",
        actor=cast.russian_head,
        now=over + 9 * DAY,
    )
    assert weekly(cast, over + 8 * DAY) == {}


def test_a_lapse_noticed_late_is_told_and_agrees(cast: Cast) -> None:
    ask_russia(cast, days=5)
    sweep(NOW)
    over = datetime(2020, 5, 28, tzinfo=UTC)
    sweep(over + 5 * HOUR)
    found = look_for_silence(now=over + 6 * HOUR)
    assert (found.told, found.is_agreed) == (found.expected, True)
    assert Alert.objects.get(stage="after-1").due_at == over


def test_an_effect_that_came_is_to_be_told_on_its_day(cast: Cast, notice: Notification) -> None:
    came = datetime(2020, 11, 22, tzinfo=UTC)
    Alert.objects.filter(stage="day").update(state=Alert.State.VOID)
    sweep(came + HOUR)
    found = look_for_silence(now=came + 2 * HOUR)
    assert notice.deadlines.get(clause__slug="xv-2").status == "effective"
    assert {one.stage for one in found.missing if one.deadline} == {"day"}


def test_it_is_asked_treaty_by_treaty(cast: Cast, notice: Notification) -> None:
    found = look_for_silence(now=NOW + HOUR)
    assert figures(found.of_treaties([cast.treaty.pk])) == (7, 7)
    assert figures(found.of_treaties([])) == (0, 0)


def test_it_asks_the_same_number_of_questions_of_many_people(
    cast: Cast, notice: Notification
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            look_for_silence(now=LATER)
        return len(queries)

    sweep(WEEK_BEFORE)
    before = asked()
    for number in range(30):
        make_user(f"Drafter {number}", "DEU", Role.DRAFTER)
    for number in range(3):
        issue(cast, now=NOW + number * HOUR)
    assert asked() == before
    assert look_for_silence(now=LATER).expected == 4 * 37


def test_the_day_of_a_mandate_is_that_of_the_stage(cast: Cast, notice: Notification) -> None:
    Mandate.objects.filter(user=cast.german_observer).update(to_on=WEEK_BEFORE.date() - DAY)
    sweep(WEEK_BEFORE)
    assert figures(look_for_silence(now=LATER)) == (6, 6)


def test_a_digest_puts_off_what_is_told_and_is_no_silence_before_its_hour(
    cast: Cast, notice: Notification
) -> None:
    Preference.objects.create(user=cast.russian_drafter, digest="daily")
    sweep(WEEK_BEFORE)
    assert figures(look_for_silence(now=LATER)) == (6, 6)
    hour = WEEK_BEFORE.replace(hour=8, minute=5)
    late = hour + HOUR
    assert ("Boris Drafter", Why.WAITING) in people(look_for_silence(now=late))
    sweep(late)
    assert figures(look_for_silence(now=late + HOUR)) == (7, 7)


def test_a_digest_of_the_week_that_was_not_sent_is_found_long_after_its_rungs_fell_due(
    cast: Cast, notice: Notification
) -> None:
    Preference.objects.create(user=cast.russian_drafter, digest="weekly")
    # 14 days before the effect: a Sunday; the digest is that of Monday.
    rung = datetime(2020, 10, 23, tzinfo=UTC)
    sweep(rung)
    monday = datetime(2020, 10, 26, 8, 5, tzinfo=UTC)
    assert look_for_silence(now=monday).expected == 0
    assert people(look_for_silence(now=monday + HOUR)) == {("Boris Drafter", Why.WAITING)}
    sweep(monday + HOUR)
    assert figures(look_for_silence(now=monday + 2 * HOUR)) == (1, 1)


def test_a_rung_that_a_person_asked_for_and_was_not_told_is_silence(
    cast: Cast, notice: Notification
) -> None:
    ask_for(cast.russian_drafter, [10], NOW + DAY)
    ten_before = WEEK_BEFORE - 3 * DAY
    sweep(ten_before, without_the_russian_drafter(cast))
    found = look_for_silence(now=ten_before + HOUR)
    assert people(found) == {("Boris Drafter", Why.WAITING)}
    assert found.expected == 1, "nobody else asked for it"
    sweep(ten_before + HOUR)
    assert figures(look_for_silence(now=ten_before + HOUR)) == (1, 1)


def test_a_rung_that_was_asked_for_after_its_moment_is_none(
    cast: Cast, notice: Notification
) -> None:
    ten_before = WEEK_BEFORE - 3 * DAY
    ask_for(cast.russian_drafter, [10], ten_before + HOUR)
    sweep(ten_before + HOUR)
    assert look_for_silence(now=ten_before + 2 * HOUR).expected == 0


def ask_for(person: User, days: list[int], now: datetime) -> None:
    save_preference(
        user=person,
        actor=person,
        now=now,
        ladder=days,
        quiet_from=None,
        quiet_to=None,
        snooze_until=None,
        digest="at-once",
    )
