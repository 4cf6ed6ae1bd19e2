"""The fields of an act: read strictly, refused in one sentence that names the field."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from django.utils.translation import gettext, gettext_noop

from notifications.acts import ACTS, ActField
from notifications.acts.common import EVERY
from notifications.clauses.documents import plain_date
from notifications.clauses.sections import FIRST_YEAR, LAST_YEAR
from notifications.errors import RuleBrokenError
from notifications.models import Notification

# The files that go with the act: {"sha256", "name"} each, added by a verb of their own.
FILES: Final = "attachments"
LONGEST_LINE: Final = 300
LONGEST_TEXT: Final = 100_000
LARGEST_NUMBER: Final = 36_500

COMMON: Final[dict[str, ActField]] = {field.name: field for field in EVERY}
# What a note that was given elsewhere may say besides: in a replay it is recorded as it was.
AS_GIVEN: Final[dict[str, ActField]] = {
    field.name: field
    for field in (
        ActField("article", gettext_noop("Article")),
        ActField("against", gettext_noop("Against"), "parties"),
        ActField("respond_by", gettext_noop("Answer requested by"), "date"),
        ActField("effective_on", gettext_noop("Date named in the note"), "date"),
        ActField("reasons", gettext_noop("Statement of reasons"), "text"),
        ActField("condition", gettext_noop("Condition"), "text"),
        ActField("addressees", gettext_noop("Addressees"), "parties"),
        ActField("source", gettext_noop("Source"), "text"),
        ActField("dated", gettext_noop("Dated")),
        ActField("mode", gettext_noop("Mode")),
    )
}


def clean_fields(act: str, fields: Mapping[str, Any], *, is_live: bool = True) -> dict[str, Any]:
    """The fields of a draft, empty ones left out, dates as ISO text.

    Raises RuleBrokenError for a key the act does not have, an impossible date, a line break where
    one line is asked for, a character that is none.
    """
    known = {**({} if is_live else AS_GIVEN), **COMMON, **{f.name: f for f in ACTS[act].fields}}
    cleaned: dict[str, Any] = {}
    for name, value in fields.items():
        if value in (None, "", [], ()) or name == FILES:
            continue
        if name not in known and not is_live and (moment := _stated(value)):
            cleaned[name] = moment
            continue
        if name not in known:
            raise RuleBrokenError(
                gettext("“%(name)s” is no field of this act.") % {"name": name}, field=name
            )
        cleaned[name] = READERS[known[name].kind](known[name], value)
    return {name: value for name, value in cleaned.items() if value not in ("", [])}


def _stated(value: Any) -> str:
    """A further date or instant that a replayed act states, as ISO text; empty of anything else."""
    try:
        moment = plain_date(str(value))
    except ValueError:
        return ""
    is_sound = not isinstance(moment, datetime) or moment.tzinfo is not None
    return moment.isoformat() if is_sound and FIRST_YEAR <= moment.year <= LAST_YEAR else ""


def _day(field: ActField, value: Any) -> str:
    text = value.isoformat() if isinstance(value, date) else str(value).strip()
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day, no instant
    except ValueError:
        sentence = gettext("%(field)s: “%(value)s” is no date of the calendar.")
        raise _refusal(field, sentence, value=text[:40]) from None
    _check_year(field, day.year)
    return day.isoformat()


def _check_year(field: ActField, year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        sentence = gettext("%(field)s: the year must lie between %(first)d and %(last)d.")
        raise _refusal(field, sentence, first=FIRST_YEAR, last=LAST_YEAR)


def _line(field: ActField, value: Any) -> str:
    if len(str(value).strip()) > LONGEST_LINE:
        raise _refusal(field, gettext("%(field)s: at most %(most)d characters."), most=LONGEST_LINE)
    text = clean_text(str(value), field=field.name, label=gettext(field.label))
    if "\n" in text:
        raise _refusal(field, gettext("%(field)s: write it on one line."))
    return text


def _text(field: ActField, value: Any) -> str:
    return clean_text(str(value), field=field.name, label=gettext(field.label))


def _yes_no(field: ActField, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise _refusal(field, gettext("%(field)s: yes or no."))


def _codes(field: ActField, value: Any) -> list[str]:
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list | tuple) or not all(isinstance(one, str) for one in values):
        raise _refusal(field, gettext("%(field)s: name parties by their codes."))
    return sorted({_line(field, code) for code in values})


def _code(field: ActField, value: Any) -> str:
    if not isinstance(value, str):
        raise _refusal(field, gettext("%(field)s: name one party by its code."))
    return _line(field, value)


def _instant(field: ActField, value: Any) -> str:
    """An instant with its offset, as ISO text to the second."""
    try:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).strip())
    except ValueError:
        sentence = gettext("%(field)s: “%(value)s” is no date with a time of day.")
        raise _refusal(field, sentence, value=str(value)[:40]) from None
    if at.tzinfo is None:
        sentence = gettext("%(field)s: the time needs its offset from UTC, such as +02:00.")
        raise _refusal(field, sentence)
    _check_year(field, at.year)
    return at.isoformat(timespec="seconds")


def _number(field: ActField, value: Any) -> int:
    text = str(value).strip()
    is_whole = text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_NUMBER))
    if isinstance(value, bool) or not is_whole or not 1 <= int(text) <= LARGEST_NUMBER:
        sentence = gettext("%(field)s: a whole number from 1 to %(most)d must stand here.")
        raise _refusal(field, sentence, most=LARGEST_NUMBER)
    return int(text)


def _choice(field: ActField, value: Any) -> str:
    if value not in dict(field.choices):
        raise _refusal(field, gettext("%(field)s: choose one of the list."))
    return str(value)


def _visibility(field: ActField, value: Any) -> str:
    if value not in Notification.Visibility.values:
        raise _refusal(field, gettext("%(field)s: choose one of the list."))
    return str(value)


READERS: Final[dict[str, Callable[[ActField, Any], Any]]] = {
    "line": _line,
    "text": _text,
    "date": _day,
    "instant": _instant,
    "number": _number,
    "choice": _choice,
    "party": _code,
    "clause": _line,
    "yes-no": _yes_no,
    "parties": _codes,
    "visibility": _visibility,
}


def _refusal(field: ActField, sentence: str, **said: Any) -> RuleBrokenError:
    return RuleBrokenError(sentence % {"field": gettext(field.label), **said}, field=field.name)


def clean_text(value: str, *, field: str, label: str) -> str:
    """Plain text as typed, line ends made one kind.

    Refused: control characters, half characters, and marks that turn the direction of what follows,
    so that nobody reads another text than the one that is sealed.
    """
    text = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if any(is_no_text(char) for char in text):
        sentence = gettext("%(field)s: it holds a control character, which is no text.")
        raise RuleBrokenError(sentence % {"field": label}, field=field)
    if len(text) > LONGEST_TEXT:
        sentence = gettext("%(field)s: at most %(most)d characters.")
        raise RuleBrokenError(sentence % {"field": label, "most": LONGEST_TEXT}, field=field)
    return text


def is_no_text(char: str) -> bool:
    """Whether a character has no place in a plain text."""
    if char in "\n\t":
        return False
    return unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} or char in TURNING


# Embeddings, overrides and isolates; the plain marks of direction (LRM, RLM, ALM) stay.
TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
