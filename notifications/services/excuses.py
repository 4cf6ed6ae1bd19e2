"""Why a person need not have been told yet: wishes of their own, or a mandate that is newer."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from notifications.delivery.audiences import TOLD_ROLES, Recipient
from notifications.delivery.holders import Side, side_of
from notifications.delivery.wishes import Wish
from notifications.emails import rung_of
from notifications.models import Alert, Event, Mandate, Preference

_NONE: Final = Wish()
_ACTS: Final = ("preference-saved", "mandate-given", "mandate-changed", "account-reopened")


class Term(NamedTuple):
    """That a mandate was given or changed, and from when to when it held before; nothing: never."""

    at: datetime
    before: tuple[str, str | None] | None

    def held_on(self, day: date) -> bool:
        """Whether it did hold on the day, before that."""
        if self.before is None:
            return False
        begin, end = self.before
        return begin <= day.isoformat() <= (end or day.isoformat())


@dataclass(frozen=True)
class Excuses:
    """The wishes of all who have some, by person, and what changed lately.

    ``changed`` is when a person last chose other days of their own; ``terms`` what became of a
    mandate, by its key, in its order; ``reopened`` when an account was, by its person; ``ended``
    are the mandates that ended lately, or will; ``others`` those of the same people beside them.
    """

    wishes: dict[int, Wish] = field(default_factory=dict)
    changed: dict[int, datetime] = field(default_factory=dict)
    terms: dict[int, list[Term]] = field(default_factory=dict)
    reopened: dict[int, datetime] = field(default_factory=dict)
    ended: dict[int, Mandate] = field(default_factory=dict)
    others: dict[tuple[int, Side], list[Mandate]] = field(default_factory=dict)

    @property
    def waiting(self) -> frozenset[int]:
        """The people for whom something may wait."""
        return frozenset(user for user, wish in self.wishes.items() if wish.waits)

    def asks_for(self, user: int, alert: Alert) -> bool:
        """Whether the person is told the stage at all."""
        return self.wishes.get(user, _NONE).wants(alert)

    def told_at(self, user: int, alert: Alert) -> datetime:
        """When the person is to be told: at once, or after what they asked to wait for."""
        wish = self.wishes.get(user, _NONE)
        return wish.leaving(alert, now=alert.due_at).at

    def are_good(self, user: int, alert: Alert, *, now: datetime) -> bool:
        """Whether the person rightly was not told a stage, or not yet, at the instant ``now``.

        By the same rule as what is sent: own days leave out rungs; a pause, quiet hours and a
        digest put off what may wait. Days of one's own count from when they were chosen: of a rung
        before that, the earlier ones decided. The alert's ``due_at`` is the instant at which it had
        to be told.
        """
        if not self.asks_for(user, alert):
            return True
        is_rung = alert.is_extra or rung_of(alert) is not None
        if is_rung and user in self.changed and self.changed[user] >= alert.due_at:
            return True
        return self.told_at(user, alert) > now

    def came_since(self, person: Recipient, alert: Alert) -> bool:
        """Whether a person could not be told a stage, as things stood at its instant.

        Their mandate was entered after it, or did not hold on that day of the treaty's zone before
        it was changed; or their account was opened again.
        """
        at = alert.due_at
        reopened = self.reopened.get(person.user_id)
        if reopened is not None and reopened >= at:
            return True
        later = (term for term in self.terms.get(person.mandate_id, ()) if term.at >= at)
        first = next(later, None)
        return first is not None and not first.held_on(_day(alert, at))

    def has_left(self, person: Recipient, alert: Alert, *, now: datetime) -> bool:
        """Whether a person holds no mandate any more for the side for which they had to be told."""
        mandate, day = self.ended.get(person.mandate_id), _day(alert, now)
        if mandate is None or mandate.to_on is None or mandate.to_on >= day:
            return False
        others = self.others.get((person.user_id, side_of(mandate)), ())
        return not any(
            other.from_on <= day and (other.to_on is None or other.to_on >= day) for other in others
        )

    def side_of(self, person: Recipient) -> Side:
        """For which side of their party a person had the mandate that ended."""
        return side_of(self.ended[person.mandate_id])


def _day(alert: Alert, at: datetime) -> date:
    """The day of an instant in the zone of the treaty."""
    return at.astimezone(ZoneInfo(alert.case.treaty.zone)).date()


def read_excuses(*, since: datetime) -> Excuses:
    """All wishes, and what changed since an instant: at most five queries."""
    wishes = {row.user_id: Wish.of(row) for row in Preference.objects.select_related("user")}
    ended = Mandate.objects.filter(to_on__gte=since.date() - timedelta(days=1))
    found = Excuses(wishes, ended=ended.in_bulk())
    people = {mandate.user_id for mandate in found.ended.values()}
    for mandate in Mandate.objects.filter(user__in=people, role__in=TOLD_ROLES) if people else ():
        found.others.setdefault((mandate.user_id, side_of(mandate)), []).append(mandate)
    events = Event.objects.filter(act__in=_ACTS, at__gte=since).order_by("pk")
    changes: dict[int, list[tuple[datetime, dict[str, Any]]]] = defaultdict(list)
    for act, record, at, text in events.values_list("act", "record", "at", "body"):
        key, body = int(record.partition(":")[2]), json.loads(text)
        match act:
            case "preference-saved" if "ladder" in body["changes"]:
                found.changed[key] = at
            case "account-reopened":
                found.reopened[key] = at
            case "mandate-given" | "mandate-changed":
                changes[key].append((at, body))
    found.terms.update(_terms(changes))
    return found


def _terms(
    changes: dict[int, list[tuple[datetime, dict[str, Any]]]],
) -> Iterator[tuple[int, list[Term]]]:
    """What became of each mandate: of what stands now, every change is undone, the last first."""
    if not changes:
        return
    for mandate in Mandate.objects.filter(pk__in=changes):
        term = {
            "from_on": mandate.from_on.isoformat(),
            "to_on": mandate.to_on.isoformat() if mandate.to_on else None,
        }
        terms = []
        for at, body in reversed(changes[mandate.pk]):
            is_given = "changes" not in body
            term |= {
                name: before
                for name, (before, _after) in body.get("changes", {}).items()
                if name in term
            }
            terms.append(Term(at, None if is_given else (str(term["from_on"]), term["to_on"])))
        yield mandate.pk, terms[::-1]
