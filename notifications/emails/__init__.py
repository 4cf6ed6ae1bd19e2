"""The mails: what an alert says in one language, and what was sent, read back."""

from notifications.emails.addresses import (
    UnusableAddressError,
    deliverable,
    digest_headers_of,
    headers_of,
    message_id_of,
    message_id_of_resend,
    own_address,
    without_addresses,
)
from notifications.emails.background import Background, gather, spoken
from notifications.emails.building import build
from notifications.emails.digest import Envelope, Head, compose, word_of
from notifications.emails.kept import Part, Parts, as_sent, parts, text_of
from notifications.emails.reminding import rung_of
from notifications.emails.reports import NoReportError, Report, read_report
from notifications.emails.telling import told_on

__all__ = [
    "Background",
    "Envelope",
    "Head",
    "NoReportError",
    "Part",
    "Parts",
    "Report",
    "UnusableAddressError",
    "as_sent",
    "build",
    "compose",
    "deliverable",
    "digest_headers_of",
    "gather",
    "headers_of",
    "message_id_of",
    "message_id_of_resend",
    "own_address",
    "parts",
    "read_report",
    "rung_of",
    "spoken",
    "text_of",
    "told_on",
    "without_addresses",
    "word_of",
]
