"""Names of parties in the reader's language: one query a page, whatever it shows."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from django.db.models import FilteredRelation, Q
from django.http import HttpRequest
from django.utils.translation import get_language

from notifications.models import Party

FALLBACK = "en"


class Named(NamedTuple):
    """A party with its name and the key it is sorted by."""

    sort_key: str
    name: str
    code: str
    pk: int


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
        ).values_list("pk", "code", "spoken__language", "spoken__name", "spoken__sort_key")
        known: dict[int, Named] = {}
        for pk, code, language, name, sort_key in rows:
            if pk not in known or language == self.language:
                known[pk] = Named(sort_key or code, name or code, code, pk)
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
        """Their names, sorted, with commas between."""
        return ", ".join(named.name for named in self.sort(party_ids))


def party_names(request: HttpRequest) -> PartyNames:
    """The names for this request, shared by the view and its templates."""
    language = get_language() or FALLBACK
    names: PartyNames = request.__dict__.setdefault("_party_names", PartyNames(language))
    return names
