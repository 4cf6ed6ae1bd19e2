"""The page of a notification: dates with their reasons, the grid of addressees, the thread."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from django.test import Client
from django.urls import reverse

from notifications.models import (
    Case,
    CaseParty,
    Notification,
    Progress,
    Transmission,
    User,
)
from notifications.services.circulating import circulate_notification
from notifications.services.convening import convene_conference
from notifications.services.receiving import register_receipt
from notifications.services.recording import record_statement
from notifications.services.responding import acknowledge_notification, respond_to_notification
from notifications.services.sweeps import record_responses, send_alerts, track_deadlines
from notifications.web.grid import Row
from tests.factories import NOW, TODAY, Cast, issue, issue_act, make_party
from tests.web.conftest import LATER, Clock

SignIn = Callable[[User], Client]


def page_of(act: Notification) -> str:
    return reverse("notification", kwargs={"uid": act.uid})


def row_of(browser: Client, act: Notification, name: str) -> Row:
    rows: list[Row] = browser.get(page_of(act)).context["rows"]
    return next(row for row in rows if row.name == name)


def receive(cast: Cast, act: Notification) -> None:
    register_receipt(
        notification=act,
        party=cast.party("CAN"),
        on=TODAY,
        actor=cast.canadian_officer,
        now=LATER,
    )


def test_every_date_comes_with_its_reason_in_words(cast: Cast, sign_in: SignIn) -> None:
    act = issue(cast)
    receive(cast, act)
    page = sign_in(cast.russian_drafter).get(page_of(act)).text
    assert "22 May 2020, received by Canada" in page
    assert "+ 6 months → 22 November 2020" in page
    assert "22 November 2020, 00:00 UTC" in page
    assert "in 184 days" in page
    assert "closes 21 July 2020, 24:00 UTC" in page


def test_all_versions_of_a_date_are_kept_and_told(cast: Cast, sign_in: SignIn) -> None:
    act = issue(cast)
    receive(cast, act)
    page = sign_in(cast.russian_drafter).get(page_of(act)).text
    assert "Counted last" in page
    assert "Before: version 1" in page
    assert "the date of the note" in page


def test_dates_carry_the_exact_instant_and_zone(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.russian_drafter).get(page_of(issue(cast))).text
    assert 'datetime="2020-11-22T00:00:00+00:00"' in page
    assert 'title="22 November 2020, 00:00 UTC"' in page
    assert '<span class="visually-hidden"> (22 November 2020, 00:00 UTC)</span>' in page


def test_instants_are_shown_in_the_treatys_zone_and_in_the_readers_on_hover(
    cast: Cast, sign_in: SignIn
) -> None:
    cast.russian_drafter.zone = "Europe/Moscow"
    cast.russian_drafter.save()
    page = sign_in(cast.russian_drafter).get(page_of(issue(cast))).text
    assert ">22 May 2020, 10:00 UTC</time>" in page
    assert 'title="22 May 2020, 13:00 MSK"' in page


def test_a_reader_further_west_does_not_see_the_day_before(cast: Cast, sign_in: SignIn) -> None:
    cast.us_drafter.zone = "America/New_York"
    cast.us_drafter.save()
    midnight = NOW.replace(hour=0)
    page = sign_in(cast.us_drafter).get(page_of(issue(cast, now=midnight))).text
    grid = page[page.index('id="addressees"') : page.index('id="thread"')]
    assert ">22 May 2020</time>" in grid
    assert ">21 May 2020</time>" not in grid


def test_the_grid_tells_sent_accepted_acknowledged_and_answered_apart(
    cast: Cast, sign_in: SignIn
) -> None:
    act, browser = issue(cast), sign_in(cast.us_drafter)
    russia = row_of(browser, act, "Russian Federation")
    assert (russia.sent_at, russia.accepted_at, russia.circulated_at) == (NOW, None, None)
    assert russia.silent_since == NOW
    assert russia.is_silent
    send_alerts(now=LATER)
    accepted_at = row_of(browser, act, "Russian Federation").accepted_at
    assert accepted_at is not None
    assert LATER <= accepted_at < LATER + timedelta(minutes=1)
    acknowledged = LATER + timedelta(hours=1)
    acknowledge_notification(
        notification=act,
        party=cast.party("RUS"),
        actor=cast.russian_drafter,
        now=acknowledged,
    )
    russia = row_of(browser, act, "Russian Federation")
    assert (russia.acknowledged_at, russia.silent_since) == (acknowledged, acknowledged)
    assert not russia.is_silent
    respond_to_notification(
        notification=act,
        party=cast.party("RUS"),
        position="rejects",
        text="Groundless.",
        actor=cast.russian_drafter,
        now=acknowledged,
    )
    russia = row_of(browser, act, "Russian Federation")
    assert russia.silent_since is None
    page = browser.get(page_of(act)).text
    assert "5 sent · 1 acknowledged · 1 answered · 4 silent" in page
    assert "rejects" in page


def test_a_conference_of_the_depositary_is_no_answer_of_its_state(
    cast: Cast, sign_in: SignIn
) -> None:
    act, browser = issue(cast), sign_in(cast.us_drafter)
    receive(cast, act)
    convene_conference(
        notification=act,
        senders=[cast.party("CAN")],
        held_on=date(2020, 7, 6),
        text="",
        actor=cast.canadian_officer,
        now=LATER,
    )
    canada = row_of(browser, act, "Canada")
    assert (canada.own_act, canada.silent_since) == (None, NOW)
    page = browser.get(page_of(act)).text
    assert "5 sent · 0 acknowledged · 0 answered · 5 silent</p>" in page
    assert "Conference on 6 July 2020, convened by Canada" in page


def test_an_act_of_a_party_ends_its_silence_and_is_no_answer(cast: Cast, sign_in: SignIn) -> None:
    act, browser = issue(cast), sign_in(cast.us_drafter)
    issue_act(cast, "conference-request", {"text": "Meet."}, code="RUS", refers_to=act)
    assert row_of(browser, act, "Russian Federation").silent_since is None
    page = browser.get(page_of(act)).text
    assert "5 sent · 0 acknowledged · 0 answered · 4 silent" in page
    assert "1 filed an act of its own, which is no answer" in page
    assert ">Request for a conference</a>" in page


def test_everybody_reads_what_remains(cast: Cast, sign_in: SignIn) -> None:
    act = issue(cast)

    def remains(user: User) -> str:
        return str(sign_in(user).get(page_of(act)).context["remaining"])

    assert remains(cast.us_drafter) == "Waits for Canada or Hungary to register its receipt."
    assert remains(cast.canadian_officer) == "Waits for you to register its receipt."
    assert remains(cast.russian_drafter) == "Waits for you to acknowledge that you have it."
    receive(cast, act)
    assert remains(cast.us_drafter) == "Received; waits for Canada or Hungary to circulate it."
    circulate_notification(notification=act, actor=cast.canadian_officer, now=LATER)
    acknowledge_notification(
        notification=act, party=cast.party("RUS"), actor=cast.russian_drafter, now=LATER
    )
    left = "4 of 5 parties have not acknowledged it."
    assert remains(cast.us_drafter) == f"Nothing remains for you. {left}"
    assert remains(cast.russian_drafter) == f"You can respond. {left}"
    assert left in sign_in(cast.german_observer).get(page_of(act)).text
    Progress.objects.filter(notification=act).update(status="closed")
    assert remains(cast.us_drafter) == "Closed."


def test_who_wrote_and_who_approved_are_told_apart_and_a_replay_has_its_sources(
    cast: Cast, sign_in: SignIn
) -> None:
    act, browser = issue(cast), sign_in(cast.us_drafter)
    page = " ".join(browser.get(page_of(act)).text.split())
    assert "<dt>Written by</dt> <dd> Alice Drafter </dd>" in page
    assert "<dt>Approved by</dt> <dd> Henry Head </dd>" in page
    Case.objects.filter(pk=act.case_id).update(origin="replay", scenario="x")
    CaseParty.objects.create(case=act.case, party=cast.party("USA"), in_force_on=TODAY)
    page = browser.get(page_of(act)).text
    assert "Replayed from published sources" in page
    assert "Alice Drafter\n" not in page[page.index("<h1>") :]


def test_a_party_is_named_in_running_text_as_one_says_it(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.russian_drafter).get(page_of(issue(cast))).text
    assert "<h1>Withdrawal by the United States of America</h1>" in page
    assert '<th scope="row" data-label="Party">Russian Federation ' in page


def test_texts_carry_their_language_and_dates_stand_by_themselves(
    cast: Cast, sign_in: SignIn
) -> None:
    page = " ".join(sign_in(cast.russian_drafter).get(page_of(issue(cast))).text.split())
    assert '<blockquote class="note" dir="auto" lang="en">' in page
    assert page.count("<bdi><time ") == page.count("<time ")


def test_the_grid_says_what_went_by_note(cast: Cast, sign_in: SignIn) -> None:
    act = issue(cast)
    assert "by note" not in sign_in(cast.us_drafter).get(page_of(act)).text
    party = make_party("ITA", "Italy")
    Transmission.objects.create(
        notification=act, party=party, role="circulation", channel="note", at=LATER
    )
    page = sign_in(cast.us_drafter).get(page_of(act)).text
    assert page.count("by note") == 1


def test_the_grid_stands_in_the_order_of_names(cast: Cast, sign_in: SignIn) -> None:
    rows = sign_in(cast.us_drafter).get(page_of(issue(cast))).context["rows"]
    names = [row.name for row in rows]
    assert names == ["Canada", "France", "Germany", "Hungary", "Russian Federation"]


def test_the_thread_holds_the_whole_case_in_order(cast: Cast, sign_in: SignIn) -> None:
    act = issue(cast)
    record_statement(
        case=act.case,
        party=cast.party("USA"),
        on=TODAY - timedelta(days=1),
        text="A notice will follow.",
        source="https://example.org/press",
        actor=cast.us_drafter,
        now=LATER,
    )
    receive(cast, act)
    circulate_notification(
        notification=act, actor=cast.canadian_officer, now=LATER + timedelta(hours=1)
    )
    respond_to_notification(
        notification=act,
        party=cast.party("RUS"),
        position="regrets",
        text="",
        actor=cast.russian_drafter,
        now=LATER + timedelta(hours=2),
    )
    entries = sign_in(cast.russian_drafter).get(page_of(act)).context["entries"]
    assert [entry.kind for entry in entries] == [
        "statement",
        "act",
        "receipt",
        "circulation",
        "response",
    ]
    assert entries[3].sentence == "Circulated to the parties as TF.1.2020.OPEN-SKIES.withdrawal"


def test_silence_past_a_limit_and_an_effect_stand_in_the_thread(
    cast: Cast, sign_in: SignIn, clock: Clock
) -> None:
    allegation = issue_act(
        cast,
        "breach-allegation",
        {"against": ["RUS"], "respond_by": "2020-06-01", "text": "A breach."},
    )
    act = issue(cast)
    after = NOW + timedelta(days=200)
    record_responses(now=after)
    track_deadlines(now=after)
    clock(after)
    browser = sign_in(cast.german_observer)
    assert "The Russian Federation was silent" in browser.get(page_of(allegation)).text
    page = browser.get(page_of(act)).text
    assert "took effect" in page or "effective" in page
    assert "Withdrawal takes effect" in page


def test_a_late_answer_is_taken_and_marked_late(cast: Cast, sign_in: SignIn, clock: Clock) -> None:
    act = issue_act(
        cast,
        "breach-allegation",
        {"against": ["RUS"], "respond_by": "2020-06-01", "text": "A breach."},
    )
    clock(NOW + timedelta(days=30))
    browser = sign_in(cast.russian_drafter)
    address = reverse("respond", kwargs={"uid": act.uid})
    form = browser.get(address).context["form"]
    answer = browser.post(
        address, {"uid": form["uid"].value(), "position": "rejects", "text": "No."}, follow=True
    )
    assert "marked late" in answer.text
    assert '<span class="state">late</span>' in answer.text


def test_one_step_comes_next_and_stands_out(cast: Cast, sign_in: SignIn) -> None:
    act = issue(cast)
    for person, step in (
        (cast.canadian_officer, "receipt"),
        (cast.russian_drafter, "acknowledge"),
        (cast.us_drafter, ""),
        (cast.german_observer, ""),
    ):
        page = sign_in(person).get(page_of(act))
        assert page.context["steps"].primary == step
        assert page.text.count("btn-primary") == (1 if step else 0)


def test_acts_of_the_case_that_one_may_not_read_leave_no_trace(cast: Cast, sign_in: SignIn) -> None:
    act = issue(cast)
    secret = issue_act(
        cast,
        "assurance-request",
        {"addressees": ["RUS"], "visibility": "restricted", "text": "For Moscow alone."},
        refers_to=act,
    )
    respond_to_notification(
        notification=secret,
        party=cast.party("RUS"),
        position="gives-assurance",
        text="Between us.",
        actor=cast.russian_drafter,
        now=LATER,
    )
    assert "For Moscow alone." in sign_in(cast.russian_drafter).get(page_of(act)).text
    page = sign_in(cast.german_observer).get(page_of(act)).text
    assert "For Moscow alone." not in page
    assert "Between us." not in page
    assert "assurance" not in page.lower()
