"""Instants and days: the zone in which a treaty's calendar dates are read."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def day_in(zone: str, at: datetime) -> date:
    """The calendar day of an instant in a zone."""
    return at.astimezone(ZoneInfo(zone)).date()


def midnight(day: date, zone: str) -> datetime:
    """00:00 of a day in a zone, as an instant."""
    return datetime.combine(day, time.min, ZoneInfo(zone))


def end_of(day: date, zone: str) -> datetime:
    """24:00 of a day in a zone, as an instant."""
    return midnight(day + timedelta(days=1), zone)
