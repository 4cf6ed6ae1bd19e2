"""What administrators have saved or imported: a later load of the library leaves it as it is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from notifications.clauses.parties import PartyRecord
from notifications.clauses.treaty import TreatyFile
from notifications.models import Event, Party, Succession, Treaty

_SAVED: Final = ("party-saved", "treaty-saved", "participation-saved", "succession-saved")
_IMPORTED: Final = "registry-imported"

Pair = tuple[str, str]


@dataclass(frozen=True)
class ByHand:
    """Parties by code, treaties by slug, participations by both, successions by the two codes."""

    parties: frozenset[str] = frozenset()
    treaties: frozenset[str] = frozenset()
    participations: frozenset[Pair] = frozenset()
    successions: frozenset[Pair] = frozenset()

    def left_in(self, records: Sequence[PartyRecord]) -> list[PartyRecord]:
        """What of a party file is still the library's to say."""
        return [
            replace(
                record,
                successors=tuple(
                    said
                    for said in record.successors
                    if (record.code, said.new) not in self.successions
                ),
            )
            for record in records
            if record.code not in self.parties
        ]

    def keeps_participation(self, treaty: str, party: str) -> bool:
        """Whether the participations of this party in this treaty are kept."""
        return (treaty, party) in self.participations

    def kept_of(self, files: Iterable[TreatyFile]) -> int:
        """How many of the participations kept belong to these files."""
        slugs = {file.id for file in files}
        return sum(treaty in slugs for treaty, _party in self.participations)


def by_hand() -> ByHand:
    """Read it from the register: four queries."""
    found: dict[str, set[Any]] = {kind: set() for kind in (*_SAVED, "parties", "treaties", "pairs")}
    events = Event.objects.filter(act__in=(*_SAVED, _IMPORTED))
    for act, record, text in events.values_list("act", "record", "body"):
        body = json.loads(text)
        if act == _IMPORTED:
            _note_import(found, body)
        elif act == "participation-saved":
            found["pairs"].add((body["treaty"], body["party"]))
        else:
            found[act].add(int(record.partition(":")[2]))
    saved = found["party-saved"], found["treaty-saved"], found["succession-saved"]
    parties = Party.objects.filter(pk__in=saved[0]).values_list("code", flat=True)
    treaties = Treaty.objects.filter(pk__in=saved[1]).values_list("slug", flat=True)
    successions = Succession.objects.filter(pk__in=saved[2])
    return ByHand(
        parties=frozenset(found["parties"] | set(parties)),
        treaties=frozenset(found["treaties"] | set(treaties)),
        participations=frozenset(found["pairs"]),
        successions=frozenset(successions.values_list("old__code", "new__code")),
    )


def _note_import(found: dict[str, set[Any]], body: dict[str, Any]) -> None:
    """The records that an import entered or changed, under the names that its event gives them."""
    names = [name for name, _values in body["records"]]
    if body["kind"] in {"parties", "treaties"}:
        found[body["kind"]].update(names)
    elif body["kind"] == "participations":
        found["pairs"].update(tuple(name.split(" ", 1)) for name in names)
