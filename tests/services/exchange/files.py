"""Files for the tests of the exchange, and the few ways in which every test imports one."""

from __future__ import annotations

from typing import Any

import pytest

from notifications.errors import BadFileError
from notifications.services.exchange import ImportPlan, apply_import, plan_import
from tests.factories import NOW

Found = list[tuple[int | None, str, str]]


def file_of(*lines: str) -> bytes:
    """The lines of a file as bytes."""
    return "\r\n".join(lines).encode()


def dry(kind: str, *lines: str, **other: Any) -> ImportPlan:
    """What an import by the command line would do."""
    return plan_import(kind, file_of(*lines), file="a.csv", **{"actor": None, "now": NOW, **other})


def bring(kind: str, *lines: str, **other: Any) -> ImportPlan:
    """An import by the command line."""
    given: dict[str, Any] = {"actor": None, "now": NOW, "reason": "for a test", **other}
    return apply_import(kind, file_of(*lines), file="a.csv", **given)


def problems_of(kind: str, *lines: str, **other: Any) -> Found:
    """Every problem for which a file is refused: line, column, sentence."""
    with pytest.raises(BadFileError) as refused:
        bring(kind, *lines, **other)
    return [(found.line, found.key, found.sentence) for found in refused.value.problems]


def places(found: Found) -> list[tuple[int | None, str]]:
    """Where they are, without their sentences."""
    return [(line, column) for line, column, _sentence in found]
