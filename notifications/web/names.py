"""Names of parties in the reader's language: one query a page, whatever it shows."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from django.db.models import FilteredRelation, Q
from django.http import HttpRequest
from django.utils.translation import get_language, gettext

from notifications.emails.words import enumerated, joined, listed
from notifications.models import Party

FALLBACK = "en"


class Named(NamedTuple):
    """A party with its name, the key it is sorted by, and the name as running text has it."""

    sort_key: str
    name: str
    code: str
    pk: int
    in_text: str


class PartyNames:
    """All names in one language, English where there is none, read at the first question."""

    def __init__(self, language: str) -> None:
        self.language = language

    @cached_property
    def by_id(self) -> dict[int, Named]:
        """Every party by its key."""
        spoken = Q(names__language__in={self.language, FALLBACK})
        rows = Party.objects.annotate(
            spoken=FilteredRelation("names", condition=spoken)
        ).values_list(
            "pk",
            "code",
            "spoken__language",
            "spoken__name",
            "spoken__sort_key",
            "spoken__in_text",
        )
        known: dict[int, Named] = {}
        for pk, code, language, name, sort_key, in_text in rows:
            if pk not in known or language == self.language:
                named = name or code
                known[pk] = Named(sort_key or code, named, code, pk, in_text or named)
        return known

    @cached_property
    def by_code(self) -> dict[str, Named]:
        """Every party by its code."""
        return {named.code: named for named in self.by_id.values()}

    def of(self, party_id: int) -> str:
        """The name of a party, by its key."""
        return self.by_id[party_id].name

    def of_code(self, code: str) -> str:
        """The name of a party, by its code; the code itself where nothing is known of it."""
        named = self.by_code.get(code)
        return named.name if named else code

    def sort(self, party_ids: Iterable[int]) -> list[Named]:
        """The parties in the order of the reader's language."""
        return sorted(self.by_id[party_id] for party_id in party_ids)

    def listed(self, party_ids: Iterable[int]) -> str:
        """Their names, sorted, one after another."""
        return enumerated(named.name for named in self.sort(party_ids))

    def said(self, party_id: int) -> str:
        """The name of a party as running text has it, as "the United States of America"."""
        return self.by_id[party_id].in_text

    def said_of_code(self, code: str) -> str:
        """The same, by its code."""
        named = self.by_code.get(code)
        return named.in_text if named else code

    def said_all(self, party_ids: Iterable[int]) -> str:
        """Several in running text, as "Canada, France and Germany"."""
        return listed(self._said_sorted(party_ids))

    def said_any(self, party_ids: Iterable[int]) -> str:
        """One of several in running text, as "Canada or Hungary"."""
        return joined(self._said_sorted(party_ids), gettext("%(others)s or %(last)s"))

    def _said_sorted(self, party_ids: Iterable[int]) -> list[str]:
        return [named.in_text for named in self.sort(party_ids)]


def party_names(request: HttpRequest) -> PartyNames:
    """The names for this request, shared by the view and its templates."""
    language = get_language() or FALLBACK
    names: PartyNames = request.__dict__.setdefault("_party_names", PartyNames(language))
    return names
