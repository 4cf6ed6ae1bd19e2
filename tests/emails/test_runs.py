"""What the mails on recurring duties say: before the day, on it, and where nothing was recorded."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications import emails
from notifications.models import Alert, Deadline, Message
from notifications.register import verify
from notifications.services.runs import track_runs
from notifications.services.sweeps import send_alerts
from tests.emails.reading import Mail, write
from tests.factories import NOW, QUARTERS, Cast, add_clause, make_cast

REVIEW: dict[str, Any] = {
    **QUARTERS,
    "id": "xvi-3",
    "article": "XVI(3)",
    "summary": "The depositaries convene a conference.",
    "duty": {"bearer": "depositaries", "act": "conference"},
}
OVER = datetime(2020, 8, 16, 1, tzinfo=UTC)


@pytest.fixture
def cast(db: None) -> Cast:
    """A treaty with a duty of each party and one of the depositaries; their runs are open."""
    cast = make_cast()
    add_clause(cast.treaty, QUARTERS)
    add_clause(cast.treaty, REVIEW)
    track_runs(now=NOW)
    return cast


def alert_of(stage: str, code: str | None = "USA") -> Alert:
    alerts = Alert.objects.filter(stage=stage, deadline_version__deadline__run_from=NOW.date())
    found = alerts.filter(deadline_version__deadline__bearer__code=code)
    return found.get() if code else alerts.get(deadline_version__deadline__bearer=None)


def link_of(alert: Alert) -> str:
    run = Deadline.objects.get(versions=alert.deadline_version)
    return f"https://treatyflow.example/recurring/#run-{run.uid}"


def test_a_duty_that_comes_near_says_what_when_why_and_where_to_record_it(cast: Cast) -> None:
    alert = alert_of("before-30")
    mail = write(alert)
    assert mail.subject == (
        "Open Skies: formatted message (Annex H(3)) due by 15 August 2020 (in 30 days)"
    )
    for body in (mail.text, mail.html):
        assert "Formatted message (Annex H(3)): the last day is in 30 days" in body
        assert (
            "For the United States of America the time ends on "
            "15 August 2020 (Saturday), 24:00 UTC." in body
        )
        assert "15 August 2020, the first of the clause’s dates on or after 22 May 2020" in body
        assert "Annex H(3): Each party tells the others its quotas four times a year." in body
        assert "nothing to declare is an answer too" in body
        assert "Open the recurring duties" in body
        assert "Open the notification" not in body
        assert body.count(link_of(alert)) == 1


def test_the_day_goes_into_the_calendar_and_keeps_its_uid(cast: Cast) -> None:
    (event,) = write(alert_of("before-7")).calendar().events
    run = Deadline.objects.get(bearer__code="USA", run_from=NOW.date())
    assert event["summary"] == (
        "Open Skies: Formatted message (Annex H(3)) – United States of America"
    )
    assert (event["uid"], event["dtstart"].dt) == (
        f"{run.uid}@treatyflow.example",
        date(2020, 8, 15),
    )
    assert event["url"] == f"https://treatyflow.example/recurring/#run-{run.uid}"


def test_the_day_itself_and_a_lapse_have_their_own_words(cast: Cast) -> None:
    day = write(alert_of("day"))
    assert day.subject == "Open Skies: formatted message (Annex H(3)) due today, 15 August 2020"
    assert "Formatted message (Annex H(3)): today is the last day" in day.text
    track_runs(now=OVER)
    lapsed = write(alert_of("after-1"))
    assert lapsed.subject == (
        "Open Skies: formatted message (Annex H(3)) not recorded by 15 August 2020"
    )
    assert (
        "For the United States of America the time ended on 15 August 2020 (Saturday), 24:00 UTC, "
        "and nothing was recorded that fulfils this duty." in lapsed.text
    )
    assert "counts as late" in lapsed.text
    assert lapsed.attachments == []


def test_a_duty_of_the_depositaries_is_theirs(cast: Cast) -> None:
    mail = write(alert_of("before-14", None))
    assert mail.subject == (
        "Open Skies: conference of the parties (Article XVI(3)) due by 15 August 2020 (in 14 days)"
    )
    assert "For the depositaries the time ends on 15 August 2020" in mail.text
    assert "Article XVI(3): The depositaries convene a conference." in mail.text


def test_a_window_and_a_right_that_ends_are_told_as_what_they_are(db: None) -> None:
    cast = make_cast()
    window = {key: value for key, value in QUARTERS.items() if key != "count"}
    window |= {"opens": [{"subtract": "P14D"}], "closes": []}
    right = {key: value for key, value in REVIEW.items() if key != "duty"} | {"yields": "lapse"}
    add_clause(cast.treaty, window)
    add_clause(cast.treaty, right)
    track_runs(now=NOW)
    opening = write(alert_of("opens"))
    assert "It can be done from 1 August 2020 (Saturday) on." in opening.text
    assert "due by 15 August 2020 (in 14 days)" in opening.subject
    ending = write(alert_of("before-3", None))
    assert ending.subject == (
        "Open Skies: time under Article XVI(3) ends on 15 August 2020 (in 3 days)"
    )
    assert "For the parties the time ends on 15 August 2020" in ending.text


def test_they_are_sent_to_those_concerned_and_stand_in_one_thread(cast: Cast) -> None:
    for day in (datetime(2020, 7, 16, 1, tzinfo=UTC), datetime(2020, 8, 14, 1, tzinfo=UTC)):
        send_alerts(now=day)
    sent = Message.objects.filter(state="sent").select_related("alert__case", "user")
    americans = sent.filter(user=cast.us_drafter)
    assert {message.alert.stage for message in americans} >= {"before-30", "before-1"}
    case = sent[0].alert.case
    thread = f"In-Reply-To: <{case.uid}@treatyflow.example>"
    assert all(thread in message.headers for message in sent)
    first = americans.order_by("pk")[0]
    assert first.message_id == emails.message_id_of(first.alert_id, first.user_id)
    assert not sent.filter(user=cast.japanese_drafter).exists()
    assert Mail(emails.as_sent(first)).subject.startswith("Open Skies: formatted message")
    assert verify().ok


def test_many_mails_on_runs_take_no_more_queries_than_one(cast: Cast) -> None:
    keys = list(Alert.objects.filter(stage="before-7").values_list("pk", flat=True))

    def gathered(alerts: list[int]) -> int:
        with CaptureQueriesContext(connection) as queries:
            background = emails.gather(alerts, ["en"])
            for key in alerts:
                emails.build(background, key, "en")
        return len(queries)

    assert len(keys) == 7
    assert gathered(keys) == gathered(keys[:1])


def test_what_was_fulfilled_or_moved_is_not_told_any_more(cast: Cast) -> None:
    add_clause(cast.treaty, {**QUARTERS, "starts": {"yearly": ["09-30"]}})
    track_runs(now=NOW + timedelta(minutes=1))
    send_alerts(now=datetime(2020, 8, 14, 1, tzinfo=UTC))
    told = Message.objects.filter(user=cast.us_drafter, state="sent").select_related("rendering")
    subjects = [Mail(emails.as_sent(message)).subject for message in told]
    assert subjects
    assert all("30 September 2020" in subject for subject in subjects)
