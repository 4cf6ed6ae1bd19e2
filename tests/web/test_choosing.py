"""Choosing an act: the menu by subject, for whom, and on what."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from notifications.acts import ACTS
from notifications.models import User
from notifications.services.receiving import register_receipt
from tests.factories import TODAY, Cast, issue, issue_act
from tests.web.conftest import LATER

SignIn = Callable[[User], Client]


@pytest.fixture
def menu(cast: Cast) -> str:
    """The address of the menu."""
    return reverse("file", kwargs={"slug": cast.treaty.slug})


def offered(page: str, cast: Cast) -> set[str]:
    """The kinds of act to whose form the page leads."""
    return {
        kind
        for kind in ACTS
        if reverse("file-act", kwargs={"slug": cast.treaty.slug, "act": kind}) in page
    }


def test_every_act_of_a_party_stands_in_the_menu_with_what_it_is(
    cast: Cast, sign_in: SignIn, menu: str
) -> None:
    page = sign_in(cast.us_drafter).get(menu)
    titles = {choice.title for group in page.context["groups"] for choice in group.choices}
    assert titles == {act.title for act in ACTS.values() if "party" in act.filers}
    for act in ACTS.values():
        if "party" in act.filers:
            assert act.summary in page.text
    assert [group.title for group in page.context["groups"]] == list(
        dict.fromkeys(act.group for act in ACTS.values() if "party" in act.filers)
    )


def test_an_act_that_must_refer_leads_nowhere_while_there_is_nothing_to_refer_to(
    cast: Cast, sign_in: SignIn, menu: str
) -> None:
    browser = sign_in(cast.us_drafter)
    page = browser.get(menu).text
    assert "rescission" not in offered(page, cast)
    assert "Nothing is there yet to which it could refer" in page
    issue(cast)
    assert "rescission" in offered(browser.get(menu).text, cast)


def test_only_who_gave_a_notice_is_offered_to_take_it_back(
    cast: Cast, sign_in: SignIn, menu: str
) -> None:
    act = issue(cast)
    here = {"to": str(act.uid)}
    own = offered(sign_in(cast.us_drafter).get(menu, here).text, cast)
    other = offered(sign_in(cast.russian_drafter).get(menu, here).text, cast)
    assert "rescission" in own
    assert "rescission" not in other
    assert "objection" in other


def test_an_officer_is_offered_the_acts_of_a_depositary_alone(
    cast: Cast, sign_in: SignIn, menu: str
) -> None:
    issue(cast)
    page = sign_in(cast.canadian_officer).get(menu).text
    assert offered(page, cast) == {k for k, act in ACTS.items() if "depositary" in act.filers}


def test_who_is_no_party_is_offered_how_to_become_one(
    cast: Cast, sign_in: SignIn, menu: str
) -> None:
    page = sign_in(cast.japanese_drafter).get(menu)
    titles = {choice.title for group in page.context["groups"] for choice in group.choices}
    assert titles == {act.title for act in ACTS.values() if act.by_non_parties}


def test_with_a_notice_named_the_menu_holds_what_may_refer_to_it(
    cast: Cast, sign_in: SignIn, menu: str
) -> None:
    act = issue(cast)
    page = sign_in(cast.us_drafter).get(menu, {"to": str(act.uid)}).text
    found = offered(page, cast)
    assert found
    assert all(act.act in ACTS[kind].refers_to for kind in found)
    assert f"?to={act.uid}" in page


def test_a_notice_that_one_may_not_read_cannot_be_named(
    cast: Cast, sign_in: SignIn, menu: str
) -> None:
    fields = {"against": ["RUS"], "addressees": ["RUS"], "visibility": "restricted", "text": "x"}
    hidden = issue_act(cast, "breach-allegation", fields)
    other = sign_in(cast.japanese_drafter)
    for named in (str(hidden.uid), "nonsense"):
        assert other.get(menu, {"to": named}).status_code == 404
    assert sign_in(cast.us_drafter).get(menu, {"to": str(hidden.uid)}).status_code == 200


def test_the_page_of_a_notice_leads_to_the_acts_that_may_refer_to_it(
    cast: Cast, sign_in: SignIn
) -> None:
    act = issue(cast)
    register_receipt(
        notification=act,
        party=cast.party("CAN"),
        on=TODAY,
        actor=cast.canadian_officer,
        now=LATER,
    )
    address = reverse("notification", kwargs={"uid": act.uid})
    page = sign_in(cast.russian_drafter).get(address).text
    objecting = reverse("file-act", kwargs={"slug": cast.treaty.slug, "act": "objection"})
    assert f"{objecting}?to={act.uid}" in page
    assert "File an act that refers to this" in page
    assert "File an act that refers to this" not in sign_in(cast.german_observer).get(address).text
