"""Clocks of which each party has its own, gathered: a page tells many that are alike once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils.translation import gettext, ngettext

from notifications.models import Deadline
from notifications.web import words
from notifications.web.clocks import Clock
from notifications.web.names import PartyNames

MOST_ALONE = 3


def gathered(clocks: Iterable[Clock], names: PartyNames, *, by_date: bool = False) -> list[Clock]:
    """The clocks, those of one clause for more than three parties as one, in their order.

    The same of the answers that one note asks for. It stands for all of them (``each``, by the
    parties' names), with the reason of the first; ``by_date``: for those alone that end together.
    """
    groups: dict[tuple[Any, ...], list[Clock]] = {}
    for clock in clocks:
        day = clock.version.due_on if by_date else None
        groups.setdefault((*_kin(clock.deadline), day), []).append(clock)
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


def _kin(deadline: Deadline) -> tuple[int | None, int | None, int]:
    """What clocks that each party has for itself have in common; other clocks stand alone."""
    is_answer = deadline.origin == Deadline.Origin.RESPOND_BY
    is_own = deadline.owed_by == Deadline.OwedBy.EACH_PARTY and deadline.clause_id is not None
    alone = 0 if is_answer or is_own else deadline.pk
    return deadline.notification_id, deadline.clause_id, alone


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
    groups: dict[tuple[int | None, int | None, int, date | None], list[Deadline]] = {}
    for deadline in ended:
        notification, clause, alone = _kin(deadline)
        alone = alone if deadline.status == "lapsed" else deadline.pk
        key = (notification, clause, alone, deadline.settled_on)
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
