"""The fact that a clock still waits for, in words."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext, gettext_noop

# By the names that the engine gives to what is missing.
AWAITED: Final[dict[str, str]] = {
    "received": gettext_noop("the receipt by the depositary"),
    "deposited": gettext_noop("the deposit with the depositary"),
    "circulated": gettext_noop("the circulation by the depositary"),
    "given": gettext_noop("the note"),
    "registered": gettext_noop("the registration by the depositary"),
    "informed": gettext_noop("the information by the depositary"),
    "consented": gettext_noop("the consent to be bound"),
    "in_force": gettext_noop("the entry into force of the treaty"),
    "in_force_for_party": gettext_noop("the entry into force of the treaty for the party"),
    "clause": gettext_noop("the date under another clause"),
    "field": gettext_noop("a date that the notification itself states"),
    "count_of": gettext_noop("further acts that refer to this one"),
}


def awaited(fact: str) -> str:
    """The missing fact in running text; what is not known by a name stands as it is kept."""
    return gettext(AWAITED[fact]) if fact in AWAITED else fact.replace("_", " ")
