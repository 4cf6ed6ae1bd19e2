"""The small values of scenario files: ids, and dates and instants, quoted or not."""

from __future__ import annotations

import re
from datetime import date, datetime

from notifications.clauses.documents import plain_date
from notifications.clauses.sections import OUT_OF_RANGE, Section, is_in_range
from notifications.services.scenarios.content import Moment

NO_VALUE = "This key has no value."
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def read_id(section: Section) -> str:
    """The id of a scenario or of an act."""
    value = section.text("id")
    if value and not _ID.fullmatch(value):
        sentence = "An id holds letters, numbers, points and hyphens, at most 100 of them."
        section.fault(sentence, "id")
    return value


def read_moment(section: Section, key: str) -> Moment | None:
    """A date, or an instant with its offset; None where the key is absent or holds neither.

    The year lies in the range that files may name.
    """
    value = section.data.get(key)
    if value is None:
        if section.has(key):
            section.fault(NO_VALUE, key)
        return None
    moment = _moment(value)
    if moment is None:
        section.fault(f'"{value}" is no date and no instant, such as 2022-02-11 10:00Z.', key)
    elif isinstance(moment, datetime) and moment.tzinfo is None:
        section.fault("An instant needs its offset, such as 2022-02-11 10:00Z.", key)
        return None
    elif not is_in_range(moment):
        section.fault(OUT_OF_RANGE, key)
        return None
    return moment


def _moment(value: object) -> Moment | None:
    try:
        moment = plain_date(value) if isinstance(value, str) else value
    except ValueError:
        return None
    return moment if isinstance(moment, date) else None


def read_day(section: Section, key: str) -> date | None:
    """A date; None where the key is absent or holds none."""
    if section.has(key) and section.data[key] is None:
        section.fault(NO_VALUE, key)
    return section.day(key)


def read_instant(section: Section, key: str) -> datetime | None:
    """An instant with its offset; None where the key is absent or holds none."""
    moment = read_moment(section, key)
    if moment is None or isinstance(moment, datetime):
        return moment
    section.fault("An instant must stand here, such as 2022-02-11 10:00Z.", key)
    return None


def read_number(section: Section, key: str) -> int | None:
    """A whole number from 1 on; None where the key is absent or holds none."""
    value = section.data.get(key)
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    if section.has(key):
        section.fault("A whole number from 1 on must stand here.", key)
    return None
