"""Ladders: how long before its date a kind of deadline is told of, in days and in hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext, gettext_noop

from notifications.errors import RuleBrokenError
from notifications.models import Ladder, User
from notifications.register import Entry, append
from notifications.services.changes import (
    check_text,
    require_administrator,
    require_reason,
    set_fields,
)

MOST: Final = 30
NAME: Final = 120


@dataclass(frozen=True)
class _Unit:
    """In what rungs are counted: their field, the longest, and what is said of bad ones."""

    field: str
    longest: int
    none: str
    too_many: str
    no_rung: str
    twice: str


DAYS: Final = _Unit(
    field="stages",
    longest=3650,  # ten years before the date
    none=gettext_noop("Days: name at least one day before the date."),
    too_many=gettext_noop("Days: at most %(most)d of them."),
    no_rung=gettext_noop("Days: “%(rung)s” is no number of days from 1 to %(longest)d."),
    twice=gettext_noop("Days: %(rung)d stands twice."),
)
HOURS: Final = _Unit(
    field="hours",
    longest=720,  # thirty days before the instant
    none=gettext_noop("Hours: name at least one hour before the instant."),
    too_many=gettext_noop("Hours: at most %(most)d of them."),
    no_rung=gettext_noop("Hours: “%(rung)s” is no number of hours from 1 to %(longest)d."),
    twice=gettext_noop("Hours: %(rung)d stands twice."),
)


@transaction.atomic
def save_ladder(
    *,
    ladder: Ladder | None,
    name: str,
    applies_to: str,
    stages: Sequence[int],
    hours: Sequence[int],
    actor: User | None,
    now: datetime,
    reason: str,
) -> Ladder:
    """Enter a ladder (``ladder`` None) or change one; ``stages`` are days before the date,
    ``hours``, for clocks in hours, those before the instant at which they end.

    It is used for clocks that are computed from then on; what is planned already stays. ``actor``
    None is the command line.

    Raises NotPermittedError, or RuleBrokenError naming the field.
    """
    require_administrator(actor)
    why = require_reason(reason)
    wanted = {
        "name": _named(name, ladder),
        "applies_to": _kind(applies_to, ladder),
        "stages": _rungs(stages, DAYS),
        "hours": _rungs(hours, HOURS),
    }
    record = Ladder.objects.select_for_update().get(pk=ladder.pk) if ladder else Ladder()
    changes = set_fields(record, wanted)
    if changes:
        record.save()
        body: dict[str, Any] = {"is_new": ladder is None, "changes": changes, "reason": why}
        append(Entry("ladder-saved", record, at=now, actor=actor, body=body))
    return record


def _named(name: str, ladder: Ladder | None) -> str:
    said = name.strip()
    if not said:
        raise RuleBrokenError(gettext("Name: give the ladder a name."), field="name")
    check_text(said, field="name", label=gettext("Name"), at_most=NAME)
    if _others(ladder).filter(name=said).exists():
        sentence = gettext("Name: there is a ladder “%(name)s” already.") % {"name": said}
        raise RuleBrokenError(sentence, field="name")
    return said


def _kind(applies_to: str, ladder: Ladder | None) -> str:
    if applies_to not in Ladder.AppliesTo.values:
        raise RuleBrokenError(gettext("Applies to: choose one of the list."), field="applies_to")
    other = _others(ladder).filter(applies_to=applies_to).first()
    if other is not None:
        sentence = gettext("Applies to: “%(name)s” is the ladder of this kind; change that one.")
        raise RuleBrokenError(sentence % {"name": other.name}, field="applies_to")
    return applies_to


def _others(ladder: Ladder | None) -> Any:
    return Ladder.objects.exclude(pk=ladder.pk) if ladder else Ladder.objects.all()


def _rungs(rungs: Sequence[int], unit: _Unit) -> list[int]:
    """The rungs, the longest first. Raises RuleBrokenError for none, a bad one, or one twice."""
    if not rungs:
        raise RuleBrokenError(gettext(unit.none), field=unit.field)
    if len(rungs) > MOST:
        raise RuleBrokenError(gettext(unit.too_many) % {"most": MOST}, field=unit.field)
    for rung in rungs:
        if isinstance(rung, bool) or not 1 <= rung <= unit.longest:
            values = {"rung": rung, "longest": unit.longest}
            raise RuleBrokenError(gettext(unit.no_rung) % values, field=unit.field)
        if list(rungs).count(rung) > 1:
            raise RuleBrokenError(gettext(unit.twice) % {"rung": rung}, field=unit.field)
    return sorted(rungs, reverse=True)
