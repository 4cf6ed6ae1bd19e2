"""YAML files read strictly, with the line of every key.

Only ``true`` and ``false`` are booleans, ``YYYY-MM-DD`` is a date, and on/off/yes/no stay text.
Duplicate keys, keys that are not text, half characters, anchors, aliases and foreign tags are
refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml
from yaml.composer import Composer
from yaml.cyaml import CParser  # type: ignore[attr-defined]  # its types forget to export it
from yaml.resolver import BaseResolver

from notifications.errors import BadFileError, Problem

KeyPath = tuple[str | int, ...]

_CORE = "tag:yaml.org,2002:"


@dataclass(frozen=True)
class Document:
    """One file as read: plain data (dict, list, str, int, float, bool, date, datetime, None).

    ``lines`` holds the line of every key and list item by its path, as in ``("clauses", 0, "id")``;
    ``problems`` holds what was already wrong with the YAML itself.
    """

    path: Path
    data: object
    lines: Mapping[KeyPath, int]
    problems: tuple[Problem, ...] = ()

    def line_of(self, at: KeyPath) -> int | None:
        """The line of a key path, or of its nearest parent where the key is missing."""
        while at and at not in self.lines:
            at = at[:-1]
        return self.lines.get(at)

    def problem(self, at: KeyPath, sentence: str) -> Problem:
        """A problem at this key path, with file, line and a key that a person can find."""
        return Problem(str(self.path), self.line_of(at), key_name(self.data, at), sentence)


def key_name(data: object, at: KeyPath) -> str:
    """A key path as people write it: ``clauses[xv-2].count[0].add``."""
    name = ""
    for key in at:
        data = _child(data, key)
        if isinstance(key, int):
            name += f"[{_item_name(data, key)}]"
        else:
            name += f".{key}" if name else key
    return name


def read_yaml(path: Path) -> Document:
    """Read a file.

    Raises BadFileError with every problem of the YAML itself, and where it cannot be read at all.
    """
    document = scan_yaml(path)
    if document.problems:
        raise BadFileError(list(document.problems))
    return document


def scan_yaml(path: Path) -> Document:
    """As ``read_yaml``, but faults that leave the rest readable stand in ``Document.problems``.

    A reader of one kind of file adds its own problems to them, so that all come in one report.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        reason = f"The file cannot be read: {error.strerror}."
        raise BadFileError([Problem(str(path), None, "", reason)]) from error
    except UnicodeDecodeError as error:
        reason = "The file is not UTF-8 text."
        raise BadFileError([Problem(str(path), None, "", reason)]) from error
    return scan_text(text, path)


def scan_text(text: str, path: Path) -> Document:
    """As ``scan_yaml``, of a text that is no file (yet); ``path`` is what problems call it."""
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        builder = _Builder(path)
        data = None if node is None else builder.build(node, ())
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        what = ", ".join(part for part in (error.context, error.problem) if part)
        reason = f"The file is not well-formed YAML: {what}."
        raise BadFileError([Problem(str(path), line, "", reason)]) from error
    except (yaml.YAMLError, UnicodeError) as error:  # half a character is none of UTF-8
        reason = "The file holds a character that YAML does not allow."
        raise BadFileError([Problem(str(path), None, "", reason)]) from error
    except RecursionError as error:
        reason = "The file is nested too deeply."
        raise BadFileError([Problem(str(path), None, "", reason)]) from error
    return Document(path, data, builder.lines, tuple(builder.finish(data)))


class _Loader(Composer, CParser, BaseResolver):
    """PyYAML's parser in C (eight times as fast as the other one) with our own few plain values."""

    yaml_implicit_resolvers = {}  # noqa: RUF012  # PyYAML copies it when the first one is added

    def __init__(self, text: str) -> None:
        CParser.__init__(self, text)
        Composer.__init__(self)
        BaseResolver.__init__(self)

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event: Any = self.peek_event()
        if getattr(event, "anchor", None):
            raise yaml.composer.ComposerError(
                None, None, "anchors and aliases are not read", event.start_mark
            )
        return super().compose_node(parent, index)


_PLAIN = {
    "null": (r"~|null|", ["~", "n", ""]),
    "bool": (r"true|false", ["t", "f"]),
    "int": (r"[-+]?(0|[1-9][0-9]{0,17})", list("-+0123456789")),
    "float": (r"[-+]?[0-9]+\.[0-9]*([eE][-+]?[0-9]+)?", list("-+0123456789")),
    "timestamp": (
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2})?[ ]?(Z|[-+]\d{2}:?\d{2})?)?",
        list("0123456789"),
    ),
}
for _name, (_pattern, _first) in _PLAIN.items():
    _Loader.add_implicit_resolver(_CORE + _name, re.compile(rf"(?:{_pattern})\Z"), _first)


class _Builder:
    """Turns YAML nodes into plain data and notes lines and faults on the way."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines: dict[KeyPath, int] = {}
        self._faults: list[tuple[KeyPath, int, str]] = []

    def build(self, node: yaml.Node, at: KeyPath) -> object:
        self.lines.setdefault(at, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            self._expect(node, at, "map")
            return self._mapping(node, at)
        if isinstance(node, yaml.SequenceNode):
            self._expect(node, at, "seq")
            return [self.build(item, (*at, index)) for index, item in enumerate(node.value)]
        return self._scalar(node, at)

    def finish(self, data: object) -> list[Problem]:
        return [
            Problem(str(self.path), line, key_name(data, at), sentence)
            for at, line, sentence in self._faults
        ]

    def _mapping(self, node: yaml.MappingNode, at: KeyPath) -> dict[str, object]:
        result: dict[str, object] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if key_node.tag != _CORE + "str":
                self._faults.append((at, line, f"The key {_shown(key_node)} is not text."))
                continue
            key = str(key_node.value)
            if key in result:
                first = self.lines[*at, key]
                sentence = f"The key stands twice, first in line {first}."
                self._faults.append(((*at, key), line, sentence))
                continue
            self.lines[*at, key] = line
            result[key] = self.build(value_node, (*at, key))
        return result

    def _scalar(self, node: yaml.Node, at: KeyPath) -> object:
        text = str(node.value)
        match node.tag.removeprefix(_CORE):
            case "null":
                return None
            case "bool" if text in {"true", "false"}:
                return text == "true"
            case "str":
                return text
            case "int" | "float" | "timestamp" as kind:
                return self._value(kind, text, node, at)
        sentence = f"The tag {node.tag.removeprefix(_CORE)} is not read here."
        self._faults.append((at, node.start_mark.line + 1, sentence))
        return text

    def _value(self, kind: str, text: str, node: yaml.Node, at: KeyPath) -> object:
        try:
            if kind == "int":
                return int(text)
            if kind == "float":
                return float(text)
            return plain_date(text)
        except ValueError:
            kinds = {"int": "whole number", "float": "number", "timestamp": "date of the calendar"}
            line = node.start_mark.line + 1
            self._faults.append((at, line, f'"{text}" is no {kinds[kind]}.'))
            return None

    def _expect(self, node: yaml.Node, at: KeyPath, kind: str) -> None:
        if node.tag != _CORE + kind:
            name = node.tag.removeprefix(_CORE)
            self._faults.append((at, node.start_mark.line + 1, f"The tag {name} is not read here."))


def plain_date(text: str) -> date | datetime:
    """A date (``2020-05-22``) or an instant (``2022-02-11 10:00Z``) as files write it.

    Raises ValueError where the calendar or the clock has no such moment.
    """
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return date.fromisoformat(text)
    return datetime.fromisoformat(text.replace(" Z", "Z").replace(" +", "+").replace(" -", "-"))


def _child(data: object, key: str | int) -> object:
    if isinstance(data, dict) and isinstance(key, str):
        return data.get(key)
    if isinstance(data, list) and isinstance(key, int) and key < len(data):
        return data[key]
    return None


def _item_name(item: object, index: int) -> str:
    if isinstance(item, dict):
        for key in ("id", "party", "code"):
            if isinstance(item.get(key), str):
                return str(item[key])
    return str(index)


def _shown(node: yaml.Node) -> str:
    return f'"{node.value}"' if isinstance(node, yaml.ScalarNode) else "of a mapping"
