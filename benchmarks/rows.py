"""The rows: each measures one thing and holds it against its goal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache, partial
from pathlib import Path
from statistics import median
from typing import Final

from dateutil.relativedelta import relativedelta

from benchmarks import place
from benchmarks.measuring import ROUNDS, Outcome, in_turn, ratio_of_rates, seconds_of
from notifications.clauses.compute import compute
from notifications.clauses.facts import Facts, ReceiptFact
from notifications.clauses.loader import load_party_file, load_treaty_directory
from notifications.clauses.treaty import TreatyFile

LIBRARY: Final = Path(__file__).resolve().parents[1] / "notifications" / "library"
CALLS: Final = 3000
GIVEN: Final = date(2020, 5, 22)


def clause() -> Outcome:
    """One clause with its trace, against one addition of months, each built anew.

    The clause is XV(2) of the Treaty on Open Skies: six months from the first receipt.
    """
    treaty = next(file for file in _library() if file.id == "open-skies")
    rule = next(one for one in treaty.clauses if one.id == "xv-2")
    facts = Facts(
        GIVEN,
        treaty.zone,
        frozenset(treaty.depositaries),
        None,
        receipts=(ReceiptFact("CAN", GIVEN),),
    )
    months, counted = in_turn(
        lambda: GIVEN + relativedelta(months=6), lambda: compute(rule, facts), calls=CALLS
    )
    return Outcome(
        "clause",
        ratio_of_rates(months, counted),
        goal=0.2,
        is_better="higher",
        details=(
            f"date + relativedelta(months=6): {1 / months:,.0f} a second; "
            f"a clause with its trace: {1 / counted:,.0f} a second"
        ),
    )


def library() -> Outcome:
    """All parties and treaty files, read and checked."""
    files = _library()
    seconds = median(seconds_of(_library, calls=1) for _round in range(ROUNDS))
    clauses = sum(len(file.clauses) for file in files)
    return Outcome(
        "library",
        seconds,
        goal=1.0,
        is_better="lower",
        unit="s",
        details=f"{len(files)} treaty files with {clauses} clauses, read and checked",
    )


def _library() -> list[TreatyFile]:
    parties = {record.code: record for record in load_party_file(LIBRARY / "parties.yaml")}
    return list(load_treaty_directory(LIBRARY / "treaties", known_parties=parties))


# By the subject that measures them, in a process and on a database of its own.
SUBJECTS: Final = {
    "delivery": ("delivery_1", "delivery_4", "cpu_ms_per_alert"),
    "scanning": ("first_alert", "scan"),
    "ticking": ("tick",),
    "filing": ("filing_queries", "filing_time"),
    "memory": ("memory",),
}


@cache
def _of_subject(subject: str) -> dict[str, Outcome]:
    """The rows of a subject come from one measurement."""
    return place.measure(subject)


def _row(subject: str, name: str) -> Outcome:
    return _of_subject(subject)[name]


ROWS: Final[dict[str, Callable[[], Outcome]]] = {
    "clause": clause,
    "library": library,
    **{name: partial(_row, subject, name) for subject, names in SUBJECTS.items() for name in names},
}
