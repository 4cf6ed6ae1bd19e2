"""Answers by mail: taken in once, as a draft of the mission; all else is kept and told apart."""

from __future__ import annotations

import logging
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from pytest_django import Settings

from notifications.emails import incoming
from notifications.emails.replying import reply_address
from notifications.errors import ChangedMeanwhileError, NotPermittedError, RuleBrokenError
from notifications.inbox import BoxDownError, MailUnreadableError
from notifications.inbox.box import BEGINNING, Fetched
from notifications.inbox.maildir import Maildir
from notifications.models import Event, IncomingMail, MailedAnswer, Message, Notification, Response
from notifications.register import verify
from notifications.services import taking_in
from notifications.services.mailed_answers import confirm_answer, set_answer_aside
from notifications.services.people import change_mandate
from notifications.services.sweeps import record_responses, send_alerts
from notifications.services.taking_in import BATCH, FRESH, TakenIn, take_in, take_in_waiting
from tests.delivery.ways_out import Told
from tests.factories import NOW, Cast, issue, issue_act, make_cast

LATER = NOW + timedelta(days=1)


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    (tmp_path / "new").mkdir()
    settings.TREATYFLOW_INBOX_URL = f"maildir://{tmp_path}"
    settings.TREATYFLOW_REPLY_TO = "replies@treatyflow.example"
    return tmp_path


@pytest.fixture
def cast(db: None, folder: Path) -> Cast:
    return make_cast()


@pytest.fixture
def notice(cast: Cast) -> Notification:
    notification = issue(cast)
    send_alerts(now=NOW, transport=Told())
    return notification


def sent_to(person: object) -> Message:
    return Message.objects.get(user=person, alert__kind="issued", state="sent")


def reply(
    message: Message,
    *,
    sender: str = "",
    to: str = "",
    text: str = "We regret this decision.",
    message_id: str = "<one@example.org>",
    extra: str = "",
) -> bytes:
    return (
        f"From: {sender or message.user.email}\r\nTo: {to or reply_address(message)}\r\n"
        f"Subject: Re: notice\r\nMessage-ID: {message_id}\r\n{extra}\r\n{text}\r\n"
    ).encode()


def put(folder: Path, name: str, raw: bytes, *, at: int = 1) -> Path:
    """A mail in the Maildir, come at this second."""
    file = folder / "new" / name
    file.write_bytes(raw)
    os.utime(file, (at, at))
    return file


def test_the_mail_that_went_out_asks_for_replies_to_its_own_address(
    cast: Cast, notice: Notification
) -> None:
    first, second = sent_to(cast.russian_drafter), sent_to(cast.russian_head)
    assert f"Reply-To: <{reply_address(first)}>\r\n" in first.headers
    assert reply_address(first) != reply_address(second)
    assert verify().ok


def test_a_reply_becomes_a_draft_of_the_mission_and_no_response(
    cast: Cast, notice: Notification
) -> None:
    mail = take_in(reply(sent_to(cast.russian_drafter)), now=LATER)

    answer = MailedAnswer.objects.get()
    assert (mail.kind, answer.state) == ("answer", "waiting")
    assert (answer.by, answer.party.code) == (cast.russian_drafter, "RUS")
    assert answer.text == "We regret this decision."
    assert answer.notification == notice
    assert not Response.objects.exists()
    event = Event.objects.get(act="mail-taken-in")
    assert "@example.org" not in event.body
    assert verify().ok


def test_the_same_mail_is_taken_in_once(cast: Cast, notice: Notification) -> None:
    raw = reply(sent_to(cast.russian_drafter))
    first = take_in(raw, now=LATER)
    again = take_in(b"Received: by another way\r\n" + raw, now=LATER + timedelta(hours=1))

    assert first == again
    assert MailedAnswer.objects.count() == 1


def test_mails_without_a_message_id_are_told_apart_by_their_bytes(
    cast: Cast, notice: Notification
) -> None:
    message = sent_to(cast.russian_drafter)
    raw = reply(message).replace(b"Message-ID: <one@example.org>\r\n", b"")
    take_in(raw, now=LATER)
    take_in(raw, now=LATER)
    take_in(raw + b"And we ask why.\r\n", now=LATER)

    assert MailedAnswer.objects.count() == 2


def test_an_answer_with_letters_that_no_database_takes_is_taken_in_all_the_same(
    cast: Cast, notice: Notification
) -> None:
    extra = "Content-Type: text/plain; charset=idna\r\n"
    take_in(reply(sent_to(cast.russian_drafter), text="We\0 object.", extra=extra), now=LATER)
    assert MailedAnswer.objects.get().text == "We\ufffd object."
    assert verify().ok


def test_a_colleague_of_the_mission_may_answer_too(cast: Cast, notice: Notification) -> None:
    raw = reply(sent_to(cast.russian_drafter), sender=cast.russian_head.email.upper())
    take_in(raw, now=LATER)
    assert MailedAnswer.objects.get().by == cast.russian_head


def refused(raw: bytes, now: datetime = LATER) -> str:
    mail = take_in(raw, now=now)
    assert not MailedAnswer.objects.exists()
    assert bytes(IncomingMail.objects.get().raw) == raw
    assert verify().ok
    return f"{mail.kind} {mail.reason}".strip()


def test_a_forged_address_is_refused(cast: Cast, notice: Notification) -> None:
    message = sent_to(cast.russian_drafter)
    forged = reply_address(message).replace("-", "-a", 1)
    assert refused(reply(message, to=forged)) == "refused forged"


def test_an_address_of_a_message_that_never_left_is_refused(
    cast: Cast, notice: Notification
) -> None:
    message = sent_to(cast.russian_drafter)
    unsent = Message(pk=message.pk + 1_000_000)
    assert refused(reply(message, to=reply_address(unsent))) == "refused forged"


@pytest.mark.parametrize("who", ["us_drafter", "german_observer", "administrator"])
def test_whoever_does_not_act_for_the_mission_is_a_stranger(
    cast: Cast, notice: Notification, who: str
) -> None:
    message = sent_to(cast.russian_drafter)
    raw = reply(message, sender=getattr(cast, who).email)
    assert refused(raw) == "refused stranger"


def test_so_is_whose_mandate_has_ended(cast: Cast, notice: Notification) -> None:
    mandate = cast.russian_drafter.mandates.get()
    change_mandate(
        mandate=mandate,
        fields={"to_on": NOW.date()},
        actor=cast.administrator,
        now=NOW,
        reason="Recalled.",
    )
    raw = reply(sent_to(cast.russian_drafter))
    assert refused(raw, LATER + timedelta(days=2)) == "refused stranger"


def test_a_stale_address_is_refused(cast: Cast, notice: Notification) -> None:
    raw = reply(sent_to(cast.russian_drafter))
    assert refused(raw, NOW + FRESH + timedelta(days=1)) == "refused stale"


@pytest.mark.parametrize("text", ["", "> all of it quoted"])
def test_a_reply_without_words_of_its_own_is_refused(
    cast: Cast, notice: Notification, text: str
) -> None:
    assert refused(reply(sent_to(cast.russian_drafter), text=text)) == "refused empty"


def test_an_endless_reply_is_refused(cast: Cast, notice: Notification) -> None:
    text = "a" * 100_001
    assert refused(reply(sent_to(cast.russian_drafter), text=text)) == "refused too-long"


@pytest.mark.parametrize(
    ("extra", "kind"),
    [
        ("Auto-Submitted: auto-replied\r\n", "automatic"),
        ("Content-Type: multipart/report; report-type=delivery-status\r\n", "bounce"),
    ],
)
def test_what_a_program_sent_is_no_answer(
    cast: Cast, notice: Notification, extra: str, kind: str
) -> None:
    assert refused(reply(sent_to(cast.russian_drafter), extra=extra)) == kind


def test_any_other_mail_is_kept(cast: Cast, notice: Notification) -> None:
    raw = reply(sent_to(cast.russian_drafter), to="replies@treatyflow.example")
    assert refused(raw) == "other"


def test_the_sweep_reads_the_mailbox_and_empties_nothing(
    cast: Cast, notice: Notification, folder: Path
) -> None:
    message = sent_to(cast.russian_drafter)
    (folder / "new" / "1").write_bytes(reply(message))
    (folder / "new" / "2").write_bytes(b"Subject: spam\r\n\r\nBuy.")

    done = record_responses(now=LATER)

    assert (done.mails, done.answers) == (2, 1)
    assert sorted(file.name for file in (folder / "cur").iterdir()) == ["1:2,S", "2:2,S"]
    assert record_responses(now=LATER).mails == 0


def test_an_answer_whose_subject_is_wrongly_encoded_is_an_answer(
    cast: Cast, notice: Notification
) -> None:
    raw = reply(sent_to(cast.russian_drafter))
    mail = take_in(raw.replace(b"Re: notice", b"=?utf-8?b?a?="), now=LATER)
    assert (mail.kind, mail.subject) == ("answer", "=?utf-8?b?a?=")
    assert verify().ok


def test_what_cannot_be_read_is_kept_as_such_and_starves_nothing_behind_it(
    cast: Cast, notice: Notification, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = incoming.own_text

    def broken(body: str) -> str:
        if "unforeseen" in body:
            raise ZeroDivisionError
        return whole(body)

    monkeypatch.setattr(incoming, "own_text", broken)
    message = sent_to(cast.russian_drafter)
    for number in range(BATCH):
        raw = reply(message, text=f"unforeseen {number}", message_id=f"<{number}@example.org>")
        put(folder, f"{number:03}", raw, at=number)
    put(folder, "behind", reply(message), at=BATCH)

    assert take_in_waiting(Maildir(folder), now=LATER) == TakenIn(BATCH, 0)
    assert take_in_waiting(Maildir(folder), now=LATER) == TakenIn(1, 1)

    unreadable = IncomingMail.objects.unanswering()
    assert {mail.kind for mail in unreadable} == {"unreadable"}
    assert all(b"unforeseen" in bytes(mail.raw) for mail in unreadable)
    assert verify().ok


class Partial(Maildir):
    """A mailbox of which the first mail cannot be read; it tells how many are loaded at once."""

    loaded = 0

    def fetch(self, key: str, longest: int) -> Fetched:
        if key == "unreadable":
            raise MailUnreadableError("“unreadable”: Permission denied.")
        self.loaded += 1
        assert self.loaded == 1, "one is stored before the next is loaded"
        return super().fetch(key, longest)

    def mark(self, key: str) -> None:
        self.loaded -= 1
        super().mark(key)


def test_a_mail_that_cannot_be_read_is_left_and_holds_up_no_other(
    cast: Cast, notice: Notification, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    message = sent_to(cast.russian_drafter)
    left = put(folder, "unreadable", reply(message), at=1)
    put(folder, "other", b"Subject: spam\r\n\r\nBuy.", at=2)
    put(folder, "answer", reply(message), at=3)
    with caplog.at_level(logging.WARNING):
        assert take_in_waiting(Partial(folder), now=LATER) == TakenIn(2, 1)
    assert "it stays in the mailbox: “unreadable”: Permission denied." in caplog.text
    assert left.exists()


def test_more_mails_than_a_batch_that_cannot_be_stored_starve_nothing(
    cast: Cast,
    notice: Notification,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(taking_in, "BATCH", 2)
    stored = taking_in.take_in

    def broken(raw: bytes, **how: Any) -> IncomingMail:
        if b"unforeseen" in raw:
            raise ZeroDivisionError
        return stored(raw, **how)

    monkeypatch.setattr(taking_in, "take_in", broken)
    for number in range(3):
        put(folder, str(number), b"Subject: unforeseen\r\n\r\nBuy.", at=number)
    put(folder, "answer", reply(sent_to(cast.russian_drafter)), at=4)
    assert take_in_waiting(Maildir(folder), now=LATER) == TakenIn(1, 1)
    assert caplog.text.count("a mail could not be taken in") == 3


def test_while_the_database_is_away_the_mailbox_is_left(
    cast: Cast, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(_raw: bytes, **_how: Any) -> IncomingMail:
        raise OperationalError

    monkeypatch.setattr(taking_in, "take_in", away)
    files = [put(folder, str(number), b"Subject: one\r\n\r\nBuy.") for number in range(3)]
    assert take_in_waiting(Maildir(folder), now=LATER) == TakenIn(0, 0)
    assert caplog.text.count("the database took no mail") == 1
    assert all(file.exists() for file in files)


def test_of_a_mail_without_end_the_beginning_is_kept_and_it_is_no_answer(
    cast: Cast, notice: Notification, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking_in, "LONGEST_MAIL", BEGINNING)
    message = sent_to(cast.russian_drafter)
    put(folder, "large", reply(message, text="and more " * BEGINNING))

    assert take_in_waiting(Maildir(folder), now=LATER) == TakenIn(1, 0)

    mail = IncomingMail.objects.get()
    assert (mail.kind, mail.answers, mail.sender) == ("too-large", message, message.user.email)
    assert len(bytes(mail.raw)) == BEGINNING
    assert take_in_waiting(Maildir(folder), now=LATER) == TakenIn(0, 0)
    assert verify().ok


class Faulty(Maildir):
    """A mailbox that cannot be changed: its mails are read and never marked."""

    def mark(self, key: str) -> None:
        raise BoxDownError("The Maildir cannot be changed: gone.")


def test_a_mailbox_that_breaks_down_loses_nothing_and_doubles_nothing(
    cast: Cast, notice: Notification, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    message = sent_to(cast.russian_drafter)
    (folder / "new" / "3").write_bytes(reply(message))
    with caplog.at_level(logging.WARNING):
        take_in_waiting(Faulty(folder), now=LATER)
    assert "the mailbox was not read: The Maildir cannot be changed: gone." in caplog.text

    assert take_in_waiting(Maildir(folder), now=LATER) == TakenIn(1, 1)
    assert MailedAnswer.objects.count() == 1


def test_a_mailbox_that_is_away_holds_up_nothing_else(
    cast: Cast, notice: Notification, settings: Settings
) -> None:
    asked = {"text": "Please explain.", "respond_by": "2020-06-01"}
    issue_act(cast, "consultation-request", asked)
    settings.TREATYFLOW_INBOX_URL = "imap://user:secret@127.0.0.1:1/INBOX"
    assert record_responses(now=NOW + timedelta(days=30)).silent > 0


def answer_of(cast: Cast) -> MailedAnswer:
    take_in(reply(sent_to(cast.russian_drafter)), now=LATER)
    return MailedAnswer.objects.get()


def test_the_mission_gives_it_as_its_response(cast: Cast, notice: Notification) -> None:
    answer = answer_of(cast)
    given = {
        "answer": answer,
        "position": "regrets",
        "text": "We regret this decision deeply.",
        "actor": cast.russian_head,
        "now": LATER,
    }
    response = confirm_answer(**given)

    assert (response.party.code, response.by) == ("RUS", cast.russian_head)
    assert response.text == "We regret this decision deeply."
    answer.refresh_from_db()
    assert (answer.state, answer.response, answer.decided_by) == (
        "confirmed",
        response,
        cast.russian_head,
    )
    assert confirm_answer(**given) == response
    assert verify().ok


def test_or_sets_it_aside_and_it_is_given_no_more(cast: Cast, notice: Notification) -> None:
    answer = answer_of(cast)
    set_answer_aside(answer=answer, actor=cast.russian_drafter, now=LATER)
    set_answer_aside(answer=answer, actor=cast.russian_head, now=LATER)

    with pytest.raises(ChangedMeanwhileError):
        confirm_answer(
            answer=answer, position="regrets", text="So.", actor=cast.russian_head, now=LATER
        )
    assert not Response.objects.exists()
    answer.refresh_from_db()
    assert answer.decided_by == cast.russian_drafter


@pytest.mark.parametrize("who", ["us_head", "japanese_drafter", "canadian_officer"])
def test_nobody_else_decides_on_it(cast: Cast, notice: Notification, who: str) -> None:
    answer, actor = answer_of(cast), getattr(cast, who)
    with pytest.raises(NotPermittedError):
        confirm_answer(answer=answer, position="regrets", text="So.", actor=actor, now=LATER)
    with pytest.raises(NotPermittedError):
        set_answer_aside(answer=answer, actor=actor, now=LATER)


def test_what_is_wrong_with_it_is_named_and_it_waits_on(cast: Cast, notice: Notification) -> None:
    answer = answer_of(cast)
    with pytest.raises(RuleBrokenError, match="Position"):
        confirm_answer(answer=answer, position="no", text="So.", actor=cast.russian_head, now=LATER)
    answer.refresh_from_db()
    assert answer.state == "waiting"
