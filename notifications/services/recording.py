"""Statements: what was said to the press or from a rostrum; kept in the case, no clock starts."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext

from notifications import permissions
from notifications.errors import NotPermittedError, RuleBrokenError
from notifications.models import Case, Party, Statement, User
from notifications.register import Entry, append, canonical, content, digest_of
from notifications.services.calendar import day_in
from notifications.services.fields import clean_text


@transaction.atomic
def record_statement(
    *,
    case: Case,
    party: Party,
    on: date,
    text: str,
    source: str,
    actor: User,
    now: datetime,
    external_ref: str = "",
) -> Statement:
    """Keep a public statement of a state, a party or not, in the case; the same one is kept once.

    Raises NotPermittedError, or RuleBrokenError naming ``on`` or ``text``.
    """
    today = day_in(case.treaty.zone, now)
    if not permissions.can_record_statement(actor, case, party, today):
        raise NotPermittedError(gettext("You cannot record a statement in this case."))
    if on > today:
        raise RuleBrokenError(gettext("Made on: the day is still to come."), field="on")
    words = clean_text(text, field="text", label=gettext("Text of the statement"))
    if not words:
        raise RuleBrokenError(gettext("Text of the statement is missing."), field="text")
    cited = clean_text(source, field="source", label=gettext("Source"))
    # Two clicks of one person at once come one after the other here.
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    kept = Statement.objects.filter(case=case, party=party, on=on, text=words, source=cited)
    if again := kept.filter(external_ref=external_ref).first():
        return again
    statement = Statement(
        case=case,
        party=party,
        on=on,
        text=words,
        source=cited,
        external_ref=external_ref,
    )
    statement.canonical = canonical({**content(statement), "party": party.code})
    statement.digest = digest_of(statement.canonical)
    statement.save(force_insert=True)
    append(Entry("statement-recorded", case, now, actor, (statement,), {"party": party.code}))
    return statement
