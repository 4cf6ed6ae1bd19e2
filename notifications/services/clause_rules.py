"""The rule of a clause as an administrator writes it: read, checked, tried on a date."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from django.utils.translation import gettext

from notifications.clauses.compute import Result, compute
from notifications.clauses.facts import Facts, ReceiptFact
from notifications.clauses.loader import load_clause_text
from notifications.clauses.schema import Clause as Rule
from notifications.clauses.schema import parse_clause
from notifications.errors import BadFileError, Problem
from notifications.models import ClauseVersion, Party, Treaty

# What problems call the text of the form.
NAME: Final = "rule"


def read_rule(text: str, *, treaty: Treaty, clause_id: str = "") -> Rule:
    """The rule that a text holds, written as in a treaty file; ``clause_id`` is what it must be of.

    Raises BadFileError with every problem, each with its line and key.
    """
    depositaries = treaty.depositary_rows.values_list("party__code", flat=True)
    others = [rule for rule in standing_rules(treaty) if rule.id != clause_id]
    rule = load_clause_text(
        text,
        name=NAME,
        depositaries=tuple(depositaries),
        known_parties=Party.objects.values_list("code", flat=True),
        others=others,
    )
    if clause_id and rule.id != clause_id:
        sentence = gettext("This is the clause “%(id)s”: it keeps its article, and so its id.")
        raise BadFileError([Problem(NAME, None, "id", sentence % {"id": clause_id})])
    if rule.id in {other.id for other in others}:
        sentence = gettext("The treaty has a clause “%(id)s” already: change that one.")
        raise BadFileError([Problem(NAME, None, "id", sentence % {"id": rule.id})])
    return rule


def standing_rules(treaty: Treaty) -> Iterable[Rule]:
    """The rules of a treaty that count now."""
    versions = ClauseVersion.objects.current().filter(clause__treaty=treaty).exclude(governs="")
    return [parse_clause(version.rule) for version in versions]


def preview_rule(
    rule: Rule, *, treaty: Treaty, given_on: date, received_on: date | None = None
) -> Result:
    """What a rule computes for an act given on a day, and received (on the same day, unless said).

    Everything else that it may count from is taken to have been done on the day of receipt; the
    treaty's own entry into force is the recorded one. Days are in the treaty's zone. Nothing is
    stored.
    """
    on = received_on or given_on
    depositaries = frozenset(treaty.depositary_rows.values_list("party__code", flat=True))
    codes = [*sorted(depositaries), *_some_party(treaty)]
    sender = codes[-1] if codes else ""
    facts = Facts(
        given_on=given_on,
        zone=treaty.zone,
        depositaries=depositaries,
        addressees=frozenset(codes),
        receipts=tuple(ReceiptFact(by=code, on=on) for code in codes),
        circulated_on=on,
        has_reasons=True,
        sender=sender,
        bearer=sender,
        informed={sender: on},
        registered_on=on,
        consents={sender: on},
        in_force_on=treaty.in_force_on or on,
        entries={sender: treaty.in_force_on or on},
    )
    return compute(rule, facts)


def _some_party(treaty: Treaty) -> list[str]:
    """One party of the treaty, as an example of those that act and are informed."""
    rows = treaty.participations.order_by("exit_on", "party__code")
    return list(rows.values_list("party__code", flat=True)[:1])
