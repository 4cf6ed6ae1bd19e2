"""The mails: what an alert says in one language, and what was sent, read back."""

from notifications.emails.addresses import (
    UnusableAddressError,
    deliverable,
    headers_of,
    message_id_of,
    own_address,
)
from notifications.emails.background import Background, gather, spoken
from notifications.emails.building import build
from notifications.emails.kept import Part, Parts, as_sent, parts, text_of
from notifications.emails.reminding import rung_of

__all__ = [
    "Background",
    "Part",
    "Parts",
    "UnusableAddressError",
    "as_sent",
    "build",
    "deliverable",
    "gather",
    "headers_of",
    "message_id_of",
    "own_address",
    "parts",
    "rung_of",
    "spoken",
    "text_of",
]
