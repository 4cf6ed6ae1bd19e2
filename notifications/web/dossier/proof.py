"""What proves a dossier: the events that cover its records, and where the register stood."""

from __future__ import annotations

import json
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
    facts = {f"fact:{fact.pk}" for fact in dossier.facts}
    if facts:
        names.append(f"case:{dossier.notice.case_id}")
    head = RegisterHead.objects.filter(pk=1).first()
    return Proof(
        events=[
            event
            for event in Event.objects.filter(record__in=names).order_by("pk")
            if not event.record.startswith("case:") or _covers(event, facts)
        ],
        length=head.length if head else 0,
        head=head.digest if head else "",
    )


def _covers(event: Event, rows: set[str]) -> bool:
    """Whether an event of the case covers one of these rows: others are not the reader's."""
    return bool(rows & set(json.loads(event.body).get("sealed", {})))
