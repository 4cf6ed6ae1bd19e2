"""What the mails of deadlines say, and what holds for every mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.db import connection
from django.template import engines
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from notifications import emails
from notifications.emails.calendar_file import calendar_file
from notifications.models import Notification, Treaty
from notifications.services.receiving import register_receipt
from tests.delivery.records import NOW, World, another_notification, received_on
from tests.emails.reading import (
    NUMBER,
    WHY_EFFECT,
    WHY_WINDOW,
    answer,
    conference,
    days_before,
    write,
)
from tests.factories import TODAY, XV_2, XV_3, issue, make_cast, make_treaty

pytestmark = pytest.mark.django_db


def test_an_effect_that_comes_near_says_when_who_and_why(world: World) -> None:
    world.circulate(NUMBER)
    version = world.deadline()
    mail = write(world.alert(version=version, stage="before-30", at=days_before(version, 30)))

    assert mail.subject == (
        "Open Skies: withdrawal by the United States of America – "
        f"takes effect on 22 November 2020 (in 30 days) [{NUMBER}]"
    )
    for body in (mail.text, mail.html):
        assert "The withdrawal takes effect in 30 days" in body
        assert (
            "It takes effect for the United States of America on "
            "22 November 2020 (Sunday), 00:00 UTC" in body
        )
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

    assert before.subject.startswith(
        "Open Skies: conference of the parties due by 21 July 2020 (in 7 days) – "
        "withdrawal by the United States of America"
    )
    assert "Conference of the parties: the window opens today" in opens.text
    assert (
        "For the depositaries the window runs from 21 June 2020 (Sunday), 00:00, "
        "to 21 July 2020 (Tuesday), 24:00 UTC." in opens.text
    )
    assert opens.subject.startswith(
        "Open Skies: conference of the parties – the window is open; "
        "it closes on 21 July 2020 (in 30 days) – withdrawal by the United States"
    )
    assert "Conference of the parties: today is the last day" in day.text
    assert "the time ended on 21 July 2020 (Tuesday), 24:00 UTC" in after.text
    assert all(WHY_WINDOW in mail.text for mail in (before, opens, day, after))


def test_the_stages_of_an_answer_name_who_is_asked(world: World) -> None:
    version = answer(world)
    before = write(world.alert(version=version, stage="before-1", at=days_before(version, 1)))
    after = write(world.alert(version=version, stage="after-1", at=days_before(version, -1)))

    assert before.subject == (
        "Open Skies: answer due by 21 July 2020 (tomorrow) – "
        "withdrawal by the United States of America"
    )
    assert "The last day for an answer is tomorrow" in before.text
    assert (
        "For the Russian Federation the time ends on 21 July 2020 (Tuesday), 24:00" in before.text
    )
    assert "The sender of the note set this limit." in before.text
    assert after.subject.startswith("Open Skies: the Russian Federation has not answered by 21 J")
    assert after.text.startswith("The Russian Federation has not answered in time")
    assert "it is then marked as late" in after.text


def test_the_day_of_an_effect_is_told_as_today(world: World) -> None:
    version = world.deadline(status="effective")
    mail = write(world.alert(version=version, stage="day", at=days_before(version, 0)))

    assert mail.subject.endswith("– takes effect today, 22 November 2020")
    assert "The withdrawal takes effect today" in mail.text


def test_an_effect_told_late_is_told_as_past(world: World) -> None:
    version = world.deadline(status="effective")
    mail = write(world.alert(version=version, stage="day", at=days_before(version, -2)))

    assert mail.subject.endswith("– took effect on 22 November 2020")
    assert "The withdrawal took effect 2 days ago" in mail.text


def test_an_open_window_is_told_as_open(world: World) -> None:
    version = conference(world)
    late = write(world.alert(version=version, stage="opens", at=days_before(version, 20)))
    issued = write(world.alert(kind="circulated", at=days_before(version, 20)))

    assert "Conference of the parties: the window is open" in late.text.splitlines()
    assert "the window is open; it closes on 21 July 2020 (Tuesday), in 20 days" in issued.text


def test_a_reader_whose_language_is_not_spoken_here_is_written_to_in_english(world: World) -> None:
    alert = world.alert(kind="circulated")

    assert emails.build(emails.gather([alert.pk], ["xx"]), alert.pk, "xx") == emails.build(
        emails.gather([alert.pk], ["en"]), alert.pk, "en"
    )


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
    assert (
        str(event["SUMMARY"]) == "Open Skies: Conference of the parties – United States of America"
    )
    assert WHY_WINDOW in str(event["DESCRIPTION"])
    (event,) = second.walk("VEVENT")
    assert event.decoded("DTSTART") == date(2020, 11, 22)
    assert event.decoded("DTEND") == date(2020, 11, 23)


def test_of_a_clock_in_hours_a_window_has_an_end_and_an_instant_has_none(world: World) -> None:
    """RFC 5545, 3.8.2.2: an end must be later than the beginning."""
    version = world.deadline()
    version.trace = [{"kind": "duty", "after": "2020-05-23T10:00"}]
    version.due_at = NOW + timedelta(hours=22)
    link = "https://treatyflow.example/n/1/"

    def event() -> Any:
        content = calendar_file(version, title="Answer", reason="in hours", link=link)
        return Calendar.from_ical(content).walk("VEVENT")[0]

    instant = event()
    version.opens_at = NOW + timedelta(hours=2)
    window = event()
    assert version.is_exact
    assert instant.decoded("DTSTART") == version.due_at
    assert "DTEND" not in instant
    assert window.decoded("DTSTART") == version.opens_at
    assert window.decoded("DTEND") == version.due_at
    assert str(window["URL"]) == link


def test_a_moved_deadline_moves_in_the_calendar(world: World) -> None:
    first = world.deadline()
    alert = world.alert(version=first, stage="day", at=NOW)
    events = [write(alert).calendar().walk("VEVENT")[0]]
    world.compute(first.deadline, first.clause_version)
    events.append(write(alert).calendar().walk("VEVENT")[0])
    third = world.compute(first.deadline, first.clause_version, received_on(25))
    moved = world.alert(version=third, stage="day", at=NOW)
    events.append(write(moved).calendar().walk("VEVENT")[0])

    assert len({event["UID"] for event in events}) == 1
    assert [event["SEQUENCE"] for event in events] == [0, 1, 2]
    assert [event.decoded("DTSTART").day for event in events] == [22, 22, 25]


def test_a_mail_tells_the_newest_way_to_the_day_but_never_another_day(world: World) -> None:
    first = world.deadline(facts=replace(received_on(22), receipts=()))
    alert = world.alert(version=first, stage="before-30", at=days_before(first, 30))
    assert "received by Canada" not in write(alert).text

    world.compute(first.deadline, first.clause_version, received_on(22))
    assert WHY_EFFECT in write(alert).text

    world.compute(first.deadline, first.clause_version, received_on(25))
    assert "25 November" not in write(alert).text


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

    assert background.spoken("RUS", "de").name == "Russian Federation"
    assert background.spoken("XXX", "de").name == "XXX"


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


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_has_no_article_is_cited_as_it_stands(db: None, language: str) -> None:
    agreed = {**XV_3, "id": "para-63", "article": "para 63"}
    cast = make_cast(make_treaty(rules=[XV_2, agreed]))
    notice = issue(cast)
    register_receipt(
        notification=notice,
        party=cast.party("CAN"),
        on=TODAY,
        actor=cast.canadian_officer,
        now=NOW,
    )
    version = notice.deadlines.get(clause__slug="para-63").version
    mail = write(version.alerts.get(stage="before-7"), language)
    assert "para 63" in mail.text
    assert "Article para" not in mail.text
    assert "article para" not in mail.html
