"""The facts that a clause counts from, given by the caller: the engine looks nothing up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from notifications.clauses.instants import Moment


@dataclass(frozen=True)
class ReceiptFact:
    """A party (or depositary, by its code) received the act on a date in the treaty's zone.

    ``claimed_on`` is the day that the other side states, where it disputes this one; ``at`` the
    instant in UTC, where it is known.
    """

    by: str
    on: date
    claimed_on: date | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Stop:
    """The clock stood still from a day on; ``until`` is the first day on which it ran again.

    Without ``until`` it stands still now.
    """

    on: date
    until: date | None
    reason: str


@dataclass(frozen=True)
class Extension:
    """The time-limit was extended on a day: by ``days``, else to the date ``to``."""

    on: date
    to: date
    reason: str
    days: int | None = None


@dataclass(frozen=True)
class Override:
    """On a day the depositary registered another date, where the clause lets it."""

    on: date
    to: date
    reason: str


@dataclass(frozen=True)
class Objection:
    """A party (by its code) objects to the date that the depositary registered."""

    by: str
    on: date
    reason: str


@dataclass(frozen=True)
class Lasting:
    """A state of things, such as an armed conflict, from a day on.

    ``until`` is the first day on which it was over, None as long as it lasts; ``by`` is the code of
    the party that it concerns, empty where it concerns every one.
    """

    kind: str
    on: date
    until: date | None
    by: str = ""

    def covers(self, day: date) -> bool:
        """Whether it lasted on the day, for all that is known."""
        return self.on <= day and (self.until is None or self.until > day)


@dataclass(frozen=True)
class ReferringAct:
    """An act of a kind that refers to this one, by a party (its code), and when it came in.

    ``is_received`` says that this is the day of its receipt, not the day on which it was given.
    """

    act: str
    by: str
    on: date
    is_received: bool = True


@dataclass(frozen=True)
class Facts:
    """What is known of one act, for one bearer.

    ``addressees`` are the codes it was addressed to (None: unknown); where the bearer is one
    addressee among several, give that one alone. ``effective_on`` is the date the notice names.
    ``sender`` and ``bearer`` are the codes of the party that acts and of the party whose clock it
    is. ``informed``, ``consents`` and ``entries`` hold, by code, the day on which a party was
    informed by the depositary, consented to be bound, and had the treaty come into force for it;
    ``in_force_on`` is the treaty's own. ``stops``, ``extended_to``, ``overridden_to`` and
    ``objections`` are the ledger of this clock, ``lasting`` what lasts or lasted meanwhile.

    ``given_at`` and ``circulated_at`` are the instants in UTC, where they are known. ``fields``
    holds the act's own fields as text or lists of text, ``stated`` those of them that are dates or
    instants. ``parties`` are the codes of the parties, ``lists`` the treaty's own lists of them;
    ``referring`` are the acts that refer to this one. ``yielded`` holds the moments that other
    clauses came to, by the clause's id, and ``articles`` what they are called. ``run_from`` is the
    first day on which a recurring run can end: that of the note, unless it is said.

    ``senders`` are all that give the act, where a clock is not of one of them alone.
    ``bound_since`` holds, by code, since when a party is bound: where its day of consent is not
    known, it had consented by then. ``is_given_stated`` says that the day of the note counts as
    the day on which the notice was given, whatever was received when.
    """

    given_on: date
    zone: str
    depositaries: frozenset[str]
    addressees: frozenset[str] | None
    receipts: tuple[ReceiptFact, ...] = ()
    circulated_on: date | None = None
    effective_on: date | None = None
    has_reasons: bool = False
    sender: str = ""
    bearer: str = ""
    informed: Mapping[str, date] = field(default_factory=dict)
    registered_on: date | None = None
    consents: Mapping[str, date] = field(default_factory=dict)
    in_force_on: date | None = None
    entries: Mapping[str, date] = field(default_factory=dict)
    stops: tuple[Stop, ...] = ()
    extended_to: tuple[Extension, ...] = ()
    overridden_to: tuple[Override, ...] = ()
    objections: tuple[Objection, ...] = ()
    lasting: tuple[Lasting, ...] = ()
    given_at: datetime | None = None
    circulated_at: datetime | None = None
    fields: Mapping[str, object] = field(default_factory=dict)
    stated: Mapping[str, Moment] = field(default_factory=dict)
    parties: frozenset[str] = frozenset()
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    referring: tuple[ReferringAct, ...] = ()
    yielded: Mapping[str, Moment | None] = field(default_factory=dict)
    articles: Mapping[str, str] = field(default_factory=dict)
    run_from: date | None = None
    bound_since: Mapping[str, date] = field(default_factory=dict)
    senders: frozenset[str] = frozenset()
    is_given_stated: bool = False
