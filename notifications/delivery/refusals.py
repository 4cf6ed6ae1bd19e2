"""Refusals: whom a server blames for one, and a fault of our own in words that can be kept."""

from __future__ import annotations

import re
from typing import Final

from notifications.emails import without_addresses

# RFC 3463: the second number is the subject; 3 is the mail system, 5 the protocol, 6 the content,
# 7 who may send what (a relay that is denied, a login that is wanted).
_STATUS: Final = re.compile(r"5\.(\d{1,3})\.\d{1,3}")
_SUBJECTS_OF_THE_SENDER: Final = frozenset({"3", "5", "6", "7"})
_BAD_SENDERS: Final = frozenset({"5.1.7", "5.1.8"})
_ABOUT_THE_DIALOGUE: Final = frozenset({"500", "501", "502", "503", "504", "530", "534", "535"})

# Characters of what went wrong with us that are kept with a try.
FAULT_CHARACTERS: Final = 500


def words_of(fault: Exception) -> str:
    """What went wrong on our side; no address stands in it, and no sign that no database takes."""
    said = f"{type(fault).__name__}: {fault}".encode("utf-8", "replace").decode("utf-8")
    return without_addresses(said.replace("\0", "?"))[:FAULT_CHARACTERS]


def blames_sender(reply: str) -> bool:
    """Whether a refusal is about who sends, how, or what (RFC 5321, RFC 3463), not to whom."""
    code, _space, words = reply.partition(" ")
    status = _STATUS.match(words)
    if status is None:
        return code in _ABOUT_THE_DIALOGUE
    return status[1] in _SUBJECTS_OF_THE_SENDER or status[0] in _BAD_SENDERS
