"""The mailbox: read mail by mail, marked after it is stored; no mail holds up another."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from pytest_django import Settings

from notifications.emails import incoming
from notifications.inbox import BoxDownError, MailUnreadableError
from notifications.inbox.box import BEGINNING, Fetched
from notifications.inbox.maildir import Maildir
from notifications.models import IncomingMail, MailedAnswer, Notification
from notifications.register import verify
from notifications.services import taking_in
from notifications.services.sweeps import record_responses
from notifications.services.taking_in import BATCH, TakenIn, take_in_waiting
from tests.factories import NOW, Cast, issue_act
from tests.services.mailbox.replies import LATER, put, reply, sent_to


def test_the_sweep_reads_the_mailbox_and_empties_nothing(
    cast: Cast, notice: Notification, folder: Path
) -> None:
    message = sent_to(cast.russian_drafter)
    (folder / "new" / "1").write_bytes(reply(message))
    (folder / "new" / "2").write_bytes(b"Subject: spam\r\n\r\nBuy.")

    done = record_responses(now=LATER)

    assert (done.mails, done.answers) == (2, 1)
    assert sorted(file.name for file in (folder / "cur").iterdir()) == ["1:2,Sz", "2:2,Sz"]
    assert record_responses(now=LATER).mails == 0


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
        if key == "new/unreadable":
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
    assert "a mail stays in the mailbox as it was: “unreadable”: Permission denied." in caplog.text
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


class Unmarkable(Maildir):
    """A mailbox of which one mail takes no mark."""

    def mark(self, key: str) -> None:
        if key == "new/1":
            raise MailUnreadableError("The mail server does not mark mail 1.")
        super().mark(key)


def test_a_mail_that_cannot_be_marked_is_kept_once_and_holds_up_no_other(
    cast: Cast, notice: Notification, folder: Path
) -> None:
    message = sent_to(cast.russian_drafter)
    put(folder, "1", b"Subject: spam\r\n\r\nBuy.", at=1)
    put(folder, "2", reply(message), at=2)
    assert take_in_waiting(Unmarkable(folder), now=LATER) == TakenIn(1, 1)
    assert take_in_waiting(Unmarkable(folder), now=LATER) == TakenIn(0, 0)
    assert IncomingMail.objects.count() == 2


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
