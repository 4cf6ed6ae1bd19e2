"""The words that clause files may use, and those that are defined but not counted yet."""

from __future__ import annotations

from notifications.acts import ACTS as _KINDS

# A clause can govern every act there is, and a duty can ask for it.
ACTS = tuple(_KINDS)

# A response is no notification, but it can be what a duty asks for.
FULFILLING_ACTS = (*ACTS, "response")

BEARERS = ("notifier", "depositaries", "addressee", "each-party", "parties")

STARTS = (
    "given",
    "received",
    "deposited",
    "registered",
    "circulated",
    "informed",
    "consented",
    "in_force",
    "in_force_for_party",
)

YIELDS = ("effect", "duty", "lapse", "right", "not-permitted")

# What it means that nobody made use of a right before it lapsed.
SILENCES = ("acceptance", "no-consent")

# What can keep a date open as long as it lasts.
LASTING_FACTS = ("armed-conflict",)

OVERRIDES = ("allowed",)

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
    "silence",
    "open_while",
    "override",
)
LATER_CLAUSE_KEYS = (
    "later_of",
    "earlier_of",
    "when",
    "admissible",
    "cascades",
    "survives",
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
    "registration",
    "parent",
    "authentic_languages",
    "participants_complete",
    "parties",
    "clauses",
    "source",
)

CONSENTS = (
    "ratification",
    "accession",
    "acceptance",
    "approval",
    "succession",
    "signature",
)

PARTY_ENTRY_KEYS = ("party", "in_force", "until", "source")
# What a treaty file says besides of how a party came to be bound; a scenario says no such thing.
HISTORY_KEYS = ("signed", "consent", "consented", "succeeds")
