"""Letters: what goes out of the house, what comes of it, and the protocol of the ways out."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import TracebackType
from typing import Final, Literal, NamedTuple, Protocol, Self

# A letter is begun in the first third of a lease alone, and given up before another worker may take
# the message: its mark must stand by then.
BEGIN_SHARE: Final = 1 / 3
END_SHARE: Final = 9 / 10


class Letter(NamedTuple):
    """A mail on its way: the addresses on its envelope and its bytes.

    ``until``: when it is given up if the server has not taken it (monotonic seconds).
    ``meanwhile`` may be called while the server is at work on it, once or more often; the first
    time before the server can have taken it.
    ``following`` is the recipient of the next letter, of the same sender, where that is known.
    """

    sender: str
    recipient: str
    mail: bytes
    until: float = math.inf
    meanwhile: Callable[[], object] = lambda: None
    following: str = ""


class Answer(NamedTuple):
    """What became of a letter, and the words of the server, without the recipient's address.

    ``is_our_fault`` says of a refusal that it is about the sender or the configuration, not about
    the recipient.
    """

    outcome: Literal["accepted", "deferred", "refused"]
    reply: str
    is_our_fault: bool = False


class LineDownError(Exception):
    """No letter can be sent at present; the sentence says why."""


class Transport(Protocol):
    """A way out: opened for a run, used for one letter after another, closed."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def send(self, letter: Letter) -> Answer:
        """Hand over one letter. Raises LineDownError where no letter can be handed over."""
        ...
