"""The words that scenario files may use, and those that are defined but not counted yet."""

from __future__ import annotations

from typing import Final

from notifications.acts import ACTS
from notifications.clauses.vocabulary import ACTS as ALL_ACTS
from notifications.lifecycle import DEADLINE_STATES

FILE_KEYS: Final = ("id", "title", "treaty", "parties", "until", "acts", "expect")

STATEMENT: Final = "statement"
RESPONSE: Final = "response"
ACKNOWLEDGEMENT: Final = "acknowledgement"
CONFERENCE: Final = "conference"
KINDS: Final = (*ACTS, RESPONSE, ACKNOWLEDGEMENT, STATEMENT)
LATER_KINDS: Final = ("fact", *(act for act in ALL_ACTS if act not in ACTS))

# What a key of the file is called among the fields of a notification.
FIELDS: Final = {
    "article": "article",
    "against": "against",
    "addressees": "addressees",
    "effective": "effective_on",
    "condition": "condition",
    "reasons": "reasons",
    "respond_by": "respond_by",
    "mode": "mode",
}
WAY_KEYS: Final = ("received", "deposited", "circulated")
LATER_KEYS: Final = ("registered", "informed")

_EVERY: Final = ("id", "at", "act", "by", "text", "source", "dated")
KEYS_OF_KIND: Final[dict[str, tuple[str, ...]]] = {
    STATEMENT: _EVERY,
    RESPONSE: (*_EVERY, "to", "position"),
    ACKNOWLEDGEMENT: (*_EVERY, "to"),
    CONFERENCE: (*_EVERY, "to", "article", "mode"),
}
NOTIFICATION_KEYS: Final = (*_EVERY, "to", *FIELDS, *WAY_KEYS)
MUST_REFER: Final = (
    RESPONSE,
    ACKNOWLEDGEMENT,
    *(kind for kind, act in ACTS.items() if act.must_refer),
)

STATUSES: Final = tuple(DEADLINE_STATES)
LATER_STATUSES: Final = ("open", "suspended", "premature", "disputed")
