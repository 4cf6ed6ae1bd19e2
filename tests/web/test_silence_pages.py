"""A complete silence on the desk and on its clock's page; and how often the pages ask."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from notifications.models import Notification, Outcome, User
from notifications.services.ledger import stop_clock
from notifications.services.outcomes import confirm_outcome
from notifications.services.sweeps import track_deadlines
from tests.factories import Cast, issue, make_cast, make_treaty
from tests.services.ledgers import INFORMED, at, circulate, clock_of, day
from tests.web.conftest import Clock
from tests.web.test_ledger_pages import deadline_page, page

SignIn = Callable[[User], Client]


@pytest.fixture
def silent(db: None, clock: Clock) -> tuple[Cast, Notification]:
    """A notice of which every party kept silent to the end."""
    cast = make_cast(make_treaty("lake", rules=[INFORMED]))
    notification = issue(cast)
    circulate(cast, notification, "2020-05-25")
    track_deadlines(now=at("2020-08-24"))
    clock(at("2020-08-24"))
    return cast, notification


def test_a_complete_silence_stands_on_the_officers_desk_until_it_is_decided(
    silent: tuple[Cast, Notification], sign_in: SignIn
) -> None:
    cast, notification = silent
    officer, address = sign_in(cast.hungarian_officer), reverse("desk")
    assert "Say what the silence means" in officer.get(address).content.decode()
    assert "Say what the silence means" not in sign_in(cast.us_head).get(address).content.decode()
    any_clock = clock_of(notification, "xx-5", "RUS")
    html = deadline_page(officer, any_clock)
    assert "5 parties kept silent" in html
    assert "deemed to have accepted" in html

    refused = officer.post(page("deadline", any_clock), {"do": "decline", "reason": ""})
    officer.post(page("deadline", any_clock), {"do": "confirm", "reason": ""})

    assert "Reason: say why the silence does not mean this." in refused.content.decode()
    assert Outcome.objects.get().is_confirmed
    assert "Say what the silence means" not in officer.get(address).content.decode()
    assert "confirmed" in deadline_page(sign_in(cast.german_observer), any_clock)


def test_an_outcome_that_was_found_before_the_time_was_over_says_so(
    silent: tuple[Cast, Notification], sign_in: SignIn
) -> None:
    cast, notification = silent
    lapsed = clock_of(notification, "xx-5", "RUS")
    confirm_outcome(
        deadline=lapsed,
        is_confirmed=True,
        reason="",
        actor=cast.hungarian_officer,
        now=at("2020-08-24"),
    )
    said = "its time was not over"
    assert said not in deadline_page(sign_in(cast.german_observer), lapsed)

    stop_clock(
        deadline=lapsed,
        on=day("2020-08-01"),
        until=day("2020-08-30"),
        reason="talks",
        actor=cast.canadian_officer,
        now=at("2020-08-24"),
    )

    html = deadline_page(sign_in(cast.german_observer), lapsed)
    assert said in html
    assert "confirmed" in html


def test_the_clocks_of_many_parties_stand_as_one_on_the_page_of_the_notice(
    silent: tuple[Cast, Notification], sign_in: SignIn
) -> None:
    cast, notification = silent

    html = sign_in(cast.us_head).get(page("notification", notification)).content.decode()

    assert html.count("<h3>Time under Article XX(5) ends") == 1
    assert "5: lapsed" in html
    assert "5 parties were silent: Time under Article XX(5) ends" in html
    assert page("deadline", clock_of(notification, "xx-5", "RUS")) in html


def queries(browser: Client, address: str) -> int:
    assert browser.get(address).status_code == 200
    with CaptureQueriesContext(connection) as found:
        browser.get(address)
    return len(found)


def test_the_pages_ask_as_often_for_many_parties_and_entries_as_for_few(
    db: None, sign_in: SignIn, clock: Clock
) -> None:
    counts = []
    cast = None
    for slug, number in (("few", 3), ("many", 60)):
        codes = [f"{chr(65 + n // 26)}{chr(65 + n % 26)}{slug[0].upper()}" for n in range(number)]
        treaty = make_treaty(slug, members=["USA", "RUS", *codes], rules=[INFORMED])
        cast = cast or make_cast(treaty)
        cast.treaty = treaty
        notification = issue(cast)
        circulate(cast, notification, "2020-05-25")
        clocks = list(notification.deadlines.with_reasons().select_related("case", "notification"))
        for clock_found in clocks[: number // 3]:
            stop_clock(
                deadline=clock_found,
                on=day("2020-05-26"),
                reason="talks",
                actor=cast.canadian_officer,
                now=at("2020-05-26"),
            )
        clock(at("2020-05-27"))
        browser = sign_in(cast.canadian_officer)
        addresses = (
            page("facts", notification.case),
            page("deadline", clocks[0]),
            page("receipts", notification),
            page("notification", notification),
        )
        counts.append([queries(browser, address) for address in addresses])

    assert counts[0] == counts[1]
