"""The fields of an act in words, by their kind (acts.py): for mails and pages alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext, pgettext

from notifications.acts import ACTS, ActField
from notifications.acts.common import NOT_STATED, RESPOND_BY
from notifications.emails.words import act_title, bare_date, enumerated, full_date
from notifications.models import Notification

# Who signed, and with which powers, stands in the note and on its page.
UNTOLD: Final = frozenset({"text", "signed_by", "has_full_powers", "addressees"})

# Fields that have a line of their own.
TOLD: Final = frozenset(
    {"against", "article", "effective_on", "respond_by", "held_on", "condition"}
)

Naming = Callable[[list[str]], list[str]]


@dataclass(frozen=True)
class Line:
    """One fact of a mail: what it is, and its value."""

    label: str
    value: str


def field_words(field: ActField, value: Any, *, zone: str, naming: Naming) -> str:
    """The value of one field; ``naming`` gives names to codes, in the order of the language."""
    if field.kind in {"party", "parties"}:
        return enumerated(naming([value] if isinstance(value, str) else list(value)))
    if field.kind == "instant":
        return _instant(datetime.fromisoformat(value), zone)
    if value == NOT_STATED:
        return gettext(NOT_STATED)
    say = SAYING.get(field.kind)
    return say(field, value) if say else str(value)


def _yes_no(_field: ActField, value: Any) -> str:
    return gettext("yes") if value else gettext("no")


def _day(_field: ActField, value: Any) -> str:
    return full_date(date.fromisoformat(value))


def _choice(field: ActField, value: Any) -> str:
    return gettext(field.said(value))


def _clause(_field: ActField, value: Any) -> str:
    return gettext("the limit that the sender set") if value == RESPOND_BY.name else str(value)


SAYING: Final[dict[str, Callable[[ActField, Any], str]]] = {
    "yes-no": _yes_no,
    "date": _day,
    "choice": _choice,
    "clause": _clause,
}


def _instant(at: datetime, zone: str) -> str:
    local = at.astimezone(ZoneInfo(zone))
    return gettext("%(date)s, %(time)s %(zone)s") % {
        "date": bare_date(local.date()),
        "time": local.strftime("%H:%M"),
        "zone": zone,
    }


def lines_of(
    act: Notification, *, number: str, senders: str, target: str, naming: Naming
) -> Iterator[Line]:
    """What a mail says of an act, a line each: what it is, from whom, and its short fields.

    ``target`` is the act to which it refers, in words; empty where it is none, or not to be told.
    """
    yield Line(gettext("Treaty"), act.treaty.name)
    yield Line(gettext("Notification"), act_title(act.act))
    if number:
        yield Line(gettext("Number"), number)
    yield Line(pgettext("who gave a note", "From"), senders)
    if target:
        yield Line(gettext("Refers to"), target)
    if against := act.fields.get("against"):
        yield Line(gettext("Against"), enumerated(naming(list(against))))
    yield Line(gettext("Date of the note"), full_date(act.given_on))
    if article := act.fields.get("article"):
        yield Line(gettext("Article relied on"), str(article))
    for key, label in (
        ("effective_on", gettext("Date named in the note")),
        ("respond_by", gettext("Answer asked for by")),
        ("held_on", gettext("Day of the conference")),
    ):
        if day := act.fields.get(key):
            yield Line(label, full_date(date.fromisoformat(day)))
    if condition := act.fields.get("condition"):
        yield Line(gettext("Condition for taking it back"), str(condition))
    for field in _told_fields(act.act, act.fields):
        said = field_words(field, act.fields[field.name], zone=act.zone, naming=naming)
        yield Line(gettext(field.label), said)


def _told_fields(act: str, fields: dict[str, Any]) -> Iterator[ActField]:
    """The fields that have no line of their own: short ones, and long ones that are asked for."""
    for field in ACTS[act].fields:
        is_told = field.kind != "text" or field.is_required
        is_filled = fields.get(field.name) not in (None, "", [])
        if is_told and is_filled and field.name not in UNTOLD | TOLD:
            yield field
