"""Ladders: on which days before its date a kind of deadline is told of (alerts.md)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext

from notifications.errors import RuleBrokenError
from notifications.models import Ladder, User
from notifications.register import Entry, append
from notifications.services.changes import (
    check_text,
    require_administrator,
    require_reason,
    set_fields,
)

LONGEST: Final = 3650  # days: ten years before the date
MOST: Final = 30
NAME: Final = 120


@transaction.atomic
def save_ladder(
    *,
    ladder: Ladder | None,
    name: str,
    applies_to: str,
    stages: Sequence[int],
    actor: User | None,
    now: datetime,
    reason: str,
) -> Ladder:
    """Enter a ladder (``ladder`` None) or change one; ``stages`` are days before the date.

    It is used for clocks that are computed from then on; what is planned already stays. ``actor``
    None is the command line.

    Raises NotPermittedError, or RuleBrokenError naming the field.
    """
    require_administrator(actor)
    why = require_reason(reason)
    wanted = {
        "name": _named(name, ladder),
        "applies_to": _kind(applies_to, ladder),
        "stages": _stages(stages),
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


def _stages(stages: Sequence[int]) -> list[int]:
    """The days, the longest first. Raises RuleBrokenError where one is no day, or stands twice."""
    if not stages:
        raise RuleBrokenError(
            gettext("Days: name at least one day before the date."), field="stages"
        )
    if len(stages) > MOST:
        sentence = gettext("Days: at most %(most)d of them.") % {"most": MOST}
        raise RuleBrokenError(sentence, field="stages")
    for days in stages:
        if isinstance(days, bool) or not 1 <= days <= LONGEST:
            sentence = gettext("Days: “%(days)s” is no number of days from 1 to %(longest)d.")
            values = {"days": days, "longest": LONGEST}
            raise RuleBrokenError(sentence % values, field="stages")
        if list(stages).count(days) > 1:
            sentence = gettext("Days: %(days)d stands twice.") % {"days": days}
            raise RuleBrokenError(sentence, field="stages")
    return sorted(stages, reverse=True)
