"""The JSON Schema of treaty files: shipped as generated, and its refusals told in sentences."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import jsonschema_rs
import pytest

import notifications
from notifications.clauses import vocabulary as words
from notifications.clauses.documents import scan_text
from notifications.clauses.json_schema import clause_schema, treaty_schema
from notifications.clauses.loader import load_clause_text
from notifications.clauses.sections import Fault
from notifications.clauses.validating import clause_violations, treaty_violations
from notifications.errors import BadFileError
from tests.clauses.conftest import KNOWN

LIBRARY = Path(notifications.__file__).parent / "library"

CLAUSE = """\
id: xv-2
article: XV(2)
governs: withdrawal
starts: given
count: [{add: P6M}]
yields: effect
"""


def violations(text: str) -> list[tuple[str, str]]:
    """What the schema alone refuses of a clause: the place and the sentence."""
    document = scan_text(text, Path("rule"))
    found = clause_violations(document, [])
    return [(".".join(str(key) for key in fault.at), fault.sentence) for fault in found]


def properties(schema: object) -> Iterator[tuple[str, dict[str, object]]]:
    """Every key that a schema describes, wherever it stands."""
    if isinstance(schema, dict):
        for name, part in schema.items():
            if name == "properties":
                yield from ((key, value) for key, value in part.items() if value is not False)
            yield from properties(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from properties(part)


def test_what_is_shipped_is_what_is_generated() -> None:
    shipped = json.loads((LIBRARY / "treaty.schema.json").read_text(encoding="utf-8"))

    assert shipped == treaty_schema()


@pytest.mark.parametrize("schema", [treaty_schema(), clause_schema()])
def test_it_is_a_schema_of_the_draft_that_it_names(schema: dict[str, object]) -> None:
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema_rs.meta.validate(schema)


def test_every_key_that_the_reader_admits_is_there_and_no_other() -> None:
    schema = treaty_schema()
    clause = clause_schema()

    assert set(schema["properties"]) == set(words.TREATY_KEYS)  # type: ignore[call-overload]
    assert list(clause["properties"]) == list(words.CLAUSE_KEYS)  # type: ignore[call-overload]


def test_every_key_is_described_in_one_sentence() -> None:
    schema = treaty_schema()
    shared = schema["$defs"]
    assert isinstance(shared, dict)
    found = [(key, part) for key, part in properties(schema) if part != {"const": "not-permitted"}]
    assert len(found) > 80
    for key, part in found:
        name = str(part.get("$ref", "")).removeprefix("#/$defs/")
        said = str(part.get("description") or shared[name]["description"])
        assert said.endswith("."), key
        assert said[0].isupper(), key
        assert ". " not in said, key


def test_every_file_of_the_library_keeps_to_it() -> None:
    files = sorted((*LIBRARY.glob("treaties/*.yaml"), *LIBRARY.glob("exercise/*.yaml")))
    assert len(files) > 4
    for file in files:
        document = scan_text(file.read_text(encoding="utf-8"), file)
        assert treaty_violations(document, []) == [], file.name


@pytest.mark.parametrize(
    ("old", "new", "place", "sentence"),
    [
        ("yields: effect\n", "", "yields", "This key is required."),
        ("yields: effect", "yields: change", "yields", '"change" is none of: effect, duty,'),
        ("yields: effect", "yields:", "yields", "This key has no value."),
        ("yields: effect", "yields: [effect]", "yields", "Text must stand here."),
        ("yields: effect", "yields: effect\nhue: red", "hue", 'The key "hue" is unknown.'),
        ("count:", "minimum: 1\ncount:", "minimum", "Only true or false may stand here."),
        ("count:", "duty: parties\ncount:", "duty", "Keys with values must stand here."),
        ("count:", "cascades: inf\ncount:", "cascades", "A list must stand here."),
        ("count:", "cascades: [inf, inf]\ncount:", "cascades", "One of these stands twice."),
        ("count:", "when: {}\ncount:", "when", "This key has no value."),
        ("count:", "when: {A: b}\ncount:", "when", "One of these keys is no name that may stand"),
        ("count:", "later_of: []\ncount:", "later_of", "At least 2 must stand here."),
        ("id: xv-2", f"id: {'x' * 81}", "id", "This is longer than 80 characters."),
        ("P6M", "P6X", "count.0.add", '"P6X" is not written as this key asks.'),
        ("{add: P6M}", "{plus: P6M}", "count.0", "This is none of the forms that may stand here."),
        ("{add: P6M}", "{until: '02-29'}", "count.0.until", "is not written as this key asks."),
        ("starts: given", "starts: {clause: }", "starts.clause", "This key has no value."),
        ("count:", "opens: []\ncount:", "count", "This key has no place beside the others."),
        ("effect", "not-permitted", "starts", "This key has no place beside the others."),
        ("count: [{add: P6M}]\n", "", "", "A clause counts in one way: starts with count,"),
        (
            "starts: given",
            "starts: {count_of: objection, reaches: 1000}",
            "starts.reaches",
            "This is more than 999.",
        ),
    ],
)
def test_its_refusals_are_told_with_their_place_in_our_words(
    *, old: str, new: str, place: str, sentence: str
) -> None:
    assert old in CLAUSE

    found = violations(CLAUSE.replace(old, new, 1))

    assert place in [at for at, _sentence in found]
    assert sentence in dict(found)[place]


def test_what_the_reader_told_is_not_said_again() -> None:
    document = scan_text(CLAUSE.replace("P6M", "P6X"), Path("rule"))

    for at in [("count", 0, "add"), ("count", 0), ("count",), (), ("count", 0, "add", "x")]:
        assert clause_violations(document, [Fault(at, "Told.")]) == []
    assert clause_violations(document, [Fault(("count", 1), "Told.")])


def test_what_the_yaml_itself_got_wrong_is_not_said_again() -> None:
    text = CLAUSE.replace("given", "2020-02-30")

    with pytest.raises(BadFileError) as refusal:
        load_clause_text(text, name="rule", depositaries=("CAN",), known_parties=KNOWN, others=())

    keys = [problem.key for problem in refusal.value.problems]
    assert set(keys) == {"starts"}


@pytest.mark.parametrize("value", ["1.0e999", "-1.5", "[" * 90 + "]" * 90, "2020-01-01 10:00Z"])
def test_no_value_is_too_strange_to_be_refused(value: str) -> None:
    text = CLAUSE.replace("effect", f"effect\nsummary: {value}")

    with pytest.raises(BadFileError) as refusal:
        load_clause_text(text, name="rule", depositaries=("CAN",), known_parties=KNOWN, others=())

    assert {problem.key for problem in refusal.value.problems} == {"summary"}
