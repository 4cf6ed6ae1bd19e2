"""A form whose session was renewed in another window: nothing is lost, nothing is done."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from notifications.models import Draft, TransmissionReport, User
from tests.factories import WITHDRAWAL_FIELDS, Cast, filing_page, issue
from tests.web.test_sign_in import hidden

SignIn = Callable[[User], Client]
OLD = {"csrfmiddlewaretoken": "a" * 64}


@pytest.fixture
def strict(cast: Cast) -> Client:
    """The American drafter's browser; forms without a good token are refused."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.us_drafter)
    return browser


@pytest.fixture
def filing(cast: Cast) -> str:
    """The address at which a withdrawal is filed."""
    return filing_page(cast.treaty)


def token_of(page: str) -> str:
    return page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]


def test_what_was_typed_into_an_old_form_comes_back_and_nothing_is_done(
    strict: Client, filing: str
) -> None:
    whose = {"typed_by": hidden(strict.get(filing).text)["typed_by"]}
    typed = {**WITHDRAWAL_FIELDS, "text": 'Words "kept" <so>'}
    answer = strict.post(filing, {**typed, **whose, **OLD, "do": "send"})
    assert answer.status_code == 403
    fields = hidden(answer.text)
    assert fields["do"] == "look"
    again = strict.post(filing, {**fields, "csrfmiddlewaretoken": token_of(answer.text)})
    assert again.status_code == 200
    assert again.context["form"]["text"].value() == typed["text"]
    assert not Draft.objects.exists()


def test_an_old_form_of_somebody_else_is_not_shown(
    strict: Client, cast: Cast, sign_in: SignIn, filing: str
) -> None:
    theirs = {"typed_by": hidden(sign_in(cast.us_head).get(filing).text)["typed_by"]}
    answer = strict.post(filing, {"text": "Their secret", **theirs, **OLD, "do": "send"})
    assert answer.status_code == 403
    assert "it is dropped" in answer.text
    assert "Their secret" not in answer.text


def test_an_old_form_of_a_session_that_ended_goes_through_sign_in(
    cast: Cast, sign_in: SignIn, filing: str
) -> None:
    whose = {"typed_by": hidden(sign_in(cast.us_drafter).get(filing).text)["typed_by"]}
    answer = Client(enforce_csrf_checks=True).post(filing, {"text": "Kept", **whose, **OLD})
    assert "What you had typed is kept" in answer.text
    assert "Kept" in hidden(answer.text)["kept"]


def test_an_old_button_says_that_nothing_was_recorded_and_where_to_go(cast: Cast) -> None:
    address = reverse("acknowledge", kwargs={"uid": issue(cast).uid})
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.russian_drafter)
    answer = browser.post(address, OLD)
    assert answer.status_code == 403
    assert "Nothing was recorded yet" in answer.text
    assert f'href="{address}"' in answer.text
    assert not TransmissionReport.objects.filter(kind="acknowledged").exists()


def test_an_old_sign_in_page_is_shown_anew(cast: Cast) -> None:
    browser = Client(enforce_csrf_checks=True)
    for name in ("sign-in", "demo-sign-in"):
        answer = browser.post(reverse(name), {"email": cast.us_drafter.email, **OLD})
        assert answer.headers["Location"] == reverse("sign-in")


def test_an_old_sign_in_page_hands_on_what_it_kept(strict: Client, filing: str) -> None:
    whose = {"typed_by": hidden(strict.get(filing).text)["typed_by"]}
    stranger = Client(enforce_csrf_checks=True)
    kept = hidden(stranger.post(filing, {"text": "Long work", **whose, **OLD}).text)["kept"]
    for name in ("sign-in", "demo-sign-in"):
        again = stranger.post(reverse(name), {"kept": kept, **OLD})
        assert hidden(again.text)["kept"] == kept
        signed_in = strict.post(reverse(name), {"kept": kept, **OLD})
        assert hidden(signed_in.text)["text"] == "Long work"


def test_the_panel_of_an_old_form_is_refused_without_a_page_in_its_place(
    strict: Client, filing: str
) -> None:
    answer = strict.post(filing, OLD, headers={"HX-Request": "true"})
    assert answer.status_code == 403
