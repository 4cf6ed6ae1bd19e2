"""Starts and steps that make no sense: refused by their key, also where they are nested."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from notifications.errors import Problem

ProblemsOf = Callable[[str], list[Problem]]

STARTS = "starts: given"
COUNT = "count: [{add: P6M}]"
YIELDS = "yields: effect"
DUTY = "yields: duty\n    duty: {bearer: parties, act: conference}"
BRANCH = "{starts: informed, count: []}"


def assert_refused(
    problems_of: ProblemsOf, text: str, key: str, sentence: str, place: str = "art-9"
) -> None:
    """One problem: file, clause and key, in a line that is known."""
    (problem,) = problems_of(text)
    assert problem.key == f"clauses[{place}].{key}"
    assert sentence in problem.sentence
    assert problem.file.endswith("lake-pact.yaml")
    assert problem.line


@pytest.mark.parametrize(
    ("start", "key", "sentence"),
    [
        ("{clause: art-3}", "starts.clause", 'no clause "art-3"'),
        ("{clause: art-9}", "starts", "in a circle: art-9 → art-9"),
        ("{clause: 3}", "starts.clause", "is not text"),
        ("{field: arrival, of: given}", "starts.of", '"of" is unknown'),
        ("{field: Arrival Time}", "starts.field", "no name of a field"),
        ("{field: }", "starts.field", "no value"),
        ("{date: 2020-01-01}", "starts.date", '"date" is unknown'),
        ("[given]", "starts", "Text must stand here"),
        ("{count_of: objection}", "starts.reaches", "required"),
        ("{count_of: protest, reaches: 3}", "starts.count_of", '"protest" is none of'),
        ("{count_of: objection, reaches: 0}", "starts.reaches", "A number from 1 to 999"),
        ("{count_of: objection, reaches: -2}", "starts.reaches", "A number from 1 to 999"),
        ("{count_of: objection, reaches: 1000}", "starts.reaches", "A number from 1 to 999"),
        ("{count_of: objection, reaches: most}", "starts.reaches", "A number from 1 to 999"),
        ('{count_of: objection, reaches: "9/8"}', "starts.reaches", "A number from 1 to 999"),
        ('{count_of: objection, reaches: "7/0"}', "starts.reaches", "A number from 1 to 999"),
        ("{count_of: objection, reaches: true}", "starts.reaches", "A number from 1 to 999"),
        ("{count_of: objection, reaches: 2, within: P9D}", "starts.within", 'goes "of"'),
        ("{count_of: objection, reaches: 2, of: given}", "starts.of", 'goes "within"'),
        (
            "{count_of: objection, reaches: 2, within: -PT9H, of: given}",
            "starts.within",
            "is negative",
        ),
        ("{yearly: [11-15]}", "governs", "write governs: none"),
        ("{every: P5Y, from: in_force}", "governs", "write governs: none"),
    ],
)
def test_a_start_that_makes_no_sense_is_refused(
    *, treaty_text: str, problems_of: ProblemsOf, start: str, key: str, sentence: str
) -> None:
    text = treaty_text.replace(STARTS, f"starts: {start}")

    if start.startswith(("{yearly", "{every")):
        text = text.replace(YIELDS, DUTY)
    assert_refused(problems_of, text, key, sentence)


@pytest.mark.parametrize(
    ("start", "key", "sentence"),
    [
        ("given", "starts", "write yearly, or every"),
        ("{yearly: []}", "starts.yearly", "at least one date"),
        ('{yearly: ["02-29"]}', "starts.yearly[0]", "29 February"),
        ('{yearly: ["11-15", "11-31"]}', "starts.yearly[1]", "no date of the calendar"),
        ('{yearly: ["11-15", "11-15"]}', "starts.yearly[1]", "stands twice"),
        ("{every: P5Y}", "starts.from", "required"),
        ("{every: PT5H, from: in_force}", "starts.every", "counts hours"),
        ("{every: P5Y, from: in_force, first: -P3Y}", "starts.first", "negative"),
        ("{every: P5Y, from: treaty}", "starts.from", '"treaty" is none of'),
        ("{every: P5Y, from: given}", "starts.from", "a fact of an act"),
        ("{every: P5Y, from: received}", "starts.from", "a fact of an act"),
    ],
)
def test_a_run_that_makes_no_sense_is_refused(
    *, treaty_text: str, problems_of: ProblemsOf, start: str, key: str, sentence: str
) -> None:
    text = treaty_text.replace("governs: withdrawal", "governs: none").replace(YIELDS, DUTY)

    assert_refused(problems_of, text.replace(STARTS, f"starts: {start}"), key, sentence)


@pytest.mark.parametrize(
    ("step", "key", "sentence"),
    [
        ("{subtract: -P1D}", ".subtract", "negative"),
        ("{add: P6M-1D}", ".add", "negative"),
        ("{add: P1Y+2D}", ".add", "no ISO 8601 period"),
        ("{add: PT1.5H}", ".add", "fraction"),
        ("{add: PT30S}", ".add", "counts seconds"),
        ("{add: PT}", ".add", "empty"),
        ("{start: year}", ".start", '"year" is none of'),
        ('{after: "02-29"}', ".after", "29 February"),
        ("{after: 1 January}", ".after", "no month and day"),
        ("{term: P10Y}", ".term", "Keys with values"),
        ("{term: {from: in_force, first: P10Y}}", ".term.every", "required"),
        ("{term: {from: in_force, first: P10Y, every: PT5H}}", ".term.every", "counts hours"),
        ("{term: {from: start, first: P1Y, every: P1Y}}", ".term.from", '"start" is none of'),
        ("{term: {from: in_force, first: P1Y, every: P1Y, for: P1Y}}", ".term.for", "unknown"),
        ("{roll: backward, weekend: true}", ".roll", '"backward" is none of'),
        ("{roll: forward}", ".roll", "Say from what it rolls"),
        ("{roll: forward, weekend: sometimes}", ".weekend", "true or false"),
        ("{roll: forward, calendar: France}", ".calendar", "no calendar of holidays"),
        ("{roll: forward, calendar: registry}", ".calendar", "no calendar of holidays"),
        ("{roll: forward, calendar: FR-}", ".calendar", "no calendar of holidays"),
        ("{roll: forward, weekend: true, days: 5}", ".days", '"days" is unknown'),
    ],
)
def test_a_step_that_makes_no_sense_is_refused(
    *, treaty_text: str, problems_of: ProblemsOf, step: str, key: str, sentence: str
) -> None:
    text = treaty_text.replace(YIELDS, DUTY).replace(COUNT, f"count: [{{next: day}}, {step}]")

    problems = problems_of(text)

    assert problems[0].key == f"clauses[art-9].count[1]{key}"
    assert sentence in problems[0].sentence
    assert {problem.key for problem in problems} <= {
        problems[0].key,
        "clauses[art-9].count[1].roll",
    }


@pytest.mark.parametrize(
    ("ways", "key", "sentence"),
    [
        (f"[{BRANCH}]", "later_of", "Two ways or more"),
        ("5", "later_of", "A list must stand here"),
        (f"[{BRANCH}, given]", "later_of[1]", "Keys with values"),
        (f"[{BRANCH}, {{starts: given}}]", "later_of[1].count", "required"),
        (f"[{BRANCH}, {{count: []}}]", "later_of[1].starts", "required"),
        (f"[{BRANCH}, {{starts: given, count: [], at: end}}]", "later_of[1].at", "unknown"),
        (
            f"[{BRANCH}, {{starts: {{clause: art-3}}, count: []}}]",
            "later_of[1].starts.clause",
            'no clause "art-3"',
        ),
        (
            f'[{BRANCH}, {{starts: {{yearly: ["12-31"]}}, count: []}}]',
            "later_of[1].starts",
            "What recurs stands for itself",
        ),
    ],
)
def test_ways_that_make_no_sense_are_refused(
    *, treaty_text: str, problems_of: ProblemsOf, ways: str, key: str, sentence: str
) -> None:
    text = treaty_text.replace(f"{STARTS}\n    {COUNT}", f"later_of: {ways}")

    assert_refused(problems_of, text, key, sentence)


@pytest.mark.parametrize("key", ["count", "opens", "closes", "earlier_of"])
def test_nothing_stands_beside_several_ways(
    treaty_text: str, problems_of: ProblemsOf, key: str
) -> None:
    beside = {"earlier_of": f"[{BRANCH}, {BRANCH}]"}.get(key, "[]")
    text = treaty_text.replace(
        f"{STARTS}\n    {COUNT}", f"later_of: [{BRANCH}, {BRANCH}]\n    {key}: {beside}"
    )

    assert_refused(problems_of, text, key, '"later_of" stands in its place')


def test_a_circle_of_clauses_is_refused_wherever_it_runs(
    treaty_text: str, problems_of: ProblemsOf
) -> None:
    clause = treaty_text[treaty_text.index("  - id: art-9") :]
    second = clause.replace("art-9", "art-10").replace("Art. 9", "Art. 10")
    second = second.replace("governs: withdrawal", "governs: suspension").replace(
        f"{STARTS}\n    {COUNT}",
        f"later_of: [{BRANCH}, {{starts: {{clause: art-9}}, count: []}}]",
    )
    first = treaty_text.replace(
        COUNT, f"{COUNT}\n    admissible: {{not_before: {{starts: {{clause: art-10}}}}}}"
    )

    problems = problems_of(first + second)

    assert [(problem.key, problem.sentence.split(": ")[1]) for problem in problems] == [
        ("clauses[art-9].admissible.not_before.starts", "art-9 → art-10 → art-9."),
        ("clauses[art-10].later_of[1].starts", "art-10 → art-9 → art-10."),
    ]


def test_a_clause_that_is_refused_itself_is_not_also_said_to_be_missing(
    treaty_text: str, problems_of: ProblemsOf
) -> None:
    clause = treaty_text[treaty_text.index("  - id: art-9") :]
    second = clause.replace("art-9", "art-10").replace("Art. 9", "Art. 10")
    second = second.replace("withdrawal", "suspension").replace(STARTS, "starts: {clause: art-9}")

    problems = problems_of(treaty_text.replace("P6M", "P6X") + second)

    assert [problem.key for problem in problems] == ["clauses[art-9].count[0].add"]


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        (COUNT, "count: [{term: {from: deposited, first: P1Y, every: P1Y}}]", "count[0].term.from"),
        (
            COUNT,
            f"{COUNT}\n    admissible: {{not_before: {{starts: registered}}}}",
            "admissible.not_before.starts",
        ),
        (
            STARTS,
            "starts: {count_of: objection, reaches: 2, within: P90D, of: informed}",
            "starts.of",
        ),
    ],
)
def test_what_takes_a_depositary_is_refused_at_its_place_where_there_is_none(
    *, treaty_text: str, problems_of: ProblemsOf, old: str, new: str, key: str
) -> None:
    text = treaty_text.replace("[CAN]", "[]").replace(old, new)

    assert_refused(problems_of, text, key, "The treaty has no depositary")


def test_a_circle_is_seen_although_something_else_is_wrong_with_it(
    treaty_text: str, problems_of: ProblemsOf
) -> None:
    problems = problems_of(treaty_text.replace(STARTS, "starts: {clause: art-9, field: x}"))

    assert {problem.key for problem in problems} == {
        "clauses[art-9].starts",
        "clauses[art-9].starts.field",
    }
