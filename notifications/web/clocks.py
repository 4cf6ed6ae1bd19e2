"""Deadlines as the pages show them: what they are, who bears them, why this date."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Prefetch

from notifications.lifecycle import UNFINISHED
from notifications.models import Deadline, DeadlineVersion, Notification
from notifications.web import words
from notifications.web.names import PartyNames
from notifications.web.tracing import told_again


@dataclass(frozen=True)
class Reason:
    """One version of a date: its steps in words, what caused it, by whom and when."""

    version: DeadlineVersion
    steps: list[str]
    cause: str


@dataclass(frozen=True)
class Clock:
    """One deadline: its title, who bears it, where it stands, and every version of its date.

    ``convened`` are the conferences called to fulfil it, where it is a duty to hold one; ``met_by``
    the act that met it, where the reader may read that one, too. ``each``
    are the clocks of a clause for each party, where this one stands for all of them, and
    ``states`` where these stand, in words.
    """

    deadline: Deadline
    version: DeadlineVersion
    title: str
    article: str
    summary: str
    source: str
    bearer: str
    awaiting: str
    reasons: list[Reason] = field(default_factory=list)
    convened: list[Notification] = field(default_factory=list)
    met_by: Notification | None = None
    each: list[Clock] = field(default_factory=list)
    states: list[str] = field(default_factory=list)

    @property
    def has_one_date(self) -> bool:
        """Whether all clocks for which this one stands have its date."""
        return all(clock.version.has_days_of(self.version) for clock in self.each)

    @property
    def fulfilling_act(self) -> str:
        """The act that fulfils it, where it is a duty."""
        return str(self.version.duty.get("act", ""))

    @property
    def is_late(self) -> bool:
        """Whether what fulfilled it came after its day, or its instant."""
        deadline, version = self.deadline, self.version
        if deadline.status != "met" or deadline.settled_on is None or version.due_on is None:
            return False
        done_at = deadline.met_by.given_at if deadline.met_by else None
        if deadline.answered_by is not None:
            done_at = deadline.answered_by.given_at
        if version.is_target:
            return False
        if version.is_exact and version.due_at is not None and done_at is not None:
            return done_at >= version.due_at
        return deadline.settled_on > version.due_on

    @property
    def called_for(self) -> str:
        """The act that the clause calls for, now that the time has lapsed."""
        return words.called_for(self.version) if self.deadline.status == "lapsed" else ""

    @property
    def is_open(self) -> bool:
        """Whether it still counts, waits or is held."""
        return self.deadline.status in UNFINISHED

    @property
    def is_counted_anew(self) -> bool:
        """Whether the date was counted anew after the effect had come: nothing was undone."""
        deadline = self.deadline
        return deadline.status == "effective" and deadline.settled_on != self.version.due_on


def bearer_words(owed_by: str, bearers: str) -> str:
    """Who bears a deadline: parties by name, or a role."""
    return bearers or str(Deadline.OwedBy(owed_by).label)


def clock(
    deadline: Deadline,
    names: PartyNames,
    reasons: Iterable[DeadlineVersion] = (),
    conferences: Iterable[Notification] = (),
    readable: Collection[int] = (),
) -> Clock:
    """One deadline, joined ``with_reasons()``, for a page.

    ``conferences`` are those convened on its notification; ``readable`` the keys of the acts of
    which the reader may know.
    """
    version = deadline.version
    rule = version.clause_version.rule if version.clause_version else None
    bearer = names.of(deadline.bearer_id) if deadline.bearer_id else ""
    duty = version.duty
    return Clock(
        deadline=deadline,
        version=version,
        title=words.clock_title(rule, words.kind_of(deadline)),
        article=rule["article"] if rule else "",
        summary=words.library_words(rule.get("summary", "")) if rule else "",
        source=rule.get("source", "") if rule else "",
        bearer=bearer_words(deadline.owed_by, bearer),
        awaiting=words.awaited(version.awaiting),
        reasons=[_reason(one, names) for one in reasons],
        convened=sorted(conferences, key=held_on) if duty.get("act") == "conference" else [],
        met_by=deadline.met_by if deadline.met_by_id in readable else None,
    )


def _reason(version: DeadlineVersion, names: PartyNames) -> Reason:
    cause = words.cause_of(version, names.said_of_code)
    return Reason(version, told_again(version.trace, names), cause)


def held_on(conference: Notification) -> date:
    """The day for which a conference is convened."""
    return date.fromisoformat(conference.fields["held_on"])


def is_arranged(version: DeadlineVersion, conferences: Iterable[Notification]) -> bool:
    """Whether a conference has been convened for a day in the window that the version sets."""
    days = [held_on(act) for act in conferences]
    first, last = version.opens_on or date.min, version.due_on or date.min
    return any(first <= day <= last for day in days)


def clocks_of(
    notification: Notification,
    names: PartyNames,
    conferences: Iterable[Notification] = (),
    readable: Collection[int] = (),
) -> list[Clock]:
    """Every deadline of a notification with all versions of its date: two queries."""
    versions = DeadlineVersion.objects.select_related("computed_by").order_by("-no")
    deadlines = (
        Deadline.objects.filter(notification=notification)
        .with_reasons()
        .select_related("notification", "met_by__circulation")
        .prefetch_related(Prefetch("versions", queryset=versions))
        .order_by("due_at", "pk")
    )
    convened = list(conferences)
    return [
        clock(deadline, names, deadline.versions.all(), convened, readable)
        for deadline in deadlines
    ]
