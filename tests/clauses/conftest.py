"""What the tests of the engine build: clauses, facts and treaty files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from notifications.clauses.facts import Facts, ReceiptFact
from notifications.clauses.loader import load_treaty_file
from notifications.clauses.reading import parse_clause
from notifications.clauses.schema import Clause
from notifications.clauses.treaty import TreatyFile
from notifications.errors import BadFileError, Problem


@pytest.fixture
def make_clause() -> Callable[..., Clause]:
    """An effect of a withdrawal, at once, unless keys say otherwise (None leaves a key out)."""

    def make(**keys: object) -> Clause:
        data: dict[str, object] = {
            "id": "xv-2",
            "article": "XV(2)",
            "governs": "withdrawal",
            "starts": "given",
            "count": [],
            "yields": "effect",
            **keys,
        }
        return parse_clause({key: value for key, value in data.items() if value is not None})

    return make


@pytest.fixture
def make_facts() -> Callable[..., Facts]:
    """A note under a treaty with two depositaries; receipts as code=date pairs."""

    def make(given_on: str, *, receipts: dict[str, str] | None = None, **keys: object) -> Facts:
        received = tuple(
            ReceiptFact(by, date.fromisoformat(day)) for by, day in (receipts or {}).items()
        )
        values: dict[str, object] = {
            "zone": "UTC",
            "depositaries": frozenset({"CAN", "HUN"}),
            "addressees": None,
            **keys,
        }
        for key in ("circulated_on", "effective_on"):
            if isinstance(values.get(key), str):
                values[key] = date.fromisoformat(str(values[key]))
        return Facts(given_on=date.fromisoformat(given_on), receipts=received, **values)  # type: ignore[arg-type]

    return make


TREATY = """\
id: lake-pact
title: Pact on the Lake
depositaries: [CAN]
zone: UTC
clauses:
  - id: art-9
    article: Art. 9
    governs: withdrawal
    starts: given
    count: [{add: P6M}]
    yields: effect
"""


KNOWN = ("CAN", "HUN", "RUS", "USA")


@pytest.fixture
def treaty_text() -> str:
    """A sound treaty file, for tests that spoil it."""
    return TREATY


@pytest.fixture
def load(tmp_path: Path) -> Callable[[str], TreatyFile]:
    """Load a treaty file of this text."""

    def load_text(text: str) -> TreatyFile:
        path = tmp_path / "lake-pact.yaml"
        path.write_text(text, encoding="utf-8")
        return load_treaty_file(path, known_parties=KNOWN)

    return load_text


@pytest.fixture
def problems_of(load: Callable[[str], TreatyFile]) -> Callable[[str], list[Problem]]:
    """The problems for which a treaty file of this text is refused."""

    def problems(text: str) -> list[Problem]:
        with pytest.raises(BadFileError) as refusal:
            load(text)
        return refusal.value.problems

    return problems
