"""The page on which a person says how they are reminded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any

from django.test import Client
from django.urls import reverse

from notifications.models import Preference, User
from tests.factories import Cast

SignIn = Callable[[User], Client]
TYPED = {
    "ladder": ["45", "7"],
    "quiet_from": "22:00",
    "quiet_to": "06:30",
    "snooze_until": "2020-05-29T09:00",
}


def answer(browser: Client, **fields: Any) -> str:
    return browser.post(reverse("reminders"), {**TYPED, **fields}, follow=True).text


def test_a_person_sets_days_quiet_hours_and_a_pause_in_their_own_zone(
    cast: Cast, sign_in: SignIn
) -> None:
    User.objects.filter(pk=cast.us_drafter.pk).update(zone="Europe/Berlin")
    page = answer(sign_in(cast.us_drafter))
    held = Preference.objects.get(user=cast.us_drafter)
    assert held.ladder == [45, 7]
    assert (held.quiet_from, held.quiet_to) == (time(22), time(6, 30))
    assert held.snooze_until == datetime(2020, 5, 29, 7, 0, tzinfo=UTC)
    assert "Your reminders are saved." in page
    assert page.count(" checked") == 2
    for shown in ("22:00", "06:30", "2020-05-29T09:00"):
        assert f'value="{shown}"' in page


def test_an_empty_form_takes_every_wish_back(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.us_drafter)
    answer(browser)
    browser.post(reverse("reminders"), {})
    held = Preference.objects.get(user=cast.us_drafter)
    assert (held.ladder, held.quiet_from, held.quiet_to, held.snooze_until) == (
        [],
        None,
        None,
        None,
    )


def test_what_is_no_time_is_refused_at_its_field_and_nothing_typed_is_lost(
    cast: Cast, sign_in: SignIn
) -> None:
    page = answer(sign_in(cast.us_drafter), quiet_to="half past six", snooze_until="next week")
    assert "Quiet hours to: “half past six” is no time of day, such as 22:00." in page
    assert "Pause reminders until: “next week” is no date with its time." in page
    assert 'href="#id_quiet_to"' in page
    for typed in ("22:00", "half past six", "next week"):
        assert f'value="{typed}"' in page
    assert page.count(" checked") == 2
    assert not Preference.objects.exists()


def test_what_the_service_refuses_stands_at_its_field(cast: Cast, sign_in: SignIn) -> None:
    page = answer(sign_in(cast.us_drafter), quiet_to="", snooze_until="2020-05-01T09:00")
    assert "name both their beginning and their end, or neither" in page
    assert 'href="#id_quiet_to"' in page
    page = answer(sign_in(cast.us_drafter), snooze_until="2020-05-01T09:00")
    assert "Pause reminders until: this time has passed." in page
    assert 'value="2020-05-01T09:00"' in page


def test_a_day_outside_the_list_is_refused(cast: Cast, sign_in: SignIn) -> None:
    page = answer(sign_in(cast.us_drafter), ladder=["8"])
    assert "My own days: choose one of the list." in page
    assert not Preference.objects.exists()


def test_a_pause_that_is_over_is_not_shown_again(cast: Cast, sign_in: SignIn) -> None:
    over = datetime(2020, 5, 1, tzinfo=UTC)
    Preference.objects.create(user=cast.us_drafter, snooze_until=over)
    page = sign_in(cast.us_drafter).get(reverse("reminders")).text
    assert "2020-05-01" not in page


def test_every_field_has_its_label_and_the_page_says_what_is_always_sent(
    cast: Cast, sign_in: SignIn
) -> None:
    page = sign_in(cast.us_drafter).get(reverse("reminders")).text
    for name in ("quiet_from", "quiet_to", "snooze_until", "ladder_0"):
        assert f'for="id_{name}"' in page
        assert f'id="id_{name}"' in page
    assert "<legend>My own days" in page
    assert "Formal notices, and what is told on the last day of a deadline" in page


def test_the_page_is_reached_from_every_page(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.us_drafter).get(reverse("desk")).text
    assert f'href="{reverse("reminders")}"' in page


def test_a_person_takes_a_digest_and_gives_it_up_again(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.us_drafter)
    page = answer(browser, digest="daily")
    assert Preference.objects.get(user=cast.us_drafter).digest == "daily"
    assert '<option value="daily" selected>' in page
    answer(browser, digest="at-once")
    assert Preference.objects.get(user=cast.us_drafter).digest == "at-once"


def test_another_rhythm_is_refused_and_nothing_is_kept(cast: Cast, sign_in: SignIn) -> None:
    page = answer(sign_in(cast.us_drafter), digest="hourly")
    assert "How you are told: " in page
    assert not Preference.objects.exists()
