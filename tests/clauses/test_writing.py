"""A stored rule written as text is the same rule when it is read again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import notifications
from notifications.clauses.loader import load_clause_text, load_party_file, load_treaty_directory
from notifications.clauses.schema import Clause
from notifications.clauses.writing import rule_text
from notifications.errors import BadFileError
from tests.clauses.conftest import KNOWN

LIBRARY = Path(notifications.__file__).parent / "library"


def read(text: str, **keys: object) -> Clause:
    given: dict[str, object] = {"depositaries": ("CAN",), "known_parties": KNOWN, "others": ()}
    return load_clause_text(text, name="rule", **{**given, **keys})  # type: ignore[arg-type]


def problems_of(text: str, **keys: object) -> list[tuple[int | None, str, str]]:
    with pytest.raises(BadFileError) as refusal:
        read(text, **keys)
    return [(item.line, item.key, item.sentence) for item in refusal.value.problems]


def test_every_rule_of_the_library_reads_back_as_it_was() -> None:
    codes = {record.code for record in load_party_file(LIBRARY / "parties.yaml")}
    files = load_treaty_directory(LIBRARY / "treaties", known_parties=codes)
    rules = [(file, clause) for file in files for clause in file.clauses]
    assert len(rules) > 4
    for file, rule in rules:
        text = rule_text(rule.as_data())
        around = {"depositaries": file.depositaries, "others": file.clauses, "lists": file.lists}
        assert read(text, known_parties=codes, **around) == rule


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("article", "on"),
        ("article", "16"),
        ("article", "2020-05-22"),
        ("article", "1.5"),
        ("article", "yes"),
        ("article", "null"),
        ("summary", "a: b, {c}"),
        ("summary", "line one\nline two: # no comment"),
        ("summary", "Été, «ø» 中文"),
    ],
)
def test_text_that_looks_like_something_else_stays_text(
    make_clause: Callable[..., Clause], key: str, value: str
) -> None:
    rule = make_clause(**{"article": "X", "id": "x", key: value, **_id(key, value)})
    assert read(rule_text(rule.as_data())) == rule


def _id(key: str, value: str) -> dict[str, str]:
    """The id follows the article."""
    return {"id": value.replace(".", "-")} if key == "article" else {}


def test_the_keys_stand_as_files_have_them(make_clause: Callable[..., Clause]) -> None:
    text = rule_text(make_clause(summary="S.", minimum=True).as_data())
    keys = [line.split(":")[0] for line in text.splitlines()]
    assert keys == ["id", "article", "governs", "summary", "starts", "count", "minimum", "yields"]


def test_every_problem_of_a_text_is_told_with_its_line_and_its_key() -> None:
    text = "id: xv-2\narticle: XV(2)\ngoverns: nothing\nstarts: given\ncount: [{add: P6X}]\n"
    found = problems_of(text)
    assert [(line, key) for line, key, _sentence in found] == [
        (1, "yields"),
        (3, "governs"),
        (5, "count[0].add"),
    ]


def test_a_second_effect_of_the_same_act_is_refused(make_clause: Callable[..., Clause]) -> None:
    other = make_clause(id="ix", article="IX")
    text = rule_text(make_clause().as_data())
    assert "without a `when` only one clause can" in problems_of(text, others=[other])[0][2]


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just words", "a: [", "a: 1\na: 2"])
def test_a_text_that_is_no_clause_is_refused(text: str) -> None:
    assert problems_of(text)


def test_a_rule_on_its_own_is_held_against_the_treaty_and_the_library(
    make_clause: Callable[..., Clause],
) -> None:
    rule = make_clause(cascades=["paris", "kyoto", "lake"], when={"party": "annex-1"})
    around: dict[str, object] = {"treaty": "lake", "treaties": {"lake", "paris"}}

    found = problems_of(rule_text(rule.as_data()), **around)

    assert [(key, sentence) for _line, key, sentence in found] == [
        ("when.party", '"annex-1" is neither a party that is known nor a list of the treaty.'),
        ("cascades[1]", 'The treaty "kyoto" is not in the library.'),
        ("cascades[2]", "An effect carries over to other treaties, not to its own."),
    ]
