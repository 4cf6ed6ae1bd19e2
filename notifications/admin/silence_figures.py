"""What the silence alarm found, for the page of mail health: who was not told, and of what.

Everybody counts, of restricted acts too; what it was about is said only where the act may be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from notifications.admin.asking import Asking
from notifications.admin.reading import readable_acts
from notifications.admin.saying import said_act, said_act_or_run
from notifications.emails.stages import stage_words
from notifications.emails.words import clock_title
from notifications.models import Alert, Deadline, User
from notifications.services.silence_alarm import Missing, Silence

ROWS: Final = 50


@dataclass(frozen=True)
class Untold:
    """One who was not told; ``person`` is empty where nobody holds a mandate.

    ``about`` is empty where the act may not be read; ``stage`` is which stage of which deadline.
    """

    at: datetime
    person: str
    about: str
    stage: str
    why: str


def untold(found: Silence, by: Asking) -> list[Untold]:
    """Those who were not told, the newest first: three queries."""
    newest = sorted(found.missing, key=lambda one: (one.at, one.key), reverse=True)[:ROWS]
    if not newest:
        return []
    names = dict(User.objects.filter(pk__in={one.user for one in newest}).values_list("pk", "name"))
    clocks = {
        clock.pk: clock
        for clock in Deadline.objects.filter(pk__in={one.deadline for one in newest})
        .with_reasons()
        .select_related("case__treaty", "notification")
    }
    acts = {
        act.pk: said_act(act)
        for act in readable_acts(by)
        .filter(pk__in={one.notification for one in newest})
        .select_related("treaty")
    }
    return [_row(one, names, acts, clocks.get(one.deadline or 0)) for one in newest]


def _row(
    one: Missing, names: dict[int, str], acts: dict[int, str], clock: Deadline | None
) -> Untold:
    is_run = one.notification is None and clock is not None
    about = said_act_or_run(None, clock.case) if is_run and clock else ""
    about = about or acts.get(one.notification or 0, "")
    person = names.get(one.user or 0, "")
    stage = _stage(one, clock) if about else ""
    return Untold(one.at, person, about, stage, str(one.why.label))


def _stage(one: Missing, clock: Deadline | None) -> str:
    if clock is None:
        return str(Alert.Kind.ISSUED.label)
    version = clock.version
    rule = version.clause_version.rule if version.clause_version else None
    title = clock_title(rule, clock.notification.act if clock.notification else "")
    return f"{title}: {stage_words(one.stage)}"
