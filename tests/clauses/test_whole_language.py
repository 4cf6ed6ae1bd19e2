"""Everything that the page on clauses allows is accepted, and is kept as it was written."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from notifications.clauses.reading import parse_clause
from notifications.clauses.treaty import TreatyFile

Load = Callable[[str], TreatyFile]

STARTS = "starts: given"
COUNT = "count: [{add: P6M}]"
YIELDS = "yields: effect"
DUTY = "yields: duty\n    duty: {bearer: depositaries, act: conference}"
NO_ACT = "governs: none"

# A second clause, from whose date others can count.
OTHER = """\
  - id: art-8
    article: Art. 8
    governs: suspension
    starts: received
    count: []
    yields: effect
"""


def assert_kept(load: Load, text: str) -> None:
    """It loads, and what is stored of it is the same clause."""
    treaty = load(text + OTHER)
    assert [clause.id for clause in treaty.clauses] == ["art-9", "art-8"]
    stored = json.loads(json.dumps(treaty.clauses[0].as_data()))
    assert parse_clause(stored) == treaty.clauses[0]


@pytest.mark.parametrize(
    "start",
    [
        "received",
        "deposited",
        "registered",
        "circulated",
        "informed",
        "consented",
        "in_force",
        "in_force_for_party",
        "{clause: art-8}",
        "{field: estimated_arrival}",
        "{field: any-name-at-all}",
        "{count_of: objection, reaches: 3, within: P90D, of: circulated}",
        "{count_of: conference-request, reaches: all}",
        "{count_of: conference-request, reaches: last}",
        "{count_of: conference-request, reaches: majority}",
        '{count_of: acceptance, reaches: "7/8"}',
    ],
)
def test_a_clock_starts_from_every_fact(load: Load, treaty_text: str, start: str) -> None:
    assert_kept(load, treaty_text.replace(STARTS, f"starts: {start}"))


@pytest.mark.parametrize(
    "start",
    [
        '{yearly: ["11-15", "02-15"]}',
        "{every: P5Y, from: in_force, first: P3Y}",
        "{every: P6M, from: in_force_for_party}",
        "{every: P1W, from: consented}",
    ],
)
def test_runs_follow_one_another_from_no_act(load: Load, treaty_text: str, start: str) -> None:
    text = treaty_text.replace("governs: withdrawal", NO_ACT).replace(YIELDS, DUTY)

    assert_kept(load, text.replace(STARTS, f"starts: {start}"))


@pytest.mark.parametrize(
    "count",
    [
        "[]",
        "[{add: PT72H}]",
        "[{add: P1DT12H}]",
        "[{add: P1Y2M3W4DT5H6M}]",
        "[{subtract: P1D}]",
        "[{subtract: PT36H}]",
        "[{next: day}]",
        "[{add: P6M}, {start: month}]",
        "[{add: P3M}, {next: month}]",
        '[{until: "01-01"}, {until: "06-30"}]',
        '[{after: "12-31"}]',
        "[{term: {from: in_force, first: P10Y, every: P5Y, notice: P6M}}]",
        "[{term: {from: in_force, first: P10Y, every: P5Y}}]",
        "[{term: {from: in_force, first: P1D, every: P1D}}]",
    ],
)
def test_every_step_counts(load: Load, treaty_text: str, count: str) -> None:
    assert_kept(load, treaty_text.replace(COUNT, f"count: {count}"))


@pytest.mark.parametrize(
    "roll",
    [
        '{roll: forward, calendar: "FR", weekend: true}',
        "{roll: forward, calendar: DE-BY}",
        "{roll: forward, weekend: true}",
    ],
)
def test_an_act_to_be_done_moves_to_a_working_day(load: Load, treaty_text: str, roll: str) -> None:
    text = treaty_text.replace(YIELDS, DUTY)

    assert_kept(load, text.replace(COUNT, f"count: [{{add: P50D}}, {roll}]"))


@pytest.mark.parametrize("key", ["later_of", "earlier_of"])
def test_several_ways_stand_in_place_of_one(load: Load, treaty_text: str, key: str) -> None:
    ways = (
        f"{key}:\n      - {{starts: informed, count: [{{add: P12M}}]}}\n"
        "      - {starts: consented, count: []}\n      - {starts: {clause: art-8}, count: []}"
    )

    assert_kept(load, treaty_text.replace(f"{STARTS}\n    {COUNT}", ways))


@pytest.mark.parametrize(
    "modifier",
    [
        "minimum: true",
        "at: end",
        "at: start",
        "which: last",
        "zone: Asia/Kathmandu",
        "addressees: [depositaries, parties]",
        "addressees: [CAN]",
        "addressees: []",
        "requires: [statement-of-extraordinary-events]",
        "override: allowed",
        "cascades: [paris, kyoto]",
        "survives: P20Y",
        'survives: [{add: P1Y}, {until: "12-31"}]',
        "open_while: armed-conflict",
        "open_while: {fact: armed-conflict, at: notice}",
        "open_while: {fact: armed-conflict, at: yield}",
        "admissible: {not_before: {starts: in_force_for_party, count: [{add: P3Y}]}}",
        "admissible: {not_before: {starts: in_force}}",
        "admissible: {not_after: {starts: {clause: art-8}, count: [{add: P1Y}]}}",
        "admissible: {window: {starts: in_force, first: P10Y, every: P10Y, for: P1Y}}",
        "when: {mode: accession}",
        "when: {mode: [ratification, accession], is_partial: true}",
        "when: {party: USA}",
        "when: {party: [annex-1, RUS]}",
        "when: {fact: armed-conflict}",
        "confidence: medium\n    basis: recollection",
        "basis: text",
        "basis: secondary",
    ],
)
def test_every_modifier_of_an_effect_is_accepted(
    load: Load, treaty_text: str, modifier: str
) -> None:
    text = treaty_text.replace("clauses:", "lists: {annex-1: [USA, HUN]}\nclauses:")

    assert_kept(load, text.replace(COUNT, f"{COUNT}\n    {modifier}"))


@pytest.mark.parametrize(
    ("governs", "yields"),
    [
        ("reservation", "yields: lapse\n    silence: acceptance"),
        ("reservation", "yields: lapse\n    silence: no-consent"),
        ("correction", "yields: lapse\n    at: end"),
        ("withdrawal", "yields: right"),
        ("correction", "yields: duty\n    duty: {bearer: notifier, act: correction, soft: P7D}"),
        (
            "consultation-request",
            "yields: duty\n    duty: {bearer: addressee, act: response, on_lapse: conference}",
        ),
        ("withdrawal", "yields: duty\n    duty: {bearer: each-party, act: response}"),
        ("withdrawal", "yields: duty\n    duty: {bearer: parties, act: conference}"),
    ],
)
def test_every_yield_is_accepted(
    *, load: Load, treaty_text: str, governs: str, yields: str
) -> None:
    text = treaty_text.replace("governs: withdrawal", f"governs: {governs}")

    assert_kept(load, text.replace(YIELDS, yields))


def test_an_act_can_be_admitted_by_no_clause(load: Load, treaty_text: str) -> None:
    head = treaty_text[: treaty_text.index("    starts:")]

    assert_kept(load, f"{head}    yields: not-permitted\n    when: {{mode: denunciation}}\n")


def test_several_effects_of_one_act_are_told_apart_by_their_conditions(
    load: Load, treaty_text: str
) -> None:
    clause = treaty_text[treaty_text.index("  - id: art-9") :]
    second = clause.replace("art-9", "art-10").replace("Art. 9", "Art. 10")
    conditional = second.replace(YIELDS, f"{YIELDS}\n    when: {{mode: termination}}")

    assert len(load(treaty_text + conditional).clauses) == 2
