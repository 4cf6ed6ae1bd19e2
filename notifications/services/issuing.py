"""Issuing: a draft becomes a sealed act, by a second person of the same mission."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from notifications import permissions
from notifications.errors import ChangedMeanwhileError, NotPermittedError, RuleBrokenError
from notifications.lifecycle import DRAFT, sources
from notifications.models import Draft, Notification, Party, User
from notifications.services.calendar import day_in
from notifications.services.circumstances import Circumstances, circumstances
from notifications.services.examining import Finding, examine, refuse_what_stands_against
from notifications.services.filing import Filing, seal

RELATED = ("case__treaty", "party", "refers_to__case", "author", "changed_by")


@transaction.atomic
def issue_notification(
    *,
    draft: Draft,
    actor: User,
    now: datetime,
    external_ref: str = "",
    is_dated: bool = False,
) -> Notification:
    """Issue the draft as the person saw it: its ``version`` is claimed by one conditional update.

    A second click finds the draft issued and gets the notification that the first one made. A
    replayed act is, like a paper note, never refused for what it says: what stands against it is
    recorded with it.

    Raises NotPermittedError, ChangedMeanwhileError, or RuleBrokenError naming the field.
    """
    if not permissions.can_approve(actor, draft, day_in(draft.case.treaty.zone, now)):
        raise NotPermittedError(
            gettext("Only a head of mission who did not draft it can issue this notification.")
        )
    claimed = Draft.objects.filter(
        pk=draft.pk, version=draft.version, state__in=sources(DRAFT, "issue")
    ).update(state="issued", approver=actor, version=draft.version + 1)
    current = Draft.objects.select_related(*RELATED).get(pk=draft.pk)
    if not claimed:
        return _already_issued(current)
    around = circumstances(current.case, current.act, day_in(current.case.treaty.zone, now))
    findings = [f for f in examine(current, around) if f.level in ("refuse", "confirm")]
    if current.case.is_live:
        refuse_what_stands_against(findings)
    return seal(
        Filing(
            case=current.case,
            act=current.act,
            senders=_senders(current, around),
            fields=current.fields,
            drafted_by=current.author,
            approved_by=actor,
            at=now,
            is_dated=is_dated,
            refers_to=current.refers_to,
            draft=current,
            external_ref=external_ref,
            flags=[_flag(finding) for finding in findings if finding.code != "missing-field"],
        ),
        around,
    )


def _already_issued(draft: Draft) -> Notification:
    issued = Notification.objects.filter(draft=draft).first()
    if issued is not None:
        return issued
    if draft.state not in sources(DRAFT, "issue"):
        raise RuleBrokenError(
            gettext("This cannot be done now: the draft is “%(state)s”.")
            % {"state": draft.get_state_display()}
        )
    raise ChangedMeanwhileError(
        gettext("This draft was changed by %(name)s meanwhile; read it again before you issue it.")
        % {"name": draft.changed_by.name}
    )


def _senders(draft: Draft, around: Circumstances) -> tuple[Party, ...]:
    joint = set(draft.fields.get("joint_with", []))
    others = [party for party in around.members if party.code in joint and party != draft.party]
    return (draft.party, *others)


def _flag(finding: Finding) -> dict[str, str]:
    return {"code": finding.code, "field": finding.field, "sentence": finding.sentence}
