"""Whose own mail comes back reads so above every page, and nobody else does."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from notifications.models import Contact, User
from tests.factories import NOW, Cast
from tests.web.test_query_counts import SignIn, asked

WORDS = "has come back since"


def returned(user: User, address: str = "") -> Contact:
    return Contact.objects.create(
        user=user, address=address or user.email, state="bouncing", since=NOW, reason="550 no"
    )


@pytest.mark.parametrize(
    "page", ["desk", "treaties", "account", "admin:index", "admin:mail-health"]
)
def test_it_stands_on_every_page(cast: Cast, sign_in: SignIn, page: str) -> None:
    browser = sign_in(cast.administrator)
    assert WORDS not in browser.get(reverse(page)).content.decode()
    returned(cast.administrator)
    text = browser.get(reverse(page)).content.decode()
    assert f"Mail to {cast.administrator.email} {WORDS}" in text
    assert "Tell your administrator" in text


def test_an_old_address_another_person_s_or_one_that_works_again_is_not_told(
    cast: Cast, sign_in: SignIn
) -> None:
    returned(cast.us_head)
    returned(cast.us_drafter, "old@example.org")
    Contact.objects.create(
        user=cast.us_drafter, address=cast.us_drafter.email, state="working", since=NOW
    )
    assert WORDS not in sign_in(cast.us_drafter).get(reverse("desk")).content.decode()


def test_it_takes_one_query_a_page(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.us_drafter)
    few = asked(browser, reverse("desk"))
    returned(cast.us_drafter)
    assert asked(browser, reverse("desk")) == few
    with CaptureQueriesContext(connection) as queries:
        browser.get(reverse("desk"))
    told = [query for query in queries if "notifications_contact" in query["sql"]]
    assert len(told) == 1


def test_whoever_is_not_signed_in_is_told_nothing(cast: Cast, client: object) -> None:
    returned(cast.us_drafter)
    text = client.get(reverse("sign-in")).content.decode()  # type: ignore[attr-defined]
    assert WORDS not in text
