"""The facts that a clause counts from, given by the caller: the engine looks nothing up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class ReceiptFact:
    """A party (or depositary, by its code) received the act on a date in the treaty's zone."""

    by: str
    on: date


@dataclass(frozen=True)
class Facts:
    """What is known of one act, for one bearer.

    ``addressees`` are the codes it was addressed to (None: unknown); where the bearer is one
    addressee among several, give that one alone. ``effective_on`` is the date the notice names.
    """

    given_on: date
    zone: str
    depositaries: frozenset[str]
    addressees: frozenset[str] | None
    receipts: tuple[ReceiptFact, ...] = ()
    circulated_on: date | None = None
    effective_on: date | None = None
    has_reasons: bool = False
