"""What a scenario tells the ledger of its case: facts that last, who was informed, registration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext

from notifications.models import Case, Fact, Notification, Party, User
from notifications.services.calendar import day_in
from notifications.services.ledger import end_fact, record_fact
from notifications.services.scenarios.content import ScenarioAct


@dataclass
class Bookkeeper:
    """Records facts in one case: ``parties`` are all, by code; ``filed`` the acts so far, by ref.

    ``facts`` holds what was recorded, by the ref of the act that stated it.
    """

    case: Case
    actor: User
    parties: Mapping[str, Party]
    filed: Mapping[str, Notification]
    facts: dict[str, list[Fact]] = field(default_factory=dict)

    def record(self, act: ScenarioAct, now: datetime) -> None:
        """Record what an act states, one row a party that it concerns.

        What ends later is ended on its day: until then nobody knows of its end.
        """
        stated = act.fact
        if stated is None:
            return
        today = day_in(self.case.treaty.zone, now)
        concerned: Sequence[Party | None] = [self.parties[code] for code in act.by] or [None]
        self.facts[act.ref] = [
            record_fact(
                case=self.case,
                kind=stated.kind,
                on=stated.on,
                until=stated.until if stated.until and stated.until <= today else None,
                reason=_reason(act),
                actor=self.actor,
                now=now,
                party=party,
                source=act.source,
                external_ref=act.ref,
            )
            for party in concerned
        ]

    def end(self, act: ScenarioAct, now: datetime) -> None:
        """Record that what a fact stated is over: on this day, one row a party."""
        for fact in self.facts[act.ref]:
            end_fact(
                fact=fact,
                until=day_in(self.case.treaty.zone, now),
                reason="",
                actor=self.actor,
                now=now,
                external_ref=act.ref,
            )

    def inform(self, act: ScenarioAct, code: str, now: datetime) -> None:
        """Record the day on which the depositary informed a party, however it did so."""
        self._tell(act, Fact.Kind.INFORMED, now, party=self.parties[code])

    def register(self, act: ScenarioAct, now: datetime) -> None:
        """Record the day on which the depositary registered an instrument."""
        self._tell(act, Fact.Kind.REGISTERED, now)

    def _tell(self, act: ScenarioAct, kind: str, now: datetime, party: Party | None = None) -> None:
        record_fact(
            case=self.case,
            kind=kind,
            on=day_in(self.case.treaty.zone, now),
            until=None,
            reason=_reason(act),
            actor=self.actor,
            now=now,
            party=party,
            notification=self.filed[act.ref],
            source=act.source,
            external_ref=act.ref,
        )


def _reason(act: ScenarioAct) -> str:
    """Why a fact is recorded: the words of the file."""
    return act.text or gettext("as the scenario states it")
