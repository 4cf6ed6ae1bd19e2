"""Clocks of a notification, opened at its issue."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from notifications.clauses.compute import Result, limit_set
from notifications.clauses.facts import Facts
from notifications.models import Deadline, Notification, Party
from notifications.services.calendar import day_in
from notifications.services.clause_facts import completed
from notifications.services.computing import Cause, Clock, Clocks, status_of, store
from notifications.services.counting import Counting, Ruled, bearers_of, ordered, owed
from notifications.services.entries import Ledger, ledger_of
from notifications.services.facts import about


class Around(NamedTuple):
    """Those for whom an act can start a clock: who gives it, who gets it, who is a party."""

    senders: Sequence[Party]
    addressees: Sequence[Party]
    members: Sequence[Party]


def open_clocks(
    notification: Notification,
    *,
    rules: Iterable[Ruled],
    facts: Facts,
    senders: Sequence[Party],
    addressees: Sequence[Party],
    members: Sequence[Party],
    cause: Cause,
    has_ledger: bool = False,
) -> Clocks:
    """Insert every deadline that the act starts or will start, with its first version.

    Two queries, whatever the number of bearers, and one more for what the rules need besides;
    ``has_ledger`` says that the case has facts already. A notice that is itself what its duty asks
    for fulfils it at once. Alerts are returned, not inserted.
    """
    known = ordered(rules)
    facts = completed(facts, [rule for _version, rule in known], about(notification, senders))
    today = day_in(notification.zone, cause.at)
    ledger = ledger_of(notification.case, today) if has_ledger else Ledger()
    all_rules = [rule for _version, rule in known]
    counting = Counting(facts, all_rules, notification.treaty_id, ledger)
    around = Around(senders, addressees, members)
    clocks = [
        clock for ruled in known for clock in begun(ruled, notification, counting, around=around)
    ]
    for clock in _answers_asked_for(notification, addressees, members, ledger):
        clock.deadline.status = status_of(clock.result)
        clocks.append(clock)
    Deadline.objects.bulk_create([clock.deadline for clock in clocks])
    return store(clocks, cause=cause)


def begun(
    ruled: Ruled,
    notification: Notification,
    counting: Counting,
    *,
    around: Around,
    but: Collection[int | None] = (),
) -> Iterator[Clock]:
    """A clock for each who bears the clause, ``but`` for those that have one; not inserted."""
    version, rule = ruled
    bearers = bearers_of(
        owed(rule),
        notification,
        senders=around.senders,
        asked=asked(notification.fields, around.addressees, around.members),
        members=around.members,
        addressees=around.addressees,
    )
    for bearer in bearers:
        if (bearer.pk if bearer else None) in but:
            continue
        deadline = _new_clock(notification, owed(rule), bearer)
        deadline.clause = version.clause
        result = counting.result(deadline, rule)
        if result is not None and result.status != "not-permitted":
            clock = Clock(deadline, result, version, is_own_notice=rule.is_own_notice)
            deadline.status = status_of(result)
            _settle_own_notice(clock, notification)
            yield clock


def asked(
    fields: Mapping[str, Any], addressees: Iterable[Party], members: Iterable[Party]
) -> list[Party]:
    """Whom an act binds: the accused alone where it names one, else every addressed party.

    A depositary that is no party to the treaty keeps the note, and owes no answer to it.
    """
    if against := fields.get("against", []):
        return [party for party in addressees if party.code in against]
    own = {party.pk for party in members}
    return [party for party in addressees if party.pk in own]


def _new_clock(notification: Notification, owed_by: str, bearer: Party | None) -> Deadline:
    """A clock of a clause, not inserted."""
    return Deadline(
        case=notification.case,
        notification=notification,
        origin=Deadline.Origin.CLAUSE,
        owed_by=owed_by,
        bearer=bearer,
    )


def _settle_own_notice(clock: Clock, notification: Notification) -> None:
    """A duty to give notice is met by the notice itself, in time or late; not before it opens."""
    result = clock.result
    if not clock.is_own_notice or result.due_on is None:
        return
    given_on, given_at = notification.given_on, notification.given_at
    if result.is_exact and given_at is not None and result.opens_at is not None:
        if given_at < result.opens_at:
            return
    elif result.opens_on is not None and given_on < result.opens_on:
        return
    deadline = clock.deadline
    deadline.status, deadline.met_by, deadline.settled_on = "met", notification, given_on


def _answers_asked_for(
    notification: Notification,
    addressees: Sequence[Party],
    members: Sequence[Party],
    ledger: Ledger,
) -> list[Clock]:
    """One clock a party of which the sender asks an answer by a day; it ends at 24:00 of it."""
    if not notification.fields.get("respond_by"):
        return []
    clocks = []
    for party in asked(notification.fields, addressees, members):
        deadline = _new_clock(notification, Deadline.OwedBy.ADDRESSEE, party)
        deadline.origin = Deadline.Origin.RESPOND_BY
        clocks.append(Clock(deadline, limit_of(notification, ledger, deadline), None))
    return clocks


def limit_of(notification: Notification, ledger: Ledger, deadline: Deadline) -> Result:
    """The limit that the sender set, after the ledger."""
    due_on = date.fromisoformat(notification.fields["respond_by"])
    own = Facts(notification.given_on, notification.zone, frozenset(), None)
    return limit_set(notification.given_on, due_on, notification.zone, ledger.of(deadline, own))
