"""Where the clock enters the pages, and who is asking: read once at the top of a view."""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone

from notifications.models import User

# ISO 8601 knows more ways to write a day (20270601, 2027-W22-2); no reader of a note does.
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def read_clock() -> datetime:
    """The present instant."""
    return timezone.now()


def day_of(now: datetime, zone: str = "UTC") -> date:
    """The calendar day of an instant: in a treaty's zone where one is concerned, else in UTC."""
    return now.astimezone(ZoneInfo(zone)).date()


def read_day(typed: str) -> date:
    """A calendar day typed as YYYY-MM-DD. Raises ValueError for every other text."""
    if not _DAY.fullmatch(typed):
        raise ValueError("not written as YYYY-MM-DD")
    return date.fromisoformat(typed)


def person(request: HttpRequest) -> User:
    """The signed-in person; the middleware lets nobody else through to a page that asks."""
    if not isinstance(request.user, User):
        raise TypeError("this page is for signed-in people")
    return request.user
