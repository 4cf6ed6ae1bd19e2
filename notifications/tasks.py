"""Beat's three knocks. Each calls one sweep, which finds all that is due, however late it comes."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from notifications.services import sweeps


@shared_task
def track_deadlines() -> None:
    """What starts, lapses or takes effect."""
    sweeps.track_deadlines(now=timezone.now())


@shared_task
def send_alerts() -> None:
    """Alerts that are due become messages and leave."""
    sweeps.send_alerts(now=timezone.now())


@shared_task
def record_responses() -> None:
    """The silence of each addressee past its limit."""
    sweeps.record_responses(now=timezone.now())
