"""Who asks, and when: read once at the top of a page, like everywhere else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.http import HttpRequest
from django.utils import timezone

from notifications.models import User


@dataclass(frozen=True)
class Asking:
    """The administrator, and the instant at which the page is asked for."""

    user: User
    now: datetime

    @property
    def today(self) -> date:
        """The day of the instant in UTC, on which mandates are looked at."""
        return self.now.astimezone(UTC).date()


def asking(request: HttpRequest) -> Asking:
    """The person and the clock; the site lets administrators alone through."""
    if not isinstance(request.user, User):
        raise TypeError("the admin is for signed-in people")
    return Asking(request.user, timezone.now())
