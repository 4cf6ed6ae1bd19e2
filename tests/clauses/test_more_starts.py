"""The starting facts that are not of one note alone: informed, registered, consent, in force."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from notifications.clauses.compute import compute
from notifications.clauses.facts import Facts
from notifications.clauses.reading import parse_clause
from notifications.clauses.schema import Clause
from notifications.errors import Problem

MakeClause = Callable[..., Clause]
MakeFacts = Callable[..., Facts]
ProblemsOf = Callable[[str], list[Problem]]

DAY = date(2020, 6, 5)


@pytest.mark.parametrize(
    ("starts", "missing", "words"),
    [
        ("informed", "informed", "not yet informed by the depositary"),
        ("registered", "registered", "not yet registered"),
        ("consented", "consented", "no consent to be bound is recorded"),
        ("in_force", "in_force", "the treaty is not in force yet"),
        (
            "in_force_for_party",
            "in_force_for_party",
            "the treaty is not in force for the party yet",
        ),
    ],
)
def test_it_waits_and_says_for_what(
    *, make_clause: MakeClause, make_facts: MakeFacts, starts: str, missing: str, words: str
) -> None:
    result = compute(make_clause(starts=starts), make_facts("2020-06-01"))

    assert (result.status, result.awaiting) == ("awaiting", missing)
    assert result.trace[0].words == words


@pytest.mark.parametrize(
    ("starts", "facts", "words"),
    [
        ("informed", {"informed": {"RUS": DAY}, "bearer": "RUS"}, "the depositary informed RUS"),
        ("registered", {"registered_on": DAY}, "registered by the depositary"),
        ("consented", {"consents": {"RUS": DAY}, "bearer": "RUS"}, "RUS consented to be bound"),
        ("consented", {"consents": {"USA": DAY}, "sender": "USA"}, "USA consented to be bound"),
        ("in_force", {"in_force_on": DAY}, "the treaty came into force"),
        (
            "in_force_for_party",
            {"entries": {"USA": DAY}, "sender": "USA", "bearer": "RUS"},
            "the treaty came into force for USA",
        ),
    ],
)
def test_it_counts_from_the_day_of_the_party_that_it_is_about(
    *,
    make_clause: MakeClause,
    make_facts: MakeFacts,
    starts: str,
    facts: dict[str, object],
    words: str,
) -> None:
    result = compute(make_clause(starts=starts), make_facts("2020-06-01", **facts))

    assert result.due_on == DAY
    assert result.trace[0].words == f"5 June 2020, {words}"


def test_what_another_party_was_told_starts_no_clock_of_mine(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    facts = make_facts("2020-06-01", informed={"RUS": DAY}, bearer="DEU")

    assert compute(make_clause(starts="informed"), facts).status == "awaiting"


def test_without_a_day_of_registration_the_deposit_is_taken_and_that_is_said(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    facts = make_facts("2020-06-01", receipts={"CAN": "2020-06-03"})

    result = compute(make_clause(starts="registered"), facts)

    assert result.due_on == date(2020, 6, 3)
    assert "no other day of registration is recorded" in result.trace[0].words


def test_where_the_day_for_the_party_is_unknown_the_treatys_is_the_earliest_it_can_be(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    facts = make_facts("2020-06-01", in_force_on=date(2002, 1, 1), sender="USA")

    result = compute(make_clause(starts="in_force_for_party"), facts)

    assert result.due_on == date(2002, 1, 1)
    assert "this is the earliest it can be" in result.trace[0].words


def test_a_right_begins_as_its_day_begins(make_clause: MakeClause, make_facts: MakeFacts) -> None:
    result = compute(make_clause(yields="right", count=[{"add": "P1M"}]), make_facts("2020-06-01"))

    assert result.due_at is not None
    assert result.due_at.isoformat() == "2020-07-01T00:00:00+00:00"
    assert result.trace[-1].words == "1 July 2020, 00:00 UTC"


@pytest.mark.parametrize(
    "keys",
    [
        {"yields": "lapse", "silence": "acceptance"},
        {"yields": "lapse", "silence": "no-consent"},
        {"open_while": "armed-conflict"},
        {"open_while": {"fact": "armed-conflict", "at": "notice"}},
        {"override": "allowed"},
        {"yields": "right"},
        {"starts": "informed", "yields": "lapse"},
    ],
)
def test_a_stored_rule_reads_back_as_it_was(
    make_clause: MakeClause, keys: dict[str, object]
) -> None:
    clause = make_clause(**keys)

    assert parse_clause(clause.as_data()) == clause
    for key, value in keys.items():
        assert clause.as_data()[key] == value


BASE = "    count: [{add: P6M}]\n    yields: effect\n"
WINDOW = "    opens: [{add: P1M}]\n    closes: [{add: P2M}]\n"
LAPSE = "    count: [{add: P6M}]\n    yields: lapse\n"


@pytest.mark.parametrize(
    ("text", "key", "sentence"),
    [
        (f"{LAPSE}    silence: consent\n", "silence", "none of: acceptance, no-consent"),
        (f"{LAPSE}    silence: true\n", "silence", "is not text"),
        (f"{BASE}    silence: acceptance\n", "silence", "only where a right lapses"),
        (f"{BASE}    open_while: war\n", "open_while", "none of: armed-conflict"),
        (f"{BASE}    open_while: {{fact: war}}\n", "open_while.fact", "none of: armed-conflict"),
        (f"{BASE}    open_while: {{at: notice}}\n", "open_while.fact", "required"),
        (
            f"{BASE}    open_while: {{fact: armed-conflict, at: dawn}}\n",
            "open_while.at",
            "none of: yield, notice",
        ),
        (
            f"{BASE}    open_while: {{fact: armed-conflict, by: USA}}\n",
            "open_while.by",
            "unknown",
        ),
        (f"{BASE}    override: forbidden\n", "override", "none of: allowed"),
        (
            f"{WINDOW}    yields: lapse\n    open_while: armed-conflict\n",
            "open_while",
            "write count",
        ),
        (f"{WINDOW}    yields: right\n", "opens", "A right begins on one date"),
        (
            "    count: []\n    yields: right\n    duty: {bearer: parties, act: response}\n",
            "duty",
            "no duty",
        ),
        ("    count: []\n    yields: right\n    minimum: true\n", "minimum", "Only an effect"),
        ("    yields: not-permitted\n    override: allowed\n", "override", "counts nothing"),
    ],
)
def test_a_wrong_key_is_refused_naming_file_line_clause_and_key(
    *, problems_of: ProblemsOf, treaty_text: str, text: str, key: str, sentence: str
) -> None:
    head = treaty_text.split("    count:", maxsplit=1)[0]
    if "not-permitted" in text:
        head = head.replace("    starts: given\n", "")

    (problem,) = problems_of(head + text)

    assert problem.file.endswith("lake-pact.yaml")
    assert problem.key == f"clauses[art-9].{key}"
    assert sentence in problem.sentence
    assert problem.line is not None
    if "required" not in sentence:
        line = (head + text).splitlines()[problem.line - 1]
        assert key.rsplit(".", maxsplit=1)[-1] in line


@pytest.mark.parametrize("starts", ["informed", "registered"])
def test_what_takes_a_depositary_is_refused_where_there_is_none(
    problems_of: ProblemsOf, treaty_text: str, starts: str
) -> None:
    text = treaty_text.replace("depositaries: [CAN]", "depositaries: []")

    (problem,) = problems_of(text.replace("starts: given", f"starts: {starts}"))

    assert problem.key == "clauses[art-9].starts"
    assert "no depositary" in problem.sentence


def test_a_clock_for_each_party_is_not_borne_by_one(
    problems_of: ProblemsOf, treaty_text: str
) -> None:
    text = treaty_text.replace("starts: given", "starts: informed").replace(
        "yields: effect", "yields: duty\n    duty: {bearer: notifier, act: correction}"
    )

    (problem,) = problems_of(text)

    assert problem.key == "clauses[art-9].duty.bearer"
    assert "each-party" in problem.sentence
