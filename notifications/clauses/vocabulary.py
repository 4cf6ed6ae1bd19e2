"""The words that clause files may use, and those that are defined but not counted yet."""

from __future__ import annotations

ACTS = (
    "withdrawal",
    "rescission",
    "suspension",
    "resumption",
    "extension",
    "derogation",
    "breach-allegation",
    "consultation-request",
    "dialogue-proposal",
    "assurance-request",
    "conference-request",
    "conference",
    "objection",
    "reservation",
    "reservation-withdrawal",
    "declaration",
    "signature",
    "instrument",
    "amendment-proposal",
    "acceptance",
    "correction",
    "formatted-message",
)

# A response is no notification, but it can be what a duty asks for.
FULFILLING_ACTS = (*ACTS, "response")

BEARERS = ("notifier", "depositaries", "addressee", "each-party", "parties")

STARTS = ("given", "received", "deposited", "circulated")
LATER_STARTS = ("registered", "informed", "consented", "in_force", "in_force_for_party")

YIELDS = ("effect", "duty", "lapse", "not-permitted")
LATER_YIELDS = ("right",)

LATER_GOVERNS = ("none",)

STEPS = ("add", "next", "until")
LATER_STEPS = ("subtract", "start", "after", "term", "roll")

CLAUSE_KEYS = (
    "id",
    "article",
    "governs",
    "summary",
    "starts",
    "count",
    "opens",
    "closes",
    "minimum",
    "yields",
    "addressees",
    "duty",
    "requires",
    "which",
    "zone",
    "source",
    "confidence",
)
LATER_CLAUSE_KEYS = (
    "later_of",
    "earlier_of",
    "when",
    "admissible",
    "open_while",
    "cascades",
    "survives",
    "silence",
    "override",
    "at",
)

DUTY_KEYS = ("bearer", "act")
LATER_DUTY_KEYS = ("soft", "on_lapse")

TREATY_KEYS = (
    "id",
    "title",
    "short_name",
    "depositaries",
    "zone",
    "adopted",
    "signed",
    "in_force",
    "subject",
    "participants_complete",
    "parties",
    "clauses",
    "source",
)

PARTY_ENTRY_KEYS = ("party", "in_force", "until", "source")
LATER_PARTY_ENTRY_KEYS = ("signed", "consent", "consented")
