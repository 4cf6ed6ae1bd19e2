"""Names of parties in a sentence."""

from __future__ import annotations

import pytest
from django.utils import translation

from notifications.emails.words import listed, with_article


@pytest.mark.parametrize(
    ("name", "in_text"),
    [
        ("United States of America", "the United States of America"),
        ("Russian Federation", "the Russian Federation"),
        ("Netherlands (Kingdom of the)", "the Netherlands (Kingdom of the)"),
        ("Iran (Islamic Republic of)", "Iran (Islamic Republic of)"),
        ("Secretary-General of the United Nations", "the Secretary-General of the United Nations"),
        ("State of Palestine", "the State of Palestine"),
        ("Niger", "the Niger"),
        ("Nigeria", "Nigeria"),
        ("South Sudan", "South Sudan"),
        ("Canada", "Canada"),
    ],
)
def test_names_take_the_article_that_english_gives_them(name: str, in_text: str) -> None:
    assert with_article(name) == in_text
    with translation.override("fr"):
        assert with_article(name) == name


def test_names_are_listed_as_in_a_sentence() -> None:
    assert [listed(["A"]), listed(["A", "B"]), listed(["A", "B", "C"])] == [
        "A",
        "A and B",
        "A, B and C",
    ]
