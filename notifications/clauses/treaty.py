"""What a treaty file says, checked: the treaty, its parties and its clauses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from notifications.clauses.schema import Clause


@dataclass(frozen=True)
class PartyEntry:
    """One party: when the treaty came into force for it, and the first day it was no longer one.

    ``signed``, ``consent`` (how) and ``consented`` (when) say how it came to be bound, ``succeeds``
    whose participation it took over. Who ``is_pending`` has signed or consented, and the treaty is
    not in force for it. ``is_assumed``: its own day of entry is not known, and ``in_force`` is the
    treaty's, the earliest it can be.
    """

    party: str
    in_force: date | None
    until: date | None = None
    source: str = ""
    signed: date | None = None
    consent: str = ""
    consented: date | None = None
    succeeds: str = ""
    is_assumed: bool = False

    @property
    def is_pending(self) -> bool:
        """Whether it has done something, and nothing is in force for it."""
        return self.in_force is None and bool(self.signed or self.consented)


@dataclass(frozen=True)
class TreatyFile:
    """One treaty file, whole and checked; ``file`` is its name without the directory.

    ``lists`` are the treaty's own lists of parties, such as an annex, by their name.
    """

    id: str
    title: str
    short_name: str
    depositaries: tuple[str, ...]
    zone: str
    adopted: date | None
    signed: date | None
    in_force: date | None
    subject: str
    participants_complete: bool
    parties: tuple[PartyEntry, ...]
    clauses: tuple[Clause, ...]
    source: str
    registration: str = ""
    parent: str = ""
    authentic_languages: tuple[str, ...] = ()
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    file: str = ""
