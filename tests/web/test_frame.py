"""What holds on every page: the policy, no inline code, language, labels, what goes wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from urllib.parse import urlencode

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django import Settings

from notifications.models import User
from tests.factories import Cast, filing_page, issue

SignIn = Callable[[User], Client]


@pytest.fixture
def pages(cast: Cast, sign_in: SignIn, client: Client) -> dict[str, str]:
    """The HTML of one page of each kind."""
    act = issue(cast)
    here, slug = {"uid": act.uid}, {"slug": cast.treaty.slug}
    us, russia = sign_in(cast.us_drafter), sign_in(cast.russian_drafter)
    canada = sign_in(cast.canadian_officer)
    return {
        "sign-in": client.get(reverse("sign-in")).text,
        "desk": us.get(reverse("desk")).text,
        "treaty": us.get(reverse("treaty", kwargs=slug)).text,
        "menu": us.get(reverse("file", kwargs=slug)).text,
        "filing": us.get(filing_page(cast.treaty)).text,
        "refused": us.post(filing_page(cast.treaty), {"do": "send"}).text,
        "notification": russia.get(reverse("notification", kwargs=here)).text,
        "respond": russia.get(reverse("respond", kwargs=here)).text,
        "receipt": canada.get(reverse("receipt", kwargs=here)).text,
        "conference": canada.get(reverse("conference", kwargs=here)).text,
        "missing": us.get("/no-such-page/").text,
    }


def test_no_page_holds_inline_code_or_asks_another_host(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page), name
        assert not re.search(r"<script(?![^>]*\ssrc=)", page), name
        addresses = re.findall(
            r'<(?:script|link|img|iframe|form)[^>]*?(?:src|href|action)="([^"]*)', page
        )
        assert all(address.startswith("/") for address in addresses), name


def test_every_page_says_its_language_title_and_way_past_the_frame(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        assert re.search(r'<html lang="en"\s+dir="ltr">', page), name
        assert re.search(r"<title>[^<]+– TreatyFlow\s*</title>", page), name
        assert page.count("<h1") == 1, name
        assert '<a class="skip-link" href="#content">' in page, name


def test_every_field_has_its_label_and_its_explanations(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        fields = re.findall(r"<(?:input|select|textarea)\b[^>]*>", page)
        for field in fields:
            if 'type="hidden"' in field or 'aria-hidden="true"' in field:
                continue
            (identity,) = re.findall(r'\sid="([^"]+)"', field)
            assert f'<label for="{identity}"' in page or f'for="{identity}"' in page, (name, field)
            for described in re.findall(r'aria-describedby="([^"]+)"', field):
                for target in described.split():
                    assert f'id="{target}"' in page, (name, field)


def test_a_refused_form_leads_from_its_summary_to_each_field(pages: dict[str, str]) -> None:
    page = pages["refused"]
    assert "Nothing was changed. Please look at this first:" in page
    assert '<a href="#id_article">' in page
    assert 'id="id_article_error"' in page


def test_the_policy_admits_this_host_alone_and_nothing_inline(cast: Cast, sign_in: SignIn) -> None:
    policy = sign_in(cast.us_drafter).get(reverse("desk")).headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "object-src 'none'" in policy


def test_headings_go_down_one_step_at_a_time(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        levels = [int(level) for level in re.findall(r"<h([1-6])\b", page)]
        steps = [after - before for before, after in pairwise(levels)]
        assert all(step <= 1 for step in steps), (name, levels)


def test_a_right_to_left_language_turns_the_page(
    cast: Cast, sign_in: SignIn, settings: Settings
) -> None:
    settings.LANGUAGES = [*settings.LANGUAGES, ("ar", "العربية")]
    cast.us_drafter.language = "ar"
    cast.us_drafter.save()
    page = sign_in(cast.us_drafter).get(reverse("desk"))
    assert re.search(r'<html lang="ar"\s+dir="rtl">', page.text)
    assert "bootstrap.rtl.min.css" in page.text
    assert translation.get_language() == "en"


def test_an_old_form_is_refused_with_a_page_that_says_what_to_do(cast: Cast) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.us_drafter)
    answer = browser.post(filing_page(cast.treaty), {"do": "save"})
    assert answer.status_code == 403
    assert "Nothing was changed" in answer.text
    assert "Load the page again" not in answer.text


def test_three_long_texts_in_any_script_are_taken(cast: Cast, sign_in: SignIn) -> None:
    long = "\U00020000" * 99_000
    typed = {"reasons": long, "condition": long, "text": long, "do": "look"}
    address = filing_page(cast.treaty)
    body = urlencode(typed)
    answer = sign_in(cast.us_drafter).post(address, body, "application/x-www-form-urlencoded")
    assert answer.status_code == 200
    assert answer.context["form"]["text"].value() == long


def test_the_page_for_what_is_too_long_says_so() -> None:
    assert "at most 100 000 characters" in render_to_string("400.html")


@pytest.mark.parametrize("name", ["500.html", "400.html"])
def test_the_pages_for_faults_need_nothing(name: str) -> None:
    page = render_to_string(name)
    assert "<h1>" in page
    assert "theme.css" in page


def test_an_unknown_zone_of_a_person_is_read_as_utc(cast: Cast, sign_in: SignIn) -> None:
    cast.us_drafter.zone = "Mars/Olympus"
    cast.us_drafter.save()
    assert sign_in(cast.us_drafter).get(reverse("desk")).status_code == 200
