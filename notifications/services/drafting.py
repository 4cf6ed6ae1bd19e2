"""Drafts: written, edited, sent for approval, returned, discarded."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext

from notifications import permissions
from notifications.acts import ACTS
from notifications.acts.shape import CAPACITY, Filer
from notifications.errors import NotPermittedError, RuleBrokenError
from notifications.models import (
    Case,
    Concurrence,
    Draft,
    Notification,
    Party,
    PartyName,
    Treaty,
    TreatyDepositary,
    User,
)
from notifications.register import append
from notifications.services.calendar import day_in
from notifications.services.circumstances import circumstances
from notifications.services.draft_states import advance, changed, entry, locked, today_of
from notifications.services.examining import examine, refuse_what_stands_against
from notifications.services.fields import FILES, clean_fields, clean_text

# What other services wrote into a draft's fields: an edit of its wording leaves it there.
KEPT: Final = (CAPACITY, FILES)


def apart(fields: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a person wrote into the fields of a draft, and what other services did."""
    written = {name: value for name, value in fields.items() if name not in KEPT}
    return written, {name: fields[name] for name in KEPT if name in fields}


@transaction.atomic
def draft_notification(
    *,
    treaty: Treaty,
    party: Party,
    act: str,
    fields: Mapping[str, Any],
    actor: User,
    now: datetime,
    refers_to: Notification | None = None,
    case: Case | None = None,
    uid: uuid.UUID | None = None,
    capacity: Filer | None = None,
) -> Draft:
    """Begin a draft, in the case of the act it refers to, in ``case``, or in a new one.

    ``party`` is who gives it: of a depositary's act the depositary, whose officer the actor is.
    ``capacity`` decides where the act can be given as a party and as the depositary; unsaid, it is
    the one in which the actor may. ``uid`` is the token of the form: a second click with it gets
    the draft that the first began.

    Raises NotPermittedError, or RuleBrokenError naming the field.
    """
    case = case or (refers_to.case if refers_to else None)
    today = day_in(treaty.zone, now)
    wanted = [f for f in (ACTS[act].filers if act in ACTS else ()) if capacity in (None, f)]
    if not wanted or (wanted == ["depositary"] and not _keeps(party, treaty)):
        raise RuleBrokenError(gettext("“%(act)s” is no act of a party.") % {"act": act})
    able = {
        "party": permissions.can_draft(actor, party, today, case),
        "depositary": permissions.can_act_as_depositary(actor, treaty, party, today, case),
    }
    given_as = next((filer for filer in wanted if able[filer]), None)
    if given_as is None:
        raise NotPermittedError(gettext("You hold no mandate to draft for this party today."))
    uid = uid or uuid.uuid4()
    # Two clicks of one person at once come one after the other here.
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    begun = Draft.objects.filter(uid=uid, party=party, author=actor).first()
    if begun is not None:
        return begun
    refuse_unknown_case(case, treaty, refers_to, actor, today)
    cleaned = clean_fields(act, fields, is_live=case is None or case.is_live)
    if given_as != ACTS[act].filed_by:
        cleaned[CAPACITY] = given_as
    draft = Draft(
        uid=uid,
        case=case or new_case(treaty, party, act),
        party=party,
        act=act,
        fields=cleaned,
        refers_to=refers_to,
        author=actor,
        written_by=actor,
        changed_by=actor,
        changed_at=now,
    )
    draft.fields = narrowed(draft)
    draft.save(force_insert=True)
    append(entry("draft-begun", draft, actor, now, {"version": draft.version}))
    return draft


def _keeps(party: Party, treaty: Treaty) -> bool:
    return TreatyDepositary.objects.filter(treaty=treaty, party=party).exists()


def refuse_unknown_case(
    case: Case | None,
    treaty: Treaty,
    refers_to: Notification | None,
    actor: User,
    today: date,
) -> None:
    """An act joins a matter of its own treaty, and refers to what its giver may read.

    Raises NotPermittedError.
    """
    if case is None:
        return
    is_known = permissions.can_join(actor, case, today) and case.treaty_id == treaty.pk
    if refers_to is not None and case.is_live:
        is_known &= Notification.objects.visible_to(actor, today).filter(pk=refers_to.pk).exists()
    if not is_known:
        raise NotPermittedError(gettext("There is no such matter under this treaty."))


def new_case(treaty: Treaty, party: Party, act: str) -> Case:
    """The matter that an act opens."""
    name = PartyName.objects.of(party, "en")
    title = f"{treaty.short_title}: {ACTS[act].title} – {name}"
    opened_by = {"act": act, "party": party.code}
    return Case.objects.create(treaty=treaty, title=title, opened_by=opened_by)


def narrowed(draft: Draft) -> dict[str, Any]:
    """The fields of a draft; what refers to a restricted act is told to nobody else than that was.

    So a rescission or a correction of what few have read does not make it known to all.
    """
    target, fields = draft.refers_to, dict(draft.fields)
    if target is None or target.visibility != Notification.Visibility.RESTRICTED:
        return fields
    if not draft.case.is_live:
        return fields
    told = {*target.addressees(), *target.senders.all()} - {draft.party}
    known = {party.code for party in told}
    named = known & set(fields.get("addressees", [])) or known
    return {**fields, "visibility": target.visibility, "addressees": sorted(named)}


@transaction.atomic
def edit_draft(
    *, draft: Draft, fields: Mapping[str, Any], version: int, actor: User, now: datetime
) -> Draft:
    """Replace the fields of a draft that the person read at ``version``.

    Raises ChangedMeanwhileError where somebody changed it since, and then changes nothing.
    """
    current = locked(draft, version, actor, "edit")
    if not permissions.can_edit(actor, current, today_of(current, now)):
        raise NotPermittedError(gettext("You hold no mandate to edit this draft today."))
    advance(current, "edit")
    _written, kept = apart(current.fields)
    cleaned = clean_fields(current.act, fields, is_live=current.case.is_live)
    current.fields = {**cleaned, **kept}
    current.fields = narrowed(current)
    current.written_by = actor
    return changed(current, actor, now, "draft-edited")


@transaction.atomic
def send_for_approval(*, draft: Draft, version: int, actor: User, now: datetime) -> Draft:
    """Hand a complete draft to the head of mission, and to those who are to give it jointly.

    Raises RuleBrokenError for whatever would stand against issuing it today.
    """
    current = locked(draft, version, actor, "send-for-approval")
    today = today_of(current, now)
    if not permissions.can_send_for_approval(actor, current, today):
        raise NotPermittedError(gettext("You hold no mandate to send this draft for approval."))
    advance(current, "send-for-approval")
    if current.case.is_live:
        around = circumstances(current.case, current.act, today, now=now)
        refuse_what_stands_against(examine(current, around))
        _ask_for_concurrence(current)
    current.return_reason = ""
    return changed(current, actor, now, "draft-sent-for-approval")


def _ask_for_concurrence(draft: Draft) -> None:
    """One row a party that is to join in the act, at the version that it will read."""
    codes = draft.fields.get("joint_with")
    if not codes:
        return
    others = Party.objects.filter(code__in=codes).exclude(pk=draft.party_id).order_by("code")
    Concurrence.objects.bulk_create(
        [Concurrence(draft=draft, party=party, version=draft.version + 1) for party in others]
    )


@transaction.atomic
def return_draft(*, draft: Draft, reason: str, version: int, actor: User, now: datetime) -> Draft:
    """Give a draft back to its mission with the reason."""
    current = locked(draft, version, actor, "return")
    if not permissions.can_return(actor, current, today_of(current, now)):
        raise NotPermittedError(gettext("Only a head of mission can return this draft."))
    return give_back(current, reason, actor, now)


def give_back(draft: Draft, reason: str, actor: User, now: datetime) -> Draft:
    """Return a locked draft; whoever had agreed to its wording has to agree anew.

    Raises RuleBrokenError naming ``reason``.
    """
    text = clean_text(reason, field="reason", label=gettext("Reason"))
    if not text:
        raise RuleBrokenError(gettext("Reason: say why the draft is returned."), field="reason")
    advance(draft, "return")
    draft.return_reason = text
    draft.concurrences.all().delete()
    return changed(draft, actor, now, "draft-returned")


@transaction.atomic
def discard_draft(*, draft: Draft, version: int, actor: User, now: datetime) -> Draft:
    """Give a draft up; it stays in the register of events, and on no desk.

    Raises NotPermittedError, ChangedMeanwhileError, or RuleBrokenError where it awaits approval.
    """
    current = locked(draft, version, actor, "discard")
    if not permissions.can_discard(actor, current, today_of(current, now)):
        raise NotPermittedError(gettext("You hold no mandate to discard this draft."))
    advance(current, "discard")
    return changed(current, actor, now, "draft-discarded")
