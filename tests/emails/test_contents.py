"""What each kind of mail says: what happened, when, why that day, what to do, where."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from django.db import connection
from django.template import engines
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from notifications import emails
from notifications.acts import ACTS
from notifications.models import Alert, Deadline, DeadlineVersion, Notification, Treaty
from tests.delivery.records import NOW, World, another_notification

pytestmark = pytest.mark.django_db

NUMBER = "TF.1.2020.OPEN-SKIES.withdrawal"
WHY_EFFECT = "22 May 2020, received by Canada → + 6 months → 22 November 2020, 00:00 UTC"
WHY_WINDOW = (
    "22 May 2020, received by Canada → + 30 days → opens 21 June 2020, 00:00 UTC; "
    "+ 60 days → closes 21 July 2020, 24:00 UTC"
)


class Mail:
    """A mail as a reader sees it."""

    def __init__(self, mime: bytes) -> None:
        parsed = message_from_bytes(mime, EmailMessage, policy=policy.default)
        self.subject = str(parsed["Subject"])
        self.text = self._part(parsed, "plain")
        self.html = self._part(parsed, "html")
        self.attachments = list(parsed.iter_attachments())

    @staticmethod
    def _part(parsed: EmailMessage, kind: str) -> str:
        part = parsed.get_body((kind,))
        assert part is not None
        return str(part.get_content())

    def calendar(self) -> Calendar:
        (attached,) = self.attachments
        return Calendar.from_ical(attached.get_payload(decode=True))


def write(alert: Alert, language: str = "en") -> Mail:
    return Mail(emails.build(emails.gather([alert.pk], [language]), alert.pk, language))


def days_before(version: DeadlineVersion, days: int) -> datetime:
    assert version.due_on
    return datetime.combine(version.due_on - timedelta(days=days), datetime.min.time(), UTC)


def answer(world: World, bearer: str = "RUS", **fields: str) -> DeadlineVersion:
    return world.deadline(None, bearer=bearer, owed_by=Deadline.OwedBy.ADDRESSEE, **fields)


def conference(world: World, **fields: str) -> DeadlineVersion:
    return world.deadline("xv-3", bearer=None, owed_by=Deadline.OwedBy.DEPOSITARIES, **fields)


def test_an_effect_that_comes_near_says_when_who_and_why(world: World) -> None:
    world.circulate(NUMBER)
    version = world.deadline()
    mail = write(world.alert(version=version, stage="before-30", at=days_before(version, 30)))

    assert mail.subject == (
        "Open Skies: withdrawal, United States of America – "
        f"effective 22 November 2020 (in 30 days) [{NUMBER}]"
    )
    for body in (mail.text, mail.html):
        assert "The withdrawal takes effect in 30 days" in body
        assert "22 November 2020 (Sunday), 00:00 UTC" in body
        assert WHY_EFFECT in body.replace("&#x27;", "'")
        assert "Article XV(2): Notice at least six months before the day of leaving." in body
        assert "Article 68" in body
        assert (
            body.count(f"https://treatyflow.example/notifications/{world.notification.uid}/") == 1
        )


def test_each_stage_of_a_duty_has_its_own_words(world: World) -> None:
    version = conference(world)
    before = write(world.alert(version=version, stage="before-7", at=days_before(version, 7)))
    opens = write(world.alert(version=version, stage="opens", at=version.opens_at or NOW))
    day = write(world.alert(version=version, stage="day", at=days_before(version, 0)))
    after = write(world.alert(version=version, stage="after-1", at=days_before(version, -1)))

    assert before.subject.startswith("Open Skies: Conference – due by 21 July 2020, in 7 days")
    assert "Conference: the window opens today" in opens.text
    assert "Depositaries: from 21 June 2020 (Sunday), 00:00, to 21 July 2020" in opens.text
    assert opens.subject.startswith(
        "Open Skies: Conference – window open until 21 July 2020, in 30"
    )
    assert "Conference: today is the last day" in day.text
    assert "the time ended on 21 July 2020 (Tuesday), 24:00 UTC" in after.text
    assert all(WHY_WINDOW in mail.text for mail in (before, opens, day, after))


def test_the_stages_of_an_answer_name_who_is_asked(world: World) -> None:
    version = answer(world)
    before = write(world.alert(version=version, stage="before-1", at=days_before(version, 1)))
    after = write(world.alert(version=version, stage="after-1", at=days_before(version, -1)))

    assert before.subject.startswith(
        "Open Skies: Answer to: withdrawal – due by 21 July 2020, tomo"
    )
    assert "Russian Federation: the time ends on 21 July 2020 (Tuesday), 24:00 UTC" in before.text
    assert "The sender of the note set this limit." in before.text
    assert after.subject.startswith("Open Skies: Russian Federation has not answered by 21 July")
    assert "it is then marked as late" in after.text


def test_the_day_of_an_effect_is_told_as_today(world: World) -> None:
    version = world.deadline(status="effective")
    mail = write(world.alert(version=version, stage="day", at=days_before(version, 0)))

    assert mail.subject.endswith("– takes effect today, 22 November 2020")
    assert "The withdrawal takes effect today" in mail.text


def test_the_mails_of_acts_say_who_did_what(world: World) -> None:
    world.circulate(NUMBER)
    world.receive("CAN", date(2020, 5, 23))
    response = world.respond("RUS", "reserves-its-position", "We regret it.", is_late=True)
    issued = write(world.alert(kind="issued"))
    received = write(world.alert(kind="received", stage="CAN"))
    circulated = write(world.alert(kind="circulated"))
    acknowledged = write(world.alert(kind="acknowledged", stage="RUS"))
    responded = write(world.alert(kind="responded", stage="1", response=response))

    assert "United States of America: withdrawal issued" in issued.text
    assert "received by Canada" in received.subject
    assert "The day of receipt is 23 May 2020 (Saturday)." in received.text
    assert f"it was numbered {NUMBER} and circulated" in circulated.text
    assert "Acknowledge that your mission has it" in circulated.text
    assert "Russian Federation has acknowledged the withdrawal" in acknowledged.text
    assert "An acknowledgement takes no position." in acknowledged.text
    assert responded.subject.startswith(
        "Open Skies: withdrawal, United States of America – "
        "Russian Federation: reserves its position"
    )
    assert "> We regret it." in responded.text
    assert "It came after the limit" in responded.text
    for mail in (issued, received, circulated, acknowledged, responded):
        assert "22 May 2020 (Friday)" in mail.text
        assert mail.attachments == []


def test_an_exit_is_told_with_the_day_on_which_it_came(world: World) -> None:
    world.deadline(status="effective")
    told_late = datetime(2020, 11, 25, tzinfo=UTC)
    mail = write(world.alert(kind="participation", stage="USA", at=told_late))

    assert mail.subject == "Open Skies: United States of America is no longer a party"
    assert "took effect on 22 November 2020 (Sunday)" in mail.text


def test_the_mail_of_an_act_lists_each_date_that_runs_from_it_once(world: World) -> None:
    world.deadline()
    conference(world)
    for code in ("RUS", "DEU", "TUR"):
        answer(world, code)
    world.deadline("xv-2", bearer="CAN", status="void")
    mail = write(world.alert(kind="circulated"))

    assert mail.text.count("Why this date:") == 3
    assert "Withdrawal takes effect: 22 November 2020 (Sunday), in 184 days" in mail.text
    assert "Conference: 21 June 2020 (Sunday) to 21 July 2020 (Tuesday), in 60 days" in mail.text
    assert mail.text.count("Answer to: withdrawal: 21 July 2020") == 1
    assert WHY_EFFECT in mail.text


def test_the_fields_of_a_note_are_told_in_words(world: World) -> None:
    note = another_notification(
        world,
        act="breach-allegation",
        text="Flights over Kaliningrad were refused.",
        fields={"against": ["RUS"], "respond_by": "2020-08-01", "condition": "Flights are allowed"},
    )
    world.notification = note
    mail = write(world.alert(kind="issued"))

    assert "allegation of a breach" in mail.subject
    assert "breach-allegation" not in mail.text + mail.subject + mail.html
    assert "Against: Russian Federation" in mail.text
    assert "An answer is asked for by 1 August 2020 (Saturday)." in mail.text
    assert "Would be taken back if: Flights are allowed" in mail.text
    assert "> Flights over Kaliningrad were refused." in mail.text


@pytest.mark.parametrize("act", ACTS)
def test_no_reader_sees_the_key_of_an_act(world: World, act: str) -> None:
    world.notification = another_notification(world, act=act, fields={})
    mail = write(world.alert(kind="issued"))

    assert ACTS[act].title.lower() in mail.subject.lower()
    if "-" in act:
        assert act not in mail.text + mail.html


def test_a_deadline_is_attached_for_calendars(world: World) -> None:
    window, effect = conference(world), world.deadline()
    first = write(world.alert(version=window, stage="opens", at=NOW)).calendar()
    second = write(world.alert(version=effect, stage="day", at=NOW)).calendar()

    assert first["METHOD"] == "PUBLISH"
    (event,) = first.walk("VEVENT")
    assert event["UID"] == f"{window.deadline.uid}@treatyflow.example"
    assert event.decoded("DTSTART") == date(2020, 6, 21)
    assert event.decoded("DTEND") == date(2020, 7, 22)
    assert event.decoded("DTSTAMP") == NOW
    assert str(event["SUMMARY"]) == "Open Skies: Conference – United States of America"
    assert WHY_WINDOW in str(event["DESCRIPTION"])
    (event,) = second.walk("VEVENT")
    assert event.decoded("DTSTART") == date(2020, 11, 22)
    assert event.decoded("DTEND") == date(2020, 11, 23)


def test_a_moved_deadline_moves_in_the_calendar(world: World) -> None:
    first = world.deadline()
    again = world.compute(first.deadline, first.clause_version)
    events = [
        write(world.alert(version=version, stage="day", at=NOW)).calendar().walk("VEVENT")[0]
        for version in (first, again)
    ]

    assert events[0]["UID"] == events[1]["UID"]
    assert [event["SEQUENCE"] for event in events] == [0, 1]


def test_no_calendar_is_sent_of_a_day_that_has_passed(world: World) -> None:
    mail = write(world.alert(version=answer(world), stage="after-1"))

    assert mail.attachments == []


def test_the_same_alert_gives_the_same_bytes_whatever_is_written_beside_it(world: World) -> None:
    alert = world.alert(version=conference(world), stage="opens")
    other = world.alert(kind="circulated")
    alone = emails.build(emails.gather([alert.pk], ["en"]), alert.pk, "en")
    beside = emails.build(emails.gather([alert.pk, other.pk], ["en"]), alert.pk, "en")

    assert alone == beside


def test_content_is_plain_ascii_with_short_lines_ended_by_crlf(world: World) -> None:
    alert = world.alert(version=conference(world), stage="opens")
    mime = emails.build(emails.gather([alert.pk], ["en"]), alert.pk, "en")

    assert mime.isascii()
    assert b"\n" not in mime.replace(b"\r\n", b"")
    assert max(map(len, mime.split(b"\r\n"))) <= 78


def test_markup_in_what_people_typed_stays_text(world: World) -> None:
    Treaty.objects.update(short_title="A <b>bold</b> treaty")
    world.notification = another_notification(
        world, text="<script>alert(1)</script>", fields={"article": "<img src=x>"}
    )
    mail = write(world.alert(kind="issued"))

    assert "<script>" not in mail.html
    assert "<img" not in mail.html
    assert "<script>alert(1)</script>" in mail.text
    assert "A <b>bold</b> treaty" in mail.subject


def test_a_line_break_in_a_name_starts_no_header(world: World) -> None:
    Treaty.objects.update(short_title="Open\r\nBcc: x@evil.example\r\n\r\nSkies")
    world.notification = Notification.objects.get()
    alert = world.alert(kind="issued")
    mime = emails.build(emails.gather([alert.pk], ["en"]), alert.pk, "en")

    parsed = message_from_bytes(mime, policy=policy.default)
    assert parsed["Bcc"] is None
    assert "Open Bcc: x@evil.example Skies" in str(parsed["Subject"])


def test_a_language_without_names_of_its_own_falls_back_to_english(world: World) -> None:
    background = emails.gather([], ["de"])

    assert background.name("RUS", "de") == "Russian Federation"
    assert background.name("XXX", "de") == "XXX"


def test_a_name_that_a_template_does_not_know_fails_here(world: World) -> None:
    with pytest.raises(LookupError, match="nobody_knows"):
        engines["django"].from_string("{{ nobody_knows }}").render({})


def test_queries_do_not_grow_with_the_mails_that_are_written(world: World) -> None:
    def count(number: int) -> int:
        keys = []
        for _ in range(number):
            world.notification = another_notification(world)
            world.receive("CAN")
            version = world.deadline()
            answer(world)
            keys += [
                world.alert(kind="issued").pk,
                world.alert(kind="responded", response=world.respond("RUS", "regrets")).pk,
                world.alert(kind="participation", stage="USA").pk,
                world.alert(version=version, stage="day").pk,
            ]
        with CaptureQueriesContext(connection) as captured:
            background = emails.gather(keys, ["en"])
            for key in keys:
                emails.build(background, key, "en")
        return len(captured)

    assert count(1) == count(6)
