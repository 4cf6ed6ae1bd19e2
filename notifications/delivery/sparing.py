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
        self.faulty: set[int] = set()  # keys

    def next(self, limit: int) -> Expansion:
        """Expand about ``limit`` alerts; where that fails, one by one. Raises OperationalError."""
        while True:
            try:
                return expand_batch(now=self._now, due=self._due, limit=limit)
            except OperationalError:  # of the database, and not of an alert
                raise
            except Exception:
                logger.exception("alerts that are due cannot be expanded together")
            keys = self._due.order_by("due_at", "pk").values_list("pk", flat=True)
            known, total = len(self.faulty), Expansion()
            for key in list(keys[: max(limit, BATCH)]):
                total += self._alone(key)
            self._due = self._due.exclude(pk__in=self.faulty)
            if total.alerts or len(self.faulty) == known:
                return total

    def _alone(self, key: int) -> Expansion:
        """One alert with the others of its deadline; where that fails, without them."""
        for due in (self._due, self._due.filter(pk=key)):
            try:
                return expand_batch(now=self._now, due=due, only=key)
            except OperationalError:
                raise
            except Exception:
                logger.exception("alert %s cannot be expanded", key)
        self.faulty.add(key)
        return Expansion()
