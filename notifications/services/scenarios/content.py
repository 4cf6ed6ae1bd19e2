"""What a scenario file says, checked: acts in order, and what is expected of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from notifications.clauses.instants import start_of_day
from notifications.clauses.treaty import PartyEntry

Moment = date | datetime  # a dated act happens at 00:00 in the treaty's zone

EACH_PARTY = "each-party"


def instant_of(moment: Moment, zone: str) -> datetime:
    """The instant that a date (00:00 in ``zone``) or an instant stands for."""
    return moment if isinstance(moment, datetime) else start_of_day(moment, zone)


@dataclass(frozen=True)
class Way:
    """How an act came to its recipients: receipts by party, and circulation, to the day or hour.

    The key None of ``received`` stands for everybody who receives it in the treaty's sense.
    ``informed`` are the days on which the depositary informed parties otherwise than by circulating
    the act to them, ``registered_on`` the one on which it registered an instrument.
    """

    received: Mapping[str | None, Moment]
    circulated: Moment | None = None
    informed: Mapping[str, date] = field(default_factory=dict)
    registered_on: date | None = None

    @property
    def moments(self) -> tuple[Moment, ...]:
        """Every day or instant that it names."""
        more = filter(None, (self.circulated, self.registered_on))
        return (*self.received.values(), *self.informed.values(), *more)


@dataclass(frozen=True)
class Lasting:
    """A state of things that moves clocks: of which kind, from when, and the first day without."""

    kind: str
    on: date
    until: date | None = None


@dataclass(frozen=True)
class ScenarioAct:
    """One act. ``ref`` is its id, or a made one (``act-3``); ``to`` the act it refers to.

    ``fields`` are those of a notification (``acts``); ``position`` is that of a response; ``fact``
    is what a fact states.
    """

    index: int
    ref: str
    line: int | None
    at: Moment
    act: str
    by: tuple[str, ...]
    way: Way
    to: str = ""
    position: str = ""
    text: str = ""
    source: str = ""
    is_approximate: bool = False
    fields: Mapping[str, Any] | None = None
    fact: Lasting | None = None

    @property
    def parties(self) -> frozenset[str]:
        """The codes of those that give it, and of those to whom or against whom it goes."""
        stated = self.fields or {}
        named = [*stated.get("against", []), *stated.get("addressees", [])]
        received = [code for code in self.way.received if code]
        return frozenset([*self.by, *named, *received, *self.way.informed])


@dataclass(frozen=True)
class DeadlineExpected:
    """Deadlines of an act, by clause or by the act the clause governs: date, opening, status."""

    line: int | None
    of: str
    clause: str = ""
    governs: str = ""
    opens: Moment | None = None
    due: Moment | None = None
    status: str = ""


@dataclass(frozen=True)
class MembershipExpected:
    """A party is, or is no longer, one on a day."""

    line: int | None
    party: str
    is_party: bool
    on: date


@dataclass(frozen=True)
class LapseExpected:
    """The limit that an act set has passed unanswered by a party, or by each, at 00:00 of a day."""

    line: int | None
    of: str
    by: str
    on: date


@dataclass(frozen=True)
class SilenceExpected:
    """A party has neither responded nor referred to an act before 00:00 of a day."""

    line: int | None
    of: str
    by: str
    on: date


Expectation = DeadlineExpected | MembershipExpected | LapseExpected | SilenceExpected


@dataclass(frozen=True)
class Scenario:
    """One scenario file; ``digest`` is over its content, whatever its layout.

    ``parties`` is None where the library says who is a party.
    """

    id: str
    title: str
    treaty: str
    zone: str
    until: Moment
    acts: tuple[ScenarioAct, ...]
    expect: tuple[Expectation, ...]
    digest: str
    parties: tuple[PartyEntry, ...] | None = None

    def instant(self, moment: Moment) -> datetime:
        """The instant of a moment of this file."""
        return instant_of(moment, self.zone)
