"""The text of a mail that came as HTML alone, in one pass whatever stands in it."""

from __future__ import annotations

import re
from html import unescape
from typing import Final

from notifications.emails.own_words import is_introduction

# A tag ends at the next ">" and never spans a "<", so that no tag is looked through twice.
_TAG: Final = re.compile(r"(<[^<>]*>)")
_NAME: Final = re.compile(r"<\s*(/?)\s*([A-Za-z][A-Za-z0-9]*)")
_LOOKED_BACK: Final = 10  # pieces
# How mail programs mark what they quote, and a sender does not what they indent.
_QUOTING: Final = re.compile(r"\bcite\b|_quoted?\b|moz-cite", re.IGNORECASE)
_UNSHOWN: Final = frozenset({"head", "script", "style"})
_ENDS_A_LINE: Final = frozenset({"div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "p", "tr"})


def text_of_html(html: str) -> str:
    """What its writer says, a line for each paragraph; of what is quoted, a line ``>`` alone.

    A quotation is one that a mail program has marked or introduced: people indent by the same
    element.
    """
    shown: list[str] = []
    unshown, quotations = "", [False]
    ending = {name for name in _UNSHOWN if f"</{name}" in html.lower()}
    for piece in _TAG.split(_without_comments(html)):
        is_end, name = _tag(piece)
        if name == "blockquote":
            was_quoted = quotations[-1]
            _nest(quotations, piece, shown, is_end=is_end)
            shown.append("\n>\n" if was_quoted or quotations[-1] else "\n")
        elif quotations[-1]:
            continue
        elif unshown:
            unshown = "" if is_end and name == unshown else unshown
        elif name in ending and not is_end:
            unshown = name
        elif name == "br" or (is_end and name in _ENDS_A_LINE):
            shown.append("\n")
        elif not _TAG.fullmatch(piece):
            shown.append(piece)
    return unescape("".join(shown))


def _nest(quotations: list[bool], tag: str, shown: list[str], *, is_end: bool) -> None:
    """Go into a block, or out of it; what stands in a quotation is quoted as well."""
    if not is_end:
        before = next((piece for piece in reversed(shown[-_LOOKED_BACK:]) if piece.strip()), "")
        is_marked = bool(_QUOTING.search(tag)) or is_introduction(before)
        quotations.append(quotations[-1] or is_marked)
    elif len(quotations) > 1:
        quotations.pop()


def _tag(piece: str) -> tuple[bool, str]:
    """Whether it ends an element, and which; no name where it is no tag."""
    found = _NAME.match(piece) if piece.endswith(">") else None
    return (found[1] == "/", found[2].lower()) if found else (False, "")


def _without_comments(html: str) -> str:
    """Without what stands between ``<!--`` and ``-->``; ``<!-->`` is a whole one."""
    kept: list[str] = []
    at = 0
    while (begin := html.find("<!--", at)) >= 0 and (end := html.find("-->", begin + 2)) >= 0:
        kept.append(html[at:begin])
        at = end + len("-->")
    # What no end follows is shown: in doubt a word stays.
    return "".join(kept) + html[at:].replace("<!--", "")
