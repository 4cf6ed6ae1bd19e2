"""An answer that came by mail, on the desk and on its page; what is none, for the secretariat."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from notifications.emails.replying import reply_address
from notifications.models import IncomingMail, MailedAnswer, Message, Response, Role, User
from notifications.services.sweeps import send_alerts
from notifications.services.taking_in import take_in
from tests.factories import NOW, Cast, issue, issue_act, make_user

SignIn = Callable[[User], Client]
LATER = NOW + timedelta(minutes=30)


def take(message: Message, text: str, message_id: str = "") -> None:
    head = f"From: {message.user.email}\r\nTo: {reply_address(message)}\r\nSubject: Re: it\r\n"
    take_in(f"{head}Message-ID: {message_id}\r\n\r\n{text}".encode(), now=LATER)


@pytest.fixture
def answer(cast: Cast) -> MailedAnswer:
    issue(cast)
    send_alerts(now=NOW)
    take(Message.objects.get(user=cast.russian_drafter, alert__kind="issued"), "We regret it.")
    return MailedAnswer.objects.get()


def page_of(answer: MailedAnswer) -> str:
    return reverse("mailed-answer", kwargs={"uid": answer.uid})


def test_it_stands_on_the_desks_of_its_mission_alone(
    cast: Cast, answer: MailedAnswer, sign_in: SignIn
) -> None:
    words = "Boris Drafter answered by mail; nothing is given before you confirm it"
    for person in (cast.russian_head, cast.russian_drafter):
        page = sign_in(person).get(reverse("desk")).content.decode()
        assert words in page
        assert page_of(answer) in page
    for person in (cast.us_head, cast.canadian_officer, cast.administrator):
        assert words not in sign_in(person).get(reverse("desk")).content.decode()


def test_the_head_reads_it_chooses_the_position_and_gives_it(
    cast: Cast, answer: MailedAnswer, sign_in: SignIn
) -> None:
    browser = sign_in(cast.russian_head)
    page = browser.get(page_of(answer)).content.decode()
    assert "We regret it." in page
    assert cast.russian_drafter.email in page

    typed = {"position": "regrets", "text": "We regret it deeply."}
    done = browser.post(page_of(answer), {**typed, "do": "confirm"}, follow=True)

    assert "Response recorded." in done.content.decode()
    assert Response.objects.get().text == "We regret it deeply."
    assert "We regret it." in browser.get(page_of(answer)).content.decode()
    assert "answered by mail" not in browser.get(reverse("desk")).content.decode()


def test_without_a_position_nothing_is_given_and_nothing_typed_is_lost(
    cast: Cast, answer: MailedAnswer, sign_in: SignIn
) -> None:
    browser = sign_in(cast.russian_head)
    page = browser.post(page_of(answer), {"text": "Changed.", "do": "confirm"}).content.decode()
    assert "Position is missing." in page
    assert "Changed." in page
    assert not Response.objects.exists()


def test_what_was_set_aside_meanwhile_is_told_and_not_given(
    cast: Cast, answer: MailedAnswer, sign_in: SignIn
) -> None:
    sign_in(cast.russian_drafter).post(page_of(answer), {"do": "aside"})
    typed = {"position": "regrets", "text": "So.", "do": "confirm"}
    page = sign_in(cast.russian_head).post(page_of(answer), typed).content.decode()
    assert "Somebody of your mission has decided on this answer meanwhile." in page
    assert not Response.objects.exists()


def test_the_desk_asks_one_question_for_all_of_them(
    cast: Cast, answer: MailedAnswer, sign_in: SignIn
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser = sign_in(cast.russian_head)
    browser.get(reverse("desk"))
    with CaptureQueriesContext(connection) as one:
        browser.get(reverse("desk"))
    message = Message.objects.get(user=cast.russian_drafter, alert__kind="issued")
    for number in range(5):
        take(message, f"And number {number}.", f"<{number}@example.org>")
    with CaptureQueriesContext(connection) as many:
        browser.get(reverse("desk"))
    assert len(many) == len(one)


def test_the_secretariat_reads_what_is_no_answer_unless_it_is_of_a_hidden_act(
    cast: Cast, answer: MailedAnswer, sign_in: SignIn
) -> None:
    hidden = {"addressees": ["RUS"], "visibility": "restricted", "against": ["RUS"], "text": "A."}
    act = issue_act(cast, "breach-allegation", hidden)
    send_alerts(now=NOW)
    secret = Message.objects.get(user=cast.russian_drafter, alert__notification=act)
    take(secret, "> nothing of its own", "<hidden@example.org>")
    take_in(b"Subject: A question\r\nFrom: x@example.org\r\n\r\nWho are you?", now=LATER)
    browser = sign_in(make_user("Samuel Secretary", "UNO", Role.SECRETARIAT))

    page = browser.get(reverse("incoming-mail")).content.decode()
    assert "A question" in page
    assert "Re: it" not in page
    one = page.partition("/incoming-mail/")[2].partition("/")[0]
    read = browser.get(reverse("incoming-mail-one", kwargs={"uid": one})).content.decode()
    assert "Who are you?" in read


@pytest.mark.parametrize("how", ["another key", "no plus", "automatic"])
def test_a_lost_address_does_not_open_a_mail_about_a_hidden_act(
    cast: Cast, sign_in: SignIn, settings: Settings, how: str
) -> None:
    hidden = {"addressees": ["RUS"], "visibility": "restricted", "against": ["RUS"], "text": "A."}
    act = issue_act(cast, "breach-allegation", hidden)
    send_alerts(now=NOW)
    secret = Message.objects.get(user=cast.russian_drafter, alert__notification=act)
    to = reply_address(secret) if how == "another key" else settings.TREATYFLOW_REPLY_TO
    settings.SECRET_KEY = "another key, as long as keys are, made after the mail had left"
    mail = take_in(
        f"From: {cast.russian_drafter.email}\r\nTo: {to}\r\nSubject: Re: it\r\n"
        f"In-Reply-To: {secret.message_id}\r\n"
        f"{'Auto-Submitted: auto-replied' if how == 'automatic' else 'X-None: x'}\r\n"
        "\r\nThe hidden answer.\r\n".encode(),
        now=LATER,
    )
    browser = sign_in(make_user("Samuel Secretary", "UNO", Role.SECRETARIAT))
    for name in ("incoming-mail-one", "incoming-mail-file"):
        assert browser.get(reverse(name, kwargs={"uid": mail.uid})).status_code == 404
    assert "Re: it" not in browser.get(reverse("incoming-mail")).content.decode()


def with_file(head: str, text: str) -> bytes:
    mail = EmailMessage()
    for line in head.splitlines():
        name, _colon, value = line.partition(": ")
        mail[name] = value
    mail.set_content(text)
    mail.add_attachment(b"%PDF-1.7", "application", "pdf", filename="Note verbale № 5.pdf")
    return mail.as_bytes()


def test_files_of_an_answer_are_named_and_can_be_had_with_the_mail(
    cast: Cast, sign_in: SignIn
) -> None:
    issue(cast)
    send_alerts(now=NOW)
    message = Message.objects.get(user=cast.russian_drafter, alert__kind="issued")
    head = f"From: {message.user.email}\nTo: {reply_address(message)}\nSubject: Re: it"
    raw = with_file(head, "Please find our note enclosed.")
    take_in(raw, now=LATER)
    browser = sign_in(cast.russian_head)
    found = MailedAnswer.objects.get()
    page = browser.get(page_of(found)).content.decode()
    assert "A file came with this mail. It is no part of what you record here" in page
    assert "Note verbale № 5.pdf" in page
    saved = browser.get(reverse("mailed-answer-file", kwargs={"uid": found.uid}))
    assert saved.content == raw
    assert saved["Content-Type"] == "message/rfc822"
    assert saved["X-Content-Type-Options"] == "nosniff"
    assert saved["Content-Disposition"].startswith("attachment")


def test_the_secretariat_has_a_mail_that_is_nothing_but_a_file(cast: Cast, sign_in: SignIn) -> None:
    raw = with_file("From: x@example.org\nTo: y@example.org\nSubject: Note", "")
    mail = take_in(raw, now=LATER)
    browser = sign_in(make_user("Samuel Secretary", "UNO", Role.SECRETARIAT))
    page = browser.get(reverse("incoming-mail-one", kwargs={"uid": mail.uid})).content.decode()
    assert "It holds no text that could be shown." in page
    assert "Note verbale № 5.pdf" in page
    assert browser.get(reverse("incoming-mail-file", kwargs={"uid": mail.uid})).content == raw


def test_a_mail_that_only_quotes_is_shown_with_what_it_quotes(cast: Cast, sign_in: SignIn) -> None:
    text = "-----Original Message-----\r\nFrom: z@example.org\r\n\r\nFor you to know."
    mail = take_in(f"From: x@example.org\r\n\r\n{text}".encode(), now=LATER)
    browser = sign_in(make_user("Samuel Secretary", "UNO", Role.SECRETARIAT))
    page = browser.get(reverse("incoming-mail-one", kwargs={"uid": mail.uid})).content.decode()
    assert "For you to know." in page


def test_whoever_answered_in_vain_reads_it_on_the_desk_with_the_reason(
    cast: Cast, sign_in: SignIn
) -> None:
    issue(cast)
    send_alerts(now=NOW)
    take(Message.objects.get(user=cast.us_drafter, alert__kind="issued"), "We thank you.")
    said = "Your answer by mail was not taken (the mission that was written to was not sent this"
    assert said in sign_in(cast.us_drafter).get(reverse("desk")).content.decode()
    for other in (cast.us_head, cast.russian_drafter):
        assert said not in sign_in(other).get(reverse("desk")).content.decode()


def test_of_a_mail_without_end_the_page_shows_the_beginning(cast: Cast, sign_in: SignIn) -> None:
    take_in(b"From: x@example.org\r\n\r\nIts beginning. " + b"and more " * 100_000, now=LATER)
    browser = sign_in(make_user("Samuel Secretary", "UNO", Role.SECRETARIAT))
    uid = IncomingMail.objects.get().uid
    page = browser.get(reverse("incoming-mail-one", kwargs={"uid": uid})).content.decode()
    assert "Its beginning." in page
    assert "This is its beginning; the rest is kept with it" in page
    assert len(page) < 50_000


def test_a_mail_that_could_not_be_read_is_shown_as_it_came(cast: Cast, sign_in: SignIn) -> None:
    raw = b"Content-Type: message/rfc822\r\n\r\n" * 5000
    assert take_in(raw, now=LATER).kind == "unreadable"
    browser = sign_in(make_user("Samuel Secretary", "UNO", Role.SECRETARIAT))
    assert "a mail that could not be read" in browser.get(reverse("incoming-mail")).content.decode()
    uid = IncomingMail.objects.get().uid
    page = browser.get(reverse("incoming-mail-one", kwargs={"uid": uid})).content.decode()
    assert "Content-Type: message/rfc822" in page
    assert "This is its beginning; the rest is kept with it" in page


def test_of_a_mail_too_large_the_page_says_where_it_lies(cast: Cast, sign_in: SignIn) -> None:
    take_in(b"From: x@example.org\r\n\r\nIts beginning.", now=LATER, is_whole=False)
    browser = sign_in(make_user("Samuel Secretary", "UNO", Role.SECRETARIAT))
    uid = IncomingMail.objects.get().uid
    page = browser.get(reverse("incoming-mail-one", kwargs={"uid": uid})).content.decode()
    assert "a mail too large to be taken in whole" in page
    assert "Its beginning." in page
    assert "This is its beginning; all of it lies in the mailbox." in page


def test_an_empty_mailbox_says_what_would_stand_there(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(make_user("Samuel Secretary", "UNO", Role.SECRETARIAT))
    assert "No such mail came in." in browser.get(reverse("incoming-mail")).content.decode()
    assert "Read the incoming mail" in browser.get(reverse("desk")).content.decode()
