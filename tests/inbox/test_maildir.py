"""A Maildir: what waits is read in its order, and marked; nothing is lost."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from pytest_django import Settings

from notifications.inbox import BoxDownError, MailUnreadableError, box_of
from notifications.inbox.box import BEGINNING, Fetched
from notifications.inbox.maildir import Maildir


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "new").mkdir()
    return tmp_path


def put(folder: Path, name: str, at: int) -> None:
    file = folder / "new" / name
    file.write_bytes(name.encode())
    os.utime(file, (at, at))


def test_what_waits_is_told_the_oldest_first(folder: Path) -> None:
    for name, at in (("b", 2), ("a", 3), ("c", 1)):
        put(folder, name, at)
    with Maildir(folder) as box:
        assert box.waiting() == ["new/c", "new/b", "new/a"]
        assert box.fetch("new/b", 10) == Fetched(b"b")


def test_of_what_is_too_large_the_beginning_alone_is_read(folder: Path) -> None:
    (folder / "new" / "a").write_bytes(b"a" * (BEGINNING + 2))
    with Maildir(folder) as box:
        assert box.fetch("new/a", BEGINNING + 1) == Fetched(b"a" * BEGINNING, is_whole=False)
        assert box.fetch("new/a", BEGINNING + 2).is_whole


def test_one_mail_that_is_gone_or_cannot_be_read_is_told_of_alone(folder: Path) -> None:
    put(folder, "a", 1)
    with Maildir(folder) as box:
        assert box.waiting() == ["new/a"]
        (folder / "new" / "a").unlink()
        with pytest.raises(MailUnreadableError, match="“new/a”"):
            box.fetch("new/a", 10)


def test_those_that_nobody_looked_at_come_first_and_what_is_no_mail_never(folder: Path) -> None:
    (folder / "cur").mkdir()
    (folder / "cur" / "old:2,S").write_bytes(b"old")
    (folder / "new" / ".nfs1").write_bytes(b"no mail")
    put(folder, "young", 9)
    with Maildir(folder) as box:
        assert box.waiting() == ["new/young", "cur/old:2,S"]


def test_a_mail_that_was_moved_before_it_was_marked_is_told_of_alone(folder: Path) -> None:
    with Maildir(folder) as box, pytest.raises(MailUnreadableError, match="moved away"):
        box.mark("new/gone")


def test_what_was_marked_waits_no_more_and_is_still_there(folder: Path) -> None:
    put(folder, "a", 1)
    with Maildir(folder) as box:
        box.mark("new/a")
        assert box.waiting() == []
    assert (folder / "cur" / "a:2,Sz").read_bytes() == b"a"


def test_what_a_person_looked_at_still_waits(folder: Path) -> None:
    (folder / "cur").mkdir()
    (folder / "cur" / "a:2,RS").write_bytes(b"a")
    with Maildir(folder) as box:
        assert box.waiting() == ["cur/a:2,RS"]
        assert box.fetch("cur/a:2,RS", 10) == Fetched(b"a")
        box.mark("cur/a:2,RS")
        assert box.waiting() == []
    assert [file.name for file in (folder / "cur").iterdir()] == ["a:2,RSz"]


def test_a_folder_that_is_none_is_told_of(tmp_path: Path, settings: Settings) -> None:
    settings.TREATYFLOW_INBOX_URL = f"maildir://{tmp_path}/none"
    box = box_of()
    assert box is not None
    with pytest.raises(BoxDownError, match="no Maildir"), box:
        pass


def test_without_an_address_there_is_no_box(settings: Settings) -> None:
    settings.TREATYFLOW_INBOX_URL = ""
    assert box_of() is None


def test_a_mail_under_the_name_of_one_taken_in_before_overwrites_nothing(folder: Path) -> None:
    for words in (b"first", b"second", b"third"):
        (folder / "new" / "1").write_bytes(words)
        with Maildir(folder) as box:
            box.mark("new/1")
            assert box.waiting() == []
    kept = {file.read_bytes() for file in (folder / "cur").iterdir()}
    assert kept == {b"first", b"second", b"third"}


def test_where_nobody_may_link_a_mail_is_moved_and_overwrites_nothing_either(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    for words in (b"first", b"second"):
        (folder / "new" / "1").write_bytes(words)
        with Maildir(folder) as box:
            box.mark("new/1")
    assert {file.read_bytes() for file in (folder / "cur").iterdir()} == {b"first", b"second"}
    assert not list((folder / "new").iterdir())
