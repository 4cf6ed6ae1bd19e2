"""Drafts: written, edited, sent for approval, returned."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from notifications import permissions
from notifications.acts import ACTS
from notifications.errors import ChangedMeanwhileError, NotPermittedError, RuleBrokenError
from notifications.lifecycle import DRAFT, follow
from notifications.models import Case, Draft, Notification, Party, PartyName, Treaty, User
from notifications.register import Entry, append
from notifications.services.calendar import day_in
from notifications.services.circumstances import circumstances
from notifications.services.examining import examine, refuse_what_stands_against
from notifications.services.fields import clean_fields, clean_text


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
) -> Draft:
    """Begin a draft, in the case of the act it refers to, in ``case``, or in a new one.

    ``uid`` is the token of the form: a second click with it gets the draft that the first began.

    Raises NotPermittedError, or RuleBrokenError naming the field.
    """
    if act not in ACTS or ACTS[act].filed_by != "party":
        raise RuleBrokenError(gettext("“%(act)s” is no act of a party.") % {"act": act})
    case = case or (refers_to.case if refers_to else None)
    today = day_in(treaty.zone, now)
    if not permissions.can_draft(actor, party, today, case):
        raise NotPermittedError(gettext("You hold no mandate to draft for this party today."))
    uid = uid or uuid.uuid4()
    # Two clicks of one person at once come one after the other here.
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    begun = Draft.objects.filter(uid=uid, party=party, author=actor).first()
    if begun is not None:
        return begun
    _refuse_unknown_case(case, treaty, refers_to, actor, today)
    cleaned = clean_fields(act, fields, is_live=case is None or case.is_live)
    case = case or _new_case(treaty, party, act)
    draft = Draft.objects.create(
        uid=uid,
        case=case,
        party=party,
        act=act,
        fields=cleaned,
        refers_to=refers_to,
        author=actor,
        written_by=actor,
        changed_by=actor,
        changed_at=now,
    )
    append(_entry("draft-begun", draft, actor, now, {"version": draft.version}))
    return draft


def _refuse_unknown_case(
    case: Case | None,
    treaty: Treaty,
    refers_to: Notification | None,
    actor: User,
    today: date,
) -> None:
    """An act joins a matter of its own treaty, and refers to what its mission may read."""
    if case is None:
        return
    is_known = permissions.can_join(actor, case, today) and case.treaty_id == treaty.pk
    if refers_to is not None and case.is_live:
        is_known &= Notification.objects.visible_to(actor, today).filter(pk=refers_to.pk).exists()
    if not is_known:
        raise NotPermittedError(gettext("There is no such matter under this treaty."))


def _new_case(treaty: Treaty, party: Party, act: str) -> Case:
    name = PartyName.objects.of(party, "en")
    title = f"{treaty.short_title}: {ACTS[act].title} – {name}"
    return Case.objects.create(treaty=treaty, title=title)


@transaction.atomic
def edit_draft(
    *, draft: Draft, fields: Mapping[str, Any], version: int, actor: User, now: datetime
) -> Draft:
    """Replace the fields of a draft that the person read at ``version``.

    Raises ChangedMeanwhileError where somebody changed it since, and then changes nothing.
    """
    current = _locked(draft, version, actor, "edit")
    if not permissions.can_edit(actor, current, _today(current, now)):
        raise NotPermittedError(gettext("You hold no mandate to edit this draft today."))
    _advance(current, "edit")
    current.fields = clean_fields(current.act, fields, is_live=current.case.is_live)
    current.written_by = actor
    return _changed(current, actor, now, "draft-edited")


@transaction.atomic
def send_for_approval(*, draft: Draft, version: int, actor: User, now: datetime) -> Draft:
    """Hand a complete draft to the head of mission.

    Raises RuleBrokenError for whatever would stand against issuing it today.
    """
    current = _locked(draft, version, actor, "send-for-approval")
    today = _today(current, now)
    if not permissions.can_send_for_approval(actor, current, today):
        raise NotPermittedError(gettext("You hold no mandate to send this draft for approval."))
    _advance(current, "send-for-approval")
    if current.case.is_live:
        around = circumstances(current.case, current.act, today, now=now)
        refuse_what_stands_against(examine(current, around))
    current.return_reason = ""
    return _changed(current, actor, now, "draft-sent-for-approval")


@transaction.atomic
def return_draft(*, draft: Draft, reason: str, version: int, actor: User, now: datetime) -> Draft:
    """Give a draft back to its mission with the reason."""
    current = _locked(draft, version, actor, "return")
    if not permissions.can_return(actor, current, _today(current, now)):
        raise NotPermittedError(gettext("Only a head of mission can return this draft."))
    text = clean_text(reason, field="reason", label=gettext("Reason"))
    if not text:
        raise RuleBrokenError(gettext("Reason: say why the draft is returned."), field="reason")
    _advance(current, "return")
    current.return_reason = text
    return _changed(current, actor, now, "draft-returned")


def _today(draft: Draft, now: datetime) -> date:
    return day_in(draft.case.treaty.zone, now)


def _locked(draft: Draft, version: int, actor: User, verb: str) -> Draft:
    related = ("case__treaty", "party", "refers_to", "author", "changed_by")
    current = (
        Draft.objects.select_related(*related).select_for_update(of=("self",)).get(pk=draft.pk)
    )
    if current.version != version:
        raise ChangedMeanwhileError(_what_happened(current, actor, verb))
    return current


def _what_happened(draft: Draft, actor: User, verb: str) -> str:
    """Why what was typed into an older version of the draft is not stored."""
    if follow(DRAFT, draft.state, verb) is None and draft.state == "issued":
        return gettext("This draft has been issued meanwhile; nothing was changed.")
    if follow(DRAFT, draft.state, verb) is None and draft.state == "awaiting-approval":
        return gettext("This draft waits for approval already; nothing was changed.")
    if draft.changed_by_id == actor.pk:
        return gettext("You changed this draft in another window; nothing of that is replaced.")
    sentence = gettext(
        "This draft was changed by %(name)s meanwhile; nothing of theirs is replaced."
    )
    return sentence % {"name": draft.changed_by.name}


def _advance(draft: Draft, verb: str) -> None:
    state = follow(DRAFT, draft.state, verb)
    if state is None:
        raise RuleBrokenError(
            gettext("This cannot be done now: the draft is “%(state)s”.")
            % {"state": draft.get_state_display()}
        )
    draft.state = state


def _changed(draft: Draft, actor: User, now: datetime, what: str) -> Draft:
    draft.version += 1
    draft.changed_by, draft.changed_at = actor, now
    draft.save()
    append(_entry(what, draft, actor, now, {"version": draft.version, "state": draft.state}))
    return draft


def _entry(act: str, draft: Draft, actor: User, now: datetime, body: dict[str, Any]) -> Entry:
    return Entry(act, draft, now, actor, body={"case": draft.case_id, **body})
