"""A draft as it is changed: locked at the version that was read, moved on, its event written."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext

from notifications.errors import ChangedMeanwhileError, RuleBrokenError
from notifications.lifecycle import DRAFT, follow
from notifications.models import Draft, User
from notifications.register import Entry, append
from notifications.services.calendar import day_in

RELATED = ("case__treaty", "party", "refers_to__case", "author", "written_by", "changed_by")


def today_of(draft: Draft, now: datetime) -> date:
    """The day of ``now`` in the zone of the draft's treaty."""
    return day_in(draft.case.treaty.zone, now)


def locked(draft: Draft, version: int | None, actor: User, verb: str) -> Draft:
    """The draft as it stands, locked; ``version`` None takes whichever it is.

    Raises ChangedMeanwhileError where somebody changed it since.
    """
    rows = Draft.objects.select_related(*RELATED).select_for_update(of=("self",))
    current = rows.get(pk=draft.pk)
    if version is not None and current.version != version:
        raise ChangedMeanwhileError(_what_happened(current, actor, verb))
    return current


def _what_happened(draft: Draft, actor: User, verb: str) -> str:
    """Why what was typed into an older version of the draft is not stored."""
    if follow(DRAFT, draft.state, verb) is None:
        if draft.state == "issued":
            return gettext("This draft has been issued meanwhile; nothing was changed.")
        if draft.state == "discarded":
            return gettext("This draft has been discarded meanwhile; nothing was changed.")
        if draft.state == "awaiting-approval":
            return gettext("This draft waits for approval already; nothing was changed.")
    if draft.changed_by_id == actor.pk:
        return gettext("You changed this draft in another window; nothing of that is replaced.")
    sentence = gettext(
        "This draft was changed by %(name)s meanwhile; nothing of theirs is replaced."
    )
    return sentence % {"name": draft.changed_by.name}


def refuse_now(draft: Draft) -> RuleBrokenError:
    """The refusal of a step that the draft's state does not have."""
    return RuleBrokenError(
        gettext("This cannot be done now: the draft is “%(state)s”.")
        % {"state": draft.get_state_display()}
    )


def advance(draft: Draft, verb: str) -> None:
    """Move the draft on. Raises RuleBrokenError where its state has no such step."""
    state = follow(DRAFT, draft.state, verb)
    if state is None:
        raise refuse_now(draft)
    draft.state = state


def changed(
    draft: Draft, actor: User, now: datetime, what: str, body: dict[str, Any] | None = None
) -> Draft:
    """Save the change as the next version, and write its event."""
    draft.version += 1
    draft.changed_by, draft.changed_at = actor, now
    draft.save()
    said = {"version": draft.version, "state": draft.state, **(body or {})}
    append(entry(what, draft, actor, now, said))
    return draft


def entry(act: str, draft: Draft, actor: User, now: datetime, body: dict[str, Any]) -> Entry:
    """The event of a draft: ids and states, nothing of what it says."""
    return Entry(act, draft, now, actor, body={"case": draft.case_id, **body})
