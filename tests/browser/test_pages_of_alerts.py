"""The pages of alerts and of answers by mail in a real browser: light, dark, from right to left."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect
from pytest_django import Settings

from notifications.emails.replying import reply_address
from notifications.models import MailedAnswer, Message, Role, User
from notifications.services.bouncing import record_bounce
from notifications.services.taking_in import take_in
from tests.browser.test_main_job import Desk, cast, deliver, desk
from tests.factories import Cast, issue, make_user

__all__ = ["cast", "desk"]

pytestmark = pytest.mark.browser

ENDLESS = "Objection" * 40


@pytest.fixture
def answer(cast: Cast, settings: Settings, tmp_path: Path) -> MailedAnswer:
    """An answer that came by mail, and a mail that is none; one message came back."""
    settings.TREATYFLOW_MAIL_TRANSPORT = "mailbox"
    settings.TREATYFLOW_INBOX_URL = f"maildir://{tmp_path}"
    issue(cast, now=timezone.now())
    deliver()
    message = Message.objects.get(user=cast.russian_drafter, alert__kind="issued")
    head = f"From: {message.user.email}\r\nTo: {reply_address(message)}\r\nSubject: {ENDLESS}\r\n"
    take_in(f"{head}\r\nWe take note.\r\n".encode(), now=timezone.now())
    take_in(f"{head}\r\n> nothing new\r\n".encode(), now=timezone.now())
    record_bounce(message_id=message.message_id, reason="550 unknown", now=timezone.now())
    return MailedAnswer.objects.get()


def test_reminders_are_set_and_what_is_wrong_is_named(desk: Desk, answer: MailedAnswer) -> None:
    desk.sit_down(answer.by)
    expect(desk.page.get_by_text("has come back since")).to_be_visible()
    desk.open(reverse("reminders"))
    desk.look()
    desk.page.get_by_label("Quiet hours from").fill("22:00")
    desk.press("Save")
    expect(desk.page.get_by_text("Nothing was changed.")).to_be_visible()
    desk.look()
    desk.page.get_by_label("Quiet hours to").fill("07:00")
    desk.page.get_by_label("30 days before").check()
    desk.press("Save")
    expect(desk.page.get_by_text("Your reminders are saved.")).to_be_visible()


def test_an_answer_by_mail_is_read_and_given(desk: Desk, answer: MailedAnswer) -> None:
    desk.page.emulate_media(color_scheme="dark")
    desk.sit_down(answer.by)
    desk.follow("Read, and give or set aside")
    desk.look()
    desk.page.get_by_label("Position").select_option("rejects")
    desk.press("Record this response")
    expect(desk.page.get_by_text("Response recorded.")).to_be_visible()


def test_the_secretariat_reads_what_is_no_answer(desk: Desk, answer: MailedAnswer) -> None:
    assert answer.text
    desk.sit_down(make_user("Samuel Secretary", "UNO", Role.SECRETARIAT))
    desk.follow("Read the incoming mail")
    desk.look()
    desk.follow(ENDLESS)
    desk.look()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_they_are_as_readable_from_right_to_left(
    desk: Desk, answer: MailedAnswer, settings: Settings, scheme: str
) -> None:
    settings.LANGUAGES = [*settings.LANGUAGES, ("ar", "العربية")]
    User.objects.filter(pk=answer.by_id).update(language="ar")
    desk.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    desk.open("/sign-in/")
    desk.page.get_by_role("button", name=answer.by.name).click()
    desk.page.wait_for_url("**/desk/")
    for path in (reverse("reminders"), reverse("mailed-answer", kwargs={"uid": answer.uid})):
        desk.open(path)
        assert desk.page.evaluate("document.documentElement.dir") == "rtl"
        desk.look()


def look_at_admin(desk: Desk) -> None:
    """What the page itself complains of counts; axe takes apart sheets that import others."""
    assert desk.complaints == []
    desk.look()
    desk.complaints.clear()


def test_mail_health_and_the_forecast_are_as_readable(
    desk: Desk, answer: MailedAnswer, cast: Cast
) -> None:
    assert answer.text
    desk.sit_down(cast.administrator)
    for path in (reverse("admin:forecast"), reverse("admin:mail-health")):
        desk.open(path)
        look_at_admin(desk)
    desk.follow("Send again")
    look_at_admin(desk)
    desk.press("Send again")
    expect(desk.page.get_by_text("Reason is missing").first).to_be_visible()
    look_at_admin(desk)
