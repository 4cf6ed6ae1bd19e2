"""Who is a party to a treaty: entered and corrected by administrators, with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from notifications.errors import RuleBrokenError
from notifications.models import Participation, Succession, User
from notifications.register import Entry, append
from notifications.services.changes import (
    Changes,
    refuse_unknown,
    require_administrator,
    require_reason,
    set_fields,
    take_turns,
)
from notifications.services.participation_rules import (
    PARTICIPATION_FIELDS,
    Successions,
    check_participation,
    refuse_exit_before_entry,
    refuse_overlap,
)

__all__ = [
    "refuse_acts_changes",
    "refuse_exit_before_entry",
    "refuse_overlap",
    "save_participation",
    "successions",
]

# What an act filed here has recorded, and no hand changes.
_OF_ITS_END = ("exit_on",)
_OF_ITS_BEGINNING = ("consent", "consent_on", "in_force_on", "succeeds")


@transaction.atomic
def save_participation(
    *,
    participation: Participation | None,
    fields: Mapping[str, Any],
    actor: User | None,
    now: datetime,
    reason: str,
) -> Participation:
    """Enter a participation (``participation`` None: ``fields`` name its party and treaty), or
    change one.

    ``fields`` are those of ``PARTICIPATION_FIELDS``; what is not named stays. Running clocks are
    not counted anew.

    Raises NotPermittedError, or RuleBrokenError naming the field: an overlap with another one of
    the same party, an exit before entry, what an act has recorded.
    """
    require_administrator(actor)
    why = require_reason(reason)
    take_turns()
    if participation is None:
        own = {name: fields[name] for name in fields if name not in ("party", "treaty")}
        record = Participation(party=fields["party"], treaty=fields["treaty"])
    else:
        own = dict(fields)
        joined = Participation.objects.select_related("party", "treaty", "succeeds")
        record = joined.select_for_update(of=("self",)).get(pk=participation.pk)
    refuse_unknown(own, PARTICIPATION_FIELDS)
    changes = set_fields(record, own)
    refuse_acts_changes(record, changes)
    values = {name: getattr(record, name) for name in PARTICIPATION_FIELDS}
    party, treaty = record.party, record.treaty
    check_participation(values, party=party, treaty=treaty, successions=successions())
    refuse_overlap(party, treaty, record.in_force_on, record.exit_on, but=participation)
    if changes:
        record.save()
        body = {
            "is_new": participation is None,
            "party": party.code,
            "treaty": treaty.slug,
            "changes": changes,
            "reason": why,
        }
        append(Entry("participation-saved", record, at=now, actor=actor, body=body))
    return record


def refuse_acts_changes(record: Participation, changes: Changes) -> None:
    """Refuse to change by hand what an act has recorded. Raises RuleBrokenError.

    What it left open, such as the entry into force where no clause says it, can be entered.
    """
    began = gettext("This participation began by an instrument filed here: it stays as it is.")
    ended = gettext("This participation was ended by an act filed here: its end stays as it is.")
    for act, columns, sentence in (
        (record.instrument_id, _OF_ITS_BEGINNING, began),
        (record.notification_id, _OF_ITS_END, ended),
    ):
        for column in columns:
            if act is not None and changes.get(column, [None])[0]:
                raise RuleBrokenError(sentence, field=column)


def successions() -> Successions:
    """The successions on record."""
    return frozenset(Succession.objects.values_list("old__code", "new__code"))
