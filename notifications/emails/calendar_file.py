"""A deadline as an iCalendar file: an event of whole days, or of an instant (RFC 5545)."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from icalendar import Calendar, Event

from notifications.models import DeadlineVersion

METHOD = "PUBLISH"


def calendar_file(version: DeadlineVersion, *, title: str, reason: str, link: str) -> bytes:
    """The deadline on its days, a window from its opening to its close; in hours, at its instant.

    The event keeps its UID through all versions of a date, and counts them, so that a calendar
    moves it. The same version gives the same bytes, whenever it is written.
    """
    if version.due_on is None:
        return b""
    event = Event()
    event.add("uid", f"{version.deadline.uid}@{settings.TREATYFLOW_HOST}")
    event.add("sequence", version.no - 1)
    event.add("dtstamp", version.computed_at)
    if version.is_exact:
        event.add("dtstart", version.opens_at or version.due_at)
        if version.opens_at is not None:  # an end must be later than the beginning (3.8.2.2)
            event.add("dtend", version.due_at)
    else:
        event.add("dtstart", version.opens_on or version.due_on)
        event.add("dtend", version.due_on + timedelta(days=1))
    event.add("summary", title)
    event.add("description", reason)
    event.add("url", link)
    event.add("transp", "TRANSPARENT")
    calendar = Calendar()
    calendar.add("prodid", "-//TreatyFlow//Deadlines//EN")
    calendar.add("version", "2.0")
    calendar.add("method", METHOD)
    calendar.add_component(event)
    return bytes(calendar.to_ical())
