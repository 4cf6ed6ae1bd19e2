"""Another date than the one counted: registered by the depositary, objected to by a party."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from notifications import permissions
from notifications.emails.words import bare_date
from notifications.errors import NotPermittedError, RuleBrokenError
from notifications.models import Deadline, Fact, Party, User
from notifications.services.calendar import day_in
from notifications.services.ledger_rows import fresh, insert, reason_given
from notifications.services.ledger_rules import check_span
from notifications.services.locking import lock_case


@transaction.atomic
def override_date(*, deadline: Deadline, on: date, reason: str, actor: User, now: datetime) -> Fact:
    """Register another date than the one counted, where the clause says ``override: allowed``.

    Both are kept and shown. Raises NotPermittedError, or RuleBrokenError naming ``on``.
    """
    today = day_in(deadline.act.zone, now)
    if not permissions.can_override(actor, deadline, today):
        raise NotPermittedError(
            gettext("Only an officer of a depositary can register another date.")
        )
    acts = lock_case(deadline.case)
    current = fresh(deadline)
    _check_override(current, on)
    fact = Fact(
        case=deadline.case,
        kind=Fact.Kind.OVERRIDE,
        deadline=current,
        on=today,
        until=on,
        entered_at=now,
        by=actor,
        reason=reason_given(reason),
    )
    return insert(fact, acts)


@transaction.atomic
def object_to_date(
    *, deadline: Deadline, party: Party, reason: str, actor: User, now: datetime
) -> Fact:
    """Object, for a party, to the date that the depositary registered: it is disputed from then on.

    Raises NotPermittedError, or RuleBrokenError where no other date was registered.
    """
    today = day_in(deadline.act.zone, now)
    if not permissions.can_object_to_date(actor, deadline, party, today):
        raise NotPermittedError(gettext("You cannot object to this date for this party."))
    acts = lock_case(deadline.case)
    current = fresh(deadline)
    registered = Fact.objects.standing().filter(deadline=current, kind=Fact.Kind.OVERRIDE).last()
    if registered is None:
        raise RuleBrokenError(
            gettext("The depositary registered no other date, so there is nothing to object to.")
        )
    objections = Fact.objects.standing().filter(
        deadline=current, kind=Fact.Kind.OBJECTION, party=party, pk__gt=registered.pk
    )
    if objections.exists():
        raise RuleBrokenError(gettext("This party has objected to this date already."))
    fact = Fact(
        case=deadline.case,
        kind=Fact.Kind.OBJECTION,
        deadline=current,
        party=party,
        on=today,
        entered_at=now,
        by=actor,
        reason=reason_given(reason),
    )
    return insert(fact, acts)


def _check_override(deadline: Deadline, on: date) -> None:
    version = deadline.version
    rule: dict[str, Any] = version.clause_version.rule if version.clause_version else {}
    if rule.get("override") != "allowed":
        raise RuleBrokenError(gettext("The clause lets the depositary register no other date."))
    if deadline.status not in ("running", "disputed") or version.due_on is None:
        raise RuleBrokenError(gettext("This clock does not run: there is no date to replace."))
    first = max(filter(None, (deadline.act.given_on, version.opens_on)))
    if on < first:
        sentence = gettext("Date registered: it cannot come before %(first)s.")
        raise RuleBrokenError(sentence % {"first": bare_date(first)}, field="on")
    check_span(on, None)
    if on == version.due_on:
        sentence = gettext("Date registered: this is the date that stands already.")
        raise RuleBrokenError(sentence, field="on")
