"""Malformed clauses: each refused with its key and one sentence, whatever the treaty is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from notifications.clauses.reading import parse_clause
from notifications.clauses.treaty import TreatyFile
from notifications.errors import BadFileError, Problem

ProblemsOf = Callable[[str], list[Problem]]

STARTS = "starts: given"
COUNT = "count: [{add: P6M}]"
YIELDS = "yields: effect"
WINDOW = "opens: [{add: P30D}]\n    closes: [{add: P60D}]"
DUTY = "yields: duty\n    duty: {bearer: depositaries, act: conference}"


@pytest.mark.parametrize(
    ("old", "new", "key", "sentence"),
    [
        ("id: art-9", "id: art-10", "id", 'The id of the article Art. 9 is "art-9"'),
        ("article: Art. 9", "article: 9", "article", '"9" is not text'),
        ("article: Art. 9", "article: 16.1", "article", '"16.1" is not text'),
        ("article: Art. 9", 'article: "§"', "article", "neither a letter nor a number"),
        ("    article: Art. 9\n", "", "article", "required"),
        ("    governs: withdrawal\n", "", "governs", "required"),
        ("governs: withdrawal", "governs: departure", "governs", '"departure" is none of'),
        ("    starts: given\n", "", "starts", "required"),
        (STARTS, "starts: signed", "starts", '"signed" is none of'),
        (STARTS, "starts: {}", "starts", "no value"),
        (STARTS, "begins: given\n    starts: given", "begins", "unknown"),
        (f"    {COUNT}\n", "", "count", "required"),
        (COUNT, f"{COUNT}\n    {WINDOW}", "count", "either count, or opens and closes"),
        (COUNT, "opens: [{add: P30D}]", "opens", "both opens and closes"),
        (COUNT, "closes: [{add: P30D}]", "closes", "both opens and closes"),
        (COUNT, WINDOW, "opens", "An effect comes on one date"),
        (COUNT, "count: P6M", "count", "list"),
        (COUNT, "count:", "count", "list"),
        (COUNT, "count: [P6M]", "count[0]", "one key with its value"),
        (COUNT, "count: [{add: P6M, next: day}]", "count[0]", "one key with its value"),
        (COUNT, "count: [{}]", "count[0]", "one key with its value"),
        (COUNT, "count: [{plus: P6M}]", "count[0].plus", "unknown"),
        (COUNT, "count: [{add: 6}]", "count[0].add", '"6" is not text'),
        (COUNT, "count: [{add: six months}]", "count[0].add", "no ISO 8601 period"),
        (COUNT, "count: [{add: p6m}]", "count[0].add", "no ISO 8601 period"),
        (COUNT, "count: [{add: P6D6M}]", "count[0].add", "no ISO 8601 period"),
        (COUNT, "count: [{add: P1.5M}]", "count[0].add", "fraction"),
        (COUNT, "count: [{add: 'P1,5M'}]", "count[0].add", "fraction"),
        (COUNT, "count: [{add: -P6M}]", "count[0].add", "negative"),
        (COUNT, "count: [{add: P-6M}]", "count[0].add", "negative"),
        (COUNT, "count: [{add: P}]", "count[0].add", "empty"),
        (COUNT, "count: [{add: P0D}]", "count[0].add", "empty"),
        (COUNT, "count: [{add: PT}]", "count[0].add", "empty"),
        (COUNT, "count: [{next: week}]", "count[0].next", '"week" is none of'),
        (COUNT, 'count: [{until: "02-29"}]', "count[0].until", "29 February"),
        (COUNT, 'count: [{until: "06-31"}]', "count[0].until", "no date of the calendar"),
        (COUNT, 'count: [{until: "13-01"}]', "count[0].until", "no date of the calendar"),
        (COUNT, "count: [{until: 2020-12-31}]", "count[0].until", "is not text"),
        (COUNT, "count: [{until: 31 December}]", "count[0].until", "no month and day"),
        (COUNT, f"{COUNT}\n    minimum: yes", "minimum", "true or false"),
        (COUNT, f"{COUNT}\n    which: both", "which", '"both" is none of'),
        (COUNT, f"{COUNT}\n    zone: CET/CEST", "zone", "no IANA time zone"),
        (COUNT, f"{COUNT}\n    confidence: sure", "confidence", '"sure" is none of'),
        (COUNT, f"{COUNT}\n    addressees: parties", "addressees", "list"),
        (COUNT, f"{COUNT}\n    addressees: [depositary]", "addressees[0]", "neither depositaries"),
        (COUNT, f"{COUNT}\n    requires: [5]", "requires[0]", "is not text"),
        (COUNT, f"{COUNT}\n    summary: 5", "summary", "is not text"),
        (COUNT, f"{COUNT}\n    duty: {{bearer: parties, act: conference}}", "duty", "no duty"),
        (YIELDS, "yields: outcome", "yields", '"outcome" is none of'),
        (f"    {YIELDS}\n", "", "yields", "required"),
        (YIELDS, "yields: duty", "duty", "who owes what"),
        (YIELDS, "yields: duty\n    duty: conference", "duty", "Keys with values"),
        (YIELDS, "yields: duty\n    duty: {bearer: notifier}", "duty.act", "required"),
        (
            YIELDS,
            "yields: duty\n    duty: {bearer: everyone, act: conference}",
            "duty.bearer",
            '"everyone" is none of',
        ),
        (
            YIELDS,
            "yields: duty\n    duty: {bearer: parties, act: party}",
            "duty.act",
            '"party" is none of',
        ),
        (YIELDS, f"{DUTY}\n    minimum: true", "minimum", "Only an effect"),
        (COUNT, "count: [{add: P7800Y}]", "", "out of the calendar"),
        (COUNT, "count: [{add: P99999Y}]", "", "out of the calendar"),
    ],
)
def test_a_fault_of_a_clause_is_refused(
    *, treaty_text: str, problems_of: ProblemsOf, old: str, new: str, key: str, sentence: str
) -> None:
    assert old in treaty_text

    problems = problems_of(treaty_text.replace(old, new, 1))

    place = "clauses[art-10]" if "art-10" in new else "clauses[art-9]"
    assert [problem.key for problem in problems] == [f"{place}.{key}".rstrip(".")]
    assert sentence in problems[0].sentence


@pytest.mark.parametrize(
    ("key", "value"),
    [("starts", "given"), ("count", "[]"), ("minimum", "true"), ("which", "last")],
)
def test_a_clause_that_admits_no_such_act_counts_nothing(
    treaty_text: str, problems_of: ProblemsOf, key: str, value: str
) -> None:
    head = treaty_text[: treaty_text.index("    starts:")]

    problems = problems_of(f"{head}    yields: not-permitted\n    {key}: {value}\n")

    assert [problem.key for problem in problems] == [f"clauses[art-9].{key}"]


@pytest.mark.parametrize(
    "window",
    [
        "opens: [{add: P60D}]\n    closes: [{add: P30D}]",
        "opens: [{add: P1M}]\n    closes: [{add: P30D}]",  # by a day after a month of 31 days
        "opens: [{next: month}]\n    closes: [{add: P27D}]",
        'opens: [{until: "12-31"}]\n    closes: [{add: P1M}]',
    ],
)
def test_a_window_that_can_close_before_it_opens_is_refused(
    treaty_text: str, problems_of: ProblemsOf, window: str
) -> None:
    text = treaty_text.replace(COUNT, window).replace(YIELDS, DUTY)

    assert [(problem.key, problem.sentence) for problem in problems_of(text)] == [
        ("clauses[art-9].closes", "The window closes before it opens.")
    ]


def test_a_window_of_one_day_is_sound(treaty_text: str, load: Callable[[str], TreatyFile]) -> None:
    window = "opens: [{add: P30D}]\n    closes: [{add: P30D}]"

    treaty = load(treaty_text.replace(COUNT, window).replace(YIELDS, DUTY))

    assert treaty.clauses[0].opens == treaty.clauses[0].closes


def test_two_clauses_of_one_id_are_refused(treaty_text: str, problems_of: ProblemsOf) -> None:
    clause = treaty_text[treaty_text.index("  - id: art-9") :]

    problems = problems_of(treaty_text + clause)

    assert [(problem.line, problem.key) for problem in problems] == [(12, "clauses[art-9].id")]


def test_two_effects_of_one_act_are_refused_and_both_are_named(
    treaty_text: str, problems_of: ProblemsOf, load: Callable[[str], TreatyFile]
) -> None:
    """Only a `when` could choose between them."""
    clause = treaty_text[treaty_text.index("  - id: art-9") :].replace("art-9", "art-10")
    clause = clause.replace("Art. 9", "Art. 10")

    (problem,) = problems_of(treaty_text + clause)

    assert (problem.line, problem.key) == (17, "clauses[art-10].yields")
    assert '"art-9" and "art-10" both say how the act withdrawal ends' in problem.sentence
    other = clause.replace("governs: withdrawal", "governs: suspension")
    assert len(load(treaty_text + other).clauses) == 2
    assert len(load(treaty_text + clause.replace(YIELDS, DUTY)).clauses) == 2


def test_what_only_a_depositary_could_do_is_refused_where_there_is_none(
    treaty_text: str, problems_of: ProblemsOf
) -> None:
    bare = treaty_text.replace("[CAN]", "[]")

    deposited = problems_of(bare.replace(STARTS, "starts: deposited"))
    owed = problems_of(bare.replace(YIELDS, DUTY))

    assert [problem.key for problem in deposited] == ["clauses[art-9].starts"]
    assert [problem.key for problem in owed] == ["clauses[art-9].duty.bearer"]


def test_a_stored_rule_that_was_spoilt_is_refused() -> None:
    with pytest.raises(BadFileError, match=r"clause art-9: count\[0\].add: .*fraction"):
        parse_clause(
            {
                "id": "art-9",
                "article": "Art. 9",
                "governs": "withdrawal",
                "starts": "given",
                "count": [{"add": "P0.5D"}],
                "yields": "effect",
            }
        )
