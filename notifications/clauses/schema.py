"""What a clause of a treaty file says, checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from notifications.clauses.origins import Every, FieldStart, Start, Yearly, facts_of, start_data
from notifications.clauses.periods import Period
from notifications.clauses.steps import Step, Term

Steps = tuple[Step, ...]


@dataclass(frozen=True)
class Duty:
    """Who owes something, and the act that fulfils it.

    ``soft`` is the target where the clause says "promptly": never a breach. ``on_lapse`` is the act
    that a lapse calls for.
    """

    bearer: str
    act: str
    soft: Period | None = None
    on_lapse: str = ""

    def as_data(self) -> dict[str, str]:
        """The key as a file writes it."""
        data = {"bearer": self.bearer, "act": self.act}
        data |= {"soft": self.soft.iso} if self.soft else {}
        return data | ({"on_lapse": self.on_lapse} if self.on_lapse else {})


@dataclass(frozen=True)
class OpenWhile:
    """What keeps a date open as long as it lasts; ``at`` is the date on which that is tested."""

    fact: str
    at: Literal["yield", "notice"] = "yield"

    def as_data(self) -> str | dict[str, str]:
        """The key as a file writes it."""
        return self.fact if self.at == "yield" else {"fact": self.fact, "at": self.at}


@dataclass(frozen=True)
class Branch:
    """One way to a date: a start of its own, and the steps from it."""

    starts: Start
    count: Steps = ()

    def as_data(self) -> dict[str, object]:
        """The branch as a file writes it."""
        return {"starts": start_data(self.starts), "count": steps_data(self.count)}


@dataclass(frozen=True)
class Window:
    """Times in which an act is admitted: from a fact on, first and every so long, each so long."""

    starts: str
    first: Period
    every: Period
    length: Period

    def as_data(self) -> dict[str, object]:
        """The window as a file writes it."""
        return {
            "starts": self.starts,
            "first": self.first.iso,
            "every": self.every.iso,
            "for": self.length.iso,
        }


@dataclass(frozen=True)
class Admissible:
    """When an act is admitted, tested against the date from which its clause counts."""

    not_before: Branch | None = None
    not_after: Branch | None = None
    window: Window | None = None

    @property
    def starting(self) -> Iterator[Start]:
        """From what its limits are counted."""
        for part in (self.not_before, self.not_after, self.window):
            if part is not None:
                yield part.starts

    def as_data(self) -> dict[str, object]:
        """The key as a file writes it."""
        parts = {
            "not_before": self.not_before,
            "not_after": self.not_after,
            "window": self.window,
        }
        return {key: part.as_data() for key, part in parts.items() if part is not None}


@dataclass(frozen=True)
class Clause:
    """One provision that starts a clock (or, ``not-permitted``, that admits no such act).

    Either ``count``, or both of ``opens`` and ``closes``, or one of ``later_of`` and ``earlier_of``
    is set; an empty ``count`` is the same day. ``governs`` is an act, or ``none`` of what recurs.
    ``when`` limits it to acts with these values, any one of them for each key. ``zone`` is None
    where the treaty's zone holds. ``is_at_end`` says that an effect comes at 24:00 of its date.
    ``survives`` leads from the effect to the end of what outlasts it. ``silence`` says what it
    means that a right lapsed unused; ``override`` is ``allowed`` where the depositary may register
    another date. ``basis`` says how the rule is known: from its text, a secondary source,
    recollection.
    """

    id: str
    article: str
    governs: str
    yields: str
    summary: str = ""
    starts: Start = ""
    count: Steps | None = None
    opens: Steps | None = None
    closes: Steps | None = None
    minimum: bool = False
    addressees: tuple[str, ...] = ()
    duty: Duty | None = None
    requires: tuple[str, ...] = ()
    which: str = "first"
    zone: str | None = None
    source: str = ""
    confidence: str = ""
    silence: str = ""
    open_while: OpenWhile | None = None
    override: str = ""
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    later_of: tuple[Branch, ...] = ()
    earlier_of: tuple[Branch, ...] = ()
    admissible: Admissible | None = None
    is_at_end: bool = False
    cascades: tuple[str, ...] = ()
    survives: Steps = ()
    basis: str = ""

    @property
    def branches(self) -> tuple[Branch, ...]:
        """The ways of which the later or the earlier date counts; none where there is one way."""
        return self.later_of or self.earlier_of

    @property
    def starting(self) -> tuple[Start, ...]:
        """From what the clock runs; several where there are branches."""
        return tuple(branch.starts for branch in self.branches) or (self.starts,)

    @property
    def all_starts(self) -> Iterator[Start]:
        """Every start that the clause names, those of its conditions and terms included."""
        yield from self.starting
        if self.branches and self.starts:
            yield self.starts
        yield from self.admissible.starting if self.admissible else ()
        for step in self._all_steps:
            if isinstance(step, Term):
                yield step.of

    @property
    def facts(self) -> frozenset[str]:
        """The single recorded facts that the clause counts from, by the name of their start."""
        return frozenset(name for start in self.all_starts for name in facts_of(start))

    @property
    def is_recurring(self) -> bool:
        """Whether it runs again and again, with no act to start it."""
        return isinstance(self.starts, Yearly | Every)

    @property
    def is_own_notice(self) -> bool:
        """Whether the act that the clause governs is itself what fulfils the duty.

        So it is where the time is counted from what the act announces: a notice so long before, a
        report so long after.
        """
        if self.duty is None or self.duty.bearer != "notifier" or self.duty.act != self.governs:
            return False
        return all(isinstance(start, FieldStart) for start in self.starting)

    @property
    def _all_steps(self) -> Iterator[Step]:
        for steps in (self.count, self.opens, self.closes, self.survives):
            yield from steps or ()
        for branch in self.branches:
            yield from branch.count

    def as_data(self) -> dict[str, object]:
        """The clause as plain JSON data, in the keys of the file; ``parse_clause`` reads it back.

        Keys that say no more than their absence are left out.
        """
        data: dict[str, object] = {"id": self.id, "article": self.article, "governs": self.governs}
        for key in ("summary", "yields", "zone", "source", "confidence", "silence", "override"):
            data[key] = getattr(self, key)
        data["basis"], data["at"] = self.basis, "end" if self.is_at_end else None
        data["starts"] = start_data(self.starts)
        data["when"] = {key: _one_or_list(values) for key, values in self.when.items()} or None
        for key in ("later_of", "earlier_of"):
            data[key] = [branch.as_data() for branch in getattr(self, key)] or None
        for key in ("open_while", "duty", "admissible"):
            part = getattr(self, key)
            data[key] = None if part is None else part.as_data()
        for key in ("count", "opens", "closes"):
            steps: Steps | None = getattr(self, key)
            data[key] = None if steps is None else steps_data(steps)
        data["survives"] = steps_data(self.survives) or None
        data["minimum"] = self.minimum or None
        for key in ("addressees", "requires", "cascades"):
            data[key] = list(getattr(self, key)) or None
        data["which"] = None if self.which == "first" else self.which
        return {key: value for key, value in data.items() if value not in (None, "")}


def steps_data(steps: Steps) -> list[dict[str, object]]:
    """Steps as a file writes them."""
    return [step.as_data() for step in steps]


def _one_or_list(values: tuple[str, ...]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)
