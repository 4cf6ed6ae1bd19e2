"""A Maildir on this machine: a mail waits until it carries our mark, in ``new`` or in ``cur``.

A mail program that looks into it moves mails to ``cur`` and marks them as seen; they still wait.
"""

from __future__ import annotations

import errno
import os
from itertools import chain, count
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from notifications.inbox.box import BEGINNING, BoxDownError, Fetched, MailUnreadableError

_INFO: Final = ":2,"
# A lower-case letter is a keyword, of which servers give out those of the beginning first; the
# upper-case one is what people see.
_TAKEN: Final = "z"
_SEEN: Final = "S"
# What a system says that has no links, or none for this file.
_NO_LINKS: Final = frozenset({errno.EPERM, errno.EACCES, errno.EOPNOTSUPP, errno.ENOSYS})


class Maildir:
    """The folder of a Maildir, with ``new`` and ``cur`` in it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> Self:
        if not (self._folder / "new").is_dir():
            raise BoxDownError(f"INBOX_URL names “{self._folder}”, which is no Maildir.")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None

    def waiting(self) -> list[str]:
        """The paths of the mails without our mark, those of ``new`` first, by their time."""
        return [*self._found("new"), *self._found("cur")]

    def _found(self, part: str) -> list[str]:
        folder = self._folder / part
        try:
            files = [
                file
                for file in (folder.iterdir() if part == "new" or folder.exists() else ())
                if not (file.name.startswith(".") or _TAKEN in _flags(file.name)) and file.is_file()
            ]
        except OSError as error:
            raise BoxDownError(f"The Maildir cannot be read: {error.strerror}.") from error
        return [f"{part}/{file.name}" for file in sorted(files, key=_age)]

    def fetch(self, key: str, longest: int) -> Fetched:
        """Read a mail; of one that is too large the beginning."""
        try:
            with (self._folder / key).open("rb") as file:
                is_whole = os.fstat(file.fileno()).st_size <= longest
                return Fetched(file.read(longest if is_whole else BEGINNING), is_whole)
        except OSError as error:
            raise MailUnreadableError(f"“{key}”: {error.strerror}.") from error

    def mark(self, key: str) -> None:
        """Mark a mail as taken in, in ``cur``, where mail programs show it as read."""
        file = self._folder / key
        target = self._folder / "cur"
        flags = "".join(sorted({*_flags(file.name), _SEEN, _TAKEN}))
        try:
            target.mkdir(exist_ok=True)
            _move(file, target, file.name.partition(_INFO)[0], flags)
        except FileNotFoundError as error:
            raise MailUnreadableError(f"“{key}” was moved away meanwhile.") from error
        except OSError as error:
            raise BoxDownError(f"The Maildir cannot be changed: {error.strerror}.") from error


def _move(file: Path, target: Path, name: str, flags: str) -> None:
    """Move it, under another name where another mail has that one: a link overwrites nothing.

    Not everybody may link everywhere; who moves instead looks first.
    """
    for further in chain([""], (f"_{number}" for number in count(2))):
        new = target / f"{name}{further}{_INFO}{flags}"
        try:
            os.link(file, new)
        except FileExistsError:
            continue
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            if not new.exists():
                file.rename(new)
                return
        else:
            file.unlink()
            return


def _flags(name: str) -> str:
    """The flags of a file; none of one that is new."""
    return name.partition(_INFO)[2]


def _age(file: Path) -> tuple[int, str]:
    """What orders mails; one that is moved away meanwhile comes first, and is then missed."""
    try:
        return file.stat().st_mtime_ns, file.name
    except OSError:
        return 0, file.name
