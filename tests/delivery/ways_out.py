"""Ways out that answer as a test tells them to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

from notifications.delivery import Answer, Letter, LineDownError


class Killed(BaseException):
    """Stands for a kill -9: nothing after it runs, nothing catches it."""


class Told:
    """Keeps every letter and answers each by a function of its recipient."""

    def __init__(self, answer: Callable[[str], Answer] | None = None) -> None:
        self.letters: list[Letter] = []
        self._answer = answer or (lambda _recipient: Answer("accepted", "250 OK"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    @property
    def recipients(self) -> list[str]:
        return [letter.recipient for letter in self.letters]

    def send(self, letter: Letter) -> Answer:
        self.letters.append(letter)
        return self._answer(letter.recipient)


def always(outcome: str, reply: str) -> Told:
    """The same answer to everybody."""
    return Told(lambda _recipient: Answer(outcome, reply))  # type: ignore[arg-type]


def down(reason: str = "The mail server refused the connection.") -> Told:
    """A server that is not there."""

    def refuse(_recipient: str) -> Answer:
        raise LineDownError(reason)

    return Told(refuse)
