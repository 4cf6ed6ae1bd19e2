"""Where the clock enters the pages, and who is asking: read once at the top of a view."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone

from notifications.models import User


def read_clock() -> datetime:
    """The present instant."""
    return timezone.now()


def day_of(now: datetime, zone: str = "UTC") -> date:
    """The calendar day of an instant: in a treaty's zone where one is concerned, else in UTC."""
    return now.astimezone(ZoneInfo(zone)).date()


def person(request: HttpRequest) -> User:
    """The signed-in person; the middleware lets nobody else through to a page that asks."""
    if not isinstance(request.user, User):
        raise TypeError("this page is for signed-in people")
    return request.user
