"""What an import would do, row by row, and the work that does it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, Literal, TypeVar

from django.db import models

from notifications.models import User
from notifications.register import plain
from notifications.services.exchange.cells import written
from notifications.services.exchange.reading import Table

Action = Literal["create", "change", "same"]
Progress = Callable[[int, int], None]

# How many rows are written with one statement, and between two reports of progress.
CHUNK: Final = 1000

Item = TypeVar("Item")


@dataclass(frozen=True)
class PlannedRow:
    """One row of the file: its line, what becomes of it, each change (column, before, after)."""

    line: int
    action: Action
    label: str
    changes: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class ImportPlan:
    """What an import of a file does, in the order of its lines."""

    kind: str
    file: str
    rows: list[PlannedRow]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows create something, change something, and say what stands already."""
        found = Counter(row.action for row in self.rows)
        return {action: found[action] for action in ("create", "change", "same")}


@dataclass
class Work:
    """The plan, what the event says of each record touched, and the records to be written.

    ``record`` is the one under which the event stands; None where nothing changes.
    """

    rows: list[PlannedRow] = field(default_factory=list)
    told: list[list[Any]] = field(default_factory=list)
    new: list[Any] = field(default_factory=list)
    changed: list[Any] = field(default_factory=list)

    def plan(
        self,
        line: int,
        label: str,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        *,
        is_new: bool,
        told_as: Any = None,
    ) -> Action:
        """Note a row by what stood and what it says.

        The event calls it ``told_as``, or by its label.
        """
        differing = [name for name in after if written(before.get(name)) != written(after[name])]
        action: Action = "create" if is_new else "change" if differing else "same"
        shown = [(name, written(before.get(name)), written(after[name])) for name in differing]
        self.rows.append(PlannedRow(line, action, label, shown))
        if action != "same":
            values = {
                name: _said(after[name]) if is_new else [_said(before[name]), _said(after[name])]
                for name in differing
            }
            self.told.append([label if told_as is None else told_as, values])
        return action


class Kind(ABC):
    """One kind of record that files hold: its columns, how it is planned, written and exported."""

    columns: ClassVar[tuple[str, ...]]
    required: ClassVar[tuple[str, ...]]

    @abstractmethod
    def plan(self, table: Table, actor: User | None, *, is_locked: bool) -> Work:
        """Plan the rows; what is wrong with them goes into the table."""

    @abstractmethod
    def write(self, work: Work, progress: Progress) -> models.Model | None:
        """Write what was planned; one of the records written."""

    @abstractmethod
    def export(self) -> Iterator[Mapping[str, Any]]:
        """Every record of this kind, by column."""


def _said(value: Any) -> Any:
    """A value as an event holds it."""
    return plain(value) if value is None or isinstance(value, bool | int) else written(value)


def in_chunks(items: Sequence[Item], size: int = CHUNK) -> Iterator[Sequence[Item]]:
    """The items, so many at a time."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def write_all(
    model: type[models.Model],
    *,
    new: Sequence[Any],
    changed: Iterable[Sequence[Any]],
    columns: Sequence[str],
    progress: Progress,
) -> None:
    """Change rows, group after group, then insert the new ones: one statement a thousand rows.

    What is changed goes in as an INSERT that meets its own key: an UPDATE of a thousand rows by
    cases takes ten times as long.
    """
    groups = list(changed)
    total = len(new) + sum(len(group) for group in groups)
    done = 0
    manager = model._default_manager
    for group in groups:
        for chunk in in_chunks(group):
            manager.bulk_create(
                chunk, update_conflicts=True, update_fields=columns, unique_fields=["id"]
            )
            done += len(chunk)
            progress(done, total)
    for chunk in in_chunks(new):
        manager.bulk_create(chunk)
        done += len(chunk)
        progress(done, total)
