"""Giving a draft up: asked once more, done once, told to whoever comes later."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from notifications.models import User
from tests.factories import Cast, us_draft

SignIn = Callable[[User], Client]


def test_a_draft_is_discarded_after_one_more_look(cast: Cast, sign_in: SignIn) -> None:
    draft = us_draft(cast, is_sent=False)
    browser, address = sign_in(cast.us_drafter), reverse("draft-discard", kwargs={"uid": draft.uid})
    assert address in browser.get(reverse("draft", kwargs={"uid": draft.uid})).text
    page = browser.get(address).text
    assert "The United States gives notice" in page
    draft.refresh_from_db()
    assert draft.state == "draft"
    answer = browser.post(address, {"version": "1"}, follow=True)
    assert "The draft was discarded." in answer.text
    draft.refresh_from_db()
    assert draft.state == "discarded"
    assert str(draft.uid) not in browser.get(reverse("desk")).text
    assert "It was discarded" in browser.get(reverse("draft", kwargs={"uid": draft.uid})).text
    assert "discarded already" in browser.post(address, {"version": "1"}, follow=True).text


def test_a_draft_that_changed_meanwhile_is_not_discarded(cast: Cast, sign_in: SignIn) -> None:
    draft = us_draft(cast, is_sent=False)
    address = reverse("draft-discard", kwargs={"uid": draft.uid})
    for version in ("0", "7", "nonsense", ""):
        page = sign_in(cast.us_drafter).post(address, {"version": version}).text
        assert "Nothing was discarded." in page
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_a_draft_that_waits_for_approval_is_not_discarded(cast: Cast, sign_in: SignIn) -> None:
    draft = us_draft(cast)
    address = reverse("draft-discard", kwargs={"uid": draft.uid})
    page = sign_in(cast.us_drafter).post(address, {"version": str(draft.version)}).text
    assert "This cannot be done now" in page
    draft.refresh_from_db()
    assert draft.state == "awaiting-approval"
