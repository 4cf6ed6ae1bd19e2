"""Every module that registers what it shows: imported once the site stands (apps.py)."""

from notifications.admin import (
    acts,
    clauses,
    clocks,
    events,
    ladders,
    messages,
    of_acts,
    parties,
    people,
    treaties,
)

__all__ = [
    "acts",
    "clauses",
    "clocks",
    "events",
    "ladders",
    "messages",
    "of_acts",
    "parties",
    "people",
    "treaties",
]
