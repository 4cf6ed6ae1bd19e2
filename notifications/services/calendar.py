"""Days: the zone in which a treaty's calendar dates are read (their instants: clauses/instants)."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo


def day_in(zone: str, at: datetime) -> date:
    """The calendar day of an instant in a zone."""
    return at.astimezone(ZoneInfo(zone)).date()
