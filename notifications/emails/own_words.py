"""What the writer of a mail says of their own: without what is quoted, and without a signature.

In doubt a line stays: who gives it as a response can take it away, and cannot miss what was cut.
"""

from __future__ import annotations

import re
from typing import Final

_ORIGINAL: Final = re.compile(
    r"\s*-{2,}\s*(original message|message d'origine)\s*-{2,}\s*", re.IGNORECASE
)
_SIGNATURE: Final = "-- "
# A hop on the way may have marked a line that begins so, as mbox files do.
_ESCAPED: Final = ">From "
_INTRODUCTION: Final = 3  # lines at most of "On 3 May 2020 somebody wrote:"
_DAY: Final = re.compile(r"\b\d{1,2}\b")
_ADDRESS: Final = re.compile(r"<[^\s<>@]{1,64}@[^\s<>]{1,255}>")
# A longer line introduces nothing; strangers write it, and it is looked at for every quoted line.
_LONGEST: Final = 500
# How mail programs begin such lines, and what they all hold: a verb, an address, the time of day.
_BEGINS: Final = re.compile(r"(?:On|Le|Am|El|Il|Em|Op|Den|W dniu|В)\s|\d", re.IGNORECASE)
_INTRODUCING: Final = re.compile(
    r"wrote|écrit|schrieb|schreef|skrev|escribió|escreveu|scritto|napisał|писал|пишет|写道|كتب"
    r"|\S@\S|\d:\d\d",
    re.IGNORECASE,
)
_SENTENCE_ENDS: Final = (".", "!", "?", ";", ":", "。")


def own_text(body: str) -> str:
    """The lines that are the writer's; a signature lasts until something is quoted."""
    kept: list[str] = []
    is_signature = False
    for line in body.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if _ORIGINAL.fullmatch(line):
            break
        is_quoted = line.lstrip().startswith(">") and not line.startswith(_ESCAPED)
        is_signature = not is_quoted and (is_signature or line == _SIGNATURE)
        if is_quoted:
            _drop_introduction(kept)
        elif not is_signature:
            kept.append(line.rstrip().removeprefix(">" if line.startswith(_ESCAPED) else ""))
    return "\n".join(kept).strip()


def is_introduction(line: str) -> bool:
    """Whether it looks like what a mail program writes above a quotation, on one line."""
    return line.rstrip().endswith((":", "：")) and bool(
        _BEGINS.match(line.lstrip()) and _INTRODUCING.search(line)
    )


def _drop_introduction(kept: list[str]) -> None:
    """Take away the lines of a mail program that introduce a quotation, down to their colon."""
    while kept and not kept[-1]:
        kept.pop()
    if not kept or len(kept[-1]) > _LONGEST or not kept[-1].endswith((":", "：")):
        return
    last = len(kept) - 1
    for number in range(last, max(-1, last - _INTRODUCTION), -1):
        line = kept[number]
        if not 0 < len(line) <= _LONGEST or (number < last and line.endswith(_SENTENCE_ENDS)):
            return
        if _BEGINS.match(line) or (_ADDRESS.search(line) and _DAY.search(line)):
            if _INTRODUCING.search(" ".join(kept[number:])):
                del kept[number:]
            return
