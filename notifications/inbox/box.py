"""What a mailbox is to this program: mails that wait, and a mark on those that were taken in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self


class BoxDownError(Exception):
    """The mailbox cannot be read at present; the sentence says why."""


@dataclass(frozen=True)
class Waiting:
    """A mail that was not taken in yet: its key in the mailbox, and its bytes."""

    key: str
    raw: bytes


class Box(Protocol):
    """A mailbox, open. Nothing in it is ever deleted."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def waiting(self, limit: int) -> Iterator[Waiting]:
        """Up to ``limit`` mails that wait, the oldest first. Raises BoxDownError."""
        ...

    def mark(self, key: str) -> None:
        """Mark a mail as taken in: it waits no more. Raises BoxDownError."""
        ...
