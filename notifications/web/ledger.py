"""The ledger as the pages show it: what stopped, extended or moved which clock, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext, ngettext

from notifications.models import Case, Deadline, Fact, Notification, User
from notifications.services.entries import SPELLS, is_lasting
from notifications.web import words
from notifications.web.clocks import bearer_words
from notifications.web.names import PartyNames


@dataclass(frozen=True)
class Line:
    """One entry: what, of which clock and party, how long it lasted, whether it stands."""

    fact: Fact
    what: str
    clock: str
    party: str
    is_standing: bool
    is_lasting: bool

    @property
    def days(self) -> int | None:
        """How many days it lasted, where it is over."""
        fact = self.fact
        if fact.kind not in SPELLS or fact.until is None or self.is_lasting:
            return None
        return (fact.until - fact.on).days


def facts_of(case: Case, user: User, today: date) -> QuerySet[Fact]:
    """The entries of a case that a person may read, the oldest first."""
    acts = Notification.objects.visible_to(user, today).filter(case=case)
    own = Q(deadline=None) | Q(deadline__notification__in=acts)
    about = Q(notification=None) | Q(notification__in=acts)
    found = Fact.objects.filter(own, about, case=case)
    related = (
        "by",
        "case",
        "notification",
        "superseded_by",
        "deadline__notification",
        "deadline__current_version__clause_version",
    )
    return found.select_related(*related).order_by("on", "pk")


def lines(facts: Iterable[Fact], names: PartyNames, today: date) -> list[Line]:
    """The entries for a page."""
    return [_line(fact, names, today) for fact in facts]


def _line(fact: Fact, names: PartyNames, today: date) -> Line:
    is_standing = not hasattr(fact, "superseded_by")
    return Line(
        fact=fact,
        what=words.capitalised(str(Fact.Kind(fact.kind).label)),
        clock=clock_name(fact.deadline, names) if fact.deadline else "",
        party=names.of(fact.party_id) if fact.party_id else "",
        is_standing=is_standing,
        is_lasting=is_standing and fact.kind in SPELLS and is_lasting(fact, today),
    )


def clock_name(deadline: Deadline, names: PartyNames) -> str:
    """A clock in a list: what it is, and who bears it."""
    version = deadline.version.clause_version
    title = words.clock_title(version.rule if version else None, words.kind_of(deadline))
    bearer = bearer_words(
        deadline.owed_by, names.of(deadline.bearer_id) if deadline.bearer_id else ""
    )
    return gettext("%(clock)s (%(bearer)s)") % {"clock": title, "bearer": bearer}


def stops_in_words(entries: Iterable[Line]) -> str:
    """Whether a clock was ever stopped, in one sentence."""
    stops = [line for line in entries if line.is_standing and line.fact.kind == Fact.Kind.STOP]
    begun = [line for line in stops if line.is_lasting or line.days]
    if not begun:
        return gettext("This clock was never stopped.")
    days = sum(line.days or 0 for line in begun)
    said = {
        "times": ngettext("%(number)d time", "%(number)d times", len(begun))
        % {"number": len(begun)},
        "days": ngettext("%(number)d day", "%(number)d days", days) % {"number": days},
    }
    if any(line.is_lasting for line in begun):
        sentence = gettext(
            "This clock was stopped %(times)s: %(days)s so far, and it is stopped now."
        )
    else:
        sentence = gettext("This clock was stopped %(times)s, %(days)s in all.")
    return sentence % said
