"""The silence alarm: what should have been said in the last 24 hours, held against what was sent.

It does not trust the outbox: which stages there are, and who must hear of them, is worked out anew
(``expected``); what was planned, voided or lost is seen only in the messages that are not there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from typing import Final

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.delivery.audiences import Audiences
from notifications.services.excuses import Excuses, read_excuses
from notifications.services.expected import (
    Expected,
    Span,
    expected_acts,
    expected_stages,
    in_batches,
)
from notifications.services.said import LATER, read_said
from notifications.services.standing import DONE_WITHIN

LOOKS_BACK: Final = timedelta(hours=24)
# What waited for a digest of the week, or for quiet hours after it, is looked for when it was told.
PUT_OFF: Final = timedelta(days=8)
# With three people of each of 193 parties: 58,000 messages at most are held at a time.
BATCH: Final = 100


class Why(models.TextChoices):
    """Why somebody was not told, as far as the messages say."""

    NOBODY = "nobody", _("nobody holds a mandate")
    UNDELIVERED = "undelivered", _("could not be delivered")
    WAITING = "waiting", _("still waits to be sent")
    UNSENT = "unsent", _("not sent")


# What the state of a message says; the first is the best news.
_TOLD: Final = frozenset({"accepted", "sent"})
_WHY: Final = {"pending": Why.WAITING, "failed": Why.UNDELIVERED, "void": Why.UNSENT}


@dataclass(frozen=True)
class Missing:
    """Somebody who was not told: of which stage of which deadline, or of which act, by their keys.

    ``user`` is None where nobody holds a mandate by which they would have to be told; where the
    last who held one has left, it is that one.
    """

    at: datetime
    treaty: int
    notification: int | None
    deadline: int | None
    stage: str
    user: int | None
    why: Why

    @property
    def key(self) -> str:
        """By which it is known again at the next look; names nobody."""
        about = f"deadline:{self.deadline}" if self.deadline else f"act:{self.notification}"
        return f"{about}:{self.stage}:{self.user or ''}"


@dataclass(frozen=True)
class Silence:
    """What one look found. Each person counts once a stage or act; nobody at all counts as one."""

    since: datetime
    until: datetime
    expected: int = 0
    told: int = 0
    missing: tuple[Missing, ...] = ()
    by_treaty: Mapping[int, tuple[int, int]] = field(default_factory=dict)

    @property
    def is_agreed(self) -> bool:
        """Whether everybody was told who had to be."""
        return not self.missing

    @property
    def is_held_up(self) -> bool:
        """Whether a person was not told; that nobody holds a mandate is no fault of the house."""
        return any(missing.why != Why.NOBODY for missing in self.missing)

    def of_treaties(self, keys: Iterable[int]) -> Silence:
        """What of it concerns these treaties."""
        kept = set(keys)
        counts = {key: counted for key, counted in self.by_treaty.items() if key in kept}
        return Silence(
            self.since,
            self.until,
            expected=sum(expected for expected, _told in counts.values()),
            told=sum(told for _expected, told in counts.values()),
            missing=tuple(one for one in self.missing if one.treaty in kept),
            by_treaty=counts,
        )

    def reasons(self) -> Counter[Why]:
        """How many were not told, by why."""
        return Counter(missing.why for missing in self.missing)

    def in_words(self) -> str:
        """As "212 of 212 in the last 24 hours"."""
        said = gettext("%(told)d of %(expected)d in the last 24 hours")
        return said % {"told": self.told, "expected": self.expected}

    def reasons_in_words(self) -> str:
        """As "could not be delivered: 2; not sent: 1"."""
        said = gettext("%(why)s: %(number)d")
        counted = sorted(self.reasons().items())
        return "; ".join(said % {"why": why.label, "number": number} for why, number in counted)


def look_for_silence(*, now: datetime) -> Silence:
    """Hold the last 24 hours against what was sent; the last ten minutes may be on their way.

    A fixed number of queries for each ``BATCH`` stages, however many people there are.
    """
    span = Span(now - LOOKS_BACK, now - DONE_WITHIN)
    earlier = Span(span.after - PUT_OFF, span.after)
    excuses = read_excuses(since=earlier.after)
    missing: list[Missing] = []
    expected: Counter[int] = Counter()
    told: Counter[int] = Counter()
    found = list(_held(chain(expected_stages(span), expected_acts(span)), excuses, now=now))
    for one, user, why in chain(found, _put_off(earlier, span, excuses, found, now=now)):
        treaty = one.alert.case.treaty_id
        expected[treaty] += 1
        if why is None:
            told[treaty] += 1
        else:
            missing.append(_missing(one, user, why))
    return Silence(
        span.after,
        span.until,
        expected=expected.total(),
        told=told.total(),
        missing=tuple(missing),
        by_treaty={treaty: (number, told[treaty]) for treaty, number in expected.items()},
    )


def _missing(one: Expected, user: int | None, why: Why) -> Missing:
    alert = one.alert
    version = alert.deadline_version
    return Missing(
        at=alert.due_at,
        treaty=alert.case.treaty_id,
        notification=alert.notification_id,
        deadline=version.deadline_id if version else None,
        stage=alert.stage,
        user=user,
        why=why,
    )


# A stage or an act, a person who must be told (None: nobody can be), and why they were not.
_Finding = tuple[Expected, int | None, Why | None]


def _held(expected: Iterable[Expected], excuses: Excuses, *, now: datetime) -> Iterator[_Finding]:
    """All of these held against what was sent."""
    for batch in in_batches(expected, BATCH):
        yield from _held_against(batch, excuses, now)


def _put_off(
    earlier: Span, span: Span, excuses: Excuses, found: Iterable[_Finding], *, now: datetime
) -> Iterable[_Finding]:
    """What fell due earlier and waited, for those who were to be told of it within the span.

    Of a deadline a person is told the newest stage alone; ``found`` is newer.
    """
    waiting = excuses.waiting
    if not waiting:
        return ()
    newer = {(_deadline_of(one), user) for one, user, _why in found if user in waiting}
    newest: dict[tuple[int, int | None], _Finding] = {}
    for one, user, why in _held(expected_stages(earlier), excuses, now=now):
        key = (_deadline_of(one), user)
        if user not in waiting or key in newer:
            continue
        known = newest.get(key)
        if known is None or known[0].nominal_at <= one.nominal_at:
            newest[key] = one, user, why
    return (
        (one, user, why)
        for one, user, why in newest.values()
        if span.holds(excuses.told_at(user or 0, one.alert))
    )


def _deadline_of(one: Expected) -> int:
    version = one.alert.deadline_version
    return version.deadline_id if version else 0


def _held_against(batch: list[Expected], excuses: Excuses, now: datetime) -> Iterator[_Finding]:
    """Each person of each stage with why they were not told; None: they were."""
    audiences = Audiences([one.alert for one in batch], now=None)
    said = read_said(batch, now=now)
    for place, one in enumerate(batch):
        people = audiences.of(one.alert)
        if not people and not one.alert.is_extra:
            yield one, None, Why.NOBODY
        for person in people:
            if one.alert.is_extra and not excuses.asks_for(person.user_id, one.alert):
                continue
            found = said.of(place, person.user_id)
            if found & _TOLD:
                yield one, person.user_id, None
            elif excuses.has_left(person, one.alert, now=now) and not found & {"failed"}:
                others = said.of_side(place, excuses.side_of(person))
                yield from _left(one, person.user_id, others)
            elif not (
                excuses.came_since(person, one.alert)
                or excuses.are_good(person.user_id, one.alert, now=now - DONE_WITHIN)
            ):
                yield one, person.user_id, _why(found)
        for user, side in said.closed.get(place, ()):
            yield from _left(one, user, said.of_side(place, side))


def _left(one: Expected, user: int, others: set[str]) -> Iterator[_Finding]:
    """Whose mandate or account has ended is told no more: somebody of their side must have been.

    ``others`` are the states of the messages to anybody of it. All void: nobody was there.
    """
    if not others & (_TOLD | {LATER}):
        yield one, user, Why.NOBODY if others == {"void"} else _why(others)


def _why(states: set[str]) -> Why:
    return next((why for state, why in _WHY.items() if state in states), Why.UNSENT)
