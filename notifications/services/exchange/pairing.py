"""Which row of a file is which row of the table, where both have a beginning and an end.

The same beginning is the same row. What is left of the file is the same as what is left of the
table where both stand for one time: its beginning is corrected. All else is new. What the file does
not name stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from django.utils.translation import gettext

from notifications.services.exchange.reading import Row
from notifications.services.participation_rules import Period

Record = TypeVar("Record")


@dataclass(frozen=True)
class Said:
    """What a row of the file says: its time."""

    row: Row
    period: Period


@dataclass(frozen=True)
class Standing(Generic[Record]):
    """What stands in the table, its time, and that time in words."""

    record: Record
    period: Period
    words: str


Found = list[tuple[Said, Standing[Record] | None]]


def pair(
    said: Sequence[Said], standing: Sequence[Standing[Record]]
) -> tuple[Found[Record], list[Standing[Record]]]:
    """Each row of the file with what it is in the table, and what of the table no row names."""
    by_day = {item.period.in_force_on: item for item in standing}
    found: Found[Record] = [(item, by_day.pop(item.period.in_force_on, None)) for item in said]
    left = list(by_day.values())
    for index, (item, same) in enumerate(found):
        if same is not None or not left:
            continue
        meant = [other for other in left if item.period.overlaps(other.period)]
        if len(meant) == 1:
            found[index] = (item, meant[0])
            left.remove(meant[0])
    return found, left


def once_each(said: Iterable[Said]) -> list[Said]:
    """The rows without those that repeat a beginning, which are faults."""
    first: dict[date | None, Said] = {}
    for item in said:
        other = first.setdefault(item.period.in_force_on, item)
        if other is not item:
            sentence = gettext("The same stands in line %(line)d already.")
            item.row.fault("", sentence % {"line": other.row.line})
    return list(first.values())


@dataclass(frozen=True)
class Placed:
    """A time that will stand: by a row of the file, or in the table, where it is said in words."""

    period: Period
    row: Row | None
    words: str = ""


def refuse_overlaps(placed: Iterable[Placed], *, column: str) -> None:
    """Note at its row each time that stands beside another one, in the order of their beginning."""
    last: Placed | None = None
    for item in sorted(placed, key=lambda placed: placed.period.in_force_on or date.max):
        if last is not None and item.period.overlaps(last.period):
            _note(item, last, column)
        if last is None or _end(item) > _end(last):
            last = item


def _end(placed: Placed) -> date:
    return placed.period.exit_on or date.max


def _note(item: Placed, other: Placed, column: str) -> None:
    row, beside = (item.row, other) if item.row is not None else (other.row, item)
    if row is None:
        return  # what stands in the table alone is not this file's fault
    if beside.row is not None:
        sentence = gettext("This overlaps with line %(line)d.") % {"line": beside.row.line}
    else:
        sentence = gettext("This overlaps with what is on record: %(period)s.")
        sentence %= {"period": beside.words}
    row.fault(column, sentence)
