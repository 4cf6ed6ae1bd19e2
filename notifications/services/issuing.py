"""Issuing: a draft becomes a sealed act, by a second person of the same mission."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from notifications import permissions
from notifications.errors import ChangedMeanwhileError, NotPermittedError, RuleBrokenError
from notifications.lifecycle import DRAFT, sources
from notifications.models import Draft, Notification, Party, User
from notifications.services.calendar import day_in
from notifications.services.circumstances import circumstances
from notifications.services.examining import Finding, examine, refuse_what_stands_against
from notifications.services.filing import Filing, seal
from notifications.services.locking import lock

RELATED = ("case__treaty", "party", "refers_to__case", "written_by", "changed_by")


@transaction.atomic
def issue_notification(
    *,
    draft: Draft,
    actor: User,
    now: datetime,
    external_ref: str = "",
    is_dated: bool = False,
) -> Notification:
    """Issue the draft as the person saw it: one conditional update claims its ``version``.

    A second click finds the draft issued and gets the notification that the first one made. A
    replayed act is, like a paper note, never refused for what it says: what stands against it is
    recorded with it.

    Raises NotPermittedError, ChangedMeanwhileError, or RuleBrokenError naming the field.
    """
    if not permissions.can_approve(actor, draft, day_in(draft.case.treaty.zone, now)):
        raise NotPermittedError(
            gettext("Only a head of mission who did not write it can issue this notification.")
        )
    claimed = Draft.objects.filter(
        pk=draft.pk, version=draft.version, state__in=sources(DRAFT, "issue")
    ).update(state="issued", approver=actor, version=draft.version + 1)
    current = Draft.objects.select_related(*RELATED).get(pk=draft.pk)
    if not claimed:
        return _already_issued(current, actor)
    if current.refers_to is not None:
        lock(current.refers_to)
    today = day_in(current.case.treaty.zone, now)
    around = circumstances(current.case, current.act, today, now=now)
    findings = [f for f in examine(current, around) if f.level in ("refuse", "confirm")]
    if current.case.is_live:
        refuse_what_stands_against(findings)
    filing = _filing(current, findings, actor=actor, at=now)
    return seal(replace(filing, is_dated=is_dated, external_ref=external_ref), around)


def _filing(draft: Draft, findings: list[Finding], *, actor: User, at: datetime) -> Filing:
    return Filing(
        case=draft.case,
        act=draft.act,
        senders=_senders(draft),
        fields=draft.fields,
        drafted_by=draft.written_by,
        approved_by=actor,
        at=at,
        refers_to=draft.refers_to,
        draft=draft,
        flags=[_flag(finding) for finding in findings if finding.code != "missing-field"],
    )


def _already_issued(draft: Draft, actor: User) -> Notification:
    issued = Notification.objects.filter(draft=draft).first()
    if issued is not None:
        return issued
    if draft.state not in sources(DRAFT, "issue"):
        raise RuleBrokenError(
            gettext("This cannot be done now: the draft is “%(state)s”.")
            % {"state": draft.get_state_display()}
        )
    if draft.changed_by_id == actor.pk:
        raise ChangedMeanwhileError(
            gettext("You changed this draft in another window; read it again before you issue it.")
        )
    raise ChangedMeanwhileError(
        gettext("This draft was changed by %(name)s meanwhile; read it again before you issue it.")
        % {"name": draft.changed_by.name}
    )


def _senders(draft: Draft) -> tuple[Party, ...]:
    """The draft's party, and in a replay those that gave the note with it, members or not."""
    joint = draft.fields.get("joint_with", [])
    others = Party.objects.filter(code__in=joint).exclude(pk=draft.party_id) if joint else []
    return (draft.party, *others)


def _flag(finding: Finding) -> dict[str, str]:
    return {"code": finding.code, "field": finding.field, "sentence": finding.sentence}
