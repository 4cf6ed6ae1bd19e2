"""Refusals: whether a server blames the one who sends, or the one who was to receive."""

from __future__ import annotations

import re
from typing import Final

# RFC 3463: the second number is the subject; 3 is the mail system, 5 the protocol, 6 the content,
# 7 who may send what (a relay that is denied, a login that is wanted).
_STATUS: Final = re.compile(r"5\.(\d{1,3})\.\d{1,3}")
_SUBJECTS_OF_THE_SENDER: Final = frozenset({"3", "5", "6", "7"})
_BAD_SENDERS: Final = frozenset({"5.1.7", "5.1.8"})
_ABOUT_THE_DIALOGUE: Final = frozenset({"500", "501", "502", "503", "504", "530", "534", "535"})


def blames_sender(reply: str) -> bool:
    """Whether a refusal is about who sends, how, or what (RFC 5321, RFC 3463), not to whom."""
    code, _space, words = reply.partition(" ")
    status = _STATUS.match(words)
    if status is None:
        return code in _ABOUT_THE_DIALOGUE
    return status[1] in _SUBJECTS_OF_THE_SENDER or status[0] in _BAD_SENDERS
