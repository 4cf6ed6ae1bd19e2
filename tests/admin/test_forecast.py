"""The page of the forecast: what would be told, of acts that an administrator may read alone."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import Cast, issue, issue_act, make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast alone."""
    return make_cast()


def page(browser: Client, **asked: str) -> str:
    return browser.get(reverse("admin:forecast"), asked).content.decode()


def test_it_names_who_would_be_told_of_what(cast: Cast, administrator: Client) -> None:
    issue(cast)
    said = page(administrator, until="2020-08-31")
    assert "Withdrawal takes effect, United States of America" in said
    assert "90 days before" in said
    assert "Greta Observer (DEU)" in said
    assert "Boris Drafter" not in page(administrator, until="2020-08-31", party="DEU")


def test_of_a_restricted_act_the_number_of_stages_is_said_alone(
    cast: Cast, administrator: Client
) -> None:
    fields = {"against": ["RUS"], "addressees": ["RUS"], "visibility": "restricted", "text": "x"}
    issue_act(cast, "breach-allegation", {**fields, "respond_by": "2020-05-27"})
    said = page(administrator, until="2020-05-27")
    assert "3 more stages are of notifications that you may not read." in said
    assert "Allegation" not in said
    assert "Boris" not in said


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"until": "2020-05-21"}, "the day has passed"),
        ({"until": "soon"}, "Enter a valid date"),
        ({"party": "XYZ"}, "there is no party “XYZ”"),
    ],
)
def test_bad_input_is_said_at_its_field(
    cast: Cast, administrator: Client, asked: dict[str, str], sentence: str
) -> None:
    assert sentence in page(administrator, **asked)
