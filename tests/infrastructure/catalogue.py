"""A catalogue of GNU gettext, read: its texts (.po), and what was compiled of them (.mo)."""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

CONTEXT = "\x04"
_LINE = re.compile(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[(\d)\])?) (".*")')


@dataclass
class Text:
    """One text: its id with its context, its plural, its flags and its translations."""

    id: str = ""
    context: str = ""
    plural: str = ""
    flags: set[str] = field(default_factory=set)
    said: dict[int, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """As a compiled catalogue has it."""
        return f"{self.context}{CONTEXT}{self.id}" if self.context else self.id

    @property
    def is_translated(self) -> bool:
        """Every form of it."""
        return all(self.said.get(number) for number in range(2 if self.plural else 1))


def read_texts(file: Path) -> list[Text]:
    """The texts of a .po, but its header."""
    blocks = file.read_text(encoding="utf-8").split("\n\n")
    return [text for block in blocks if (text := _text(block)).id]


def _text(block: str) -> Text:
    text = Text()
    for name, number, value in _fields(block):
        if name == "flags":
            text.flags |= set(value.split(", "))
        elif name.startswith("msgstr"):
            text.said[int(number or 0)] = value
        else:
            setattr(text, {"msgctxt": "context", "msgid": "id"}.get(name, "plural"), value)
    return text


def _fields(block: str) -> Iterator[tuple[str, str, str]]:
    """Names, numbers and values; a value may go on in further lines."""
    found: list[tuple[str, str, str]] = []
    for line in block.splitlines():
        if line.startswith("#,"):
            found.append(("flags", "", line[2:].strip()))
        elif match := _LINE.fullmatch(line):
            found.append((match[1], match[2] or "", ast.literal_eval(match[3])))
        elif line.startswith('"'):
            name, number, value = found.pop()
            found.append((name, number, value + ast.literal_eval(line)))
    return iter(found)


def read_compiled(file: Path) -> dict[str | tuple[str, int], str]:
    """The texts of a .mo by id (of a plural: id and number), but its header."""
    with file.open("rb") as stream:
        known = gettext.GNUTranslations(stream)
    compiled: dict[str | tuple[str, int], str] = vars(known)["_catalog"]
    return {key: said for key, said in compiled.items() if key}
