"""Flags of an act: what stood against it when it was recorded, told again in another language.

An act is sealed with the sentence in English, one of ``SENTENCES`` filled in: it is
taken apart again, and put together in the reader's language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from django.utils.translation import get_language, gettext

from notifications.clauses.messages import MONTHS
from notifications.web.names import FALLBACK, PartyNames
from notifications.web.words import bare_date

# Message ids of services/examining.py and services/paper_flags.py that hold values; the longer of
# two that begin alike comes first.
SENTENCES: Final = (
    "The earliest date that Article %(article)s allows is %(day)s.",
    "Article %(article)s asks for a statement of reasons in the notice.",
    "Article %(article)s admits no such act.",
    "It is not recorded whether %(party)s is a party to %(treaty)s.",
    "%(party)s is no party to %(treaty)s on this day.",
    "%(code)s is no party to the treaty on this day.",
    "%(act)s: it is given by a depositary of the treaty.",
    "%(act)s: name the notification it refers to.",
    "%(act)s: it cannot refer to this notification.",
    "%(act)s: only who gave that notification can refer to it so.",
    "%(act)s: it cannot refer to a notification of one's own.",
    "%(field)s is missing.",
)
_VALUE: Final = re.compile(r"%\((\w+)\)s")
_DAY: Final = re.compile(r"(\d{1,2}) ([A-Z][a-z]+) (\d{4})")


def _pattern(message: str) -> re.Pattern[str]:
    parts = _VALUE.split(message)
    pattern = re.escape(parts[0])
    for name, text in zip(parts[1::2], parts[2::2], strict=True):
        pattern += f"(?P<{name}>.+){re.escape(text)}"
    return re.compile(pattern)


_PATTERNS: Final = {message: _pattern(message) for message in SENTENCES}


def flag_sentences(flags: Iterable[Mapping[str, Any]], names: PartyNames) -> list[str]:
    """The sentences of the flags in the reader's language; what is not known stays as it is."""
    kept = [str(flag["sentence"]) for flag in flags]
    if (get_language() or FALLBACK) == FALLBACK:
        return kept
    return [_told(sentence, names) for sentence in kept]


def _told(sentence: str, names: PartyNames) -> str:
    for message, pattern in _PATTERNS.items():
        if found := pattern.fullmatch(sentence):
            values = found.groupdict()
            return gettext(message) % {key: _value(key, values[key], names) for key in values}
    return gettext(sentence)


def _value(key: str, value: str, names: PartyNames) -> str:
    if key == "party":
        known = {named.name: named.code for named in PartyNames(FALLBACK).by_id.values()}
        return names.said_of_code(known[value]) if value in known else value
    if key == "day" and (day := _DAY.fullmatch(value)) and day[2] in MONTHS:
        return bare_date(date(int(day[3]), MONTHS.index(day[2]) + 1, int(day[1])))
    return gettext(value) if key in {"act", "field", "treaty"} else value
