"""The page of recurring duties: what is due, for whom and why, and a form where one may say so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from notifications.models import Case, Deadline, User
from notifications.register import verify
from notifications.services.runs import track_runs
from notifications.web.names import PartyNames
from notifications.web.thread import case_title
from tests.factories import (
    NOW,
    QUARTERS,
    Cast,
    add_clause,
    issue_act,
    make_cast,
    make_treaty,
    make_user,
)
from tests.web.conftest import Clock

SignIn = Callable[[User], Client]
REVIEW: dict[str, Any] = {
    **QUARTERS,
    "id": "xvi-3",
    "article": "XVI(3)",
    "summary": "The depositaries convene a conference.",
    "duty": {"bearer": "depositaries", "act": "conference"},
}
PAGE = "/recurring/"
AUGUST_16 = datetime(2020, 8, 16, 9, tzinfo=UTC)


@pytest.fixture
def cast(db: None) -> Cast:
    """The runs of a duty of each party and of one of the depositaries are open."""
    cast = make_cast()
    add_clause(cast.treaty, QUARTERS)
    add_clause(cast.treaty, REVIEW)
    track_runs(now=NOW)
    return cast


def run_of(code: str | None) -> Deadline:
    runs = Deadline.objects.runs().filter(run_from=NOW.date())
    return runs.get(bearer__code=code) if code else runs.get(bearer=None)


def address(run: Deadline) -> str:
    return reverse("run", kwargs={"uid": run.uid})


def test_a_mission_sees_its_own_duty_with_its_date_and_the_reason(
    cast: Cast, sign_in: SignIn
) -> None:
    page = sign_in(cast.us_drafter).get(PAGE).text
    run = run_of("USA")
    assert f'id="run-{run.uid}"' in page
    assert page.count('id="run-') == 1
    assert "Formatted message (Annex H(3))" in page
    assert "Borne by: United States of America" in page
    assert "15 August 2020 (Saturday)" in page
    assert "in 85 days" in page
    assert "15 August 2020, the first of the clause’s dates on or after 22 May 2020" in page
    assert "Annex H(3): Each party tells the others its quotas four times a year." in page
    assert f'action="{address(run)}"' in page


def test_an_observer_sees_it_and_records_nothing(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.german_observer)
    page = browser.get(PAGE).text
    assert "Borne by: Germany" in page
    assert "Record as fulfilled" not in page
    assert browser.get(address(run_of("DEU"))).status_code == 404


def test_whoever_bears_nothing_is_told_what_would_stand_here(cast: Cast, sign_in: SignIn) -> None:
    for person in (cast.japanese_drafter, cast.administrator):
        page = sign_in(person).get(PAGE).text
        assert "No recurring duty runs for you." in page
        assert 'id="run-' not in page


def test_an_officer_sees_all_runs_of_the_treaty_together_and_settles_the_joint_one(
    cast: Cast, sign_in: SignIn
) -> None:
    page = sign_in(cast.canadian_officer).get(PAGE).text
    assert "Borne by: 6 parties" in page
    assert "6: running" in page
    assert "Russian Federation: running" in page
    assert page.count("Record as fulfilled") == 1
    assert f'action="{address(run_of(None))}"' in page


def test_a_duty_is_recorded_as_fulfilled_from_the_list(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.russian_drafter)
    answer = browser.post(
        address(run_of("RUS")), {"on": "2020-05-22", "note": "Nothing to declare."}, follow=True
    )
    assert answer.redirect_chain == [(PAGE, 302)]
    assert "Recorded as fulfilled in time." in answer.text
    assert "fulfilled on" in answer.text
    assert "Nothing to declare." in answer.text
    run = run_of("RUS")
    assert (run.status, run.settled_on) == ("met", date(2020, 5, 22))
    assert verify().ok


def test_what_lapsed_is_recorded_late_and_said_to_be(
    cast: Cast, sign_in: SignIn, clock: Clock
) -> None:
    track_runs(now=AUGUST_16)
    clock(AUGUST_16)
    browser = sign_in(cast.russian_drafter)
    page = browser.get(PAGE).text
    assert "not recorded in time" in page
    assert page.index("15 November 2020") < page.index("15 August 2020 (Saturday)")
    answer = browser.post(address(run_of("RUS")), {"on": "2020-08-16"}, follow=True)
    assert "Recorded as fulfilled, after its day." in answer.text
    assert "fulfilled late" in answer.text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"on": ""}, "Fulfilled on is missing."),
        ({"on": "31 May"}, "is no date of the calendar"),
        ({"on": "2020-06-30"}, "Fulfilled on: the day is still to come."),
        ({"on": "2019-06-30"}, "Fulfilled on: the day lies before the time of this duty."),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence_and_nothing_is_lost(
    cast: Cast, sign_in: SignIn, typed: dict[str, str], sentence: str
) -> None:
    data = {**typed, "note": "Sent as message 12."}
    page = sign_in(cast.us_head).post(address(run_of("USA")), data)
    assert page.status_code == 200
    assert sentence in page.text
    assert "Sent as message 12." in page.text
    assert run_of("USA").status == "running"


def test_the_act_by_which_it_was_fulfilled_can_be_named(cast: Cast, sign_in: SignIn) -> None:
    own = issue_act(cast, "dialogue-proposal", {"text": "Quotas."})
    other = issue_act(cast, "dialogue-proposal", {"text": "Quotas."}, code="RUS")
    browser = sign_in(cast.us_drafter)
    page = browser.get(address(run_of("USA"))).text
    assert str(own.uid) in page
    assert str(other.uid) not in page
    data = {"on": "2020-05-22", "notification": str(own.uid)}
    browser.post(address(run_of("USA")), data)
    assert run_of("USA").met_by == own


def test_a_run_that_was_fulfilled_is_refused_a_second_time(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.us_drafter)
    data = {"on": "2020-05-22", "note": "Once."}
    browser.post(address(run_of("USA")), data)
    again = browser.post(address(run_of("USA")), {**data, "note": "Twice."})
    assert "This was fulfilled already" in again.text
    assert run_of("USA").note == "Once."


def test_the_desk_shows_what_is_due_within_thirty_days_or_was_not_recorded(
    cast: Cast, sign_in: SignIn, clock: Clock
) -> None:
    mine = f"/recurring/#run-{run_of('USA').uid}"
    assert mine not in sign_in(cast.us_drafter).get("/desk/").text
    clock(datetime(2020, 7, 17, 9, tzinfo=UTC))
    assert mine in sign_in(cast.us_drafter).get("/desk/").text
    track_runs(now=AUGUST_16)
    clock(AUGUST_16)
    browser = sign_in(cast.us_drafter)
    desk = browser.get("/desk/").text
    assert mine in desk
    assert "not recorded in time" in desk
    browser.post(address(run_of("USA")), {"on": "2020-08-16"})
    assert mine not in browser.get("/desk/").text


def test_the_navigation_leads_to_it_and_marks_it(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.us_drafter)
    assert 'href="/recurring/"' in browser.get("/treaties/").text
    page = " ".join(browser.get(PAGE).text.split())
    assert '<a href="/recurring/" aria-current="page">' in page


def test_the_case_of_recurring_duties_has_a_title_and_opens_to_nobody(
    cast: Cast, sign_in: SignIn
) -> None:
    case = Case.objects.get(opened_by__kind="recurring")
    assert case_title(case, cast.treaty, PartyNames("en")) == "Open Skies: recurring duties"
    for page in ("facts", "statement"):
        where = reverse(page, kwargs={"uid": case.uid})
        assert sign_in(cast.canadian_officer).get(where).status_code == 404


def test_a_run_is_no_deadline_of_an_act(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.canadian_officer)
    where = reverse("deadline", kwargs={"uid": run_of("USA").uid})
    assert browser.get(where).status_code == 404
    assert "No clock runs." in browser.get("/desk/").text


def test_the_page_asks_as_often_for_many_runs_as_for_few(cast: Cast, sign_in: SignIn) -> None:
    many = [f"X{one}{other}" for one in "ABCDE" for other in "ABCDEFG"]

    def asked() -> list[int]:
        counts = []
        for person in (cast.us_drafter, cast.canadian_officer):
            browser = sign_in(person)
            for page in (PAGE, "/desk/"):
                browser.get(page)
                with CaptureQueriesContext(connection) as queries:
                    browser.get(page)
                counts.append(len(queries))
        return counts

    few = asked()
    make_treaty("large", members=("USA", "CAN", *many), rules=(QUARTERS, REVIEW))
    make_treaty("alone", members=("USA", "CAN"), depositaries=(), rules=(QUARTERS, REVIEW))
    track_runs(now=NOW)
    make_user("Somebody")
    assert asked() == few
