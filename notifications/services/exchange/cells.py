"""One cell of a file: how a value is written into it, and read out of it again."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Final

from notifications.models import Party, Treaty

# A spreadsheet takes what begins so for a formula (also in the wide forms of East Asian keyboards);
# an apostrophe before it makes it text, in the spreadsheet and here.
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
_GUARDED: Final = re.compile(r"'+[=+\-@\t\r＝＋－＠]")


def guarded(text: str) -> str:
    """The text as a cell has it: never a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(cell: str) -> str:
    """The text of a cell, without the guard and without space around it."""
    return (cell[1:] if _GUARDED.match(cell) else cell).strip()


def written(value: Any) -> str:
    """A value as text: dates by ISO 8601, lists with spaces between, records by their codes."""
    match value:
        case None:
            text = ""
        case bool():
            text = "true" if value else "false"
        case date():
            text = value.isoformat()
        case Party():
            text = value.code
        case Treaty():
            text = value.slug
        case list() | tuple():
            text = " ".join(written(item) for item in value)
        case _:
            text = str(value).strip()
    return text
