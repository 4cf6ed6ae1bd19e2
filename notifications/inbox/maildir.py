"""A Maildir on this machine: mails wait in ``new`` and are moved to ``cur``, marked as seen."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from notifications.inbox.box import BEGINNING, BoxDownError, Fetched, MailUnreadableError

SEEN: Final = ":2,S"


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
        """The names of the mails in ``new``, by the time at which they came."""
        try:
            files = [file for file in (self._folder / "new").iterdir() if file.is_file()]
        except OSError as error:
            raise BoxDownError(f"The Maildir cannot be read: {error.strerror}.") from error
        return [file.name for file in sorted(files, key=_age)]

    def fetch(self, key: str, longest: int) -> Fetched:
        """Read a mail; of one that is too large the beginning."""
        try:
            with (self._folder / "new" / key).open("rb") as file:
                is_whole = os.fstat(file.fileno()).st_size <= longest
                return Fetched(file.read(longest if is_whole else BEGINNING), is_whole)
        except OSError as error:
            raise MailUnreadableError(f"“{key}”: {error.strerror}.") from error

    def mark(self, key: str) -> None:
        """Move a mail to ``cur``, where mail programs show it as read."""
        target = self._folder / "cur"
        try:
            target.mkdir(exist_ok=True)
            (self._folder / "new" / key).rename(target / f"{key.partition(':')[0]}{SEEN}")
        except OSError as error:
            raise BoxDownError(f"The Maildir cannot be changed: {error.strerror}.") from error


def _age(file: Path) -> tuple[int, str]:
    """What orders mails; one that is moved away meanwhile comes first, and is then missed."""
    try:
        return file.stat().st_mtime_ns, file.name
    except OSError:
        return 0, file.name
