"""Days, zones, clauses and facts drawn at random, for what must hold of all of them.

The same examples are drawn in every run. To search further afield, give ``EXPLORE=1`` in the
environment: other examples each time, many more of them, and the seed of a failure is printed.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import available_timezones

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from notifications.clauses.compute import compute
from notifications.clauses.facts import (
    Extension,
    Facts,
    Lasting,
    Objection,
    Override,
    ReceiptFact,
    ReferringAct,
    Stop,
)
from notifications.clauses.reading import parse_clause
from notifications.clauses.schema import Clause

IS_EXPLORING: Final = os.environ.get("EXPLORE") == "1"

# Nothing is kept on disk, and no time is measured: the machine may be busy.
EXAMPLES: Final = settings(
    derandomize=not IS_EXPLORING,
    print_blob=IS_EXPLORING,
    max_examples=2000 if IS_EXPLORING else 100,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
# Of what takes longer to draw: whole clauses, and all that can be known of an act.
SOME_EXAMPLES: Final = settings(EXAMPLES, max_examples=1000 if IS_EXPLORING else 50)

DAYS = st.dates(date(1815, 1, 1), date(2200, 12, 31))
# The zones that the machine has; "localtime" is no zone but whatever the machine is set to.
ZONES = st.sampled_from(sorted(available_timezones() - {"localtime"}))
MONTH_ENDS = DAYS.map(lambda day: (day.replace(day=28) + timedelta(days=4)).replace(day=1)).map(
    lambda first: first - timedelta(days=1)
)
ANY_DAY = DAYS | MONTH_ENDS
INSTANTS = st.datetimes(datetime(1815, 1, 1), datetime(2200, 12, 31), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda at: at.replace(second=0, microsecond=0)
)

CODES: Final = ("CAN", "FRA", "HUN", "RUS", "USA")
SMALL = st.integers(1, 24)
UNITS: Final = ("Y", "M", "W", "D")


def _period(parts: dict[str, int], clock: dict[str, int]) -> str:
    text = "P" + "".join(f"{parts[unit]}{unit}" for unit in UNITS if unit in parts)
    hours = "".join(f"{clock[unit]}{unit}" for unit in "HM" if unit in clock)
    return text + (f"T{hours}" if hours else "")


LENGTHS = st.dictionaries(st.sampled_from(UNITS), SMALL, min_size=1, max_size=2).map(
    lambda parts: _period(parts, {})
)
CLOCKS = st.builds(
    _period,
    st.dictionaries(st.sampled_from(UNITS), SMALL, max_size=1),
    st.dictionaries(st.sampled_from("HM"), st.integers(1, 200), min_size=1),
)
CALENDAR_DATES = st.dates(date(2023, 1, 1), date(2023, 12, 31)).map(lambda day: f"{day:%m-%d}")
TERMS = st.fixed_dictionaries(
    {"from": st.just("in_force"), "first": LENGTHS, "every": LENGTHS}, optional={"notice": LENGTHS}
)
STEPS = st.one_of(
    (LENGTHS | CLOCKS).map(lambda period: {"add": period}),
    (LENGTHS | CLOCKS).map(lambda period: {"subtract": period}),
    st.sampled_from([{"next": "day"}, {"next": "month"}, {"start": "month"}]),
    CALENDAR_DATES.map(lambda day: {"until": day}),
    CALENDAR_DATES.map(lambda day: {"after": day}),
    TERMS.map(lambda term: {"term": term}),
)
WAYS = st.lists(STEPS, max_size=4)
STARTS = st.one_of(
    st.sampled_from(["given", "received", "deposited", "registered", "circulated", "informed"]),
    st.sampled_from(["consented", "in_force", "in_force_for_party"]),
    st.sampled_from([{"field": "occurs_at"}, {"field": "until_on"}, {"clause": "art-8"}]),
    st.fixed_dictionaries(
        {
            "count_of": st.just("objection"),
            "reaches": st.sampled_from([1, 2, 3, "all", "last", "majority", "2/3"]),
        }
    ),
)
BRANCHES = st.lists(
    st.fixed_dictionaries({"starts": STARTS, "count": WAYS}), min_size=2, max_size=3
)
DUTY: Final = {"bearer": "each-party", "act": "response"}


@st.composite
def clauses(draw: st.DrawFn) -> Clause:
    """A clause of one way, of several, or with a window."""
    kind = draw(st.sampled_from(["count", "count", "later_of", "earlier_of", "window"]))
    yields = draw(st.sampled_from(["effect", "duty", "lapse", "right"]))
    data: dict[str, Any] = {"governs": "withdrawal", "yields": yields}
    if kind == "window":
        opens = draw(st.lists(LENGTHS.map(lambda period: {"subtract": period}), max_size=1))
        closes = [*opens, {"add": draw(LENGTHS)}]
        data |= {"yields": "lapse", "opens": opens, "closes": closes}
    else:
        data[kind] = draw(WAYS if kind == "count" else BRANCHES)
    if kind in {"window", "count"}:
        data["starts"] = draw(STARTS)
    if data["yields"] == "duty":
        data["duty"] = DUTY
    if data["yields"] == "effect":
        data |= draw(EFFECTS)
        if not any("T" in str(data.get(key)) for key in ("count", "later_of", "earlier_of")):
            data |= {"at": draw(st.sampled_from(["start", "end"]))}
    zone = draw(st.none() | ZONES)
    return clause(**data, **({"zone": zone} if zone else {}))


EFFECTS: Final = st.fixed_dictionaries(
    {},
    optional={
        "minimum": st.just(True),
        "survives": LENGTHS,
        "open_while": st.just("armed-conflict"),
    },
)


def clause(**keys: object) -> Clause:
    """An effect of a withdrawal from the day of the note, unless keys say otherwise."""
    return parse_clause(
        {"id": "art-9", "article": "Art. 9", "governs": "withdrawal", "yields": "effect", **keys}
    )


def given_facts(day: date, **keys: object) -> Facts:
    """A note of a day in UTC, and nothing else."""
    return Facts(
        day,
        **{"zone": "UTC", "depositaries": frozenset({"CAN"}), "addressees": None, **keys},  # type: ignore[arg-type]
    )


def counted(day: date, *steps: object) -> date:
    """The date to which steps lead from a day."""
    due_on = compute(clause(starts="given", count=list(steps)), given_facts(day)).due_on
    assert due_on is not None
    return due_on


@st.composite
def histories(draw: st.DrawFn) -> Facts:
    """Everything that can be known of an act; now and then something is missing."""
    day = draw(ANY_DAY.filter(lambda found: 1820 < found.year < 2195))
    near = st.integers(0, 900).map(lambda days: day + timedelta(days=days))
    moments = near.map(lambda on: datetime(on.year, on.month, on.day, 13, 45, tzinfo=UTC))
    receipts = st.builds(ReceiptFact, st.sampled_from(CODES), near, claimed_on=st.none() | near)
    spans = st.tuples(near, st.integers(1, 90)).map(
        lambda span: (span[0], span[0] + timedelta(days=span[1]))
    )
    return given_facts(
        day,
        zone=draw(ZONES),
        receipts=tuple(draw(st.lists(receipts, max_size=3))),
        circulated_on=draw(st.none() | near),
        effective_on=draw(st.none() | near),
        sender="USA",
        bearer="USA",
        informed=draw(st.just({}) | near.map(lambda on: {"USA": on})),
        registered_on=draw(st.none() | near),
        consents=draw(st.just({}) | near.map(lambda on: {"USA": on})),
        in_force_on=draw(st.none() | ANY_DAY.filter(lambda on: on <= day) | near),
        given_at=draw(st.none() | st.just(datetime(day.year, day.month, day.day, 9, tzinfo=UTC))),
        stated=draw(st.fixed_dictionaries({}, optional={"occurs_at": moments, "until_on": near})),
        parties=frozenset(CODES),
        referring=tuple(
            draw(
                st.lists(
                    st.builds(ReferringAct, st.just("objection"), st.sampled_from(CODES), near),
                    max_size=6,
                )
            )
        ),
        yielded=draw(st.fixed_dictionaries({}, optional={"art-8": near | moments})),
        stops=tuple(draw(st.lists(spans.map(lambda span: Stop(*span, "talks")), max_size=1))),
        extended_to=tuple(
            draw(st.lists(spans.map(lambda span: Extension(*span, "asked for")), max_size=1))
        ),
        overridden_to=tuple(
            draw(st.lists(spans.map(lambda span: Override(*span, "as agreed")), max_size=1))
        ),
        objections=tuple(
            draw(st.lists(near.map(lambda on: Objection("RUS", on, "not agreed")), max_size=1))
        ),
        lasting=tuple(
            draw(st.lists(spans.map(lambda span: Lasting("armed-conflict", *span)), max_size=1))
        ),
    )
