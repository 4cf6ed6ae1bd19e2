"""A folder of a real IMAP server: what has no mark of ours waits, and has one once taken in."""

from __future__ import annotations

import contextlib
import imaplib
import ssl
from typing import Any

import pytest
from pytest_django import Settings

from notifications.inbox import Box, BoxDownError, MailUnreadableError, box_of
from notifications.inbox.box import BEGINNING, Fetched
from notifications.inbox.imap import MOST_SILENCES, _takes_keywords
from tests.infrastructure.imap import PASSWORD, ImapServer


@pytest.fixture
def server(imap_server: ImapServer, settings: Settings) -> ImapServer:
    settings.TREATYFLOW_INBOX_URL = imap_server.url
    return imap_server


def box() -> Box:
    found = box_of()
    assert found is not None
    return found


def waiting() -> dict[str, bytes]:
    with box() as opened:
        return {key: opened.fetch(key, 1000).raw for key in opened.waiting()}


RAW = b"Subject: one\r\n\r\nWe object.\r\n"


def test_reading_marks_nothing_and_marking_loses_nothing(server: ImapServer) -> None:
    server.deliver("1", RAW)
    server.deliver("2", RAW.replace(b"one", b"two"))
    first, again = waiting(), waiting()
    assert first == again
    assert sorted(first.values()) == [RAW, RAW.replace(b"one", b"two")]

    with box() as opened:
        opened.mark(min(first))

    assert list(waiting().values()) == [RAW.replace(b"one", b"two")]
    kept = [file for part in ("new", "cur") for file in (server.maildir / part).iterdir()]
    assert len(kept) == 2


def test_what_a_person_looked_at_still_waits(server: ImapServer) -> None:
    server.deliver("1", RAW)
    account = imaplib.IMAP4("127.0.0.1", server.port)
    account.login("replies", PASSWORD)
    account.select("INBOX")
    account.fetch("1", "(RFC822)")  # which marks it as seen
    account.logout()
    assert list(waiting().values()) == [RAW]
    with box() as opened:
        opened.mark(opened.waiting()[0])
    assert waiting() == {}


def test_where_a_server_keeps_no_keywords_seen_is_the_mark() -> None:
    assert _takes_keywords([rb"(\Answered \Seen \*)"])
    assert _takes_keywords([rb"(\Seen $TreatyFlowTaken)"])
    assert not _takes_keywords([rb"(\Answered \Seen)"])
    assert not _takes_keywords([None])


def test_of_what_is_too_large_the_beginning_alone_is_loaded(server: ImapServer) -> None:
    server.deliver("1", RAW + b"a" * BEGINNING)
    with box() as opened:
        (key,) = opened.waiting()
        assert opened.fetch(key, BEGINNING) == Fetched((RAW + b"a" * BEGINNING)[:BEGINNING], False)
        assert opened.fetch(key, BEGINNING * 2) == Fetched(RAW + b"a" * BEGINNING)


def test_a_mail_at_which_the_server_breaks_off_holds_up_none_behind_it(server: ImapServer) -> None:
    """A file that it may not read is such a mail: it answers by closing the connection."""
    for number in range(4):
        server.deliver(str(number), RAW.replace(b"one", str(number).encode()))
    for unreadable in ("1", "2"):
        (server.maildir / "new" / unreadable).chmod(0)
    read = {}
    with box() as opened:
        for key in opened.waiting():
            with contextlib.suppress(MailUnreadableError):
                read[key] = opened.fetch(key, 1000).raw
                opened.mark(key)
    assert sorted(raw[:10] for raw in read.values()) == [b"Subject: 0", b"Subject: 3"]
    with box() as opened:
        assert len(opened.waiting()) == 2


class Answering:
    """Stands before the commands of a real server, and answers some of them in its stead."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._sent = imaplib.IMAP4.uid
        self.answers: dict[tuple[str, ...], Any] = {}

        def uid(server: imaplib.IMAP4, *said: str) -> Any:
            return self._said(server, said)

        monkeypatch.setattr(imaplib.IMAP4, "uid", uid)

    def _said(self, server: imaplib.IMAP4, said: tuple[str, ...]) -> Any:
        for words, answer in self.answers.items():
            if said[: len(words)] == words:
                if isinstance(answer, Exception):
                    raise answer
                return answer
        return self._sent(server, *said)


def test_a_mail_on_which_the_server_is_silent_holds_up_no_other_and_the_fourth_ends_the_run(
    server: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.deliver("1", RAW)
    server.deliver("2", RAW)
    with box() as opened:
        silent, other = opened.waiting()
        Answering(monkeypatch).answers = {("FETCH", silent): TimeoutError()}
        for _time in range(MOST_SILENCES):
            with pytest.raises(MailUnreadableError):
                opened.fetch(silent, 1000)
            assert opened.fetch(other, 1000).raw == RAW
        with pytest.raises(BoxDownError, match="again and again"):
            opened.fetch(silent, 1000)


def test_a_server_that_finds_nothing_by_keywords_hides_no_new_mail(
    server: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.deliver("1", RAW)
    Answering(monkeypatch).answers = {("SEARCH", "UNKEYWORD"): ("OK", [b""])}
    assert list(waiting().values()) == [RAW]


def test_a_mark_that_is_refused_is_of_that_mail_alone(
    server: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.deliver("1", RAW)
    server.deliver("2", RAW)
    with box() as opened:
        first, second = opened.waiting()
        Answering(monkeypatch).answers = {("STORE", first): ("NO", [b"too many keywords"])}
        with pytest.raises(MailUnreadableError, match=f"does not mark mail {first}"):
            opened.mark(first)
        opened.mark(second)
        assert opened.waiting() == [first]


def test_a_mail_that_is_gone_meanwhile_is_told_of_alone(server: ImapServer) -> None:
    server.deliver("1", RAW)
    with box() as opened:
        assert len(opened.waiting()) == 1
        with pytest.raises(MailUnreadableError):
            opened.fetch("999", 1000)
        assert opened.fetch(opened.waiting()[0], 1000).raw == RAW


def test_an_empty_mailbox_is_no_fault(server: ImapServer) -> None:
    assert waiting() == {}


def test_a_refused_sign_in_is_told_without_the_password(
    server: ImapServer, settings: Settings
) -> None:
    settings.TREATYFLOW_INBOX_URL = server.url.replace("kept", "wrong")
    with pytest.raises(BoxDownError) as refusal, box():
        pass
    assert "wrong" not in str(refusal.value)


def test_a_folder_that_is_not_there_is_told(server: ImapServer, settings: Settings) -> None:
    settings.TREATYFLOW_INBOX_URL = server.url.replace("INBOX", "Answers")
    with pytest.raises(BoxDownError, match="refused"), box():
        pass


def test_a_server_that_is_away_is_told(settings: Settings) -> None:
    settings.TREATYFLOW_INBOX_URL = "imap://user:secret@127.0.0.1:1/INBOX"
    with pytest.raises(BoxDownError, match="does not answer"), box():
        pass


class Watched:
    """A server that notes what it is told, and by which connection."""

    told: list[str]

    def __init__(self, host: str, port: int, **options: Any) -> None:
        context = options.get("ssl_context")
        type(self).told.append(f"{type(self).__name__} {port}{' checked' * is_strict(context)}")

    def starttls(self, context: ssl.SSLContext) -> None:
        self.told.append("starttls" + " checked" * is_strict(context))

    def login(self, user: str, password: str) -> None:
        self.told.append(f"login {user}")

    def select(self, folder: str) -> tuple[str, list[Any]]:
        self.told.append(f"select {folder}")
        return "OK", []

    def response(self, code: str) -> tuple[str, list[Any]]:
        return code, [None]

    def logout(self) -> None:
        self.told.append("logout")


class WatchedSsl(Watched):
    """The same on a line that is encrypted from its beginning."""


def is_strict(context: object) -> bool:
    """Whether a connection asks for the certificate of the very host."""
    return (
        isinstance(context, ssl.SSLContext)
        and context.check_hostname
        and context.verify_mode == ssl.CERT_REQUIRED
    )


@pytest.mark.parametrize(
    ("scheme", "told"),
    [
        ("imaps", ["WatchedSsl 993 checked", "login me", 'select "INBOX"', "logout"]),
        (
            "imap+tls",
            ["Watched 143", "starttls checked", "login me", 'select "INBOX"', "logout"],
        ),
        ("imap", ["Watched 143", "login me", 'select "INBOX"', "logout"]),
    ],
)
def test_a_password_is_said_on_the_line_that_the_address_asks_for(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, scheme: str, told: list[str]
) -> None:
    monkeypatch.setattr(Watched, "told", [], raising=False)
    monkeypatch.setattr(imaplib, "IMAP4", Watched)
    monkeypatch.setattr(imaplib, "IMAP4_SSL", WatchedSsl)
    settings.TREATYFLOW_INBOX_URL = f"{scheme}://me:secret@mail.example/INBOX"
    with box():
        pass
    assert Watched.told == told
