"""Clocks of which each party has its own, gathered: a page tells many that are alike once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext, ngettext

from notifications.models import Deadline
from notifications.web import words
from notifications.web.clocks import Clock
from notifications.web.names import PartyNames

MOST_ALONE = 3


def gathered(clocks: Iterable[Clock], names: PartyNames) -> list[Clock]:
    """The clocks, those of one clause for more than three parties as one, in their order.

    It stands for all of them (``each``, by the parties' names), with the reason of the first.
    """
    groups: dict[int | str | None, list[Clock]] = {}
    for clock in clocks:
        deadline = clock.deadline
        is_own = deadline.owed_by == Deadline.OwedBy.EACH_PARTY and deadline.clause_id is not None
        groups.setdefault(deadline.clause_id if is_own else f"{deadline.pk}", []).append(clock)
    found: list[Clock] = []
    for group in groups.values():
        if len(group) <= MOST_ALONE:
            found += group
            continue
        order = {named.pk: place for place, named in enumerate(names.sort(_bearers(group)))}
        each = sorted(group, key=lambda clock: order[clock.deadline.bearer_id or 0])
        first = group[0]
        bearer = str(Deadline.OwedBy.EACH_PARTY.label)
        found.append(replace(first, bearer=bearer, each=each, states=_states(group)))
    return found


def _bearers(group: Iterable[Clock]) -> list[int]:
    return [clock.deadline.bearer_id for clock in group if clock.deadline.bearer_id is not None]


def _states(group: Iterable[Clock]) -> list[str]:
    """How many stand where, as "31 lapsed"."""
    counted = Counter(clock.deadline.status for clock in group)
    return [
        gettext("%(number)d: %(state)s")
        % {"number": number, "state": words.state_words("deadline", status)}
        for status, number in sorted(counted.items())
    ]


def lapsed_together(ended: Iterable[Deadline]) -> list[list[Deadline]]:
    """What ended: the lapses of one clause on one day for more than three parties together."""
    groups: dict[tuple[int | None, date | None, int], list[Deadline]] = {}
    for deadline in ended:
        is_own = deadline.owed_by == Deadline.OwedBy.EACH_PARTY and deadline.status == "lapsed"
        key = (deadline.clause_id, deadline.settled_on, 0 if is_own else deadline.pk)
        groups.setdefault(key, []).append(deadline)
    found: list[list[Deadline]] = []
    for group in groups.values():
        found += [group] if len(group) > MOST_ALONE else [[deadline] for deadline in group]
    return found


def silent_words(number: int, title: str) -> str:
    """How many parties were silent, in one sentence."""
    sentence = ngettext(
        "%(number)d party was silent: %(title)s",
        "%(number)d parties were silent: %(title)s",
        number,
    )
    return sentence % {"number": number, "title": title}
