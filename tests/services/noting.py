"""A note given on paper twelve days ago, for the tests that enter it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from notifications.models import Notification, User
from notifications.services.paper_notes import enter_paper_note
from tests import paper
from tests.factories import NOW, TODAY, WITHDRAWAL_FIELDS, Cast

GIVEN = TODAY - timedelta(days=12)


def enter(cast: Cast, secretary: User, **changed: Any) -> Notification:
    """A withdrawal of the United States, given twelve days ago, unless told otherwise."""
    note: dict[str, Any] = {
        "treaty": cast.treaty,
        "senders": [cast.party("USA")],
        "act": "withdrawal",
        "fields": WITHDRAWAL_FIELDS,
        "given_on": GIVEN,
        "received": {},
        "scan": paper.pdf(),
        "scan_name": "note.pdf",
        "language": "en",
        "actor": secretary,
        "now": NOW,
    }
    return enter_paper_note(**{**note, **changed})
