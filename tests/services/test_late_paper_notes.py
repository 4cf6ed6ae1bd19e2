"""A note entered long after it was given: settled at once, on its own days."""

from __future__ import annotations

from datetime import date, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

from notifications.models import (
    Alert,
    Message,
    Participation,
    User,
)
from notifications.register import verify
from notifications.services.sweeps import record_responses, send_alerts, track_deadlines
from tests.factories import (
    NOW,
    TODAY,
    Cast,
    issue,
)
from tests.services.noting import enter


def test_a_note_of_eight_months_ago_is_settled_at_once_on_its_own_days(
    cast: Cast, secretary: User
) -> None:
    given = date(2019, 9, 22)
    received = {cast.party("CAN"): given, cast.party("HUN"): date(2019, 9, 25)}
    note = enter(cast, secretary, given_on=given, received=received)
    assert set(note.deadlines.values_list("status", flat=True)) == {"running"}
    track_deadlines(now=NOW)
    settled = dict(note.deadlines.values_list("clause__slug", "settled_on"))
    assert dict(note.deadlines.values_list("clause__slug", "status")) == {
        "xv-2": "effective",
        "xv-3": "lapsed",
    }
    assert settled == {"xv-2": date(2020, 3, 22), "xv-3": date(2019, 11, 21)}
    exit_on = Participation.objects.get(treaty=cast.treaty, party__code="USA").exit_on
    assert exit_on == date(2020, 3, 22)
    assert verify().ok


def test_of_the_stages_that_have_passed_the_newest_alone_is_told(
    cast: Cast, secretary: User
) -> None:
    given = date(2019, 9, 22)
    note = enter(cast, secretary, given_on=given, received={cast.party("CAN"): given})
    track_deadlines(now=NOW)
    send_alerts(now=NOW)
    told = Alert.objects.filter(notification=note, kind="deadline", state="expanded")
    assert sorted(told.values_list("deadline_version__deadline__clause__slug", "stage")) == [
        ("xv-2", "day"),
        ("xv-3", "after-1"),
    ]
    got = Message.objects.filter(alert__in=told, user=cast.canadian_officer)
    assert got.count() == 2


def test_a_note_of_2020_is_entered_in_2026(cast: Cast, secretary: User) -> None:
    later = NOW.replace(year=2026, month=11, day=22)
    note = enter(cast, secretary, given_on=TODAY, received={cast.party("CAN"): TODAY}, now=later)
    track_deadlines(now=later)
    effect = note.deadlines.get(clause__slug="xv-2")
    assert (effect.status, effect.settled_on) == ("effective", date(2020, 11, 22))
    stages = Alert.objects.filter(deadline_version__deadline=effect).exclude(state="void")
    assert [(alert.stage, alert.due_at) for alert in stages] == [("day", later)]


def test_an_answer_that_was_asked_for_long_ago_has_lapsed_on_its_day(
    cast: Cast, secretary: User
) -> None:
    fields = {"against": ["RUS"], "respond_by": "2020-05-15", "text": "A breach."}
    note = enter(cast, secretary, act="breach-allegation", fields=fields)
    assert record_responses(now=NOW).silent == 1
    answer = note.deadlines.get(origin="respond_by")
    assert (answer.status, answer.settled_on) == ("lapsed", date(2020, 5, 15))


def test_a_rescission_in_time_takes_back_what_still_runs(cast: Cast, secretary: User) -> None:
    notice = issue(cast, now=NOW - timedelta(days=20))
    enter(cast, secretary, act="rescission", fields={"text": "We stay."}, refers_to=notice)
    assert set(notice.deadlines.values_list("status", flat=True)) == {"void"}


def test_a_rescission_given_in_time_and_entered_after_the_effect_is_flagged(
    cast: Cast, secretary: User
) -> None:
    notice = issue(cast)
    later = NOW + timedelta(days=200)
    track_deadlines(now=later)
    taken_back = {"act": "rescission", "fields": {"text": "We stay."}, "refers_to": notice}
    in_time = date(2020, 11, 20)
    note = enter(cast, secretary, **taken_back, given_on=in_time, now=later)
    assert [flag["code"] for flag in note.fields["flags"]] == ["given-before-the-effect"]
    assert notice.deadlines.get(clause__slug="xv-2").status == "effective"
    again = enter(cast, secretary, **taken_back, given_on=date(2020, 11, 22), now=later)
    assert "cannot-be-taken-back" in {flag["code"] for flag in again.fields["flags"]}


def test_the_mail_says_that_it_was_given_on_paper_and_when_it_was_entered(
    cast: Cast, secretary: User
) -> None:
    enter(cast, secretary)
    send_alerts(now=NOW)
    mails = Message.objects.filter(alert__kind="issued").select_related("rendering")
    assert mails.count() > 1
    for mail in mails:
        assert mail.rendering is not None
        read = message_from_bytes(bytes(mail.rendering.mime), EmailMessage, policy=policy.default)
        part = read.get_body(("plain",))
        assert part is not None
        text = " ".join(part.get_content().split())
        assert "It was given on paper; the note is dated 10 May 2020 (Sunday)." in text
        assert "The secretariat entered it on 22 May 2020 (Friday), with its scan." in text
