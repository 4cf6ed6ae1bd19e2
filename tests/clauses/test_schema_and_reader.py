"""The schema and the reader agree on clauses made at random, sound ones and spoilt ones."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from notifications.clauses.documents import Document, KeyPath, key_name
from notifications.clauses.loader import load_clause_text
from notifications.clauses.reading import parse_clause, slug_of
from notifications.clauses.sections import Fault
from notifications.clauses.validating import clause_violations
from notifications.clauses.writing import rule_text
from notifications.errors import BadFileError, Problem
from tests.clauses.conftest import KNOWN
from tests.clauses.grammar import ARTICLES, KINDS, Data

SLOWLY = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)

# Keys under which one of some words, or a text of one form, must stand.
WORDS = frozenset(
    {
        *("governs", "yields", "starts", "at", "which", "zone", "silence", "override", "basis"),
        *("confidence", "open_while", "bearer", "act", "on_lapse", "add", "subtract", "next"),
        *("until", "after", "from", "first", "every", "notice", "within", "of", "for"),
        *("count_of", "reaches"),
    }
)
# Keys that take the names of any fields.
OPEN = frozenset({"when"})
# What must be there, by the key under which it stands; of the clause itself the empty one.
REQUIRED = {
    "": {"id", "article", "governs", "yields", "starts"},
    "duty": {"bearer", "act"},
    "term": {"from", "first", "every"},
    "window": {"starts", "first", "every", "for"},
    "later_of": {"starts", "count"},
    "earlier_of": {"starts", "count"},
    "not_before": {"starts"},
    "not_after": {"starts"},
}


@st.composite
def clauses(draw: st.DrawFn) -> Data:
    article = draw(ARTICLES)
    return {"id": slug_of(article), "article": article, **draw(KINDS)}


def schema_refuses(data: Data) -> list[Fault]:
    return clause_violations(Document(Path("rule"), data, {}), [])


def problems_of(data: Data) -> list[Problem]:
    """What the loader refuses of a clause that is written down, schema and reader together."""
    try:
        load_clause_text(
            rule_text(data), name="rule", depositaries=("CAN",), known_parties=KNOWN, others=()
        )
    except BadFileError as refusal:
        return refusal.problems
    return []


def keys_of(data: object, at: KeyPath = ()) -> Iterator[KeyPath]:
    """The place of every key, wherever it stands."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield (*at, key)
            yield from keys_of(value, (*at, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from keys_of(value, (*at, index))


def around(data: Data, at: KeyPath) -> Data:
    """The mapping in which the key stands."""
    found: Data = data
    for key in at[:-1]:
        found = found[key]  # type: ignore[index]
    return found


def owner(at: KeyPath) -> str:
    """The name of the key under which a key stands, through lists."""
    names = [key for key in at[:-1] if isinstance(key, str)]
    return names[-1] if names else ""


def assert_named(data: Data, at: KeyPath) -> None:
    """The loader refuses it at this key, or at the one that it is a part of."""
    problems = problems_of(data)
    names = {key_name(data, at[:end]) for end in range(max(1, len(at) - 2), len(at) + 1)}
    assert names & {problem.key for problem in problems}, (at, problems)
    assert all(problem.sentence and problem.file == "rule" for problem in problems)


@SLOWLY
@given(clauses())
def test_what_the_grammar_allows_both_accept(data: Data) -> None:
    assert schema_refuses(data) == []
    assert problems_of(data) == []
    stored = json.loads(json.dumps(parse_clause(data).as_data()))
    assert parse_clause(stored) == parse_clause(data)
    assert schema_refuses(stored) == []


@SLOWLY
@given(clauses(), st.data())
def test_a_key_that_is_misspelt_is_named(data: Data, more: st.DataObject) -> None:
    places = [at for at in keys_of(data) if owner(at) not in OPEN]
    at = more.draw(st.sampled_from(places))
    spoilt = copy.deepcopy(data)
    part = around(spoilt, at)
    part[f"{at[-1]}x"] = part.pop(at[-1])  # type: ignore[arg-type]

    assert schema_refuses(spoilt)
    assert_named(spoilt, (*at[:-1], f"{at[-1]}x"))


@SLOWLY
@given(clauses(), st.data())
def test_a_required_key_that_is_missing_is_named(data: Data, more: st.DataObject) -> None:
    places = [at for at in keys_of(data) if at[-1] in REQUIRED.get(owner(at), ())]
    at = more.draw(st.sampled_from(places))
    spoilt = copy.deepcopy(data)
    around(spoilt, at).pop(at[-1])  # type: ignore[arg-type]

    assert schema_refuses(spoilt)
    assert_named(spoilt, at)


@SLOWLY
@given(clauses(), st.data())
def test_a_value_of_another_kind_is_named(data: Data, more: st.DataObject) -> None:
    at = more.draw(st.sampled_from(list(keys_of(data))))
    spoilt = copy.deepcopy(data)
    around(spoilt, at)[at[-1]] = more.draw(st.sampled_from([1.5, None, ""]))  # type: ignore[index]

    assert schema_refuses(spoilt)
    assert_named(spoilt, at)


@SLOWLY
@given(clauses(), st.data())
def test_a_word_that_is_unknown_is_named(data: Data, more: st.DataObject) -> None:
    places = [at for at in keys_of(data) if at[-1] in WORDS and owner(at) not in OPEN]
    at = more.draw(st.sampled_from(places))
    spoilt = copy.deepcopy(data)
    around(spoilt, at)[at[-1]] = "zzz"  # type: ignore[index]

    if at[-1] != "zone":  # of zones the database of the machine knows
        assert schema_refuses(spoilt)
    assert_named(spoilt, at)


@SLOWLY
@given(clauses(), clauses(), st.data())
def test_what_the_schema_refuses_the_loader_refuses(
    data: Data, other: Data, more: st.DataObject
) -> None:
    """Values and keys of one clause anywhere in another: often nonsense, and sometimes not."""
    spoilt = copy.deepcopy(data)
    at = more.draw(st.sampled_from(list(keys_of(spoilt))))
    taken = more.draw(st.sampled_from(list(keys_of(other))))
    around(spoilt, at)[at[-1]] = around(other, taken)[taken[-1]]  # type: ignore[index]
    refused = schema_refuses(spoilt)
    assume(refused)

    assert problems_of(spoilt)
    try:
        parse_clause(spoilt)
    except BadFileError:
        return
    raise AssertionError(f"the reader accepts it: {refused}")
