"""Yields, duties and modifiers that make no sense: refused by their key."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from notifications.clauses.treaty import TreatyFile
from notifications.errors import Problem

ProblemsOf = Callable[[str], list[Problem]]

STARTS = "starts: given"
COUNT = "count: [{add: P6M}]"
YIELDS = "yields: effect"
DUTY = "yields: duty\n    duty: {bearer: parties, act: conference}"
IN_FORCE = "{starts: in_force, count: [{add: "
WINDOW = "opens: [{add: P30D}]\n    closes: [{add: P60D}]"


@pytest.mark.parametrize(
    ("modifier", "key", "sentence"),
    [
        ("when: {}", "when", "no value"),
        ("when: accession", "when", "Keys with values"),
        ("when: {Mode: accession}", "when.Mode", "no name of a field"),
        ("when: {mode: 5.5}", "when.mode", "is not text"),
        ("when: {mode: []}", "when.mode", "at least one value"),
        ("when: {mode: [accession, accession]}", "when.mode[1]", "stands twice"),
        ("when: {mode: {is: accession}}", "when.mode", "Text must stand here"),
        ("when: {party: ZZZ}", "when.party", "neither a party that is known nor a list"),
        ("when: {party: [USA, annex-2]}", "when.party", "neither a party that is known nor a li"),
        ("when: {fact: peace}", "when.fact", '"peace" is none of'),
        ("when: {fact: [armed-conflict, peace]}", "when.fact[1]", '"peace" is none of'),
        ("admissible: {}", "admissible", "no value"),
        ("admissible: P3Y", "admissible", "Keys with values"),
        ("admissible: {before: {starts: in_force}}", "admissible.before", "unknown"),
        (
            "admissible: {not_before: {count: [{add: P3Y}]}}",
            "admissible.not_before.starts",
            "required",
        ),
        (
            "admissible: {not_before: {starts: in_force, count: [{add: P9Z}]}}",
            "admissible.not_before.count[0].add",
            "no ISO 8601 period",
        ),
        (
            'admissible: {not_before: {starts: {yearly: ["01-01"]}}}',
            "admissible.not_before.starts",
            "What recurs stands for itself",
        ),
        (
            f"admissible: {{not_before: {IN_FORCE}P3Y}}]}}, not_after: {IN_FORCE}P2Y}}]}}}}",
            "admissible.not_after",
            "ends before it begins",
        ),
        (
            "admissible: {window: {starts: in_force, first: P10Y, every: P10Y}}",
            "admissible.window.for",
            "required",
        ),
        (
            "admissible: {window: {starts: in_force, first: P10Y, every: PT5H, for: P1Y}}",
            "admissible.window.every",
            "counts hours",
        ),
        (
            "admissible: {window: {starts: {field: x}, first: P1Y, every: P1Y, for: P1Y}}",
            "admissible.window.starts",
            "Text must stand here",
        ),
        ("open_while: peace", "open_while", '"peace" is none of'),
        ("open_while: {at: notice}", "open_while.fact", "required"),
        ("open_while: {fact: armed-conflict, at: noon}", "open_while.at", '"noon" is none of'),
        ("cascades: paris", "cascades", "A list must stand here"),
        ("cascades: [paris, paris]", "cascades[1]", "stands twice"),
        ("cascades: [Paris Agreement]", "cascades[0]", "not written as this key asks"),
        ("survives: for ever", "survives", "no ISO 8601 period"),
        ("survives: PT20H", "survives", "counts hours"),
        ("survives: [{add: P1Y}, {until: never}]", "survives[1].until", "no month and day"),
        ("silence: acceptance", "silence", "only where a right lapses"),
        ("override: forbidden", "override", '"forbidden" is none of'),
        ("override: true", "override", "is not text"),
        ("at: noon", "at", '"noon" is none of'),
        ("basis: hearsay", "basis", '"hearsay" is none of'),
        ("requires: a statement", "requires", "A list must stand here"),
    ],
)
def test_a_modifier_that_makes_no_sense_is_refused(
    *, treaty_text: str, problems_of: ProblemsOf, modifier: str, key: str, sentence: str
) -> None:
    problems = problems_of(treaty_text.replace(COUNT, f"{COUNT}\n    {modifier}"))

    assert [problem.key for problem in problems] == [f"clauses[art-9].{key}"]
    assert sentence in problems[0].sentence


@pytest.mark.parametrize(
    ("old", "new", "key", "sentence"),
    [
        (COUNT, f"{COUNT}\n    at: start", "at", "Only an effect"),
        (COUNT, f"{COUNT}\n    cascades: [paris]", "cascades", "Only an effect"),
        (COUNT, f"{COUNT}\n    survives: P1Y", "survives", "Only an effect"),
        (COUNT, f"{WINDOW}\n    open_while: armed-conflict", "open_while", "write count"),
        ("act: conference}", "act: conference, soft: fast}", "duty.soft", "no ISO 8601 period"),
        ("act: conference}", "act: conference, soft: -P7D}", "duty.soft", "negative"),
        ("act: conference}", "act: conference, on_lapse: war}", "duty.on_lapse", "is none of"),
        ("act: conference}", "act: conference, by: all}", "duty.by", "unknown"),
        ("governs: withdrawal", "governs: none", "starts", "write yearly, or every"),
    ],
)
def test_what_a_duty_cannot_have_is_refused(
    *, treaty_text: str, problems_of: ProblemsOf, old: str, new: str, key: str, sentence: str
) -> None:
    text = treaty_text.replace(YIELDS, DUTY)
    assert old in text

    problems = problems_of(text.replace(old, new))

    assert [problem.key for problem in problems] == [f"clauses[art-9].{key}"]
    assert sentence in problems[0].sentence


def test_a_target_is_one_date_and_no_window(treaty_text: str, problems_of: ProblemsOf) -> None:
    text = treaty_text.replace(COUNT, WINDOW).replace(YIELDS, DUTY)

    problems = problems_of(text.replace("act: conference}", "act: conference, soft: P7D}"))

    assert [problem.key for problem in problems] == ["clauses[art-9].duty.soft"]


@pytest.mark.parametrize("key", ["minimum: true", "when: {mode: x}", "requires: [reasons]"])
def test_what_belongs_to_an_act_is_refused_where_none_starts_the_clock(
    treaty_text: str, problems_of: ProblemsOf, key: str
) -> None:
    text = treaty_text.replace("governs: withdrawal", "governs: none").replace(YIELDS, DUTY)
    text = text.replace(STARTS, f'starts: {{yearly: ["11-15"]}}\n    {key}')

    name, _, _value = key.partition(":")
    assert {problem.key for problem in problems_of(text)} == {f"clauses[art-9].{name}"}


@pytest.mark.parametrize("yields", [YIELDS, "yields: right"])
def test_no_effect_and_no_right_recurs(
    treaty_text: str, problems_of: ProblemsOf, yields: str
) -> None:
    text = treaty_text.replace("governs: withdrawal", "governs: none").replace(YIELDS, yields)

    problems = problems_of(text.replace(STARTS, 'starts: {yearly: ["11-15"]}'))

    assert [problem.key for problem in problems] == ["clauses[art-9].yields"]


def test_an_act_that_is_not_admitted_is_named(treaty_text: str, problems_of: ProblemsOf) -> None:
    head = treaty_text[: treaty_text.index("    starts:")]
    text = head.replace("governs: withdrawal", "governs: none")

    problems = problems_of(f"{text}    yields: not-permitted\n")

    assert [problem.key for problem in problems] == ["clauses[art-9].governs"]


@pytest.mark.parametrize(
    ("count", "has_end"),
    [("[{add: PT48H}]", False), ("[{add: P1DT1H}]", False), ("[{add: PT48H}, {next: day}]", True)],
)
def test_hours_end_at_their_instant_and_not_with_the_day(
    *,
    treaty_text: str,
    problems_of: ProblemsOf,
    load: Callable[[str], TreatyFile],
    count: str,
    has_end: bool,
) -> None:
    text = treaty_text.replace(COUNT, f"count: {count}\n    at: end")

    if has_end:
        assert load(text).clauses[0].is_at_end
    else:
        assert [problem.key for problem in problems_of(text)] == ["clauses[art-9].at"]


@pytest.mark.parametrize("yields", [YIELDS, "yields: right"])
def test_no_effect_and_no_right_moves_for_a_holiday(
    treaty_text: str, problems_of: ProblemsOf, yields: str
) -> None:
    rolled = "[{add: P6M}, {roll: forward, weekend: true}]"
    branches = f"[{{starts: given, count: {rolled}}}, {{starts: informed, count: []}}]"
    one = treaty_text.replace(YIELDS, yields).replace(COUNT, f"count: {rolled}")
    several = treaty_text.replace(YIELDS, yields).replace(
        f"{STARTS}\n    {COUNT}", f"later_of: {branches}"
    )

    assert [problem.key for problem in problems_of(one)] == ["clauses[art-9].count[1]"]
    assert [problem.key for problem in problems_of(several)] == ["clauses[art-9].later_of[0]"]


@pytest.mark.parametrize(
    "key",
    [
        "count: [{subtract: P1900Y}]",
        "count: [{add: P1Y}]\n    survives: P9000Y",
        "count: []\n    admissible: {not_before: {starts: in_force, count: [{add: P9000Y}]}}",
        "count: []\n    admissible: {window: {starts: given, first: P9Y, every: P9999Y, for: P1Y}}",
        "count: []\n    admissible: {window: {starts: given, first: P9Y, every: P9Y, for: P9999Y}}",
    ],
)
def test_no_length_leads_out_of_the_calendar(
    treaty_text: str, problems_of: ProblemsOf, key: str
) -> None:
    (problem,) = problems_of(treaty_text.replace(COUNT, key))

    assert problem.key == "clauses[art-9]"
    assert "out of the calendar" in problem.sentence


def test_a_list_of_the_treaty_holds_parties_that_are_known(
    treaty_text: str, problems_of: ProblemsOf
) -> None:
    text = treaty_text.replace("clauses:", "lists: {annex-1: [USA, ZZZ], Annex 2: [USA]}\nclauses:")

    assert [(problem.key, problem.sentence[:9]) for problem in problems_of(text)] == [
        ("lists.annex-1[1]", "The party"),
        ("lists.Annex 2", '"Annex 2"'),
    ]


def test_one_clause_is_told_all_that_is_wrong_with_it(
    treaty_text: str, problems_of: ProblemsOf
) -> None:
    text = treaty_text.replace(STARTS, "starts: {field: }").replace(
        COUNT,
        "count: [{add: -P6M}, {next: week}]\n    when: {}\n    silence: acceptance\n    zone: Mars",
    )

    assert [(problem.line, problem.key) for problem in problems_of(text)] == [
        (9, "clauses[art-9].starts.field"),
        (10, "clauses[art-9].count[0].add"),
        (10, "clauses[art-9].count[1].next"),
        (11, "clauses[art-9].when"),
        (12, "clauses[art-9].silence"),
        (13, "clauses[art-9].zone"),
    ]


def test_whom_a_clause_names_is_checked_whatever_else_is_wrong_with_it(
    treaty_text: str, problems_of: ProblemsOf
) -> None:
    text = treaty_text.replace(STARTS, "starts: {clause: art-3}").replace(
        COUNT, "count: [{add: P6X}]\n    when: {party: ZZZ}\n    addressees: [QQQ]"
    )

    assert [(problem.line, problem.key) for problem in problems_of(text)] == [
        (9, "clauses[art-9].starts.clause"),
        (10, "clauses[art-9].count[0].add"),
        (11, "clauses[art-9].when.party"),
        (12, "clauses[art-9].addressees[0]"),
    ]
