"""The forecast: what it says is what the sweeps then send; and it changes nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from notifications.delivery import MailboxTransport
from notifications.errors import NotPermittedError, RuleBrokenError
from notifications.models import Case, Deadline, Mandate, Message, Preference, Role
from notifications.services.forecasting import Forecast, forecast
from notifications.services.receiving import register_receipt
from notifications.services.silence_alarm import Why, look_for_silence
from notifications.services.sweeps import record_responses, send_alerts, track_deadlines
from tests.factories import (
    NOW,
    QUARTERS,
    XV_2,
    XV_3,
    Cast,
    add_clause,
    issue,
    issue_act,
    make_cast,
    make_treaty,
    make_user,
)

DAY = timedelta(days=1)
CONFERENCE = {**XV_3, "opens": [{"add": "P31D"}]}
EFFECT = {**XV_2, "id": "xx", "article": "XX", "governs": "breach-allegation"}
BEGIN = datetime(2020, 7, 10, 12, tzinfo=UTC)
END = date(2020, 8, 19)
# A deadline, of a clause or of the sender, whose it is and of which day; a stage; a person.
Told = tuple[str, str, date | None, str, int]


@pytest.fixture(autouse=True)
def _mail_stays_here(settings: Settings) -> None:
    settings.TREATYFLOW_MAIL_TRANSPORT = "mailbox"


def sweep(now: datetime) -> None:
    """What the three knocks do."""
    track_deadlines(now=now)
    record_responses(now=now)
    send_alerts(now=now, transport=MailboxTransport())


@pytest.fixture
def busy(db: None) -> Cast:
    """On 10 July 2020: a withdrawal, an allegation to be answered, and recurring quotas."""
    count = {"count": [{"add": "P2M"}], "minimum": False}
    rules = (XV_2, CONFERENCE, {**EFFECT, **count}, QUARTERS)
    cast = make_cast(make_treaty(rules=rules))
    sweep(NOW)
    notice = issue(cast)
    received = datetime(2020, 6, 15, 9, tzinfo=UTC)
    for code, officer in (("CAN", cast.canadian_officer), ("HUN", cast.hungarian_officer)):
        register_receipt(
            notification=notice,
            party=cast.party(code),
            on=received.date(),
            actor=officer,
            now=received,
        )
    asked = datetime(2020, 6, 16, 9, tzinfo=UTC)
    fields = {"against": ["RUS"], "respond_by": "2020-08-13", "text": "x"}
    issue_act(cast, "breach-allegation", fields, now=asked)
    for days in range((BEGIN - NOW).days + 1):
        sweep(NOW + days * DAY)
    sweep(BEGIN)
    return cast


def key_of(deadline: Deadline, due_on: date | None, stage: str, user: int) -> Told:
    what = deadline.clause.slug if deadline.clause else "answer"
    whose = deadline.bearer.code if deadline.bearer else ""
    return (what, whose, due_on, stage, user)


def foreseen(found: Forecast) -> set[Told]:
    return {
        key_of(row.deadline, row.version.due_on, row.stage, one.user_id)
        for row in found.rows
        for one in row.people
    }


def sent_after(at: datetime) -> set[Told]:
    sent = Message.objects.filter(sent_at__gt=at, state="sent", alert__kind="deadline")
    joined = sent.select_related(
        "alert__deadline_version__deadline__clause", "alert__deadline_version__deadline__bearer"
    )
    found = set()
    for message in joined:
        version = message.alert.deadline_version
        assert version is not None
        found.add(key_of(version.deadline, version.due_on, message.alert.stage, message.user_id))
    return found


def test_what_is_foreseen_for_forty_days_is_sent_and_the_silence_alarm_agrees(busy: Cast) -> None:
    found = foreseen(forecast(now=BEGIN, until=END))
    midnight = datetime(2020, 7, 11, tzinfo=UTC)
    missed = []
    while midnight.date() <= END:
        sweep(midnight + timedelta(minutes=5))
        missed += look_for_silence(now=midnight + timedelta(hours=1)).missing
        midnight += DAY
    assert found == sent_after(BEGIN)
    assert {one.why for one in missed} == {Why.NOBODY}, "of France alone, which has no people"
    assert {what for what, *_others in found} == {"xv-3", "xx", "answer", "annex-h-3"}
    assert {stage for _w, _b, _d, stage, _u in found} >= {"opens", "before-7", "day", "after-1"}
    coming = {told for told in found if told[2] == date(2020, 11, 15)}
    assert {stage for _w, _b, _d, stage, _u in coming} == {"before-90"}


def test_every_stage_has_its_instant_and_its_people_in_order(busy: Cast) -> None:
    rows = forecast(now=BEGIN, until=END).rows
    assert [row.at for row in rows] == sorted(row.at for row in rows)
    (opens,) = (row for row in rows if row.stage == "opens")
    assert opens.at == datetime(2020, 7, 16, tzinfo=UTC)
    assert {(one.name, one.party) for one in opens.people} == {
        ("Claire Officer", "CAN"),
        ("Miklos Officer", "HUN"),
    }


def test_a_forecast_changes_no_row(busy: Cast) -> None:
    def rows() -> dict[str, list[Any]]:
        tables = apps.get_app_config("notifications").get_models()
        return {
            str(table._meta.label): list(table._default_manager.order_by("pk").values())
            for table in tables
        }

    before = rows()
    assert forecast(now=BEGIN, until=date(2022, 7, 10)).rows
    assert rows() == before


def test_runs_still_to_come_are_told_of_for_years(busy: Cast) -> None:
    found = forecast(now=BEGIN, until=date(2022, 7, 10), party="RUS")
    days = {row.version.due_on for row in found.rows if row.stage == "day"}
    assert {date(2020, 8, 15), date(2020, 11, 15), date(2022, 5, 15)} <= days


def test_a_run_that_lapses_is_told_of_weekly_until_the_next_one_is_due(busy: Cast) -> None:
    found = forecast(now=BEGIN, until=date(2020, 12, 31), party="RUS")
    quotas = [row for row in found.rows if row.version.due_on == date(2020, 8, 15)]
    after = [int(row.stage[6:]) for row in quotas if row.stage.startswith("after-")]
    assert after == [1 + 7 * week for week in range(14)]


def test_weekly_stages_end_where_the_act_will_be_closed(cast_of_answers: Cast) -> None:
    stages = [row.stage for row in forecast(now=NOW, until=date(2020, 7, 31)).rows]
    assert stages == ["before-7", "before-3", "before-1", "day", "after-1"]


@pytest.fixture
def cast_of_answers(db: None) -> Cast:
    """An allegation to Russia alone, numbered, whose one limit ends in ten days."""
    cast = make_cast(make_treaty(depositaries=(), rules=()))
    limit = (NOW.date() + 10 * DAY).isoformat()
    fields = {"against": ["RUS"], "respond_by": limit, "text": "x"}
    notice = issue_act(cast, "breach-allegation", fields)
    register_receipt(
        notification=notice,
        party=cast.party("RUS"),
        on=NOW.date(),
        actor=cast.russian_head,
        now=NOW,
    )
    return cast


def test_to_one_party_alone(busy: Cast) -> None:
    every = forecast(now=BEGIN, until=END)
    russian = forecast(now=BEGIN, until=END, party=" rus ")
    assert {one.party for row in russian.rows for one in row.people} == {"RUS"}
    wanted = {row.people and row.at for row in every.rows}
    assert {row.at for row in russian.rows} <= wanted
    assert len(russian.rows) < len(every.rows)


def test_people_are_those_who_hold_a_mandate_on_the_day(busy: Cast) -> None:
    Mandate.objects.filter(user=busy.canadian_officer).update(to_on=date(2020, 7, 15))
    rows = forecast(now=BEGIN, until=END).rows
    (opens,) = (row for row in rows if row.stage == "opens")
    assert [one.name for one in opens.people] == ["Miklos Officer"]


def test_where_nobody_holds_a_mandate_the_stage_stands_there_all_the_same(busy: Cast) -> None:
    rows = forecast(now=BEGIN, until=END).rows
    french = [row for row in rows if row.deadline.bearer == busy.party("FRA")]
    assert french
    assert all(row.people == () for row in french if not row.stage.startswith("after-"))


def test_a_replay_is_not_foreseen(cast_of_answers: Cast) -> None:
    Case.objects.update(origin="replay", scenario="told")
    assert forecast(now=NOW).rows == ()


def test_without_a_day_it_is_ninety_days_and_the_last_day_counts_whole(busy: Cast) -> None:
    assert forecast(now=BEGIN).until == date(2020, 10, 8)
    day = date(2020, 7, 16)
    assert any(row.stage == "opens" for row in forecast(now=BEGIN, until=day).rows)
    assert not any(row.stage == "opens" for row in forecast(now=BEGIN, until=day - DAY).rows)


def test_of_a_restricted_act_an_administrator_gets_the_number_of_stages(db: None) -> None:
    cast = make_cast(make_treaty(rules=()))
    limit = (NOW.date() + 5 * DAY).isoformat()
    fields = {"against": ["RUS"], "addressees": ["RUS"], "visibility": "restricted", "text": "x"}
    issue_act(cast, "breach-allegation", {**fields, "respond_by": limit})
    assert len(forecast(now=NOW, until=date(2020, 5, 27)).rows) == 3
    own = forecast(now=NOW, until=date(2020, 5, 27), actor=cast.administrator)
    assert (own.rows, own.hidden) == ((), 3)
    # One that fell due and waits is counted as well.
    Preference.objects.create(user=cast.russian_drafter, snooze_until=NOW + 3 * DAY)
    later = NOW + 2 * DAY
    send_alerts(now=later, transport=MailboxTransport())
    assert Message.objects.filter(state="pending").count() == 1
    waiting = forecast(now=later, until=date(2020, 5, 27), actor=cast.administrator)
    everything = forecast(now=later, until=date(2020, 5, 27))
    assert (waiting.rows, waiting.hidden) == ((), len(everything.rows))
    assert any(row.due_at is not None for row in everything.rows)
    with pytest.raises(NotPermittedError, match="Only an administrator"):
        forecast(now=NOW, actor=cast.us_head)


@pytest.mark.parametrize(
    ("asked", "field", "sentence"),
    [
        ({"until": date(2020, 7, 9)}, "until", "the day has passed"),
        ({"until": date(2030, 7, 20)}, "until", "the next ten years"),
        ({"party": "XYZ"}, "party", "no party “XYZ”"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(
    db: None, asked: dict[str, Any], field: str, sentence: str
) -> None:
    with pytest.raises(RuleBrokenError, match=sentence) as refused:
        forecast(now=BEGIN, **asked)
    assert refused.value.field == field


def test_it_asks_the_same_number_of_questions_of_more_people_and_clocks(busy: Cast) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            forecast(now=BEGIN, until=END)
        return len(queries)

    before = asked()
    for number in range(20):
        make_user(f"Drafter {number}", "DEU", Role.DRAFTER)
    add_clause(busy.treaty, {**QUARTERS, "id": "annex-i", "article": "Annex I"})
    sweep(BEGIN)
    assert asked() == before


@pytest.mark.parametrize("digest", ["daily", "weekly"])
def test_who_takes_digests_is_told_when_the_forecast_says_and_the_silence_alarm_agrees(
    busy: Cast, digest: str
) -> None:
    for person in (busy.russian_drafter, busy.canadian_officer):
        Preference.objects.create(user=person, digest=digest)
    rows = forecast(now=BEGIN, until=END).rows
    waiting = [(one.user_id, one.digest_at) for row in rows for one in row.people if one.digest_at]
    assert {user for user, _at in waiting} >= {busy.russian_drafter.pk}
    hours = [datetime(2020, 7, 11, tzinfo=UTC) + timedelta(hours=n) for n in (0, 8)]
    missed = []
    for day in range((END - BEGIN.date()).days):
        for hour in hours:
            sweep(hour + day * DAY + timedelta(minutes=5))
        missed += look_for_silence(now=hours[0] + day * DAY + timedelta(hours=1)).missing
        missed += look_for_silence(now=hours[1] + day * DAY + timedelta(hours=1)).missing
    assert {one.why for one in missed} == {Why.NOBODY}
    sent = Message.objects.filter(state="sent", digest_at__isnull=False)
    assert sent.exists()
    assert {(m.user_id, m.digest_at) for m in sent} <= set(waiting)


def test_days_that_a_person_left_out_are_not_foreseen_for_them(busy: Cast) -> None:
    Preference.objects.create(user=busy.russian_drafter, ladder=[21])
    rows = forecast(now=BEGIN, until=END, party="RUS").rows
    stages = {
        row.stage
        for row in rows
        for one in row.people
        if one.user_id == busy.russian_drafter.pk and row.stage.startswith("before-")
    }
    assert stages == {"before-21"}
