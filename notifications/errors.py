"""What the domain refuses, each in one sentence for the person who acted.

Pure Python: no Django, no clock, no I/O. A door (page, command, task) shows ``str(error)`` as it
stands.
"""

from __future__ import annotations

from dataclasses import dataclass


class DomainError(Exception):
    """An act was refused; nothing was changed.

    ``sentence`` is complete and already in the reader's language; ``field`` names the form field it
    concerns, or is empty where it concerns the whole act.
    """

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class RuleBrokenError(DomainError):
    """A rule of the treaty or of the register does not admit the act as it stands."""


class NotPermittedError(DomainError):
    """The person holds no mandate for this act on this day."""


class ChangedMeanwhileError(DomainError):
    """Somebody else changed the record after it was read."""


@dataclass(frozen=True)
class Problem:
    """One fault of a file: where it stands and what is wrong, in one sentence."""

    file: str
    line: int | None
    key: str
    sentence: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}, line {self.line}"
        return f"{place}: {self.key}: {self.sentence}" if self.key else f"{place}: {self.sentence}"


class BadFileError(DomainError):
    """A file was refused whole; ``problems`` lists everything that is wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
