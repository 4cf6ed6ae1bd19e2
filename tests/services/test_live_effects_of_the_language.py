"""What the clause language brings about in live cases: exits, alerts in hours, confirmations."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from notifications.errors import RuleBrokenError
from notifications.models import Alert, Deadline, Event, Notification, Participation
from notifications.register import verify
from notifications.services.receiving import register_receipt
from notifications.services.sweeps import track_deadlines
from tests.factories import NOW, XV_2, Cast, issue, issue_act, make_cast, make_treaty
from tests.services.ledgers import at, clock_of, receive

ANSWER: dict[str, Any] = {
    "id": "16-1",
    "article": "16.1",
    "governs": "consultation-request",
    "starts": "received",
    "count": [{"add": "PT48H"}],
    "yields": "duty",
    "duty": {"bearer": "addressee", "act": "response"},
}


def cast_of(**changes: Any) -> Cast:
    """The cast, with one withdrawal clause changed so; None leaves a key out."""
    rule = {key: value for key, value in {**XV_2, **changes}.items() if value is not None}
    return make_cast(make_treaty(rules=(rule,)))


@pytest.mark.django_db
def test_an_effect_carries_over_to_the_treaties_that_the_clause_names() -> None:
    """UNFCCC 25(3): who leaves the Convention leaves its protocols."""
    protocol = make_treaty("protocol", rules=())
    other = make_treaty("other", rules=())
    cast = cast_of(cascades=["protocol"])
    notice = issue(cast)
    receive(cast, notice, "2020-05-22")

    track_deadlines(now=at("2020-11-22"))

    rows = Participation.objects.filter(party__code="USA")
    exits = dict(rows.values_list("treaty__slug", "exit_on"))
    assert exits == {
        "open-skies": date(2020, 11, 22),
        "protocol": date(2020, 11, 22),
        "other": None,
    }
    assert rows.get(treaty=protocol).notification == notice
    assert rows.get(treaty=other).notification is None
    body = json.loads(Event.objects.get(act="deadline-took-effect").body)
    assert body["participation"]["carries_over"] == {"protocol": "ended"}
    assert verify().ok


@pytest.mark.django_db
def test_an_effect_at_the_end_of_its_day_ends_participation_the_day_after() -> None:
    """TEU 50(3): 24:00 of the day."""
    cast = cast_of(at="end")
    notice = issue(cast)
    receive(cast, notice, "2020-05-22")

    midnight = datetime(2020, 11, 23, tzinfo=UTC)
    assert track_deadlines(now=midnight - timedelta(minutes=1)).effective == 0
    assert track_deadlines(now=midnight).effective == 1

    row = Participation.objects.get(party__code="USA", treaty=cast.treaty)
    assert row.exit_on == date(2020, 11, 23)
    assert clock_of(notice, "xv-2").settled_on == date(2020, 11, 22)


@pytest.mark.django_db
def test_a_clock_in_hours_is_told_in_hours_and_at_its_instant() -> None:
    cast = make_cast(make_treaty(rules=(ANSWER,)))
    request = issue_act(
        cast, "consultation-request", {"text": "What is moving?", "addressees": ["RUS"]}
    )
    register_receipt(
        notification=request,
        party=cast.party("RUS"),
        on=NOW.date(),
        at=NOW,
        actor=cast.russian_drafter,
        now=NOW + timedelta(hours=1),
    )

    clock = Deadline.objects.get(notification=request)
    assert clock.due_at == NOW + timedelta(hours=48)
    alerts = Alert.objects.planned().filter(deadline_version__deadline=clock)
    told = {alert.stage: alert.due_at - NOW - timedelta(hours=48) for alert in alerts}
    assert told == {
        "before-24h": -timedelta(hours=24),
        "before-6h": -timedelta(hours=6),
        "before-2h": -timedelta(hours=2),
        "day": timedelta(0),
    }
    assert track_deadlines(now=clock.due_at - timedelta(minutes=1)).lapsed == 0
    assert track_deadlines(now=clock.due_at).lapsed == 1


@pytest.mark.django_db
def test_a_premature_notice_has_to_be_confirmed_and_is_recorded_as_premature() -> None:
    cast = cast_of(
        admissible={"not_before": {"starts": "in_force_for_party", "count": [{"add": "P20Y"}]}}
    )
    with pytest.raises(RuleBrokenError, match=r"Too early.*from 1 January 2022 on"):
        issue(cast)
    assert not Notification.objects.exists()

    notice = issue(cast, confirmed=["premature"])

    clock = clock_of(notice, "xv-2")
    assert (clock.status, clock.due_at) == ("premature", None)
    assert not Alert.objects.filter(deadline_version__deadline=clock).exists()
    assert verify().ok


@pytest.mark.django_db
def test_without_any_exit_clause_and_without_the_general_law_no_clock_starts() -> None:
    cast = make_cast(make_treaty(rules=()))
    assert not issue(cast).deadlines.exists()


@pytest.mark.django_db
def test_without_an_exit_clause_the_twelve_months_are_disputed_and_have_to_be_confirmed() -> None:
    general = {**XV_2, "id": "56-2", "article": "56(2)", "count": [{"add": "P12M"}]}
    make_treaty("vclt", rules=(general,), is_complete=False)
    cast = make_cast(make_treaty(rules=()))
    with pytest.raises(RuleBrokenError, match="VCLT 56"):
        issue(cast)

    notice = issue(cast, confirmed=["disputed"])

    clock = clock_of(notice, "56-2")
    assert (clock.status, clock.version.due_on) == ("disputed", date(2021, 5, 22))
    receive(cast, notice, "2020-05-25")
    assert clock_of(notice, "56-2").version.due_on == date(2021, 5, 25)
    assert clock_of(notice, "56-2").status == "disputed"
