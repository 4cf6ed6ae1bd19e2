"""A Maildir on this machine: mails wait in ``new`` and are moved to ``cur``, marked as seen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from notifications.inbox.box import BoxDownError, Waiting

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

    def waiting(self, limit: int) -> Iterator[Waiting]:
        """The mails in ``new``, by the time at which they came."""
        try:
            files = [file for file in (self._folder / "new").iterdir() if file.is_file()]
            ordered = sorted(files, key=lambda file: (file.stat().st_mtime_ns, file.name))
            for file in ordered[:limit]:
                yield Waiting(file.name, file.read_bytes())
        except OSError as error:
            raise BoxDownError(f"The Maildir cannot be read: {error.strerror}.") from error

    def mark(self, key: str) -> None:
        """Move a mail to ``cur``, where mail programs show it as read."""
        target = self._folder / "cur"
        try:
            target.mkdir(exist_ok=True)
            (self._folder / "new" / key).rename(target / f"{key.partition(':')[0]}{SEEN}")
        except OSError as error:
            raise BoxDownError(f"The Maildir cannot be changed: {error.strerror}.") from error
