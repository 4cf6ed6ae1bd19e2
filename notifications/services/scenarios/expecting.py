"""Expectations held against what is stored of a replayed case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from notifications.acts import POSITIONS
from notifications.clauses.instants import start_of_day
from notifications.models import (
    Case,
    CaseParty,
    Deadline,
    DeadlineVersion,
    Notification,
    Response,
    members_of,
)
from notifications.services.calendar import day_in
from notifications.services.scenarios.content import (
    EACH_PARTY,
    DeadlineExpected,
    Expectation,
    LapseExpected,
    MembershipExpected,
    Moment,
    SilenceExpected,
)
from notifications.services.settling import exit_of


@dataclass(frozen=True)
class Verdict:
    """Whether an expectation holds, the line on which it stands, and what was found."""

    ok: bool
    line: int | None
    got: str

    def as_data(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {"ok": self.ok, "line": self.line, "got": self.got}


def bearer_of(deadline: Deadline) -> str:
    """The code of the party that bears it, or who bears it jointly (``depositaries``)."""
    return deadline.bearer.code if deadline.bearer else deadline.owed_by


@dataclass(frozen=True)
class Judge:
    """Holds expectations against a case whose ``deadlines`` have been read with their reasons."""

    case: Case
    zone: str
    deadlines: Sequence[Deadline]

    def verdict(self, expected: Expectation) -> Verdict:
        """Whether the expectation holds."""
        match expected:
            case DeadlineExpected():
                ok, got = self._deadline(expected)
            case MembershipExpected():
                ok, got = self._membership(expected)
            case LapseExpected():
                ok, got = self._lapse(expected)
            case SilenceExpected():
                ok, got = self._silence(expected)
        return Verdict(ok, expected.line, got)

    def _of(self, ref: str) -> list[Deadline]:
        return [item for item in self.deadlines if item.act.external_ref == ref]

    def _deadline(self, expected: DeadlineExpected) -> tuple[bool, str]:
        found = [item for item in self._of(expected.of) if _is_meant(item, expected)]
        if expected.governs:
            found = [item for item in found if _is_effect(item)] or found
        if not found:
            return False, "no such deadline"
        return all(_agrees(item, expected) for item in found), _said(found)

    def _membership(self, expected: MembershipExpected) -> tuple[bool, str]:
        members = members_of(self.case, expected.on)
        if members.filter(code=expected.party).exists():
            return expected.is_party, "a party"
        if expected.is_party:
            return False, "no party"
        row = CaseParty.objects.filter(case=self.case, party__code=expected.party).first()
        if row is None or row.in_force_on > expected.on or self._has_left(expected):
            return True, "no party"
        return False, "no party, but not by an effect in this case"

    def _has_left(self, expected: MembershipExpected) -> bool:
        return any(
            item.status == "effective"
            and item.act.act == "withdrawal"
            and bearer_of(item) == expected.party
            and (left_on := exit_of(item)) is not None
            and left_on <= expected.on
            for item in self.deadlines
        )

    def _lapse(self, expected: LapseExpected) -> tuple[bool, str]:
        limits = [
            item
            for item in self._of(expected.of)
            if item.origin == Deadline.Origin.RESPOND_BY
            and expected.by in (EACH_PARTY, bearer_of(item))
        ]
        if not limits:
            return False, "no limit was set"
        at = start_of_day(expected.on, self.zone)
        return all(_has_lapsed(item, at) for item in limits), _said(limits)

    def _silence(self, expected: SilenceExpected) -> tuple[bool, str]:
        at = start_of_day(expected.on, self.zone)
        target = Notification.objects.get(case=self.case, external_ref=expected.of)
        response = Response.objects.filter(
            notification=target, party__code=expected.by, given_at__lt=at
        ).first()
        if response is not None:
            said, on = POSITIONS[response.position], day_in(self.zone, response.given_at)
            return False, f"it {said} on {on.isoformat()}"
        act = target.referring.filter(senders__code=expected.by, entered_at__lt=at).first()
        if act is not None:
            return False, f"a {act.act} of {act.given_on.isoformat()} refers to it"
        return True, "no answer"


def _is_meant(deadline: Deadline, expected: DeadlineExpected) -> bool:
    if expected.clause:
        return deadline.clause is not None and deadline.clause.slug == expected.clause
    version = deadline.version.clause_version
    return version is not None and version.governs == expected.governs


def _is_effect(deadline: Deadline) -> bool:
    """Whether it is what the act itself brings about, and no duty that it starts besides."""
    version = deadline.version.clause_version
    return version is not None and version.rule["yields"] == "effect"


def _agrees(deadline: Deadline, expected: DeadlineExpected) -> bool:
    version = deadline.version
    return (
        _is_at(expected.opens, version.opens_on, version.opens_at)
        and _is_at(expected.due, version.due_on, version.due_at)
        and expected.status in ("", deadline.status)
    )


def _is_at(expected: Moment | None, day: Any, at: datetime | None) -> bool:
    if expected is None:
        return True
    return bool(expected == (at if isinstance(expected, datetime) else day))


def _has_lapsed(deadline: Deadline, at: datetime) -> bool:
    """Whether the limit had passed without an answer at an instant, whatever came after."""
    due_at, answer, act = deadline.due_at, deadline.answered_by, deadline.met_by
    if due_at is None or due_at > at:
        return False
    if answer is not None:
        return answer.given_at >= due_at
    return deadline.status == "lapsed" if act is None else act.entered_at >= due_at


def _said(deadlines: Sequence[Deadline]) -> str:
    """The deadlines found in words; bearers of whom the same is to be said stand together."""
    found: dict[str, list[str]] = {}
    for deadline in deadlines:
        version: DeadlineVersion = deadline.version
        opens = f"opens {version.opens_on}, " if version.opens_on else ""
        due = f"due {version.due_on}, " if version.due_on else ""
        if version.awaiting:
            due = f"awaiting {version.awaiting}, "
        found.setdefault(f"{opens}{due}{deadline.status}", []).append(bearer_of(deadline))
    return "; ".join(f"{', '.join(bearers)}: {words}" for words, bearers in found.items())
