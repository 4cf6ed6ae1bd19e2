"""The machine's own state: when each part of it was last seen at work."""

from __future__ import annotations

from django.db import models


class Heartbeat(models.Model):
    """When a part of the system last did its work: ``beat``, ``worker``, one a knock."""

    name = models.CharField(max_length=60, unique=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.seen_at}"
