"""What can be said of a draft before it is issued: refused, to be confirmed, only to be known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from notifications.errors import RuleBrokenError

Level = Literal["refuse", "confirm", "warn"]
PARTICIPATION_UNKNOWN = "participation-unknown"
WRONG_REFERENCE = "wrong-reference"
CANNOT_BE_TAKEN_BACK = "cannot-be-taken-back"
# What a clause yields that can be given all the same, once it is confirmed.
DOUBTS = ("premature", "too-late", "disputed")


@dataclass(frozen=True)
class Finding:
    """One thing to say about a draft, at one of its fields."""

    level: Level
    code: str
    field: str
    sentence: str


def refuse_what_stands_against(findings: Iterable[Finding]) -> None:
    """Raise RuleBrokenError for the first finding that refuses or was not confirmed."""
    for finding in findings:
        if finding.level in ("refuse", "confirm"):
            raise RuleBrokenError(finding.sentence, field=finding.field)
