"""Signing in: by password, by the cards of the embedded run, and after a session has ended."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from notifications.models import Draft, Response, TransmissionReport, User
from tests.factories import Cast, filing_page, issue

SignIn = Callable[[User], Client]


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page, but the token of its form."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found if name != "csrfmiddlewaretoken"}


def mark(user: User, address: str) -> dict[str, str]:
    """What the page puts into a person's form, so that it is known whose words it holds."""
    browser = Client()
    browser.force_login(user)
    return {"typed_by": hidden(browser.get(address).text)["typed_by"]}


def test_a_person_signs_in_with_address_and_password_whatever_its_case(
    cast: Cast, client: Client
) -> None:
    cast.us_drafter.set_password("a long enough password")
    cast.us_drafter.save()
    answer = client.post(
        reverse("sign-in"),
        {"username": "Alice.Drafter@Example.org", "password": "a long enough password"},
    )
    assert answer.headers["Location"] == reverse("desk")


def test_a_wrong_password_is_refused_in_one_sentence_at_the_form(
    cast: Cast, client: Client
) -> None:
    answer = client.post(
        reverse("sign-in"), {"username": cast.us_drafter.email, "password": "something else"}
    )
    assert "The e-mail address or the password is not right." in answer.text
    assert cast.us_drafter.email in answer.text


def test_an_account_without_a_password_is_never_signed_in_to_by_one(
    cast: Cast, client: Client
) -> None:
    client.post(reverse("sign-in"), {"username": cast.us_drafter.email, "password": ""})
    assert client.get(reverse("desk")).status_code == 302


def test_the_embedded_run_shows_a_card_for_each_of_the_cast(cast: Cast, client: Client) -> None:
    page = client.get(reverse("sign-in")).text
    for person in (cast.us_drafter, cast.canadian_officer, cast.administrator):
        assert f'value="{person.email}"' in page
    assert "depositary officer" in page
    assert "United States of America" in page


def test_a_card_signs_in_its_person_and_goes_where_they_wanted(cast: Cast, client: Client) -> None:
    wanted = reverse("register")
    answer = client.post(reverse("demo-sign-in"), {"email": cast.us_drafter.email, "next": wanted})
    assert answer.headers["Location"] == wanted
    assert cast.us_drafter.name in client.get(wanted).text


def test_a_card_never_leads_to_another_host(cast: Cast, client: Client) -> None:
    answer = client.post(
        reverse("demo-sign-in"),
        {"email": cast.us_drafter.email, "next": "https://elsewhere.example/"},
    )
    assert answer.headers["Location"] == reverse("desk")


def test_a_person_with_a_password_has_no_card(cast: Cast, client: Client) -> None:
    cast.us_drafter.set_password("a long enough password")
    cast.us_drafter.save()
    answer = client.post(reverse("demo-sign-in"), {"email": cast.us_drafter.email})
    assert answer.status_code == 404
    assert client.get(reverse("desk")).status_code == 302


def test_signing_out_takes_a_click_not_a_link(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.us_drafter)
    assert browser.get(reverse("sign-out")).status_code == 405
    browser.post(reverse("sign-out"))
    assert browser.get(reverse("desk")).status_code == 302


def test_what_was_typed_comes_back_when_the_session_ended_meanwhile(
    cast: Cast, client: Client
) -> None:
    address = filing_page(cast.treaty)
    typed = {"article": "XV(2)", "signed_by": "A <Minister>", "text": "Line one\nline two"}
    asked = client.post(address, {**typed, **mark(cast.us_drafter, address), "do": "send"})
    assert "What you had typed is kept" in asked.text
    kept = hidden(asked.text)["kept"]
    back = client.post(
        reverse("demo-sign-in"), {"email": cast.us_drafter.email, "kept": kept, "next": address}
    )
    fields = hidden(back.text)
    assert {name: fields[name].replace("\r\n", "\n") for name in typed} == typed
    assert f'action="{address}"' in back.text
    again = client.post(address, fields)
    assert again.context["form"]["text"].value().replace("\r\n", "\n") == typed["text"]
    assert again.context["form"]["signed_by"].value() == typed["signed_by"]
    assert not Draft.objects.exists()


def test_a_response_typed_before_the_session_ended_is_not_filed_by_signing_in(
    cast: Cast, client: Client
) -> None:
    address = reverse("respond", kwargs={"uid": issue(cast).uid})
    whose = mark(cast.russian_drafter, address)
    asked = client.post(address, {"position": "rejects", "text": "We reject it.", **whose})
    back = client.post(
        reverse("demo-sign-in"),
        {"email": cast.russian_drafter.email, "kept": hidden(asked.text)["kept"]},
    )
    shown = client.post(address, hidden(back.text))
    assert "We reject it." in shown.text
    assert not Response.objects.exists()


def test_a_wrong_password_after_a_lost_session_still_keeps_what_was_typed(
    cast: Cast, client: Client
) -> None:
    address = filing_page(cast.treaty)
    kept = hidden(client.post(address, {"text": "Long work"}).text)["kept"]
    again = client.post(
        reverse("sign-in"), {"username": "x@example.org", "password": "no", "kept": kept}
    )
    assert "Long work" in hidden(again.text)["kept"]


@pytest.mark.parametrize(
    "kept",
    [
        '{"path": "https://elsewhere.example/", "fields": {}, "typed_by": ""}',
        '{"path": "//elsewhere.example/", "fields": {}, "typed_by": ""}',
        '{"path": "javascript:alert(1)", "fields": {}, "typed_by": ""}',
        "no json",
        "[]",
    ],
)
def test_a_made_up_memory_of_a_form_leads_nowhere_else(
    cast: Cast, client: Client, kept: str
) -> None:
    answer = client.post(reverse("demo-sign-in"), {"email": cast.us_drafter.email, "kept": kept})
    assert answer.status_code == 302
    assert answer.headers["Location"] == reverse("desk")


def test_the_live_panel_says_that_the_session_ended_and_keeps_the_form(
    cast: Cast, client: Client
) -> None:
    address = filing_page(cast.treaty)
    answer = client.post(address, {"text": "x"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "Your session has ended" in answer.text
    assert "<html" not in answer.text


@pytest.mark.parametrize("whose", ["theirs", "nobody's", "forged"])
def test_what_one_person_typed_is_handed_to_nobody_else(
    cast: Cast, client: Client, whose: str
) -> None:
    address = filing_page(cast.treaty)
    marks = {
        "theirs": mark(cast.us_drafter, address),
        "nobody's": {},
        "forged": {"typed_by": f"{cast.russian_drafter.pk}:made-up"},
    }
    asked = client.post(address, {"text": "American secret", **marks[whose]})
    back = client.post(
        reverse("demo-sign-in"),
        {"email": cast.russian_drafter.email, "kept": hidden(asked.text)["kept"]},
        follow=True,
    )
    assert "was somebody else&#x27;s, and it is dropped" in back.text
    assert "American secret" not in back.text


def test_a_button_pressed_after_the_session_ended_is_said_to_have_done_nothing(
    cast: Cast, client: Client
) -> None:
    act = issue(cast)
    address = reverse("acknowledge", kwargs={"uid": act.uid})
    asked = client.post(address, {"party": "RUS"}, follow=True)
    assert "nothing was recorded yet" in asked.text
    card = {"email": cast.russian_drafter.email, **hidden(asked.text)}
    back = client.post(reverse("demo-sign-in"), card, follow=True)
    assert back.redirect_chain[-1][0] == reverse("notification", kwargs={"uid": act.uid})
    assert "Nothing was recorded yet: press the button again." in back.text
    assert not TransmissionReport.objects.filter(kind="acknowledged").exists()


def test_signing_out_of_a_session_that_has_ended_leads_to_the_sign_in_page(client: Client) -> None:
    answer = client.post(reverse("sign-out"))
    assert answer.headers["Location"] == reverse("sign-in")


def test_an_empty_sign_in_names_the_fields_that_are_missing(cast: Cast, client: Client) -> None:
    page = client.post(reverse("sign-in"), {}).text
    assert "E-mail address is missing." in page
    assert "Password is missing." in page
