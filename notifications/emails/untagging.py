"""The text of a mail that came as HTML alone, in one pass whatever stands in it."""

from __future__ import annotations

import re
from html import unescape
from typing import Final

# A tag ends at the next ">" and never spans a "<", so that no tag is looked through twice.
_TAG: Final = re.compile(r"(<[^<>]*>)")
_NAME: Final = re.compile(r"<\s*(/?)\s*([A-Za-z][A-Za-z0-9]*)")
_UNSHOWN: Final = frozenset({"head", "script", "style"})
_ENDS_A_LINE: Final = frozenset({"div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "p", "tr"})


def text_of_html(html: str) -> str:
    """What its writer says, a line for each paragraph; of what is quoted, a line ``>`` alone."""
    shown: list[str] = []
    unshown, quoted = "", 0
    for piece in _TAG.split(_without_comments(html)):
        is_end, name = _tag(piece)
        if name == "blockquote":
            quoted = max(0, quoted + (-1 if is_end else 1))
            shown.append("\n>\n")
        elif quoted:
            continue
        elif unshown:
            unshown = "" if is_end and name == unshown else unshown
        elif name in _UNSHOWN and not is_end:
            unshown = name
        elif name == "br" or (is_end and name in _ENDS_A_LINE):
            shown.append("\n")
        elif not _TAG.fullmatch(piece):
            shown.append(piece)
    return unescape("".join(shown))


def _tag(piece: str) -> tuple[bool, str]:
    """Whether it ends an element, and which; no name where it is no tag."""
    found = _NAME.match(piece) if piece.endswith(">") else None
    return (found[1] == "/", found[2].lower()) if found else (False, "")


def _without_comments(html: str) -> str:
    first, *rest = html.split("<!--")
    return first + "".join(part.partition("-->")[2] for part in rest)
