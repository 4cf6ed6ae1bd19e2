"""Issuing: a draft becomes a sealed act, by a second person of the same mission."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import get_language, gettext

from notifications import permissions
from notifications.errors import ChangedMeanwhileError, NotPermittedError, RuleBrokenError
from notifications.lifecycle import DRAFT, sources
from notifications.models import Draft, Notification, Party, PartyName, User
from notifications.services.circumstances import circumstances, givers_of
from notifications.services.draft_states import RELATED, refuse_now, today_of
from notifications.services.examining import Finding, examine, refuse_what_stands_against
from notifications.services.filing import Filing, seal
from notifications.services.locking import lock

# Nothing is said of what the source of a note that was given elsewhere does not state.
UNSAID = "missing-field"


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
    recorded with it. A joint act waits until everybody who gives it has agreed.

    Raises NotPermittedError, ChangedMeanwhileError, or RuleBrokenError naming the field.
    """
    if not permissions.can_approve(actor, draft, today_of(draft, now)):
        raise NotPermittedError(
            gettext("Only a head of mission who did not write it can issue this notification.")
        )
    return _issue(draft, actor, now, external_ref=external_ref, is_dated=is_dated)


def issue_concurred(*, draft: Draft, actor: User, now: datetime) -> Notification:
    """Issue a depositaries' joint act: its last concurrence, just given by the actor, does it.

    Raises RuleBrokenError for whatever stands against it.
    """
    return _issue(draft, actor, now)


def _issue(
    draft: Draft, actor: User, now: datetime, *, external_ref: str = "", is_dated: bool = False
) -> Notification:
    claimed = Draft.objects.filter(
        pk=draft.pk, version=draft.version, state__in=sources(DRAFT, "issue")
    ).update(state="issued", approver=actor, version=draft.version + 1)
    # The case is locked with it: no fact for the whole of it comes in between.
    drafts = Draft.objects.select_related(*RELATED)
    current = drafts.select_for_update(of=("case",), no_key=True).get(pk=draft.pk)
    if not claimed:
        return _already_issued(current, actor)
    if current.fields.get("joint_with") and current.case.is_live:
        _refuse_while_awaited(current)
    if current.refers_to is not None:
        lock(current.refers_to)
    around = circumstances(current.case, current.act, today_of(current, now), now=now)
    findings = [f for f in examine(current, around) if f.level in ("refuse", "confirm")]
    if current.case.is_live:
        refuse_what_stands_against(findings)
    filing = filing_of(current, findings, actor=actor, at=now)
    return seal(replace(filing, is_dated=is_dated, external_ref=external_ref), around)


def filing_of(draft: Draft, findings: list[Finding], *, actor: User, at: datetime) -> Filing:
    """What is sealed of a draft, with the flags of what was found to stand against it."""
    return Filing(
        case=draft.case,
        act=draft.act,
        senders=givers_of(draft),
        fields=draft.fields,
        drafted_by=draft.written_by,
        approved_by=actor,
        at=at,
        refers_to=draft.refers_to,
        draft=draft if draft.pk else None,
        flags=[_flag(finding) for finding in findings if finding.code != UNSAID],
    )


def _refuse_while_awaited(draft: Draft) -> None:
    """Everybody it is given by has agreed to the wording that is issued."""
    agreed = draft.concurrences.filter(at__isnull=False, version=draft.version - 1)
    codes = set(draft.fields["joint_with"]) - {draft.party.code}
    missing = Party.objects.filter(code__in=codes).exclude(pk__in=agreed.values("party"))
    first = missing.order_by("code").first()
    if first is not None:
        sentence = gettext(
            "This joint act still waits for the agreement of another party: %(party)s."
        )
        name = PartyName.objects.said(first, get_language() or "en")
        raise RuleBrokenError(sentence % {"party": name}, field="joint_with")


def _already_issued(draft: Draft, actor: User) -> Notification:
    issued = Notification.objects.filter(draft=draft).first()
    if issued is not None:
        return issued
    if draft.state not in sources(DRAFT, "issue"):
        raise refuse_now(draft)
    if draft.changed_by_id == actor.pk:
        raise ChangedMeanwhileError(
            gettext("You changed this draft in another window; read it again before you issue it.")
        )
    raise ChangedMeanwhileError(
        gettext("This draft was changed by %(name)s meanwhile; read it again before you issue it.")
        % {"name": draft.changed_by.name}
    )


def _flag(finding: Finding) -> dict[str, str]:
    return {"code": finding.code, "field": finding.field, "sentence": finding.sentence}
