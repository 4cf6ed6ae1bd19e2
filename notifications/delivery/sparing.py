"""Sparing: an alert that cannot be expanded is left to the next sweep, and holds up no other."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import OperationalError

from notifications.delivery.expand import BATCH, Expansion, expand_batch
from notifications.models import Alert, Case

logger = logging.getLogger(__name__)


class Expander:
    """One run over what is due at an instant, of one case or of all live ones."""

    def __init__(self, *, now: datetime, case: Case | None) -> None:
        self._now = now
        self._due = Alert.objects.due(now).in_case(case)

    def next(self, limit: int) -> Expansion:
        """Expand about ``limit`` alerts; where that fails, one by one. Raises OperationalError."""
        while True:
            try:
                return expand_batch(now=self._now, due=self._due, limit=limit)
            except OperationalError:  # of the database, and not of an alert
                raise
            except Exception:
                logger.exception("alerts that are due cannot be expanded together")
            expansion, faulty = self._one_by_one(max(limit, BATCH))
            self._due = self._due.exclude(pk__in=faulty)
            if expansion.alerts or not faulty:
                return expansion

    def _one_by_one(self, most: int) -> tuple[Expansion, set[int]]:
        """Each of the oldest by itself; and the keys of those that cannot be expanded."""
        total, faulty = Expansion(), set()
        for key in list(self._due.order_by("due_at", "pk").values_list("pk", flat=True)[:most]):
            try:
                total += expand_batch(now=self._now, due=self._due, only=key)
            except OperationalError:
                raise
            except Exception:
                logger.exception("alert %s cannot be expanded", key)
                faulty.add(key)
        return total, faulty
