"""What a row measures, and the arithmetic of it: medians, rates, ratios, goals."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Final, Literal

ROUNDS: Final = 7

Clock = Callable[[], float]


@dataclass(frozen=True)
class Outcome:
    """What came out of a row: ``value`` is held against ``goal``, in ``unit`` (empty: a ratio).

    ``details`` says what was measured, for people.
    """

    row: str
    value: float
    goal: float
    is_better: Literal["higher", "lower"]
    details: str
    unit: str = ""

    @property
    def is_met(self) -> bool:
        """Whether the goal is reached; the goal itself is."""
        if self.is_better == "higher":
            return self.value >= self.goal
        return self.value <= self.goal

    @property
    def line(self) -> str:
        """The row as it is printed."""
        sign = "≥" if self.is_better == "higher" else "≤"
        verdict = "met" if self.is_met else "MISSED"
        value, goal = self._said(self.value), f"{sign} {self._said(self.goal)}"
        return f"{self.row:<16} {value:>10}   goal {goal:<10} {verdict:<7} {self.details}"

    def as_data(self) -> dict[str, Any]:
        """The row as it is kept in results.json."""
        return {
            "row": self.row,
            "value": round(self.value, 4),
            "unit": self.unit,
            "goal": self.goal,
            "is_better": self.is_better,
            "is_met": self.is_met,
            "details": self.details,
        }

    def _said(self, number: float) -> str:
        return f"{number:.2f} {self.unit}".rstrip()


def seconds_of(work: Callable[[], object], calls: int, clock: Clock = time.perf_counter) -> float:
    """How long one call takes, from so many calls in a row."""
    began = clock()
    for _number in range(calls):
        work()
    return (clock() - began) / calls


def in_turn(
    one: Callable[[], object],
    other: Callable[[], object],
    *,
    calls: int,
    rounds: int = ROUNDS,
    clock: Clock = time.perf_counter,
) -> tuple[float, float]:
    """The median seconds of a call of each, measured in turn so that both meet the same machine."""
    pairs = [
        (seconds_of(one, calls, clock), seconds_of(other, calls, clock)) for _round in range(rounds)
    ]
    return median(first for first, _second in pairs), median(second for _first, second in pairs)


def ratio_of_rates(one: float, other: float) -> float:
    """How many calls of the other are made in the time of one call of the one."""
    return one / other


def exit_status(outcomes: Sequence[Outcome]) -> int:
    """0 where every goal is reached, else 1."""
    return 0 if all(outcome.is_met for outcome in outcomes) else 1
