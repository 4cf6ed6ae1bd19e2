"""What the fields of one act must agree in, as data: each rule looks at the fields alone.

Sentences are message ids, whole and without placeholders; the doors translate them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

Fields = Mapping[str, Any]


@dataclass(frozen=True)
class Fault:
    """What does not agree: the field at which it is said, a code, and the sentence."""

    field: str
    code: str
    sentence: str


class Rule(Protocol):
    """One agreement between the fields; ``target`` is the kind of the act referred to, or empty."""

    def fault(self, fields: Fields, target: str) -> Fault | None:
        """What stands against the fields, or None."""


@dataclass(frozen=True)
class NeededWhen:
    """``field`` is required where the field ``given`` is filled, or has the ``value`` named."""

    field: str
    given: str
    sentence: str
    value: str = ""

    def fault(self, fields: Fields, target: str) -> Fault | None:  # noqa: ARG002
        """Missing where it is needed."""
        has = fields.get(self.given)
        is_called_for = has == self.value if self.value else bool(has)
        if is_called_for and not fields.get(self.field):
            return Fault(self.field, "missing-field", self.sentence)
        return None


@dataclass(frozen=True)
class OnlyWhen:
    """``field`` stands only where the field ``given`` has the ``value`` named."""

    field: str
    given: str
    value: str
    sentence: str

    def fault(self, fields: Fields, target: str) -> Fault | None:  # noqa: ARG002
        """Filled where it has no place."""
        if fields.get(self.field) and fields.get(self.given) != self.value:
            return Fault(self.field, "out-of-place", self.sentence)
        return None


@dataclass(frozen=True)
class OnlyOn:
    """``field`` stands only where the act refers to one of these kinds."""

    field: str
    targets: tuple[str, ...]
    sentence: str

    def fault(self, fields: Fields, target: str) -> Fault | None:
        """Filled where it has no place."""
        if fields.get(self.field) and target not in self.targets:
            return Fault(self.field, "out-of-place", self.sentence)
        return None


@dataclass(frozen=True)
class OneOf:
    """Exactly one of the fields is filled."""

    fields: tuple[str, ...]
    missing: str
    too_many: str

    def fault(self, fields: Fields, target: str) -> Fault | None:  # noqa: ARG002
        """None of them, or more than one."""
        filled = [name for name in self.fields if fields.get(name)]
        if not filled:
            return Fault(self.fields[0], "missing-field", self.missing)
        if len(filled) > 1:
            return Fault(filled[1], "out-of-place", self.too_many)
        return None


@dataclass(frozen=True)
class NotBefore:
    """The day of ``field`` is not before that of ``first``; ISO dates compare as text."""

    field: str
    first: str
    sentence: str

    def fault(self, fields: Fields, target: str) -> Fault | None:  # noqa: ARG002
        """A period that ends before it begins."""
        end, begin = fields.get(self.field), fields.get(self.first)
        if end and begin and end < begin:
            return Fault(self.field, "ends-before-it-begins", self.sentence)
        return None
