"""What the clause language defines and this engine does not count is refused by its name."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from notifications.errors import Problem

ProblemsOf = Callable[[str], list[Problem]]

STARTS = "starts: given"
COUNT = "count: [{add: P6M}]"
YIELDS = "yields: effect"


@pytest.mark.parametrize(
    ("old", "new", "key", "word"),
    [
        (STARTS, "starts: {clause: xv-3}", "starts.clause", "clause"),
        (STARTS, "starts: {field: arrival}", "starts.field", "field"),
        (STARTS, "starts: {count_of: objection}", "starts.count_of", "count_of"),
        (STARTS, 'starts: {yearly: ["11-15"]}', "starts.yearly", "yearly"),
        (STARTS, "starts: {every: P5Y}", "starts.every", "every"),
        (COUNT, "count: [{add: PT72H}]", "count[0].add", "PT72H"),
        (COUNT, "count: [{add: P1DT12H}]", "count[0].add", "P1DT12H"),
        (COUNT, "count: [{subtract: P1D}]", "count[0].subtract", "subtract"),
        (COUNT, "count: [{start: month}]", "count[0].start", "start"),
        (COUNT, 'count: [{after: "01-01"}]', "count[0].after", "after"),
        (COUNT, "count: [{term: {from: in_force, first: P10Y}}]", "count[0].term", "term"),
        (COUNT, "count: [{add: P1D}, {roll: forward}]", "count[1].roll", "roll"),
        (COUNT, "later_of: [{starts: given, count: []}]", "later_of", "later_of"),
        (COUNT, "earlier_of: [{starts: given, count: []}]", "earlier_of", "earlier_of"),
        *[
            (COUNT, f"{COUNT}\n    {key}: {value}", key, key)
            for key, value in (
                ("when", "{mode: accession}"),
                ("admissible", "{not_before: {starts: in_force_for_party}}"),
                ("cascades", "[paris]"),
                ("survives", "P20Y"),
                ("at", "end"),
            )
        ],
        ("governs: withdrawal", "governs: none", "governs", "none"),
        *[
            (
                YIELDS,
                f"yields: duty\n    duty: {{bearer: notifier, act: correction, {key}: {value}}}",
                f"duty.{key}",
                key,
            )
            for key, value in (("soft", "P7D"), ("on_lapse", "conference"))
        ],
    ],
)
def test_it_is_refused_naming_file_line_clause_and_key(
    *, treaty_text: str, problems_of: ProblemsOf, old: str, new: str, key: str, word: str
) -> None:
    assert old in treaty_text

    problems = problems_of(treaty_text.replace(old, new))

    assert len(problems) == 1
    (problem,) = problems
    assert problem.file.endswith("lake-pact.yaml")
    assert problem.key == f"clauses[art-9].{key}"
    assert problem.sentence.startswith(f'"{word}" is not counted yet')
    text = treaty_text.replace(old, new).splitlines()
    assert problem.line is not None
    assert word in text[problem.line - 1]
