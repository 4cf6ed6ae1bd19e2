"""Names in a sentence, articles and the titles of clocks."""

from __future__ import annotations

from typing import Any

import pytest

from notifications.clauses.messages import MESSAGES
from notifications.clauses.vocabulary import STARTS
from notifications.emails.awaited import AWAITED, awaited
from notifications.emails.words import cited, clock_title, either, listed


def test_names_are_listed_as_in_a_sentence() -> None:
    assert [listed(["A"]), listed(["A", "B"]), listed(["A", "B", "C"])] == [
        "A",
        "A and B",
        "A, B and C",
    ]


def test_one_of_several_is_named_as_in_a_sentence() -> None:
    assert [either(["A"]), either(["A", "B"]), either(["A", "B", "C"])] == [
        "A",
        "A or B",
        "A, B or C",
    ]


@pytest.mark.parametrize(
    ("article", "said"),
    [
        ("XV(2)", "Article XV(2)"),
        ("126(2)", "Article 126(2)"),
        ("9 bis", "Article 9 bis"),
        ("Ch. III, para 16.1", "Ch. III, para 16.1"),
        ("Protocol, I(2)", "Protocol, I(2)"),
        ("Indemnity 4", "Indemnity 4"),
    ],
)
def test_an_article_is_cited_by_its_number_or_as_it_stands(article: str, said: str) -> None:
    assert cited(article) == said


@pytest.mark.parametrize(
    ("keys", "title"),
    [
        ({"yields": "effect"}, "Withdrawal takes effect"),
        ({"yields": "lapse"}, "Time under Article XVI(3) ends"),
        ({"yields": "duty", "duty": {"act": "conference"}}, "Conference of the parties"),
        (
            {"yields": "duty", "governs": "none", "duty": {"act": "conference"}},
            "Conference of the parties (Article XVI(3))",
        ),
        (
            {"yields": "duty", "duty": {"act": "formatted-message"}},
            "Formatted message (Article XVI(3))",
        ),
    ],
)
def test_a_clock_is_titled_by_its_rule_with_the_article_where_there_are_many(
    keys: dict[str, Any], title: str
) -> None:
    rule = {"article": "XVI(3)", "starts": {"yearly": ["12-15"]}, **keys}
    assert clock_title(rule, "withdrawal") == title


def test_everything_that_a_clock_can_wait_for_has_its_words() -> None:
    kinds = [kind.removeprefix("awaiting-") for kind in MESSAGES if kind.startswith("awaiting-")]
    missing = [kind for kind in kinds if not kind.startswith("count-of-")]  # one name for them all
    names = {*STARTS, *(kind.replace("-", "_") for kind in missing)}
    assert names <= set(AWAITED)
    assert awaited("count_of") == "further acts that refer to this one"
    assert awaited("not_known_here") == "not known here"
