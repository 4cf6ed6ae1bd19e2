"""The calculator: a clause and supposed facts to a date, all of it in the address."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from notifications.models import DeadlineVersion, Event, Notification, Participation, User
from tests.factories import TODAY, XV_2, Cast, add_clause, make_party, make_treaty

SignIn = Callable[[User], Client]
Look = Callable[..., Any]

ADDRESS = "/calculator/"
HOURS = {
    "id": "ch-iii-para-16-1",
    "article": "Ch. III, para 16.1",
    "governs": "consultation-request",
    "starts": "received",
    "count": [{"add": "PT48H"}],
    "yields": "duty",
    "duty": {"bearer": "addressee", "act": "response"},
}
WINDOWED = {
    "id": "xvi-1",
    "article": "XVI(1)",
    "governs": "withdrawal",
    "starts": "registered",
    "count": [{"add": "P1Y"}],
    "yields": "effect",
    "when": {"mode": "denunciation"},
    "survives": "P20Y",
    "requires": ["statement-of-extraordinary-events"],
    "open_while": "armed-conflict",
    "admissible": {
        "window": {"starts": "in_force_for_party", "first": "P10Y", "every": "P10Y", "for": "P1Y"}
    },
}
THIRD = {
    "id": "xvi-1-request",
    "article": "XVI(1) request",
    "governs": "amendment-proposal",
    "starts": {"count_of": "conference-request", "reaches": "2/3"},
    "count": [{"add": "P60D"}],
    "yields": "right",
}
FOLLOWS = {
    "id": "xx-1",
    "article": "XX(1)",
    "governs": "withdrawal",
    "starts": {"clause": "xv-2"},
    "count": [{"add": "P1M"}],
    "yields": "right",
}
YEARLY = {
    "id": "annex-d",
    "article": "Annex D",
    "governs": "none",
    "starts": {"yearly": ["11-15", "02-15"]},
    "count": [],
    "yields": "duty",
    "duty": {"bearer": "each-party", "act": "formatted-message"},
}
ANNOUNCED = {
    "id": "vi-5",
    "article": "VI(5)",
    "governs": "formatted-message",
    "starts": {"field": "occurs_at"},
    "count": [{"subtract": "PT72H"}],
    "yields": "duty",
    "duty": {"bearer": "notifier", "act": "formatted-message"},
}


@pytest.fixture
def look(cast: Cast, sign_in: SignIn) -> Look:
    """Open the calculator on a clause of the treaty, with these facts in the address."""
    for rule in (HOURS, WINDOWED, THIRD, FOLLOWS, YEARLY, ANNOUNCED):
        add_clause(cast.treaty, rule)
    browser = sign_in(cast.german_observer)

    def open_page(clause: str = "", **facts: str) -> Any:
        query = {"treaty": cast.treaty.slug, "clause": clause, **facts}
        return browser.get(ADDRESS, {key: value for key, value in query.items() if value})

    return open_page


def fields(page: Any) -> list[str]:
    return list(page.context["form"].fields)


def result(page: Any) -> Any:
    return page.context["answer"].result


def test_a_treaty_is_chosen_first_and_then_one_of_its_clauses(look: Look, cast: Cast) -> None:
    make_treaty("another", rules=(XV_2,))
    page = look()
    assert [one.slug for one in page.context["treaties"]] == ["another", "open-skies"]
    titles = [one["title"] for one in page.context["clauses"]]
    assert titles[0] == "Article XV(2): Withdrawal takes effect"
    assert "Article XVI(1): Withdrawal takes effect (denunciation)" in titles
    assert len(titles) == 8
    assert "Choose one of the clauses of this treaty." in page.text


def test_a_date_comes_with_its_instant_and_every_step(look: Look) -> None:
    page = look("xv-2", given="2020-05-22")
    assert "22 November 2020 (Sunday)" in page.text
    assert "22 November 2020, 00:00 UTC" in page.text
    assert page.context["answer"].steps == [
        "22 May 2020, the date of the note",
        "+ 6 months → 22 November 2020",
        "22 November 2020, 00:00 UTC",
    ]
    way = "22 May 2020, the date of the note → + 6 months → 22 November 2020, 00:00 UTC"
    assert f"<p>{way}</p>" in page.text


def test_nothing_is_stored(look: Look) -> None:
    look("xv-2")
    events = Event.objects.count()
    look("xv-2", given="2020-05-22", effective="2021-05-22")
    assert Event.objects.count() == events
    assert not Notification.objects.exists()
    assert not DeadlineVersion.objects.exists()


def test_the_address_of_the_calculation_leads_to_it_again(look: Look, cast: Cast) -> None:
    page = look(
        "ch-iii-para-16-1", received="2022-02-11", received_time="10:00", zone="Europe/Paris"
    )
    assert page.context["query"] == (
        "treaty=open-skies&clause=ch-iii-para-16-1&received=2022-02-11&received_time=10%3A00"
        "&zone=Europe%2FParis"
    )
    assert result(page).due_at.isoformat() == "2022-02-13T09:00:00+00:00"
    assert "13 February 2022, 10:00 Europe/Paris" in page.text


def test_only_what_the_clause_counts_from_is_asked_for(look: Look) -> None:
    assert fields(look("xv-3")) == ["received-CAN", "received-HUN", "zone"]
    assert fields(look("xv-2")) == ["given", "received-CAN", "received-HUN", "effective", "zone"]
    assert fields(look("ch-iii-para-16-1")) == ["received", "received_time", "zone"]
    assert fields(look("xvi-1")) == [
        "party",
        "received-CAN",
        "received-HUN",
        "registered",
        "in_force_for_party",
        "conflict_from",
        "conflict_until",
        "effective",
        "reasons",
        "zone",
    ]
    assert fields(look("xvi-1-request")) == ["act-conference-request", "parties", "zone"]
    assert fields(look("annex-d")) == ["from", "zone"]
    assert fields(look("vi-5")) == ["field-occurs_at", "field-occurs_at_time", "zone"]
    assert fields(look("xx-1")) == ["given", "received-CAN", "received-HUN", "date-xv-2", "zone"]


def test_every_input_has_a_label_in_words(look: Look) -> None:
    labels = {
        str(field.label)
        for rule in ("xvi-1", "vi-5", "xx-1")
        for field in look(rule).context["form"]
    }
    assert {
        "Registered by the depositary on",
        "Deposited with Canada",
        "Time announced",
        "Date under Article XV(2)",
    } <= labels


def test_the_clause_stands_in_words_above_the_form(look: Look) -> None:
    page = look("xv-2")
    assert "Notice at least six months before the intended withdrawal." in page.text
    assert any("6 months after" in sentence for sentence in page.context["rule"])


def test_receipts_count_before_the_date_of_the_note(look: Look) -> None:
    page = look("xv-2", **{"given": "2020-05-20", "received-HUN": "2020-05-22"})
    assert result(page).due_on.isoformat() == "2020-11-22"
    assert "received by Hungary" in page.context["answer"].sentence


def test_a_window_has_both_its_ends(look: Look) -> None:
    page = look("xv-3", **{"received-CAN": "2020-05-22"})
    assert "21 June 2020 (Sunday)" in page.text
    assert "21 July 2020, 24:00 UTC" in page.text


def test_too_early_an_act_is_told_its_first_lawful_day(look: Look) -> None:
    page = look("xvi-1", registered="2005-06-01", party="USA")
    assert result(page).status == "premature"
    assert "The first day on which it is admitted:" in page.text
    assert "1 January 2012 (Sunday)" in page.text


def test_what_outlasts_the_effect_has_a_date_of_its_own(look: Look) -> None:
    facts = {"registered": "2012-06-01", "party": "USA"}
    page = look("xvi-1", **facts)
    assert (result(page).due_on.year, result(page).survives_on.year) == (2013, 2033)
    assert "1 June 2033 (Wednesday)" in page.text
    assert "The notice must hold a statement of its reasons." in page.text
    assert result(look("xvi-1", **facts, reasons="on")).flags == ()


def test_an_armed_conflict_keeps_the_date_open(look: Look) -> None:
    facts = {"registered": "2012-06-01", "conflict_from": "2013-01-01"}
    assert result(look("xvi-1", **facts)).status == "open"
    page = look("xvi-1", **facts, conflict_until="2014-02-03")
    assert result(page).due_on.isoformat() == "2014-02-03"


def test_a_later_date_of_the_notice_wins_and_the_earliest_is_shown(look: Look) -> None:
    page = look("xv-2", given="2020-05-22", effective="2021-01-01")
    assert "1 January 2021 (Friday)" in page.text
    assert "Earliest lawful date" in page.text


def test_acts_count_towards_a_threshold_of_the_parties(look: Look) -> None:
    days = "2020-01-01, 2020-01-03\n2020-01-02 2020-01-04"
    page = look("xvi-1-request", **{"act-conference-request": days, "parties": "5"})
    assert result(page).due_on.isoformat() == "2020-03-04"
    assert "party no. 4" in page.context["answer"].sentence


def test_the_next_run_is_looked_for_from_today_unless_said(look: Look) -> None:
    page = look("annex-d")
    assert page.context["form"]["from"].value() == TODAY.isoformat()
    assert result(page).due_on.isoformat() == "2020-11-15"
    later = (TODAY + timedelta(days=200)).isoformat()
    assert result(look("annex-d", **{"from": later})).due_on.isoformat() == "2021-02-15"


def test_the_date_of_another_clause_is_counted_or_given(look: Look) -> None:
    assert result(look("xx-1", given="2020-05-22")).due_on.isoformat() == "2020-12-22"
    page = look("xx-1", **{"given": "2020-05-22", "date-xv-2": "2021-01-31"})
    assert result(page).due_on.isoformat() == "2021-02-28"


def test_what_is_missing_is_named(look: Look) -> None:
    assert "waits for the note" in look("xv-2").text
    assert "waits for the receipt by the depositary" in look("xv-3").text


@pytest.mark.parametrize(
    ("clause", "facts", "sentence"),
    [
        ("xv-2", {"given": "2020-02-30"}, "Date of the note: “2020-02-30” is no date of"),
        ("xv-2", {"given": "soon<b>"}, "Date of the note: “soon&lt;b&gt;” is no date of"),
        ("xv-2", {"given": "0999-01-01"}, "Date of the note: the year must lie between 1800"),
        ("xv-2", {"zone": "Mars"}, "Time zone: “Mars” is no time zone."),
        ("xv-2", {"zone": "x\0"}, "Time zone: it holds a control character"),
        ("ch-iii-para-16-1", {"received_time": "10:00"}, "Received on is missing."),
        (
            "ch-iii-para-16-1",
            {"received": "2020-05-22", "received_time": "25:00"},
            "Received on: time of day: “25:00” is no time of day.",
        ),
        ("xvi-1", {"party": "XX"}, "Party: choose one of the list."),
        ("xvi-1", {"conflict_until": "2020-05-22"}, "Armed conflict since is missing."),
        (
            "xvi-1",
            {"conflict_from": "2020-05-22", "conflict_until": "2020-05-22"},
            "Armed conflict until: it ends after it begins.",
        ),
        ("xvi-1-request", {"parties": "many"}, "Number of parties: a whole number from 1 to 1000."),
        (
            "xvi-1-request",
            {"act-conference-request": "2020-05-22 2020-05-32"},
            "Request for a conference: days on which they came in: “2020-05-32” is no date of",
        ),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    look: Look, clause: str, facts: dict[str, str], sentence: str
) -> None:
    page = look(clause, **facts)
    assert page.status_code == 200
    # Once beside the field, and once where the date would stand.
    assert page.text.count(sentence) == 2
    assert "answer" not in page.context


def test_a_date_far_out_leads_out_of_the_calendar(look: Look, cast: Cast) -> None:
    far = {**FOLLOWS, "count": [{"add": "P7000Y"}]}
    add_clause(cast.treaty, far)
    add_clause(cast.treaty, {**far, "id": "xx-2", "article": "XX(2)", "starts": {"clause": "xx-1"}})
    assert result(look("xx-1", given="2020-05-22")).due_on.year == 9020
    assert "These facts lead out of the calendar." in look("xx-2", given="2020-05-22").text


def test_a_clause_or_a_treaty_that_there_is_not_is_not_chosen(look: Look, cast: Cast) -> None:
    assert "clause" not in look("xv-9").context
    page = look("xv-2", treaty="atlantis")
    assert page.context["treaty"] is None


def test_a_treaty_without_an_exit_clause_offers_that_of_the_convention(
    look: Look, cast: Cast
) -> None:
    make_treaty("silent", rules=())
    page = look("56-2", treaty="silent", given="2020-05-22")
    assert page.context["clause_title"] == "VCLT 56(2): Withdrawal takes effect"
    assert (result(page).status, result(page).due_on.isoformat()) == ("disputed", "2021-05-22")


def test_the_page_asks_the_database_as_often_for_many_parties_as_for_few(
    look: Look, cast: Cast
) -> None:
    def asked() -> int:
        look("xvi-1", registered="2012-06-01", party="USA")
        with CaptureQueriesContext(connection) as queries:
            look("xvi-1", registered="2012-06-01", party="USA")
        return len(queries)

    few = asked()
    Participation.objects.bulk_create(
        Participation(
            party=make_party(f"X{letter}Y"), treaty=cast.treaty, in_force_on=date(2002, 1, 1)
        )
        for letter in "ABCDEFGHIJ"
    )
    make_treaty("another")
    assert asked() == few


def test_each_clause_of_a_treaty_leads_here(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.german_observer)
    page = browser.get(reverse("treaty", kwargs={"slug": cast.treaty.slug})).text
    assert f"{ADDRESS}?treaty=open-skies&amp;clause=xv-2" in page
    assert f"{ADDRESS}?treaty=open-skies&amp;clause=xv-3" in page
