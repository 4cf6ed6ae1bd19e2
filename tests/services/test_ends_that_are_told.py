"""What is told where nothing comes after the day: a target that passed, a clock in hours."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings

from notifications import emails
from notifications.models import Deadline, Message
from notifications.services.forecasting import forecast
from notifications.services.silence_alarm import look_for_silence
from notifications.services.sweeps import record_responses, send_alerts, track_deadlines
from tests.delivery.ways_out import Told
from tests.factories import NOW, XV_2, Cast, issue, make_cast, make_treaty

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
DUTY = {"bearer": "notifier", "act": "formatted-message"}


@pytest.fixture(autouse=True)
def _mail_stays_here(settings: Settings) -> None:
    settings.TREATYFLOW_MAIL_TRANSPORT = "mailbox"


def cast_under(count: str, **duty: str) -> Cast:
    """Under a treaty whose clause asks the notifying party for something."""
    rule: dict[str, Any] = {
        **{key: value for key, value in XV_2.items() if key != "minimum"},
        "starts": "given",
        "count": [{"add": count}],
        "yields": "duty",
        "duty": {**DUTY, **duty},
    }
    return make_cast(make_treaty(rules=[rule]))


def knock(now: datetime) -> None:
    track_deadlines(now=now)
    record_responses(now=now)
    send_alerts(now=now, transport=Told())


def told_to(cast: Cast) -> list[str]:
    """The stages of which the American drafter got a mail, in order."""
    rows = Message.objects.filter(user=cast.us_drafter, state="sent", alert__kind="deadline")
    return list(rows.order_by("pk").values_list("alert__stage", flat=True))


def _text(message: Message) -> str:
    assert message.rendering is not None
    return emails.text_of(message.rendering)


def test_after_an_interruption_a_target_that_passed_is_told_of_as_late() -> None:
    cast = cast_under("P5D", soft="P5D")
    issue(cast)
    knock(NOW)

    knock(NOW + 25 * DAY)

    assert Deadline.objects.get().status == "open"
    assert told_to(cast) == ["day"]
    message = Message.objects.get(user=cast.us_drafter, alert__stage="day")
    assert message.alert.is_late
    text = _text(message)
    assert "not recorded in time" in text
    assert "the day was a target only" in text
    assert "every week" not in text


def test_at_its_instant_a_clock_in_hours_is_told_of_as_over_and_again_a_day_later() -> None:
    cast = cast_under("PT36H")
    issue(cast)
    knock(NOW)
    due_at = Deadline.objects.get().due_at
    assert due_at is not None
    foreseen = [(row.stage, row.at) for row in forecast(now=NOW, until=(NOW + 3 * DAY).date()).rows]

    minute = NOW
    while minute <= due_at + DAY:
        knock(minute)
        minute += timedelta(hours=1)

    ladder = ["before-24h", "before-6h", "before-2h"]
    assert told_to(cast) == [*ladder, "day", "after-1"]
    message = Message.objects.get(user=cast.us_drafter, alert__stage="day")
    assert message.alert.due_at == due_at
    assert "the time ended on" in _text(message)
    assert foreseen[-2:] == [("day", due_at), ("after-1", due_at + DAY)]
    assert look_for_silence(now=due_at + timedelta(hours=1)).is_agreed
    assert look_for_silence(now=due_at + DAY + timedelta(hours=1)).is_agreed


def test_what_was_met_in_time_is_not_told_of_as_over() -> None:
    cast = cast_under("PT36H")
    issue(cast)
    knock(NOW)
    due_at = Deadline.objects.get().due_at
    assert due_at is not None
    Deadline.objects.update(status="met", settled_on=NOW.date())
    knock(due_at)
    assert "day" not in told_to(cast)
