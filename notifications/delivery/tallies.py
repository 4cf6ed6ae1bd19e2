"""Tallies: what became of the messages of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from notifications.models import Delivery


@dataclass(frozen=True)
class Deliveries:
    """What became of the messages of a run; ``is_line_down``: no more of them could be sent."""

    sent: int = 0
    deferred: int = 0
    failed: int = 0
    void: int = 0
    is_line_down: bool = False

    def __add__(self, other: Deliveries) -> Deliveries:
        return Deliveries(
            self.sent + other.sent,
            self.deferred + other.deferred,
            self.failed + other.failed,
            self.void + other.void,
            self.is_line_down or other.is_line_down,
        )


def tally(ended: Mapping[str, int], void: int, *, is_line_down: bool) -> Deliveries:
    """What the attempts of a batch come to."""
    return Deliveries(
        sent=ended[Delivery.Outcome.SENT],
        deferred=ended[Delivery.Outcome.DEFERRED],
        failed=ended[Delivery.Outcome.REFUSED] + ended[Delivery.Outcome.GIVEN_UP],
        void=void,
        is_line_down=is_line_down,
    )
