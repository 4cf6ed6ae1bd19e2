"""The words that clause files may use."""

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

# What recurs is started by no act.
NONE = "none"

STEPS = ("add", "subtract", "next", "start", "until", "after", "term", "roll")

SHARES = ("all", "last", "majority")
# More acts than there can be parties are never reached.
MOST_ACTS = 999

CLAUSE_KEYS = (
    "id",
    "article",
    "governs",
    "summary",
    "when",
    "starts",
    "count",
    "opens",
    "closes",
    "later_of",
    "earlier_of",
    "minimum",
    "yields",
    "at",
    "addressees",
    "duty",
    "requires",
    "which",
    "zone",
    "admissible",
    "open_while",
    "cascades",
    "survives",
    "silence",
    "override",
    "source",
    "confidence",
    "basis",
)
BRANCH_KEYS = ("starts", "count")
DUTY_KEYS = ("bearer", "act", "soft", "on_lapse")
TERM_KEYS = ("from", "first", "every", "notice")
WINDOW_KEYS = ("starts", "first", "every", "for")
ADMISSIBLE_KEYS = ("not_before", "not_after", "window")
COUNT_OF_KEYS = ("count_of", "reaches", "within", "of")

CONFIDENCES = ("low", "medium", "high")
# How a rule is known: its text was read, another source was, or neither.
BASES = ("text", "secondary", "recollection")

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
    "lists",
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
