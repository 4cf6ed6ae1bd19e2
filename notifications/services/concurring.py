"""Joint acts: each party that is to give an act with another one agrees to its wording, or not."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from notifications import permissions
from notifications.acts import ACTS, is_by_depositary
from notifications.errors import NotPermittedError
from notifications.lifecycle import DRAFT, sources
from notifications.models import Concurrence, Draft, Party, User
from notifications.register import append
from notifications.services.draft_states import entry, locked, refuse_now, today_of
from notifications.services.drafting import give_back
from notifications.services.issuing import issue_concurred


@transaction.atomic
def concur(*, draft: Draft, party: Party, version: int, actor: User, now: datetime) -> Concurrence:
    """Agree, for a party, to give the act jointly as it reads at ``version``.

    A second click gets the record of the first. A depositaries' act is issued by the last of them.

    Raises NotPermittedError, ChangedMeanwhileError, or RuleBrokenError where it awaits nothing, or
    where something stands against the act that the last one would issue.
    """
    given = Concurrence.objects.filter(draft=draft, party=party, version=version, by=actor).first()
    if given is not None:
        return given
    current = _locked(draft, party, version, actor, now)
    row = Concurrence.objects.select_for_update().get(draft=current, party=party)
    if row.at is not None:
        return row
    row.by, row.at = actor, now
    row.save(update_fields=["by", "at"])
    is_last = not current.concurrences.awaited().exists()
    if is_last and is_by_depositary(ACTS[current.act], current.fields):
        issue_concurred(draft=current, actor=actor, now=now)
    body = {"party": party.code, "version": row.version}
    append(entry("draft-concurred", current, actor, now, body))  # last: it locks the register
    return row


@transaction.atomic
def decline(*, draft: Draft, party: Party, reason: str, actor: User, now: datetime) -> Draft:
    """Decline to join in the act: the draft goes back to its mission with the reason.

    Raises NotPermittedError, or RuleBrokenError naming ``reason`` or where it awaits nothing.
    """
    current = _locked(draft, party, None, actor, now)
    return give_back(current, reason, actor, now)


def _locked(draft: Draft, party: Party, version: int | None, actor: User, now: datetime) -> Draft:
    current = locked(draft, version, actor, "issue")
    if not permissions.can_concur(actor, current, party, today_of(current, now)):
        raise NotPermittedError(gettext("You cannot agree to this draft for this party."))
    if current.state not in sources(DRAFT, "issue"):
        raise refuse_now(current)
    return current
