"""The pages of the ledger, of receipts and of one clock: what they show, what they refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from notifications.models import Deadline, Fact, Notification, Receipt, User
from notifications.services.ledger import stop_clock
from tests.factories import XV_3, Cast, issue, make_cast, make_treaty
from tests.services.ledgers import EFFECT, at, clock_of, day, receive
from tests.web.conftest import Clock

SignIn = Callable[[User], Client]
JUNE = at("2020-06-01")


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast(make_treaty(rules=[EFFECT, XV_3]))


@pytest.fixture
def notice(cast: Cast, clock: Clock) -> Notification:
    """A withdrawal given and received on 22 May 2020, looked at on 1 June."""
    notification = issue(cast)
    receive(cast, notification, "2020-05-22")
    clock(JUNE)
    return notification


def page(name: str, record: Any) -> str:
    return reverse(name, kwargs={"uid": record.uid})


def fact(**more: str) -> dict[str, str]:
    return {"do": "record", "kind": "stop", "on": "2020-06-01", "reason": "talks", **more}


def test_an_officer_stops_a_clock_and_lets_it_run_again(
    cast: Cast, notice: Notification, sign_in: SignIn, clock: Clock
) -> None:
    browser, case = sign_in(cast.canadian_officer), notice.case
    stopped = clock_of(notice, "xv-3")

    answer = browser.post(page("facts", case), fact(deadline=str(stopped.uid)), follow=True)

    assert "counted anew" in answer.content.decode()
    assert clock_of(notice, "xv-3").status == "suspended"
    entry = Fact.objects.get()
    clock(at("2020-06-13"))
    ending = browser.get(page("facts", case), {"end": str(entry.uid)}).content.decode()
    assert "Say that it is over" in ending
    browser.post(page("facts", case), {"do": "end", "fact": str(entry.uid), "until": "2020-06-13"})
    assert clock_of(notice, "xv-3").version.due_on == day("2020-08-02")


def test_a_second_click_records_no_second_entry(
    cast: Cast, notice: Notification, sign_in: SignIn
) -> None:
    browser = sign_in(cast.canadian_officer)
    twice = fact(
        kind="extension",
        deadline=str(clock_of(notice, "xv-3").uid),
        days="10",
        uid="6e0b3b0e-51f5-4d38-9a0c-0d7f3f0f8f11",
    )

    for _click in range(2):
        assert browser.post(page("facts", notice.case), twice).status_code == 302

    assert Fact.objects.count() == 1
    assert clock_of(notice, "xv-3").version.due_on == day("2020-07-31")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"kind": ""}, "What happened is missing."),
        ({"kind": "earthquake"}, "What happened: choose one of the list."),
        ({"on": ""}, "From is missing."),
        ({"on": "2020-02-30"}, "“2020-02-30” is no date of the calendar."),
        ({"until": "2020-05-31"}, "Until: it cannot end on 31 May 2020"),
        ({"until": "soon"}, "“soon” is no date of the calendar."),
        ({"reason": " "}, "Reason"),
        ({"kind": "extension", "days": "many"}, "a whole number from 1"),
        ({"kind": "extension", "days": "5"}, "say which time-limit is extended"),
        ({"deadline": "6e0b3b0e-51f5-4d38-9a0c-0d7f3f0f8f11"}, "Clock: choose one of the list."),
        ({"kind": "informed"}, "Notification: name the one"),
    ],
)
def test_bad_input_is_answered_at_its_field_and_everything_typed_is_kept(
    *, cast: Cast, notice: Notification, sign_in: SignIn, more: dict[str, str], said: str
) -> None:
    typed = {**fact(source="a note of the depositary"), **more}

    answer = sign_in(cast.canadian_officer).post(page("facts", notice.case), typed)

    html = answer.content.decode()
    assert answer.status_code == 200
    assert said in html
    assert 'value="a note of the depositary"' in html
    assert not Fact.objects.exists()


def test_whoever_reads_the_notice_reads_the_ledger_and_finds_no_form(
    cast: Cast, notice: Notification, sign_in: SignIn
) -> None:
    stop_clock(
        deadline=clock_of(notice, "xv-3"),
        on=day("2020-05-30"),
        reason="talks <in> Vienna",
        actor=cast.canadian_officer,
        now=JUNE,
    )

    html = sign_in(cast.german_observer).get(page("facts", notice.case)).content.decode()

    assert "talks &lt;in&gt; Vienna" in html
    assert "Record a fact" not in html
    assert "Say that it is over" not in html


def deadline_page(browser: Client, deadline: Deadline) -> str:
    return browser.get(page("deadline", deadline)).content.decode()


def test_the_page_of_a_clock_says_whether_it_was_ever_stopped(
    cast: Cast, notice: Notification, sign_in: SignIn
) -> None:
    browser = sign_in(cast.german_observer)
    stopped = clock_of(notice, "xv-3")
    assert "This clock was never stopped." in deadline_page(browser, stopped)

    stop_clock(
        deadline=stopped,
        on=day("2020-05-25"),
        until=day("2020-05-28"),
        reason="talks",
        actor=cast.canadian_officer,
        now=JUNE,
    )
    assert "This clock was stopped 1 time, 3 days in all." in deadline_page(browser, stopped)
    stop_clock(
        deadline=stopped,
        on=day("2020-05-30"),
        reason="talks",
        actor=cast.canadian_officer,
        now=JUNE,
    )
    assert "2 times: 3 days so far, and it is stopped now" in deadline_page(browser, stopped)


def test_it_shows_every_version_when_by_whom_why_and_from_where_to_where(
    cast: Cast, notice: Notification, sign_in: SignIn
) -> None:
    stop_clock(
        deadline=clock_of(notice, "xv-3"),
        on=day("2020-05-25"),
        until=day("2020-05-28"),
        reason="talks",
        actor=cast.canadian_officer,
        now=JUNE,
    )

    html = deadline_page(sign_in(cast.german_observer), clock_of(notice, "xv-3"))

    for said in ("Version 1", "Version 2", "Version 3", "Claire Officer", "24 July 2020"):
        assert said in html
    assert "stopped from 25 May 2020 to 28 May 2020" in html
    assert html.index("Version 3") < html.index("Version 1")


def test_an_officer_registers_another_date_and_a_party_objects(
    cast: Cast, notice: Notification, sign_in: SignIn
) -> None:
    effect = clock_of(notice, "xv-2")
    officer, russian = sign_in(cast.canadian_officer), sign_in(cast.russian_drafter)
    assert "Object to the date registered" not in deadline_page(russian, effect)

    wrong = officer.post(page("deadline", effect), {"do": "override", "on": "", "reason": "so"})
    officer.post(
        page("deadline", effect), {"do": "override", "on": "2020-12-31", "reason": "so read"}
    )
    russian.post(page("deadline", effect), {"do": "object", "reason": "not agreed"})

    assert "Date registered is missing." in wrong.content.decode()
    clock = clock_of(notice, "xv-2")
    assert (clock.status, clock.version.due_on) == ("disputed", day("2020-12-31"))
    html = deadline_page(russian, effect)
    assert "objects to this date: not agreed" in html
    assert "22 November 2020" in html


def test_where_the_clause_does_not_let_it_no_other_date_can_be_registered(
    cast: Cast, notice: Notification, sign_in: SignIn
) -> None:
    browser, duty = sign_in(cast.canadian_officer), clock_of(notice, "xv-3")

    assert "Register another date" not in deadline_page(browser, duty)
    answer = browser.post(page("deadline", duty), {"do": "override", "on": "2020-12-31"})
    assert answer.status_code == 404


def test_a_receipt_is_corrected_by_its_officer_and_disputed_by_the_sender(
    cast: Cast, notice: Notification, sign_in: SignIn
) -> None:
    receipt = notice.receipts.get()
    sender, officer = sign_in(cast.us_drafter), sign_in(cast.canadian_officer)
    address = page("receipts", notice)
    assert "Correct the date" not in sender.get(address).content.decode()

    claim = {"do": "dispute", "what": "dispute", "row": str(receipt.pk), "reason": "our courier"}
    sender.post(address, {**claim, "on": "2020-05-25"})
    html = officer.get(address).content.decode()
    assert "as the other side states" in html
    assert "our courier" in html
    newest = Receipt.objects.latest("pk")
    correction = {"do": "correct", "what": "correct", "row": str(newest.pk), "reason": "a stamp"}
    refused = officer.post(address, {**correction, "on": "2020-05-21"})
    officer.post(address, {**correction, "on": "2020-05-25"})

    assert "the note was given on 22 May 2020, not before" in refused.content.decode()
    assert Receipt.objects.count() == 3
    assert clock_of(notice, "xv-3").version.opens_on == day("2020-06-24")


@pytest.mark.parametrize(
    ("who", "what"),
    [("us_drafter", "correct"), ("canadian_officer", "dispute"), ("german_observer", "dispute")],
)
def test_nobody_does_with_a_receipt_what_is_for_somebody_else(
    *, cast: Cast, notice: Notification, sign_in: SignIn, who: str, what: str
) -> None:
    typed = {"do": what, "what": what, "row": str(notice.receipts.get().pk), "on": "2020-05-25"}

    answer = sign_in(getattr(cast, who)).post(page("receipts", notice), {**typed, "reason": "so"})

    assert answer.status_code == 404
    assert Receipt.objects.count() == 1


def test_the_page_of_the_notice_leads_to_its_clocks_and_receipts(
    cast: Cast, notice: Notification, sign_in: SignIn
) -> None:
    html = sign_in(cast.german_observer).get(page("notification", notice)).content.decode()

    assert page("deadline", clock_of(notice, "xv-3")) in html
    assert page("receipts", notice) in html
