"""Names of parties in the reader's language, as part of the query that reads the rows."""

from __future__ import annotations

from functools import cached_property
from typing import Final

from django.db.models import F, OuterRef, Subquery, TextField
from django.db.models.functions import Coalesce
from django.utils.translation import get_language, gettext

from notifications.clauses.supposing import ANOTHER, THE_ADDRESSEE, THE_PARTY
from notifications.models import Party, PartyName

FALLBACK: Final = "en"


def party_named(path: str) -> Coalesce:
    """The name of the party at ``path``, as ``deadline__bearer``; "" is the row itself.

    English where the reader's language has no name, the code where English has none either; NULL
    where there is no party.
    """
    key, code = (path, f"{path}__code") if path else ("pk", "code")
    return Coalesce(
        _column(key, get_language() or FALLBACK, "name"),
        _column(key, FALLBACK, "name"),
        F(code),
        output_field=TextField(),
    )


class CodeNames:
    """Names of parties by their codes, for running text: read at the first question."""

    @cached_property
    def by_code(self) -> dict[str, str]:
        """Every party: one query."""
        return dict(Party.objects.annotate(said=party_named("")).values_list("code", "said"))

    def __call__(self, code: str) -> str:
        """The name of a party; the code itself where nothing is known of it."""
        return self.by_code.get(code, code)


class SupposedNames(CodeNames):
    """The same, for an act that is made up: who is not named is said by what part it has."""

    def __call__(self, code: str) -> str:
        """The name of a party, or "the party", "the addressee", "party no. 3"."""
        if code == THE_PARTY:
            return gettext("the party")
        if code == THE_ADDRESSEE:
            return gettext("the addressee")
        if code.startswith(ANOTHER):
            return gettext("party no. %(number)s") % {"number": code.removeprefix(ANOTHER)}
        return super().__call__(code)


def party_sorted(path: str) -> Coalesce:
    """The key by which the party at ``path`` is sorted in the reader's language."""
    key, code = (path, f"{path}__code") if path else ("pk", "code")
    return Coalesce(
        _column(key, get_language() or FALLBACK, "sort_key"),
        _column(key, FALLBACK, "sort_key"),
        F(code),
        output_field=TextField(),
    )


def _column(key: str, language: str, column: str) -> Subquery:
    names = PartyName.objects.filter(party=OuterRef(key), language=language)
    return Subquery(names.values(column)[:1])
