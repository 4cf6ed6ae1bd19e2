"""What a mailbox is to this program: mails that wait, and a mark on those that were taken in."""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import Final, Protocol, Self

# Of a mail that is too large to be loaded, this much is: its headers, and where its text begins.
BEGINNING: Final = 64 * 1024


class BoxDownError(Exception):
    """The mailbox cannot be read at present; the sentence says why."""


class MailUnreadableError(Exception):
    """One mail cannot be read, or marked, at present; the others can. The sentence says why."""


@dataclass(frozen=True)
class Fetched:
    """The bytes of a mail; of one that is too large, its beginning alone."""

    raw: bytes
    is_whole: bool = True


class Box(Protocol):
    """A mailbox, open. Nothing in it is ever deleted."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def waiting(self) -> list[str]:
        """The keys of the mails that wait, those first that nobody looked at yet.

        Raises BoxDownError.
        """
        ...

    def fetch(self, key: str, longest: int) -> Fetched:
        """A mail; of one of more than ``longest`` bytes the first ``BEGINNING``.

        Raises MailUnreadableError, and BoxDownError where no other can be read either.
        """
        ...

    def mark(self, key: str) -> None:
        """Mark a mail as taken in: it waits no more.

        Raises MailUnreadableError, and BoxDownError where no other can be marked either.
        """
        ...
