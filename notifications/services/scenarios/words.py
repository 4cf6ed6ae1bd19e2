"""The words that scenario files may use."""

from __future__ import annotations

from typing import Final

from notifications.acts import ACTS
from notifications.lifecycle import DEADLINE_STATES
from notifications.models import Fact

FILE_KEYS: Final = ("id", "title", "treaty", "parties", "until", "acts", "expect")

STATEMENT: Final = "statement"
RESPONSE: Final = "response"
ACKNOWLEDGEMENT: Final = "acknowledgement"
FACT: Final = "fact"
CONFERENCE: Final = "conference"
CORRECTION: Final = "correction"
EXTENSION: Final = "extension"
RECORDS: Final = (RESPONSE, ACKNOWLEDGEMENT, STATEMENT, FACT)
KINDS: Final = (*ACTS, *RECORDS)

# What lasts, or lasted, meanwhile: the facts that a file can state. Others are brought by acts.
FACTS: Final = (Fact.Kind.ARMED_CONFLICT.value, Fact.Kind.STOP.value)

# What a key of the file is called among the fields of a notification, if not by its own name.
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
# The later date that an extension names is the one to which it extends.
EXTENDED: Final = {**FIELDS, "effective": "until_on"}
WAY_KEYS: Final = ("received", "deposited", "circulated", "registered", "informed")

_EVERY: Final = ("id", "at", "act", "by", "text", "source", "dated")


def own_fields(kind: str) -> tuple[str, ...]:
    """The fields of an act that a file names as ``acts`` does: those without a key of their own."""
    taken = {*names_of(kind).values(), "text"}
    return tuple(field.name for field in ACTS[kind].fields if field.name not in taken)


def names_of(kind: str) -> dict[str, str]:
    """What the keys of a file are called among the fields of an act of this kind."""
    return EXTENDED if kind == EXTENSION else FIELDS


def keys_of(kind: str) -> tuple[str, ...]:
    """The keys that an act of this kind may have in a file."""
    if kind in KEYS_OF_RECORD:
        return KEYS_OF_RECORD[kind]
    if kind == CONFERENCE:
        return (*_EVERY, "to", "article", "mode", "received", "circulated", *own_fields(kind))
    return (*_EVERY, "to", *FIELDS, *WAY_KEYS, *own_fields(kind))


KEYS_OF_RECORD: Final[dict[str, tuple[str, ...]]] = {
    STATEMENT: (*_EVERY, "to"),
    RESPONSE: (*_EVERY, "to", "position", "article", "condition", "addressees"),
    ACKNOWLEDGEMENT: (*_EVERY, "to"),
    FACT: (*_EVERY, "fact", "from", "until"),
}
MUST_REFER: Final = (
    RESPONSE,
    ACKNOWLEDGEMENT,
    *(kind for kind, act in ACTS.items() if act.must_refer),
)

STATUSES: Final = tuple(DEADLINE_STATES)
