"""Which mails a person may leave out, and where they say so."""

from __future__ import annotations

import re
from typing import Final

from django.conf import settings
from django.urls import reverse

from notifications.models import Alert

# A rung in days; one in hours (before-24h) is never left out.
_RUNG: Final = re.compile(r"before-([0-9]+)")


def rung_of(alert: Alert) -> int | None:
    """How many days before its date a reminder comes; None for what nobody may leave out."""
    found = _RUNG.fullmatch(alert.stage) if alert.kind == Alert.Kind.DEADLINE else None
    return int(found[1]) if found else None


def link_to_reminders() -> str:
    """The address of the page on which a person says how they are reminded."""
    return f"{settings.TREATYFLOW_BASE_URL}{reverse('reminders')}"
