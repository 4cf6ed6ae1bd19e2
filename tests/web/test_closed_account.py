"""A closed account: no way in, by password, by card or by a session that was open before."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from notifications.models import User
from tests.factories import Cast

SignIn = Callable[[User], Client]


def close(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def test_a_password_opens_no_closed_account(cast: Cast, client: Client) -> None:
    cast.us_drafter.set_password("a long enough password")
    cast.us_drafter.save()
    close(cast.us_drafter)
    answer = client.post(
        reverse("sign-in"),
        {"username": cast.us_drafter.email, "password": "a long enough password"},
    )
    assert answer.status_code == 200
    assert client.get(reverse("desk")).status_code == 302


def test_a_session_ends_with_the_account(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.us_drafter)
    assert browser.get(reverse("desk")).status_code == 200
    close(cast.us_drafter)
    answer = browser.get(reverse("desk"))
    assert answer.headers["Location"].startswith(reverse("sign-in"))


def test_a_closed_account_has_no_card(cast: Cast, client: Client, settings: Settings) -> None:
    close(cast.us_drafter)
    page = client.get(reverse("sign-in")).text
    assert cast.us_drafter.name not in page
    assert cast.us_head.name in page
    answer = client.post(reverse("demo-sign-in"), {"email": cast.us_drafter.email})
    assert answer.status_code == 404
