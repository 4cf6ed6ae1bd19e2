"""The JSON Schema (draft 2020-12) of a treaty file, made of the words that the engine knows.

Editors show it while a file is written; ``validating.py`` holds files against it when they are
read. Everything that the reader accepts it accepts; what it cannot say (that a window closes after
it opens, that a party is known) the reader says alone.
"""

from __future__ import annotations

from typing import Final

from notifications.clauses import vocabulary as words
from notifications.clauses.checking import COUNTING_KEYS
from notifications.clauses.json_schema_parts import (
    FIELD,
    SLUG,
    Schema,
    choice,
    described,
    list_of,
    mapping,
    reference,
    shared_parts,
    text,
)

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
# Keys that one way of counting leaves no place for.
_ONE_WAY: Final = ("starts", "count", "opens", "closes")


def treaty_schema() -> Schema:
    """The schema of a treaty file. It holds everything that it refers to."""
    clause = described("One provision that starts a clock.", _clause())
    return {
        "$schema": _DIALECT,
        "title": "Treaty file",
        "description": "One treaty with its parties and its clauses, as TreatyFlow reads them.",
        **mapping(_treaty_keys(), ["id", "title", "depositaries", "zone"]),
        "$defs": {**shared_parts(), "party": _party(), "clause": clause},
    }


def clause_schema() -> Schema:
    """The schema of one clause that stands by itself, as the form of the administration has it."""
    return {
        "$schema": _DIALECT,
        "title": "Clause",
        "description": "One provision of a treaty that starts a clock.",
        **_clause(),
        "$defs": shared_parts(),
    }


def _treaty_keys() -> dict[str, Schema]:
    day = reference("day")
    return {
        "id": described(
            "The treaty's name in addresses and other files: lower case, numbers, hyphens.",
            text(at_most=80, pattern=SLUG),
        ),
        "title": described("The full title.", text(at_most=400)),
        "short_name": described("The name by which people call it.", text(at_most=120)),
        "depositaries": described(
            "The depositaries: alpha-3 codes of states, lower-case ids of organisations.",
            list_of(text(pattern=rf"^[A-Z]{{3}}$|{SLUG}", at_most=40)),
        ),
        "zone": described("The IANA time zone in which its calendar dates are read.", text()),
        "adopted": described("The day on which the text was adopted.", day),
        "signed": described("The day on which it was signed, or opened for signature.", day),
        "in_force": described("The day on which it entered into force generally.", day),
        "subject": described("What it is about, in a word or two.", text(at_most=200)),
        "registration": described("Its number of registration.", text(at_most=120)),
        "parent": described(
            "The id of the treaty of which it is a protocol.", text(at_most=80, pattern=SLUG)
        ),
        "authentic_languages": described(
            "The languages of the authentic text, in codes of ISO 639.",
            list_of(text(pattern="^[a-z]{2,3}$")),
        ),
        "participants_complete": described(
            "Whether the parties listed are all of them.", {"type": "boolean"}
        ),
        "parties": described(
            "The parties: a code, or a mapping with dates; one that rejoined stands again.",
            {"type": "array", "items": {"anyOf": [text(), reference("party")]}},
        ),
        "lists": described(
            "The treaty's own lists of parties, such as those of an annex, by their name.",
            {
                "type": "object",
                "propertyNames": {"pattern": SLUG},
                "additionalProperties": list_of(text()),
            },
        ),
        "clauses": described(
            "The provisions that start clocks.", {"type": "array", "items": reference("clause")}
        ),
        "source": described("Where this can be read.", text()),
    }


def _party() -> Schema:
    day = reference("day")
    properties = {
        "party": described("The code of the party.", text()),
        "in_force": described("The day on which the treaty came into force for it.", day),
        "until": described("The first day on which it was no longer a party.", day),
        "source": described("Where this can be read.", text()),
        "signed": described("The day on which it signed.", day),
        "consent": described(
            "How it consented to be bound, or the day on which it did.",
            {"anyOf": [choice(words.CONSENTS), day]},
        ),
        "consented": described("The day on which it consented to be bound.", day),
        "succeeds": described("The code of the party whose participation it took over.", text()),
    }
    return described("A party with its dates.", mapping(properties, ["party"]))


def _clause() -> Schema:
    keys = {key: _CLAUSE_KEYS[key] for key in words.CLAUSE_KEYS}
    return {
        **mapping(keys, ["id", "article", "governs", "yields"]),
        "if": {"properties": {"yields": {"const": "not-permitted"}}, "required": ["yields"]},
        "then": {"properties": dict.fromkeys(COUNTING_KEYS, False)},
        "else": {
            "anyOf": [
                {"required": ["starts", "count"]},
                {"required": ["starts", "opens", "closes"]},
                {"required": ["later_of"]},
                {"required": ["earlier_of"]},
            ],
        },
        "dependentSchemas": {
            "opens": {"properties": {"count": False}},
            "closes": {"properties": {"count": False}},
            "later_of": {"properties": dict.fromkeys((*_ONE_WAY, "earlier_of"), False)},
            "earlier_of": {"properties": dict.fromkeys(_ONE_WAY, False)},
        },
    }


def _duty() -> Schema:
    act = choice(words.FULFILLING_ACTS)
    properties = {
        "bearer": described("Who owes it.", choice(words.BEARERS)),
        "act": described("The act that fulfils it.", act),
        "soft": described(
            "The target where the clause says promptly: it is never a breach.",
            reference("period"),
        ),
        "on_lapse": described("The act that a lapse calls for.", act),
    }
    return mapping(properties, ["bearer", "act"])


def _when() -> Schema:
    single = [text(), {"type": "boolean"}, {"type": "integer"}]
    value: Schema = {"anyOf": [*single, list_of(text(), at_least=1)]}
    lasting = choice(words.LASTING_FACTS)
    fact: Schema = {"anyOf": [lasting, list_of(lasting, at_least=1)]}
    return {
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"pattern": FIELD},
        "properties": {
            "fact": described("What lasts on the day of the notice.", fact),
            "party": described("The party that acts, or a list of the treaty's own.", value),
        },
        "additionalProperties": value,
    }


def _admissible() -> Schema:
    length = reference("calendar_period")
    window = {
        "starts": described("The fact from which the windows run.", reference("fact")),
        "first": described("How long after it the first window opens.", length),
        "every": described("How long after that each further window opens.", length),
        "for": described("How long a window stays open.", length),
    }
    properties = {
        "not_before": described("The first day on which it is admitted.", reference("branch")),
        "not_after": described("The last day on which it is admitted.", reference("branch")),
        "window": described("Times that open periodically.", mapping(window, words.WINDOW_KEYS)),
    }
    return {**mapping(properties), "minProperties": 1}


def _open_while() -> Schema:
    lasting = choice(words.LASTING_FACTS)
    properties = {
        "fact": described("What must have ended.", lasting),
        "at": described("The date on which that is tested.", choice(("yield", "notice"))),
    }
    return {"anyOf": [lasting, mapping(properties, ["fact"])]}


def _branches() -> Schema:
    counted = {"required": list(words.BRANCH_KEYS)}
    item = {"allOf": [reference("branch"), counted]}
    return {"type": "array", "items": item, "minItems": 2}


_STEPS: Final = reference("steps")
_CLAUSE_KEYS: Final[dict[str, Schema]] = {
    "id": described(
        "The article in lower case, each run of other characters one hyphen.",
        text(at_most=80, pattern=SLUG),
    ),
    "article": described("The article as people cite it, such as XV(2).", text()),
    "governs": described(
        "The act to which it applies, or none of what recurs.", choice((*words.ACTS, words.NONE))
    ),
    "summary": described("What it says, in words of one's own.", text()),
    "when": described("Fields of the act to which it is limited, with their values.", _when()),
    "starts": reference("start"),
    "count": described("The steps from the start to the date.", _STEPS),
    "opens": described("The steps from the start to the first day of a window.", _STEPS),
    "closes": described("The steps from the start to the last day of a window.", _STEPS),
    "later_of": described("Two ways or more, of which the later date counts.", _branches()),
    "earlier_of": described("Two ways or more, of which the earlier date counts.", _branches()),
    "minimum": described("Whether the notice may name a later date.", {"type": "boolean"}),
    "yields": described("What comes on the date.", choice(words.YIELDS)),
    "at": described(
        "Whether an effect comes at the start or at the end of its date.", choice(("start", "end"))
    ),
    "addressees": described(
        "To whom the act goes: depositaries, parties, or codes.", list_of(text())
    ),
    "duty": described("Who owes what.", _duty()),
    "requires": described("What the notice must contain.", list_of(text())),
    "which": described(
        "Whose day counts where several have received it.", choice(("first", "last"))
    ),
    "zone": described("The IANA time zone of this clause, where it has its own.", text()),
    "admissible": described("When the act is admitted at all.", _admissible()),
    "open_while": described("What keeps the date open as long as it lasts.", _open_while()),
    "cascades": described(
        "The ids of the treaties to which the effect carries over.", list_of(text(pattern=SLUG))
    ),
    "survives": described(
        "How long obligations outlast the effect: a period, or steps.",
        {"anyOf": [reference("calendar_period"), _STEPS]},
    ),
    "silence": described("What it means that nobody spoke in time.", choice(words.SILENCES)),
    "override": described(
        "Whether the depositary may register another date.", choice(words.OVERRIDES)
    ),
    "source": described("Where this can be read.", text()),
    "confidence": described("How sure the rule is.", choice(words.CONFIDENCES)),
    "basis": described("How the rule is known.", choice(words.BASES)),
}
