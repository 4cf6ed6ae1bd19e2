"""A folder of a real IMAP server: what is not seen waits, and is seen once it was taken in."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from notifications.inbox import Box, BoxDownError, box_of
from tests.infrastructure.imap import ImapServer


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
        return {mail.key: mail.raw for mail in opened.waiting(10)}


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


def test_no_more_than_the_limit_is_read(server: ImapServer) -> None:
    for number in range(3):
        server.deliver(str(number), RAW)
    with box() as opened:
        assert len(list(opened.waiting(2))) == 2


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
