"""The fields of an act: read strictly, refused in one sentence that names the field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext

from notifications.acts import ACTS, ActField
from notifications.errors import RuleBrokenError

LONGEST_LINE: Final = 300
LONGEST_TEXT: Final = 100_000
FIRST_YEAR: Final = 1800
LAST_YEAR: Final = 2300

# Keys that every act may carry besides its own: what treaties ask of notices in general, how it was
# addressed, what was confirmed.
COMMON: Final[dict[str, ActField]] = {
    field.name: field
    for field in (
        ActField("text", "Text of the note", "text"),
        ActField("article", "Article"),
        ActField("against", "Against", "parties"),
        ActField("respond_by", "Answer requested by", "date"),
        ActField("effective_on", "Date named in the note", "date"),
        ActField("reasons", "Statement of reasons", "text"),
        ActField("condition", "Condition", "text"),
        ActField("addressees", "Addressees", "parties"),
        ActField("joint_with", "Joint with", "parties"),
        ActField("in_force_for_party", "In force for the party since", "date"),
        ActField("confirmed", "Confirmed", "parties"),
        ActField("visibility", "Who may read it"),
        ActField("source", "Source", "text"),
        ActField("dated", "Dated"),
        ActField("mode", "Mode"),
    )
}


def clean_fields(act: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a draft, empty ones left out, dates as ISO text.

    Raises RuleBrokenError for a key the act does not have, an impossible date, a line break where
    one line is asked for, a character that is none.
    """
    known = {**COMMON, **{field.name: field for field in ACTS[act].fields}}
    cleaned: dict[str, Any] = {}
    for name, value in fields.items():
        if name not in known:
            raise RuleBrokenError(
                gettext("“%(name)s” is no field of this act.") % {"name": name}, field=name
            )
        if value in (None, "", [], ()):
            continue
        cleaned[name] = READERS[known[name].kind](known[name], value)
    return {name: value for name, value in cleaned.items() if value not in ("", [])}


def _day(field: ActField, value: Any) -> str:
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value).strip())
    except ValueError:
        sentence = gettext("%(field)s: “%(value)s” is no date of the calendar.")
        raise _refusal(field, sentence, value=str(value)[:40]) from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        sentence = gettext("%(field)s: the year must lie between %(first)d and %(last)d.")
        raise _refusal(field, sentence, first=FIRST_YEAR, last=LAST_YEAR)
    return day.isoformat()


def _line(field: ActField, value: Any) -> str:
    text = clean_text(str(value), field=field.name, label=gettext(field.label))
    if "\n" in text:
        raise _refusal(field, gettext("%(field)s: write it on one line."))
    if len(text) > LONGEST_LINE:
        raise _refusal(field, gettext("%(field)s: at most %(most)d characters."), most=LONGEST_LINE)
    return text


def _text(field: ActField, value: Any) -> str:
    return clean_text(str(value), field=field.name, label=gettext(field.label))


def _yes_no(field: ActField, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise _refusal(field, gettext("%(field)s: yes or no."))


def _codes(field: ActField, value: Any) -> list[str]:
    values = [value] if isinstance(value, str) else list(value)
    return sorted({_line(field, code) for code in values})


READERS: Final[dict[str, Callable[[ActField, Any], Any]]] = {
    "line": _line,
    "text": _text,
    "date": _day,
    "yes-no": _yes_no,
    "party": _line,
    "parties": _codes,
}


def _refusal(field: ActField, sentence: str, **said: Any) -> RuleBrokenError:
    return RuleBrokenError(sentence % {"field": gettext(field.label), **said}, field=field.name)


def clean_text(value: str, *, field: str, label: str) -> str:
    """Plain text as typed, line ends made one kind; control characters are refused."""
    text = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if any((ord(char) < 32 and char not in "\n\t") or ord(char) == 127 for char in text):
        sentence = gettext("%(field)s: it holds a control character, which is no text.")
        raise RuleBrokenError(sentence % {"field": label}, field=field)
    if len(text) > LONGEST_TEXT:
        sentence = gettext("%(field)s: at most %(most)d characters.")
        raise RuleBrokenError(sentence % {"field": label, "most": LONGEST_TEXT}, field=field)
    return text
