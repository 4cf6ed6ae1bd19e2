"""The rule of a clause as an administrator writes it: read and checked beside the others."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext

from notifications.clauses.loader import load_clause_text
from notifications.clauses.reading import parse_clause
from notifications.clauses.schema import Clause as Rule
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
        lists=treaty.lists,
        treaty=treaty.slug,
        treaties=set(Treaty.objects.values_list("slug", flat=True)),
    )
    if clause_id and rule.id != clause_id:
        sentence = gettext("This is the clause “%(id)s”: it keeps its article, and so its id.")
        raise BadFileError([Problem(NAME, None, "id", sentence % {"id": clause_id})])
    if rule.id in {other.id for other in others}:
        sentence = gettext("The treaty has a clause “%(id)s” already: change that one.")
        raise BadFileError([Problem(NAME, None, "id", sentence % {"id": rule.id})])
    return rule


def standing_rules(treaty: Treaty) -> list[Rule]:
    """The rules of a treaty that count now."""
    versions = ClauseVersion.objects.current().filter(clause__treaty=treaty).exclude(governs="")
    return [parse_clause(version.rule) for version in versions.order_by("clause__slug")]
