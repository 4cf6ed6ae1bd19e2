"""Files held against the JSON Schema: what it refuses, in our own sentences.

The reader tells most faults better; what it has told is not said again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from math import isfinite
from typing import Final

from jsonschema_rs import Draft202012Validator, ValidationError

from notifications.clauses.documents import Document, KeyPath, key_name
from notifications.clauses.json_schema import clause_schema, treaty_schema
from notifications.clauses.sections import Fault

_NO_VALUE: Final = "This key has no value."
_KINDS_OF_VALUE: Final = {
    "string": "Text must stand here.",
    "array": "A list must stand here.",
    "object": "Keys with values must stand here.",
    "boolean": "Only true or false may stand here.",
    "integer": "A whole number must stand here.",
}
_WAYS: Final = (
    "A clause counts in one way: starts with count, starts with opens and closes, later_of, or "
    "earlier_of."
)


def treaty_violations(document: Document, told: Collection[Fault]) -> list[Fault]:
    """What of a treaty file the schema refuses and the reader has not ``told``."""
    return _untold(document, told, _violations(document.data, _treaty_validator()))


def clause_violations(document: Document, told: Collection[Fault]) -> list[Fault]:
    """As ``treaty_violations``, of a clause that stands by itself."""
    return _untold(document, told, _violations(document.data, _clause_validator()))


@cache
def _treaty_validator() -> Draft202012Validator:
    return Draft202012Validator(treaty_schema())


@cache
def _clause_validator() -> Draft202012Validator:
    return Draft202012Validator(clause_schema())


def _violations(data: object, validator: Draft202012Validator) -> list[Fault]:
    plain = _plain(data)
    try:
        if validator.is_valid(plain):
            return []
        return [fault for error in validator.iter_errors(plain) for fault in _faults_of(error)]
    except ValueError:  # its own limit of depth
        return [Fault((), "The file is nested too deeply.")]


def _plain(value: object) -> object:
    """The data as JSON has it: dates and instants in ISO 8601."""
    match value:
        case Mapping():
            return {key: _plain(item) for key, item in value.items()}
        case list():
            return [_plain(item) for item in value]
        case date():
            return value.isoformat()
        case float() if not isfinite(value):
            return str(value)
    return value


def _untold(document: Document, told: Collection[Fault], found: Iterable[Fault]) -> list[Fault]:
    """Those at, above and beneath whose places nothing has been told yet."""
    places = [fault.at for fault in told]
    names = [problem.key for problem in document.problems]
    untold: dict[KeyPath, Fault] = {}
    for fault in found:
        name = key_name(document.data, fault.at)
        is_told = any(_is_one_way(fault.at, place) for place in places)
        if not is_told and not any(_is_within(name, other) for other in names):
            untold.setdefault(fault.at, fault)
    return list(untold.values())


def _is_one_way(one: KeyPath, other: KeyPath) -> bool:
    """Whether one of the two places lies at or beneath the other."""
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _is_within(one: str, other: str) -> bool:
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return longer.startswith(shorter) and longer[len(shorter) : len(shorter) + 1] in {"", ".", "["}


def _faults_of(error: ValidationError) -> Iterator[Fault]:
    at: KeyPath = tuple(error.instance_path)
    said: Mapping[str, object] = error.kind.as_dict()
    match error.kind.name:
        case "required":
            yield Fault((*at, str(said["property"])), "This key is required.")
        case "additionalProperties":
            for key in _texts(said["unexpected"]):
                yield Fault((*at, key), f'The key "{key}" is unknown.')
        case "propertyNames":
            yield Fault(at, "One of these keys is no name that may stand here.")
        case "anyOf" if at == () or at[-2:-1] == ("clauses",):
            yield Fault(at, _WAYS)
        case "anyOf":
            yield from _nearest(at, said["context"], error.instance)
        case kind:
            tell = _SENTENCES.get(kind)
            yield Fault(at, tell(said, error.instance) if tell else "This may not stand here.")


def _nearest(at: KeyPath, context: object, value: object) -> Iterator[Fault]:
    """Of several forms the faults of the one that was meant: it has the keys, or the kind."""
    forms = [list(form) for form in context] if isinstance(context, list) else []
    meant = [form for form in forms if not any(_is_another_form(error, at) for error in form)]
    if len(meant) != 1:
        sentence = _NO_VALUE if value is None else "This is none of the forms that may stand here."
        yield Fault(at, sentence)
        return
    for error in meant[0]:
        yield from _faults_of(error)


def _is_another_form(error: ValidationError, at: KeyPath) -> bool:
    return tuple(error.instance_path) == at and error.kind.name in {"required", "type"}


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _kind_of_value(said: Mapping[str, object], value: object) -> str:
    kinds = _texts(said["types"])
    if value is None:
        return _NO_VALUE
    return next((_KINDS_OF_VALUE[kind] for kind in kinds if kind in _KINDS_OF_VALUE), _NO_VALUE)


_SENTENCES: Final[dict[str, Callable[[Mapping[str, object], object], str]]] = {
    "type": _kind_of_value,
    "enum": lambda said, value: f'"{value}" is none of: {", ".join(_texts(said["options"]))}.',
    "pattern": lambda _said, value: f'"{value}" is not written as this key asks.',
    "minItems": lambda said, _value: f"At least {said['limit']} must stand here.",
    "minProperties": lambda _said, _value: _NO_VALUE,
    "maxLength": lambda said, _value: f"This is longer than {said['limit']} characters.",
    "uniqueItems": lambda _said, _value: "One of these stands twice.",
    "minimum": lambda said, _value: f"This is less than {said['limit']}.",
    "maximum": lambda said, _value: f"This is more than {said['limit']}.",
    "falseSchema": lambda _said, _value: "This key has no place beside the others.",
}
