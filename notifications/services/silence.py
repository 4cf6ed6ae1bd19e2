"""What it means that a right lapsed unused: who kept silent, and what that proposes.

Silence is never applied by itself: when the last clock of a clause with ``silence`` has lapsed, an
outcome is proposed to the depositary, who confirms or declines it (services/outcomes).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db.models import Q

from notifications.clauses.instants import end_of_day
from notifications.emails.records import MARK
from notifications.lifecycle import UNFINISHED
from notifications.models import (
    Alert,
    Deadline,
    Notification,
    Outcome,
    Response,
    Transmission,
    members_of,
)
from notifications.services.alerts import act_alert

# The acts by which a party speaks where its silence would mean something.
SPEAKING: Final = ("objection", "acceptance")


def meaning_of(deadline: Deadline) -> str:
    """What silence means at the end of this clock: ``acceptance``, ``no-consent``, or nothing."""
    version = deadline.version.clause_version
    return str(version.rule.get("silence", "")) if version else ""


def speaks_in(deadline: Deadline, act: str, senders: Iterable[int]) -> bool:
    """Whether an act of these parties, in time, ends the silence that a clock of one party asks."""
    is_own = deadline.bearer_id is not None and deadline.bearer_id in set(senders)
    return is_own and act in SPEAKING and bool(meaning_of(deadline))


def siblings(deadline: Deadline) -> list[Deadline]:
    """The clocks of the same clause on the same act, one a party; itself among them."""
    same = Deadline.objects.filter(
        notification=deadline.notification_id, clause=deadline.clause_id, clause__isnull=False
    )
    return list(same.with_reasons().order_by("pk"))


def outcome_of(deadline: Deadline) -> Outcome | None:
    """What a depositary found for this clock, or for another one of the same clause."""
    return Outcome.objects.filter(
        deadline__notification=deadline.notification_id, deadline__clause=deadline.clause_id
    ).first()


def is_proposed(deadline: Deadline, clocks: Iterable[Deadline] | None = None) -> bool:
    """Whether its clause's clocks are all over, one of them lapsed, and silence means something."""
    known = list(clocks) if clocks is not None else siblings(deadline)
    is_over = not any(clock.status in UNFINISHED for clock in known)
    return bool(meaning_of(deadline)) and is_over and any(c.status == "lapsed" for c in known)


def silent_parties(deadline: Deadline) -> list[str]:
    """The codes of those that said nothing in time, in alphabetical order.

    Of clocks of single parties those that lapsed; of a clock of all parties the parties of the last
    day that neither gave the notice nor answered it, accepted or objected by then.
    """
    if deadline.bearer_id is not None:
        lapsed = [clock for clock in siblings(deadline) if clock.status == "lapsed"]
        return sorted(clock.bearer.code for clock in lapsed if clock.bearer)
    act, version = deadline.act, deadline.version
    if version.due_on is None:
        return []
    ends_at = end_of_day(version.due_on, version.zone)
    spoke = Response.objects.filter(notification=act, given_at__lt=ends_at).values("party")
    acted = Notification.objects.filter(
        refers_to=act, act__in=SPEAKING, given_on__lte=version.due_on
    ).values("sender_rows__party")
    members = members_of(deadline.case, version.due_on)
    silent = members.exclude(
        Q(pk__in=act.sender_rows.values("party")) | Q(pk__in=spoke) | Q(pk__in=acted)
    )
    if act.visibility == Notification.Visibility.RESTRICTED:
        sent = Transmission.objects.filter(notification=act).values("party")
        silent = silent.filter(pk__in=sent)
    return sorted(silent.values_list("code", flat=True))


def propose(deadline: Deadline, *, now: datetime) -> Alert | None:
    """Tell the depositaries that the silence is complete; the alert is returned, unsaved.

    Once; and once more where it is broken, or complete again, after they were told.
    """
    if not meaning_of(deadline):
        return None
    same = Deadline.objects.filter(notification=deadline.notification_id, clause=deadline.clause_id)
    is_over = not same.unfinished().exists() and same.filter(status="lapsed").exists()
    if not is_over or outcome_of(deadline) is not None:
        return None
    told = Alert.objects.filter(notification=deadline.notification_id, kind=Alert.Kind.PROPOSED)
    marks = {str(uid) for uid in same.values_list("uid", flat=True)}
    if any(stage[:MARK] in marks for stage in told.planned().values_list("stage", flat=True)):
        return None  # what is about to be told says who kept silent in the end
    stage = f"{deadline.uid}-{told.count() + 1}"
    return act_alert(deadline.act, Alert.Kind.PROPOSED, now=now, stage=stage)
