"""One computation of clocks, stored: the new versions, the alerts that they plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from notifications.clauses.causes import cause_words
from notifications.clauses.results import Result
from notifications.lifecycle import HELD
from notifications.models import (
    Alert,
    ClauseVersion,
    Deadline,
    DeadlineVersion,
    Party,
    PartyName,
    User,
    columns_of,
)
from notifications.services.alerts import planned_stages
from notifications.services.rungs import Ladders, read_ladders

# The status of a clock by what its computation says.
STATUS: Final = {"computed": "running"}


@dataclass(frozen=True)
class Cause:
    """Why clocks are computed: the fact in words, who recorded it, when (the domain's clock).

    ``told`` is the same as kind and parameters (clauses/causes.py); empty where it is a reason that
    a person gave.
    """

    words: str
    actor: User
    at: datetime
    told: dict[str, str] = field(default_factory=dict)


def cause_told(
    kind: str, actor: User, at: datetime, *, party: Party | None = None, **said: str
) -> Cause:
    """A cause of a known kind, in words that are kept in English and can be told again."""
    told = {"kind": kind, **said}
    if party is None:
        return Cause(cause_words(told), actor, at, told)
    told["party"] = party.code
    name = PartyName.objects.of(party, "en")
    return Cause(cause_words(told, party_name=lambda _code: name), actor, at, told)


@dataclass
class Clocks:
    """What a computation inserted: rows for the event, alerts to be planned with the act's own.

    ``late`` are the versions of clocks that were settled before: they undo nothing. ``gone`` are
    the keys of the clocks of which the clause counts no more: they are void.
    """

    versions: list[DeadlineVersion] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    late: list[DeadlineVersion] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)

    @property
    def is_any(self) -> bool:
        """Whether a date changed, or a clause counts no more."""
        return bool(self.versions or self.gone)

    def as_data(self) -> dict[str, list[int]]:
        """What the register must say besides the versions: the settled ones, those now void."""
        late = [version.deadline_id for version in self.late]
        return {**({"late": late} if late else {}), **({"void": self.gone} if self.gone else {})}

    def __add__(self, other: Clocks) -> Clocks:
        """Both together."""
        return Clocks(
            self.versions + other.versions,
            self.alerts + other.alerts,
            self.late + other.late,
            self.gone + other.gone,
        )


@dataclass(frozen=True)
class Clock:
    """A deadline with what was computed for it now, and the version that stood before.

    ``is_own_notice`` says that the act is itself what the duty asks for, ``is_reopened`` that the
    clock was void, and its clause counts again.
    """

    deadline: Deadline
    result: Result
    clause_version: ClauseVersion | None
    before: DeadlineVersion | None = None
    is_own_notice: bool = False
    is_reopened: bool = False

    @property
    def is_moved(self) -> bool:
        """There was a day that people may know, and it holds no more."""
        before, result = self.before, self.result
        if before is None or before.due_on is None:
            return False
        if result.status in HELD:
            return True
        if result.is_exact or before.is_exact:
            return (before.opens_at, before.due_at) != (result.opens_at, result.due_at)
        return (before.opens_on, before.due_on) != (result.opens_on, result.due_on)

    def is_past_target(self, now: datetime) -> bool:
        """Whether it is a target that has passed, and its new day is none to come either."""
        rule = self.clause_version.rule if self.clause_version else {}
        is_passed = self.deadline.status == "open" and "soft" in (rule.get("duty") or {})
        return is_passed and self.result.due_at is not None and self.result.due_at <= now


def status_of(result: Result) -> str:
    """The status of a clock that is not settled."""
    return STATUS.get(result.status, result.status)


def store(clocks: Sequence[Clock], *, cause: Cause) -> Clocks:
    """Insert a version for each: one query, and one for the ladders where there is a date.

    Alerts are returned, not inserted.
    """
    versions = [_version(clock, cause) for clock in clocks]
    DeadlineVersion.objects.bulk_create(versions)
    is_dated = any(version.due_on is not None for version in versions)
    ladders = read_ladders() if is_dated else Ladders()
    alerts = [
        alert
        for clock, version in zip(clocks, versions, strict=True)
        for alert in _alerts(clock, version, cause.at, ladders)
    ]
    return Clocks(versions, alerts)


def _version(clock: Clock, cause: Cause) -> DeadlineVersion:
    result = clock.result
    return DeadlineVersion(
        deadline=clock.deadline,
        no=clock.before.no + 1 if clock.before else 1,
        clause_version=clock.clause_version,
        **columns_of(result),
        cause=cause.words,
        cause_told=cause.told,
        computed_at=cause.at,
        computed_by=cause.actor,
    )


def _alerts(
    clock: Clock, version: DeadlineVersion, now: datetime, ladders: Ladders
) -> Iterable[Alert]:
    """None while the clock is held or where it is met; none where only the way to the date changed.

    Whoever was told of a day once is told of the new one, also after a time without any.
    """
    before = clock.before
    if clock.result.status in HELD or clock.deadline.status == "met":
        return ()
    if before is None:
        return planned_stages(version, now=now, ladders=ladders)
    if before.result not in HELD and version.has_days_of(before) and not clock.is_reopened:
        return ()
    was_told = before.due_on is not None or before.no > 1
    return planned_stages(version, now=now, ladders=ladders, is_moved=was_told)
