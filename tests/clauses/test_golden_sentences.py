"""Dates explained as a reader who has only the treaty would want them explained."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from django.utils import translation
from django.utils.translation import gettext, ngettext

from notifications.clauses.explain import TraceStep, one_sentence, sentences
from notifications.clauses.messages import MESSAGES
from notifications.emails.words import bare_date
from tests.clauses.golden.reading import ENGLISH, Library, read_cases, read_library, result_of

CASES = read_cases()
EVERY_CASE = pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])


@cache
def library() -> Library:
    return read_library()


def told(trace: tuple[TraceStep, ...], language: str) -> str:
    """The whole way, as mails and pages tell it."""
    with translation.override(language):
        return one_sentence(
            trace, gettext, bare_date, lambda code: library().name_of(code, language), ngettext
        )


def test_there_are_twenty_clauses_and_more() -> None:
    clauses = {(case.get("treaty"), case.get("clause")) for case in CASES}

    assert len(clauses) >= 20


@EVERY_CASE
def test_the_way_reads_in_english(case: dict[str, Any]) -> None:
    assert told(result_of(case, library()).trace, ENGLISH) == case["en"]


@EVERY_CASE
def test_the_way_reads_in_french(case: dict[str, Any]) -> None:
    assert told(result_of(case, library()).trace, "fr") == case["fr"]


@EVERY_CASE
def test_the_way_reads_as_a_list(case: dict[str, Any]) -> None:
    trace = result_of(case, library()).trace

    with translation.override(ENGLISH):
        steps = sentences(
            trace, gettext, bare_date, lambda code: library().name_of(code, ENGLISH), ngettext
        )

    assert steps == case["steps"]


@EVERY_CASE
def test_no_date_is_said_twice_in_a_row(case: dict[str, Any]) -> None:
    """The date that a step reaches is not repeated by the step that ends the way."""
    parts = case["en"].replace("; ", " → ").split(" → ")

    for one, next_one in pairwise(parts):
        assert not next_one.startswith(f"{one}, ")


def test_every_sentence_has_a_translation() -> None:
    with translation.override("fr"):
        same = {text for text in MESSAGES.values() if gettext(text) == text}

    # What holds no word but dates, lengths and signs is the same in both languages.
    assert all(not any(letter.isalpha() for letter in _without_holders(text)) for text in same)


def _without_holders(text: str) -> str:
    """A text without the places for its parameters."""
    words = text.split("%(")
    return words[0] + "".join(part.partition(")")[2][1:] for part in words[1:])
