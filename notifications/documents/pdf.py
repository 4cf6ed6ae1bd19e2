"""PDFs that are papers and nothing more: no script, no action, no file inside.

Every object is looked at, those inside object streams included, whatever refers to it; then the
bytes themselves, for what an earlier revision of the file left behind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from django.utils.translation import gettext, gettext_noop
from pypdf import PdfReader
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NullObject,
    PdfObject,
    StreamObject,
)

from notifications.errors import RuleBrokenError

MOST_OBJECTS: Final = 200_000
BLOCK: Final = 1 << 20

SCRIPT = gettext_noop("The PDF holds a script. Print it to a new PDF, or scan the paper anew.")
ACTION = gettext_noop(
    "The PDF would do something when it is opened or clicked, such as start a program. Print it to "
    "a new PDF, or scan the paper anew."
)
INSIDE = gettext_noop(
    "The PDF holds another file inside it. Give that file for itself, or print the PDF to a new "
    "one."
)
LOCKED = gettext_noop(
    "The PDF is protected by a password or encrypted, so that nobody can look into it. Save it "
    "without protection."
)
BROKEN = gettext_noop("The file begins like a PDF and cannot be read as one: it may be damaged.")

REFUSED_KEYS: Final[dict[str, str]] = {
    "/JavaScript": SCRIPT,
    "/JS": SCRIPT,
    "/XFA": SCRIPT,
    "/EmbeddedFile": INSIDE,
    "/EmbeddedFiles": INSIDE,
    "/EF": INSIDE,
    "/RichMediaContent": INSIDE,
}
# What an action may do that is more than to turn to a page of the same paper or to name an address.
REFUSED_ACTIONS: Final[dict[str, str]] = {
    "/JavaScript": SCRIPT,
    **dict.fromkeys(
        (
            "/Launch",
            "/SubmitForm",
            "/ImportData",
            "/GoToE",
            "/GoToR",
            "/Rendition",
            "/RichMediaExecute",
        ),
        ACTION,
    ),
}
REFUSED_TYPES: Final[dict[str, str]] = {"/EmbeddedFile": INSIDE}
TURNS_A_PAGE: Final = ("/GoTo", "/GoTo3DView")


def _spelt(name: str) -> bytes:
    """A name in every spelling that PDF has for it: each character also as # and two digits."""
    spelt = b"".join(b"(?:%s|(?i:#%02x))" % (char.encode(), ord(char)) for char in name)
    return b"/" + spelt + rb"(?=[\s/<>\[\]()%]|$)"


# Long names alone: in 20 MB of compressed data a short one is found by chance.
LEFT_BEHIND: Final = {
    re.compile(_spelt("JavaScript")): SCRIPT,
    re.compile(_spelt("Launch")): ACTION,
    re.compile(_spelt("EmbeddedFile")): INSIDE,
}


def refuse_active_pdf(file: BinaryIO) -> None:
    """Raise RuleBrokenError for a PDF that does more than show pages, or that cannot be read."""
    try:
        refused = _found(file)
    except Exception:  # noqa: BLE001 - whatever a hostile file makes of its reader, it is refused
        refused = BROKEN
    if refused:
        raise RuleBrokenError(gettext(refused))


def _found(file: BinaryIO) -> str:
    """What stands against the file, or nothing."""
    file.seek(0)
    reader = PdfReader(file)
    if reader.is_encrypted:
        return LOCKED
    if not reader.pages:
        return BROKEN
    for value in _objects(reader):
        if refused := _in_object(value):
            return refused
    return _in_bytes(file)


def _objects(reader: PdfReader) -> Iterator[PdfObject]:
    """The trailer and every object of the file; what was looked at is let go again."""
    yield reader.trailer
    numbers = [(number, 0) for number in reader.xref_objStm]
    numbers += [(number, gen) for gen, table in reader.xref.items() for number in table]
    if len(numbers) > MOST_OBJECTS:
        raise ValueError("more objects than a paper has")
    for number, generation in numbers:
        value = reader.get_object(IndirectObject(number, generation, reader))
        if value is None or isinstance(value, NullObject):
            continue
        yield value
        if isinstance(value, StreamObject) and value.get("/Type") != "/ObjStm":
            reader.resolved_objects.pop((generation, number), None)


def _in_object(root: PdfObject) -> str:
    """What stands against one object with what it holds directly."""
    waiting: list[Any] = [root]
    while waiting:
        value = waiting.pop()
        if isinstance(value, DictionaryObject):
            if refused := _in_dictionary(value):
                return refused
            waiting.extend(dict.values(value))
        elif isinstance(value, ArrayObject):
            waiting.extend(list.__iter__(value))
    return ""


def _in_dictionary(value: DictionaryObject) -> str:
    for key in value:
        if refused := REFUSED_KEYS.get(str(key)):
            return refused
    kind, does = str(value.get("/Type", "")), str(value.get("/S", ""))
    if refused := REFUSED_TYPES.get(kind) or REFUSED_ACTIONS.get(does):
        return refused
    opens = value.get("/OpenAction")
    opens = opens.get_object() if opens is not None else None
    if isinstance(opens, DictionaryObject) and str(opens.get("/S", "")) not in TURNS_A_PAGE:
        return REFUSED_ACTIONS.get(str(opens.get("/S", "")), ACTION)
    return ""


def _in_bytes(file: BinaryIO) -> str:
    """What stands in the bytes uncompressed, whether the file still refers to it or not."""
    file.seek(0)
    before = b""
    while block := file.read(BLOCK):
        text = before + block
        for pattern, refused in LEFT_BEHIND.items():
            if pattern.search(text):
                return refused
        before = text[-64:]
    return ""
