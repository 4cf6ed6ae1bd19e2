"""Keeping a public statement in a matter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from notifications.models import Alert, Party, Statement, User
from tests.factories import TODAY, Cast, issue, make_party, us_draft

SignIn = Callable[[User], Client]
SAID = {"on": TODAY.isoformat(), "text": "We regret <it>.", "source": "Ministry, 22 May 2020"}


def address_of(cast: Cast) -> str:
    return reverse("statement", kwargs={"uid": issue(cast).case.uid})


def test_a_mission_keeps_its_own_statement_and_finds_it_in_the_thread(
    cast: Cast, sign_in: SignIn
) -> None:
    address, alerts = address_of(cast), Alert.objects.count()
    browser = sign_in(cast.russian_drafter)
    assert 'name="party"' not in browser.get(address).text
    page = browser.post(address, SAID, follow=True).text
    assert "It starts no clock." in page
    assert "Public statement by the Russian Federation" in page
    assert "We regret &lt;it&gt;." in page
    assert address in page
    assert Alert.objects.count() == alerts


def test_an_officer_keeps_the_statement_of_any_state(cast: Cast, sign_in: SignIn) -> None:
    address = address_of(cast)
    browser = sign_in(cast.canadian_officer)
    asked = browser.post(address, SAID)
    assert "Made by is missing." in asked.text
    browser.post(address, {**SAID, "party": "JPN"})
    assert Statement.objects.get().party.code == "JPN"


def test_a_territory_makes_no_statement_of_its_own(cast: Cast, sign_in: SignIn) -> None:
    make_party("ATA", "Antarctica")
    Party.objects.filter(code="ATA").update(kind=Party.Kind.TERRITORY)
    browser, address = sign_in(cast.canadian_officer), address_of(cast)
    assert "Antarctica" not in browser.get(address).text
    assert "choose one of the list" in browser.post(address, {**SAID, "party": "ATA"}).text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"on": (TODAY + timedelta(days=2)).isoformat()}, "Made on: the day is still to come."),
        ({"on": "2020-02-30"}, "is no date of the calendar"),
        ({"on": ""}, "Made on is missing."),
        ({"text": " "}, "Text of the statement is missing."),
        ({"text": "A\u202eB"}, "Text of the statement: it holds a control character"),
    ],
)
def test_what_cannot_be_is_refused_and_kept_in_the_form(
    cast: Cast, sign_in: SignIn, wrong: dict[str, str], sentence: str
) -> None:
    page = sign_in(cast.russian_drafter).post(address_of(cast), {**SAID, **wrong})
    assert sentence in page.text
    assert "Ministry, 22 May 2020" in page.text
    assert not Statement.objects.exists()


def test_two_clicks_keep_one_statement(cast: Cast, sign_in: SignIn) -> None:
    address, browser = address_of(cast), sign_in(cast.russian_drafter)
    assert [browser.post(address, SAID).status_code for _click in range(2)] == [302, 302]
    assert Statement.objects.count() == 1


def test_a_statement_in_a_matter_that_has_but_a_draft_leads_back_to_it(
    cast: Cast, sign_in: SignIn
) -> None:
    draft = us_draft(cast)
    address = reverse("statement", kwargs={"uid": draft.case.uid})
    answer = sign_in(cast.us_drafter).post(address, SAID)
    assert answer.headers["Location"] == reverse("draft", kwargs={"uid": draft.uid})
    assert sign_in(cast.russian_drafter).get(address).status_code == 404
