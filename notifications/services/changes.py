"""What every change of the registry asks: who, why, and what stood there before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from django.db import models
from django.utils.translation import gettext

from notifications import permissions
from notifications.clauses.sections import FIRST_YEAR, LAST_YEAR, is_in_range
from notifications.errors import NotPermittedError, RuleBrokenError
from notifications.models import Party, Treaty, User
from notifications.register import append, plain

LONGEST_REASON: Final = 1000

# What a change replaced and what it put in its place, by column.
Changes = dict[str, list[Any]]


def require_administrator(actor: User | None) -> None:
    """Refuse everybody but administrators; None is the command line. Raises NotPermittedError."""
    if actor is not None and not permissions.can_administer(actor):
        raise NotPermittedError(gettext("Only an administrator changes the registry."))


def require_reason(reason: str) -> str:
    """The reason, trimmed. Raises RuleBrokenError where there is none."""
    said = reason.strip()
    if not said:
        sentence = gettext("Reason: say in a few words why this is changed.")
        raise RuleBrokenError(sentence, field="reason")
    if len(said) > LONGEST_REASON:
        sentence = gettext("Reason: at most %(count)d characters.") % {"count": LONGEST_REASON}
        raise RuleBrokenError(sentence, field="reason")
    return said


def said_reason(reason: str) -> dict[str, str]:
    """The reason as an event says it, where one was given: the command line gives none."""
    return {"reason": require_reason(reason)} if reason.strip() else {}


def take_turns() -> None:
    """Two changes of the registry at once follow one another: the second finds what the first made.

    The treaties are locked in the order of their keys, and the register's head last of all, by the
    events: a sweep takes its rows and the head in this order too. Where there is no treaty yet, no
    row is there to wait for, and the head orders the changes.
    """
    treaties = Treaty.objects.order_by("pk").select_for_update(no_key=True)
    if not list(treaties.values_list("pk", flat=True)):
        append()  # nothing but the lock


def refuse_unknown(fields: Mapping[str, Any], known: Iterable[str]) -> None:
    """Refuse a field that this record does not have: a mistake of the program, not of a person."""
    strange = sorted(set(fields) - set(known))
    if strange:
        raise ValueError(f"no such field: {', '.join(strange)}")


def set_fields(record: models.Model, fields: Mapping[str, Any]) -> Changes:
    """Put the values into the record, unsaved; what that changed, before and after, by column."""
    changes: Changes = {}
    for name, after in fields.items():
        before = getattr(record, name)
        if before != after:
            changes[name] = [said(before), said(after)]
            setattr(record, name, after)
    return changes


def said(value: Any) -> Any:
    """A value as an event says it: a party by its code, a treaty by its slug, others plainly."""
    if isinstance(value, Party):
        return value.code
    return value.slug if isinstance(value, Treaty) else plain(value)


def is_one_line(text: str) -> bool:
    """Whether it holds no break, of the kinds too that only Unicode knows, and no control."""
    return len(text.splitlines()) <= 1 and not any(ord(sign) < 32 for sign in text)


def check_text(value: str, *, field: str, label: str, at_most: int) -> None:
    """Refuse text that is too long or not on one line. Raises RuleBrokenError."""
    if len(value) > at_most:
        sentence = gettext("%(label)s: at most %(count)d characters.")
        raise RuleBrokenError(sentence % {"label": label, "count": at_most}, field=field)
    if not is_one_line(value):
        sentence = gettext("%(label)s: write it on one line.") % {"label": label}
        raise RuleBrokenError(sentence, field=field)


def check_day(day: date | None, *, field: str, label: str) -> None:
    """Refuse a day outside the years that treaties may name. Raises RuleBrokenError."""
    if day is not None and not is_in_range(day):
        sentence = gettext("%(label)s: the year must lie between %(first)d and %(last)d.")
        values = {"label": label, "first": FIRST_YEAR, "last": LAST_YEAR}
        raise RuleBrokenError(sentence % values, field=field)


def check_prose(value: str, *, field: str, label: str) -> None:
    """Refuse control characters in text that may have several lines. Raises RuleBrokenError."""
    if any(ord(char) < 32 and char not in "\t\n\r" for char in value):
        sentence = gettext("%(label)s: this holds a character that is no text.")
        raise RuleBrokenError(sentence % {"label": label}, field=field)
