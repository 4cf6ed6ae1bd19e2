"""Published dates of real notices, held against what the clauses of their treaties yield."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from notifications.clauses.choosing import compute_all, with_default_exit
from notifications.clauses.events import Event
from notifications.clauses.explain import one_sentence, trace_step
from notifications.clauses.facts import Facts, ReceiptFact
from notifications.clauses.results import Result
from notifications.clauses.setting import Setting

# Who receives what goes from party to party; the other party is not named in such files.
OTHER_PARTY: Final = "the other party"

# An instrument of which a file does not say what it is, is taken to be what most are.
COMMONEST: Final = "ratification"

# What says how an act ends: at most one of a treaty's clauses of these counts for it.
_DECIDING: Final = ("effect", "not-permitted")


@dataclass(frozen=True)
class Check:
    """One notice with what was computed for it; of a skipped one there is no ``result``."""

    event: Event
    result: Result | None = None

    @property
    def status(self) -> Literal["agree", "differ", "skipped"]:
        """Whether the computed date is the published one."""
        if self.result is None:
            return "skipped"
        if self.event.is_premature:
            return "agree" if self.result.status == "premature" else "differ"
        return "agree" if self.result.due_on == self.event.effective_on else "differ"

    @property
    def days(self) -> int | None:
        """How many days the computed date lies after the published one."""
        published, computed = self.event.effective_on, self.result and self.result.due_on
        return (computed - published).days if published and computed else None

    @property
    def sentence(self) -> str:
        """The way to the computed date, in English."""
        return one_sentence(self.result.trace) if self.result else ""

    def as_data(self) -> dict[str, object]:
        """Plain data for JSON; a notice without effect expects the result ``premature``."""
        data: dict[str, object] = {"id": self.event.id, "status": self.status}
        if self.result is None:
            return {**data, **_NOTHING, "reason": self.event.skipped}
        expected, computed = self.event.effective_on, self.result.due_on
        return {
            **data,
            "expected": expected.isoformat() if expected else None,
            "computed": computed.isoformat() if computed else None,
            "days": self.days,
            "result": self.result.status,
            "trace": [step.as_data() for step in self.result.trace],
        }


_NOTHING: Final[dict[str, object]] = {
    "expected": None,
    "computed": None,
    "days": None,
    "result": None,
    "trace": [],
}


@dataclass(frozen=True)
class Agreement:
    """All notices of a file, in its order."""

    checks: Sequence[Check]

    def count(self, status: str) -> int:
        """How many have this status."""
        return sum(check.status == status for check in self.checks)

    def as_data(self) -> dict[str, object]:
        """The shape of ``check_clauses --json`` (clauses.md)."""
        totals = {status: self.count(status) for status in ("agree", "differ", "skipped")}
        return {"events": [check.as_data() for check in self.checks], **totals}


def agreement(events: Iterable[Event], settings: Mapping[str, Setting]) -> Agreement:
    """Compute every notice that is not skipped, each under its treaty (by id)."""
    return Agreement(
        [
            Check(event) if event.skipped else Check(event, yielded(event, settings[event.treaty]))
            for event in events
        ]
    )


def yielded(event: Event, setting: Setting) -> Result:
    """What the treaty's clauses make of a notice: its effect, or why it has none."""
    facts = facts_of(event, setting)
    try:
        return _decided(event, setting, facts)
    except (OverflowError, ValueError):  # periods that leave the calendar
        return Result("awaiting", setting.zone)


def facts_of(event: Event, setting: Setting) -> Facts:
    """The facts that a file of notices states; what it does not state happened with the receipt."""
    received = event.received_on or event.given_on
    entry = setting.entry_of(event.state, event.given_on)
    entered_on = setting.entered_on(event.state, event.given_on)
    consented = received if event.act == "instrument" else entry and entry.consented
    receivers = setting.depositaries or (OTHER_PARTY,)
    mode = event.mode or (COMMONEST if event.act == "instrument" else "")
    return Facts(
        given_on=event.given_on,
        zone=setting.zone,
        depositaries=frozenset(setting.depositaries),
        addressees=None,
        receipts=tuple(ReceiptFact(code, received) for code in receivers),
        circulated_on=received,
        has_reasons=True,
        sender=event.state,
        bearer=event.state,
        informed={event.state: received},
        registered_on=event.registered_on or received,
        consents={event.state: consented} if consented else {},
        in_force_on=setting.in_force_on,
        entries={event.state: entered_on} if entered_on else {},
        fields={"mode": mode} if mode else {},
        parties=setting.parties_on(event.given_on),
        lists=setting.lists,
        is_given_stated=True,
    )


def _decided(event: Event, setting: Setting, facts: Facts) -> Result:
    governing = [clause for clause in setting.clauses if clause.governs == event.act]
    if event.act == "withdrawal":
        governing = with_default_exit(governing)
    results = compute_all(governing, facts)
    decides = next(
        (clause for clause in governing if clause.yields in _DECIDING and clause.id in results),
        None,
    )
    if decides is None:
        nothing = trace_step("no-such-clause", None, None)
        return Result("awaiting", setting.zone, trace=(nothing,))
    return results[decides.id]
