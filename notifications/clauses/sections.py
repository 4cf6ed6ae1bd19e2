"""Mappings of a file read key by key: faults are noted, not raised, so that all are told."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from notifications.clauses.documents import KeyPath, plain_date

# The years in which a date of a file may lie: far from both ends of the calendar.
FIRST_YEAR: Final = 1800
LAST_YEAR: Final = 2300
# Names in the folder of zones that are none, or another one on each machine.
_NO_ZONES: Final = frozenset({"localtime", "Factory", "posixrules"})
OUT_OF_RANGE: Final = f"The year must lie between {FIRST_YEAR} and {LAST_YEAR}."


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: the key path and one sentence."""

    at: KeyPath
    sentence: str


@dataclass(frozen=True)
class Section:
    """One mapping, its place, and the list into which its faults go."""

    data: Mapping[str, object]
    at: KeyPath
    faults: list[Fault]

    def fault(self, sentence: str, *keys: str | int) -> None:
        self.faults.append(Fault((*self.at, *keys), sentence))

    def has(self, key: str) -> bool:
        return key in self.data

    def admit_keys(self, known: Collection[str]) -> None:
        """Refuse every key that is not known."""
        for key in self.data:
            if key not in known:
                self.fault(f'The key "{key}" is unknown.', key)

    def require(self, *keys: str) -> None:
        for key in keys:
            if key not in self.data:
                self.fault("This key is required.", key)

    def text(self, key: str, *, at_most: int | None = None) -> str:
        """The text of a key (of that many characters at most), or "" where there is none."""
        if key not in self.data:
            return ""
        value = self.data[key]
        if not isinstance(value, str) or not value.strip():
            self.fault(_not_text(value), key)
        elif at_most is not None and len(value) > at_most:
            self.fault(f"This is longer than {at_most} characters.", key)
        elif "\0" in value:
            self.fault("This holds a character that is no text.", key)
        else:
            return value
        return ""

    def choice(self, key: str, words: Sequence[str]) -> str:
        """One of the given words, or "" where the key is absent or holds another."""
        value = self.text(key)
        if not value or value in words:
            return value
        self.fault(f'"{value}" is none of: {", ".join(words)}.', key)
        return ""

    def flag(self, key: str) -> bool:
        value = self.data.get(key, False)
        if isinstance(value, bool):
            return value
        self.fault("Only true or false may stand here.", key)
        return False

    def day(self, key: str) -> date | None:
        """A date, quoted or not; None where it is absent, null, no date, or too far away."""
        value = self.data.get(key)
        if value is None:
            return None
        day = read_date(value)
        if day is None:
            self.fault(f'"{value}" is no date of the calendar, such as 2020-05-22.', key)
        elif not is_in_range(day):
            self.fault(OUT_OF_RANGE, key)
            return None
        return day

    def items(self, key: str) -> list[object]:
        """The items of a list, or none where it is absent or no list."""
        if key not in self.data:
            return []
        value = self.data[key]
        if isinstance(value, list):
            return value
        self.fault("A list must stand here.", key)
        return []

    def texts(self, key: str) -> tuple[str, ...]:
        """The texts of a list, each of them once."""
        result: list[str] = []
        for index, item in enumerate(self.items(key)):
            if not isinstance(item, str) or not item.strip():
                self.fault(_not_text(item), key, index)
            elif item in result:
                self.fault(f'"{item}" stands twice.', key, index)
            else:
                result.append(item)
        return tuple(result)

    def section(self, *keys: str | int) -> Section | None:
        """The mapping under these keys, or None with a fault where there is no mapping."""
        value: object = self.data
        for key in keys:
            value = value[key]  # type: ignore[index]  # the caller has seen that it is there
        if isinstance(value, Mapping):
            return Section(value, (*self.at, *keys), self.faults)
        self.fault("Keys with values must stand here.", *keys)
        return None

    def zone(self, key: str) -> str:
        name = self.text(key)
        if name and not is_zone(name):
            self.fault(f'"{name}" is no IANA time zone, such as UTC or Europe/Amsterdam.', key)
        return name


def read_date(value: object) -> date | None:
    """A date from what a file holds (a date, or its text), or None where it is none."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            value = plain_date(value)
        except ValueError:
            return None
    return value if isinstance(value, date) and not isinstance(value, datetime) else None


def is_in_range(day: date) -> bool:
    """Whether the year is one that files may name."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def is_zone(name: str) -> bool:
    """Whether the zone database knows this name, as the same zone on every machine."""
    if name in _NO_ZONES or name.startswith(("posix/", "right/")):
        return False
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):  # a folder of zones, a path, an unknown name
        return False
    return True


def _not_text(value: object) -> str:
    if value is None or value == "":
        return "This key has no value."
    if isinstance(value, (list, Mapping)):
        return "Text must stand here."
    return f'"{value}" is not text: put it in quotation marks.'
