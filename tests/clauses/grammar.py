"""Clauses made at random from the grammar of the page on clauses, for tests of what is general."""

from __future__ import annotations

import calendar
from typing import Any

from hypothesis import strategies as st

from notifications.clauses import vocabulary as words

Data = dict[str, Any]

# Lengths that stay within the calendar however they are put together.
NUMBERS = st.integers(min_value=1, max_value=30)
IDS = st.from_regex(r"[a-z]{1,6}(-[a-z0-9]{1,4})?", fullmatch=True)
FIELDS = st.from_regex(r"[a-z]{1,8}(_[a-z]{1,6})?", fullmatch=True)
ARTICLES = st.from_regex(r"(Art\. |para )?[IVXLC]{1,5}(\([1-9]\))?", fullmatch=True)
TEXTS = st.text("abcdefghij ,.:-'\"éß中#{}[]&*!|>%@`", min_size=1, max_size=40).map("T{}".format)


@st.composite
def periods(draw: st.DrawFn, *, calendar_only: bool = False) -> str:
    """An ISO 8601 period, now and then with several parts."""
    parts = [f"{draw(NUMBERS)}{unit}" for unit in "YMWD" if draw(st.booleans())]
    clock = [] if calendar_only else [f"{draw(NUMBERS)}{unit}" for unit in "HM" if draw(RARELY)]
    if not parts and not clock:
        parts = [f"{draw(NUMBERS)}D"]
    return "P" + "".join(parts) + ("T" + "".join(clock) if clock else "")


RARELY = st.integers(min_value=0, max_value=9).map(lambda number: number == 0)
LENGTHS = periods(calendar_only=True)
CALENDAR_DATES = st.integers(1, 12).flatmap(
    lambda month: st.integers(1, calendar.monthrange(2023, month)[1]).map(
        lambda day: f"{month:02d}-{day:02d}"
    )
)
FACTS = st.sampled_from(words.STARTS)
TERMS = st.fixed_dictionaries(
    {"from": FACTS, "first": LENGTHS, "every": LENGTHS}, optional={"notice": LENGTHS}
)
STEPS = st.one_of(
    periods().map(lambda period: {"add": period}),
    LENGTHS.map(lambda period: {"subtract": period}),
    st.sampled_from([{"next": "day"}, {"next": "month"}, {"start": "month"}]),
    CALENDAR_DATES.map(lambda day: {"until": day}),
    CALENDAR_DATES.map(lambda day: {"after": day}),
    TERMS.map(lambda term: {"term": term}),
)
WAYS = st.lists(STEPS, max_size=3)
REACHES = st.one_of(
    st.integers(1, words.MOST_ACTS), st.sampled_from([*words.SHARES, "7/8", "2/3", "1/1"])
)
COUNTS_OF = st.one_of(
    st.fixed_dictionaries({"count_of": st.sampled_from(words.ACTS), "reaches": REACHES}),
    st.fixed_dictionaries(
        {
            "count_of": st.sampled_from(words.ACTS),
            "reaches": REACHES,
            "within": LENGTHS,
            "of": FACTS,
        }
    ),
)
STARTS = st.one_of(FACTS, FIELDS.map(lambda name: {"field": name}), COUNTS_OF)
RUNS = st.one_of(
    st.lists(CALENDAR_DATES, min_size=1, max_size=4, unique=True).map(
        lambda days: {"yearly": days}
    ),
    st.fixed_dictionaries(
        {
            "every": LENGTHS,
            "from": st.sampled_from(["in_force", "in_force_for_party", "consented"]),
        },
        optional={"first": LENGTHS},
    ),
)
BRANCHES = st.fixed_dictionaries({"starts": STARTS, "count": WAYS})
LIMITS = st.fixed_dictionaries({"starts": STARTS}, optional={"count": WAYS})
WINDOWS = st.fixed_dictionaries(
    {"starts": FACTS, "first": LENGTHS, "every": LENGTHS, "for": LENGTHS}
)
WHENS = st.dictionaries(
    FIELDS.filter(lambda name: name not in {"party", "list", "fact"}),
    st.one_of(TEXTS, st.booleans(), st.lists(TEXTS, min_size=1, max_size=3, unique=True)),
    min_size=1,
    max_size=2,
)
DUTIES = st.fixed_dictionaries(
    {
        "bearer": st.sampled_from(["each-party", "addressee"]),
        "act": st.sampled_from(words.FULFILLING_ACTS),
    },
    optional={"on_lapse": st.sampled_from(words.FULFILLING_ACTS)},
)
ABOUT: dict[str, st.SearchStrategy[Any]] = {
    "summary": TEXTS,
    "addressees": st.lists(st.sampled_from(["depositaries", "parties", "CAN"]), unique=True),
    "which": st.sampled_from(["first", "last"]),
    "zone": st.sampled_from(["UTC", "Asia/Kathmandu", "America/St_Johns"]),
    "override": st.just("allowed"),
    "source": TEXTS,
    "confidence": st.sampled_from(words.CONFIDENCES),
    "basis": st.sampled_from(words.BASES),
}
OF_AN_ACT: dict[str, st.SearchStrategy[Any]] = {
    **ABOUT,
    "when": WHENS,
    "requires": st.lists(TEXTS, max_size=2, unique=True),
    "admissible": st.one_of(
        LIMITS.map(lambda limit: {"not_before": limit}),
        LIMITS.map(lambda limit: {"not_after": limit}),
        WINDOWS.map(lambda window: {"window": window}),
    ),
}
OF_AN_EFFECT: dict[str, st.SearchStrategy[Any]] = {
    **OF_AN_ACT,
    "minimum": st.booleans(),
    "at": st.just("start"),
    "open_while": st.sampled_from(
        ["armed-conflict", {"fact": "armed-conflict"}, {"fact": "armed-conflict", "at": "notice"}]
    ),
    "cascades": st.lists(IDS, max_size=2, unique=True),
    "survives": st.one_of(LENGTHS, WAYS),
}


def _clauses(
    required: dict[str, st.SearchStrategy[Any]], optional: dict[str, st.SearchStrategy[Any]]
) -> st.SearchStrategy[Data]:
    return st.fixed_dictionaries(required, optional=optional)


_ACTS = st.sampled_from(words.ACTS)
_BRANCHED = st.lists(BRANCHES, min_size=2, max_size=3)
_ONE_WAY = {"governs": _ACTS, "starts": STARTS, "count": WAYS}
KINDS = st.one_of(
    _clauses({**_ONE_WAY, "yields": st.just("effect")}, OF_AN_EFFECT),
    _clauses({"governs": _ACTS, "later_of": _BRANCHED, "yields": st.just("effect")}, OF_AN_EFFECT),
    _clauses({"governs": _ACTS, "earlier_of": _BRANCHED, "yields": st.just("right")}, OF_AN_ACT),
    _clauses(
        {**_ONE_WAY, "yields": st.just("lapse"), "silence": st.sampled_from(words.SILENCES)},
        {**OF_AN_ACT, "duty": DUTIES},
    ),
    _clauses({**_ONE_WAY, "yields": st.just("duty"), "duty": DUTIES}, OF_AN_ACT),
    _clauses(
        {
            "governs": _ACTS,
            "starts": STARTS,
            "opens": st.just([{"add": "P30D"}]),
            "closes": st.just([{"add": "P2M"}, {"next": "day"}]),
            "yields": st.just("duty"),
            "duty": DUTIES,
        },
        OF_AN_ACT,
    ),
    _clauses(
        {
            "governs": st.just("none"),
            "starts": RUNS,
            "count": WAYS,
            "yields": st.just("duty"),
            "duty": DUTIES,
        },
        ABOUT,
    ),
    _clauses({"governs": _ACTS, "yields": st.just("not-permitted")}, {"summary": TEXTS}),
)
