"""Acts that a depositary gives as such: by one officer, numbered and circulated at once."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from notifications import permissions
from notifications.acts import ACTS
from notifications.acts.shape import CAPACITY
from notifications.errors import NotPermittedError, RuleBrokenError
from notifications.models import Case, Draft, Notification, Party, Treaty, User
from notifications.services.calendar import day_in
from notifications.services.circumstances import circumstances
from notifications.services.drafting import (
    draft_notification,
    narrowed,
    new_case,
    refuse_unknown_case,
    send_for_approval,
)
from notifications.services.examining import examine, refuse_what_stands_against
from notifications.services.fields import clean_fields
from notifications.services.filing import seal
from notifications.services.issuing import UNSAID, filing_of
from notifications.services.locking import close_to_others, lock


@transaction.atomic
def file_depositary_act(
    *,
    act: str,
    treaty: Treaty,
    senders: Sequence[Party],
    fields: Mapping[str, Any],
    actor: User,
    now: datetime,
    refers_to: Notification | None = None,
    case: Case | None = None,
    external_ref: str = "",
    is_dated: bool = False,
    uid: uuid.UUID | None = None,
) -> Notification | Draft:
    """File an act of the depositary that the officer serves: sealed, numbered, circulated.

    Where other depositaries are among the ``senders``, a live act becomes a draft that awaits their
    agreement instead, and is issued by the last of them. ``uid`` is the token of the form: a second
    click with it gets what the first one made.

    Raises NotPermittedError, or RuleBrokenError naming the field.
    """
    if act not in ACTS or "depositary" not in ACTS[act].filers:
        sentence = gettext("“%(act)s” is no act of a depositary.")
        raise RuleBrokenError(sentence % {"act": act})
    case = case or (refers_to.case if refers_to else None)
    own = _own(senders, treaty, actor, day_in(treaty.zone, now), case)
    others = [party.code for party in senders if party != own]
    stated = {**fields, "joint_with": others}
    if others and (case is None or case.is_live):
        return _ask_the_others(
            act, treaty, own, stated, actor=actor, now=now, refers_to=refers_to, case=case, uid=uid
        )
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    if uid is not None:
        filed = Notification.objects.filter(uid=uid, act=act, approved_by=actor).first()
        if filed is not None:
            return filed
    today = day_in(treaty.zone, now)
    refuse_unknown_case(case, treaty, refers_to, actor, today)
    if case is not None:
        close_to_others(case)
    if refers_to is not None:
        lock(refers_to)
    draft = _unsaved(act, treaty, own, stated, case=case, refers_to=refers_to, actor=actor, now=now)
    around = circumstances(draft.case, act, today, now=now)
    findings = examine(draft, around)
    if not draft.case.is_live:
        findings = [finding for finding in findings if finding.code != UNSAID]
    refuse_what_stands_against(findings)
    filing = filing_of(draft, [], actor=actor, at=now)
    return seal(replace(filing, is_dated=is_dated, external_ref=external_ref, uid=uid), around)


def _own(
    senders: Sequence[Party], treaty: Treaty, actor: User, today: date, case: Case | None
) -> Party:
    """The depositary for which the actor speaks: an officer of its own, for that treaty."""
    keeps = set(Party.objects.depositary_of(treaty))
    if not senders or not set(senders) <= keeps:
        sentence = gettext("This act is given by a depositary of the treaty.")
        raise RuleBrokenError(sentence, field="joint_with")
    for party in senders:
        if permissions.can_act_as_depositary(actor, treaty, party, today, case):
            return party
    raise NotPermittedError(gettext("You can act for your own depositary alone."))


def _ask_the_others(
    act: str,
    treaty: Treaty,
    own: Party,
    fields: Mapping[str, Any],
    *,
    actor: User,
    now: datetime,
    refers_to: Notification | None,
    case: Case | None,
    uid: uuid.UUID | None,
) -> Draft:
    draft = draft_notification(
        treaty=treaty,
        party=own,
        act=act,
        fields=fields,
        actor=actor,
        now=now,
        refers_to=refers_to,
        case=case,
        uid=uid,
        capacity="depositary",
    )
    if draft.state != "draft":
        return draft  # a second click
    return send_for_approval(draft=draft, version=draft.version, actor=actor, now=now)


def _unsaved(
    act: str,
    treaty: Treaty,
    own: Party,
    fields: Mapping[str, Any],
    *,
    case: Case | None,
    refers_to: Notification | None,
    actor: User,
    now: datetime,
) -> Draft:
    """The act as a draft that is never stored: one person writes and gives it."""
    cleaned = clean_fields(act, fields, is_live=case is None or case.is_live)
    if ACTS[act].filed_by != "depositary":
        cleaned[CAPACITY] = "depositary"
    draft = Draft(
        case=case or new_case(treaty, own, act),
        party=own,
        act=act,
        fields=cleaned,
        refers_to=refers_to,
        author=actor,
        written_by=actor,
        changed_by=actor,
        changed_at=now,
    )
    draft.fields = narrowed(draft)
    return draft
