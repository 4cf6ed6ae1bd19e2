"""The cases of ``sentences.yaml``: a clause, its facts, and what is told of them.

``facts`` uses the names of clauses.md: ``given``, ``received`` (by code; a date or an instant in
UTC, as in 2022-02-11 10:00), ``circulated``, ``registered``, ``informed``, ``consented`` and
``entered`` (by code), ``in_force`` (else that of the file), ``stated`` (fields of the act),
``yielded`` (by clause), ``acts`` that refer to this one (act, party, day), ``conflict`` (from,
until), ``overridden`` (made on, to, reason), ``run_from``, ``sender`` and ``bearer``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import yaml

from notifications.clauses.choosing import DEFAULT_EXIT, compute_all, with_default_exit
from notifications.clauses.compute import compute
from notifications.clauses.facts import Facts, Lasting, Override, ReceiptFact, ReferringAct
from notifications.clauses.instants import Moment, day_of
from notifications.clauses.loader import PartyRecord, load_party_file, load_treaty_directory
from notifications.clauses.reading import parse_clause
from notifications.clauses.results import Result
from notifications.clauses.treaty import TreatyFile
from notifications.services.library import PARTIES, TREATIES

SENTENCES: Final = Path(__file__).with_name("sentences.yaml")
ENGLISH: Final = "en"


@dataclass(frozen=True)
class Library:
    """The treaties and the names of the parties, as they come with the product."""

    treaties: Mapping[str, TreatyFile]
    parties: Mapping[str, PartyRecord]

    def name_of(self, code: str, language: str) -> str:
        """A party as it is named within a sentence."""
        record = self.parties[code]
        return record.in_text.get(language) or record.names[language]


def read_library() -> Library:
    parties = {record.code: record for record in load_party_file(PARTIES)}
    files = load_treaty_directory(TREATIES, known_parties=parties)
    return Library({file.id: file for file in files}, parties)


def read_cases() -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = yaml.safe_load(SENTENCES.read_text(encoding="utf-8"))
    return cases


def result_of(case: Mapping[str, Any], library: Library) -> Result:
    """What the clause of a case yields; without one, what stands in for it."""
    if "rule" in case:
        return compute(parse_clause(case["rule"]), _facts(case["facts"], None))
    treaty = library.treaties[case["treaty"]]
    facts = _facts(case["facts"], treaty)
    if "clause" not in case:
        return compute_all(with_default_exit(treaty.clauses), facts)[DEFAULT_EXIT.id]
    return compute(next(one for one in treaty.clauses if one.id == case["clause"]), facts)


def _facts(known: Mapping[str, Any], treaty: TreatyFile | None) -> Facts:
    zone = treaty.zone if treaty else "UTC"
    return Facts(
        given_on=known["given"],
        zone=zone,
        depositaries=frozenset(treaty.depositaries if treaty else ("CAN",)),
        addressees=None,
        receipts=tuple(
            _receipt(by, _moment(at), zone) for by, at in known.get("received", {}).items()
        ),
        circulated_on=known.get("circulated"),
        registered_on=known.get("registered"),
        informed=known.get("informed", {}),
        consents=known.get("consented", {}),
        in_force_on=known.get("in_force", treaty.in_force if treaty else None),
        entries=known.get("entered", {}),
        stated={name: _moment(at) for name, at in known.get("stated", {}).items()},
        yielded=known.get("yielded", {}),
        articles={clause.id: clause.article for clause in treaty.clauses} if treaty else {},
        referring=tuple(ReferringAct(*row) for row in known.get("acts", [])),
        lasting=_conflict(*known["conflict"]) if "conflict" in known else (),
        overridden_to=(Override(*known["overridden"]),) if "overridden" in known else (),
        run_from=known.get("run_from"),
        sender=known.get("sender", ""),
        bearer=known.get("bearer", ""),
    )


def _receipt(by: str, at: Moment, zone: str) -> ReceiptFact:
    return ReceiptFact(by, day_of(at, zone), at=at if isinstance(at, datetime) else None)


def _conflict(began: date, until: date | None = None) -> tuple[Lasting, ...]:
    return (Lasting("armed-conflict", began, until),)


def _moment(value: date | str) -> Moment:
    if isinstance(value, str):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    return value
