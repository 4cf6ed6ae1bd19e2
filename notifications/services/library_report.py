"""What loading the library counts, and what it remembers of each treaty for the register."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

Change = dict[str, Any]


@dataclass
class Tally:
    """How many records were created, changed, left as they were, and taken out.

    ``kept`` are those that administrators saved or imported: no file changes them any more.
    """

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    kept: int = 0

    def add(self, *, is_new: bool, is_changed: bool) -> None:
        """Count one record."""
        if is_new:
            self.created += 1
        elif is_changed:
            self.changed += 1
        else:
            self.unchanged += 1


@dataclass
class LibraryReport:
    """The counts of each kind of record, and what the files dispute.

    ``differences`` are sentences: what an act recorded, a file says otherwise, and stays as it is.
    """

    parties: Tally = field(default_factory=Tally)
    treaties: Tally = field(default_factory=Tally)
    participations: Tally = field(default_factory=Tally)
    clauses: Tally = field(default_factory=Tally)
    differences: list[str] = field(default_factory=list)

    def as_data(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)
