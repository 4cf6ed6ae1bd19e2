"""What waits across an interruption, or a change of the clocks, comes once and in its time."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from pytest_django import Settings

from notifications.models import Alert, Message, User
from notifications.services.account import change_own_settings
from notifications.services.forecasting import forecast
from notifications.services.people import change_user
from notifications.services.preferring import save_preference
from notifications.services.silence_alarm import look_for_silence
from tests.delivery.ways_out import always
from tests.factories import NOW, XV_2, Cast, issue, issue_act, make_cast, make_treaty
from tests.services.test_silence_alarm import DAY, HOUR, sweep

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(autouse=True)
def _mail_stays_here(settings: Settings) -> None:
    settings.TREATYFLOW_MAIL_TRANSPORT = "mailbox"


def wish(person: User, now: datetime, **wishes: object) -> None:
    """What a person asks for."""
    none = {"ladder": [], "quiet_from": None, "quiet_to": None, "snooze_until": None}
    values = {**none, "digest": "at-once", **wishes}
    save_preference(user=person, actor=person, now=now, **values)  # type: ignore[arg-type]


def stages_sent(person: User, since: datetime) -> list[str]:
    rows = Message.objects.filter(
        user=person, alert__kind="deadline", state="sent", sent_at__gte=since
    )
    return list(rows.order_by("sent_at", "pk").values_list("alert__stage", flat=True))


@pytest.mark.django_db
def test_what_waited_for_another_try_is_not_sent_before_its_newest_stage() -> None:
    cast = make_cast(make_treaty(rules=[XV_2]))
    for number in range(3):
        issue(cast, now=NOW + number * HOUR)
    sweep(NOW + 3 * HOUR)
    sweep(datetime(2020, 11, 8, 0, 1, tzinfo=UTC), always("deferred", "451 later"))

    back = datetime(2020, 11, 20, 10, tzinfo=UTC)
    sweep(back)

    assert stages_sent(cast.russian_drafter, back) == ["before-3"] * 3


@pytest.mark.django_db
def test_at_the_end_of_a_pause_the_day_itself_is_told_alone() -> None:
    cast = make_cast(make_treaty(rules=[XV_2]))
    fields = {"against": ["RUS"], "respond_by": "2020-06-20", "text": "x"}
    for number in range(3):
        issue_act(cast, "breach-allegation", fields, now=NOW + number * HOUR)
    sweep(NOW + 3 * HOUR)
    begin = datetime(2020, 6, 16, 12, tzinfo=UTC)
    wish(cast.russian_drafter, begin, snooze_until=datetime(2020, 7, 10, 12, tzinfo=UTC))
    for hours in range(0, 84, 6):
        sweep(begin + hours * HOUR)

    sweep(datetime(2020, 6, 20, 0, 1, tzinfo=UTC))

    assert stages_sent(cast.russian_drafter, begin) == ["day"] * 3


@pytest.mark.django_db
def test_every_week_after_a_lapse_begins_at_midnight_of_the_treaty_s_zone() -> None:
    cast = make_cast(make_treaty(zone="Europe/Berlin"))
    begin = datetime(2020, 10, 1, 10, tzinfo=UTC)
    fields = {"against": ["RUS"], "respond_by": "2020-10-20", "text": "x"}
    issue_act(cast, "breach-allegation", fields, now=begin)
    for hours in range(0, 36 * 24, 6):
        sweep(begin + hours * HOUR)

    after = Alert.objects.filter(stage__startswith="after-").order_by("due_at")
    local = [alert.due_at.astimezone(BERLIN) for alert in after]
    assert [at.isoformat() for at in local[:3]] == [
        "2020-10-21T00:00:00+02:00",
        "2020-10-28T00:00:00+01:00",  # the clocks were put back on the 25th
        "2020-11-04T00:00:00+01:00",
    ]
    assert look_for_silence(now=datetime(2020, 10, 28, 12, tzinfo=UTC)).is_agreed


@pytest.mark.parametrize("by", ["themselves", "an administrator"])
def test_what_waits_for_a_digest_follows_its_reader_into_another_zone(cast: Cast, by: str) -> None:
    reader = cast.russian_drafter
    User.objects.filter(pk=reader.pk).update(zone="Europe/Berlin")
    reader.refresh_from_db()
    issue(cast)
    sweep(NOW)
    wish(reader, NOW, digest="daily")
    week_before = datetime(2020, 11, 15, tzinfo=UTC)
    sweep(week_before)
    if by == "themselves":
        change_own_settings(language="en", zone="Asia/Dhaka", actor=reader, now=week_before + HOUR)
    else:
        change_user(
            user=reader,
            fields={"zone": "Asia/Dhaka"},
            actor=cast.administrator,
            now=week_before + HOUR,
            reason="moved",
        )

    waiting = Message.objects.get(user=reader, state="pending")
    assert waiting.next_at == datetime(2020, 11, 15, 2, 5, tzinfo=UTC)  # 08:05 in Dhaka
    sweep(week_before + 4 * HOUR)
    assert look_for_silence(now=week_before + 4 * HOUR).is_agreed


def foreseen(person: User, now: datetime, until: datetime) -> list[str]:
    """The stages that the forecast says a person will be told, in their order."""
    found = forecast(now=now, until=until.date())
    told = [
        (one.at, row.stage) for row in found.rows for one in row.people if one.user_id == person.pk
    ]
    return [stage for _at, stage in sorted(told)]


@pytest.mark.parametrize(
    "wishes",
    [
        {"digest": "weekly"},
        {"digest": "daily"},
        {"snooze_until": datetime(2020, 11, 16, 12, tzinfo=UTC)},
        {"quiet_from": time(22), "quiet_to": time(7)},
    ],
    ids=["weekly", "daily", "paused", "quiet"],
)
def test_what_is_foreseen_is_sent_whatever_its_reader_wishes(
    cast: Cast, wishes: dict[str, object]
) -> None:
    reader = cast.russian_drafter
    issue(cast)
    sweep(NOW)
    wish(reader, NOW, digest="weekly")
    begin = datetime(2020, 10, 24, 12, tzinfo=UTC)
    sweep(begin)  # before-30 waits for Monday
    wish(reader, begin, **wishes)
    end = datetime(2020, 11, 22, tzinfo=UTC)
    said = foreseen(reader, begin, end)

    now = begin
    while now < end + DAY - HOUR:
        now += HOUR
        sweep(now)

    assert said[0] in ("before-30", "before-14", "before-7")
    assert stages_sent(reader, begin) == said
