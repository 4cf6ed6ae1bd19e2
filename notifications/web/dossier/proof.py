"""What proves a dossier: the events that cover its records, and where the register stood."""

from __future__ import annotations

from dataclasses import dataclass

from notifications.models import Event, RegisterHead
from notifications.web.dossier.gathering import Dossier


@dataclass(frozen=True)
class Proof:
    """The events of the records, the oldest first, and the end of the chain when it was read."""

    events: list[Event]
    length: int
    head: str


def proof(dossier: Dossier) -> Proof:
    """Two queries: events by the records they name."""
    names = [f"notification:{key}" for key in dossier.keys]
    names += [
        f"deadline:{deadline.pk}"
        for deadlines in dossier.deadlines.values()
        for deadline in deadlines
    ]
    names += [f"response:{response.pk}" for response in dossier.responses]
    names += [f"fact:{fact.pk}" for fact in dossier.facts]
    names += [f"outcome:{outcome.pk}" for outcome in dossier.outcomes]
    head = RegisterHead.objects.filter(pk=1).first()
    return Proof(
        events=list(Event.objects.filter(record__in=names).order_by("pk")),
        length=head.length if head else 0,
        head=head.digest if head else "",
    )
