"""My desk: what needs each of the cast, most urgent first, and only that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from django.test import Client
from django.urls import reverse

from notifications.models import (
    Alert,
    Case,
    Delivery,
    Mandate,
    Message,
    Participation,
    Role,
    TransmissionReport,
    User,
)
from notifications.services.circulating import circulate_notification
from notifications.services.convening import convene_conference
from notifications.services.drafting import draft_notification, return_draft, send_for_approval
from notifications.services.receiving import register_receipt
from notifications.services.responding import acknowledge_notification, respond_to_notification
from notifications.web.desk import Task
from tests.factories import (
    NOW,
    TODAY,
    WITHDRAWAL_FIELDS,
    Cast,
    issue,
    issue_act,
    make_cast,
    make_treaty,
    make_user,
    us_draft,
)
from tests.web.conftest import LATER, Clock

SignIn = Callable[[User], Client]


def tasks(browser: Client) -> list[tuple[str, str]]:
    """What stands under "What needs me": verb and address."""
    found: list[Task] = browser.get(reverse("desk")).context["tasks"]
    return [(task.verb, task.what) for task in found]


WITHDRAWAL = "Withdrawal by the United States of America"


def test_a_draft_that_awaits_approval_needs_the_head_and_not_its_author(
    cast: Cast, sign_in: SignIn
) -> None:
    us_draft(cast)
    assert tasks(sign_in(cast.us_head)) == [("Read and issue", WITHDRAWAL)]
    assert tasks(sign_in(cast.us_drafter)) == []
    waiting = "Waiting for approval in your mission"
    assert waiting in sign_in(cast.us_drafter).get("/desk/").text
    assert waiting not in sign_in(cast.us_head).get("/desk/").text


def test_a_returned_draft_is_back_on_the_drafters_desk(cast: Cast, sign_in: SignIn) -> None:
    draft = us_draft(cast)
    return_draft(draft=draft, reason="Too short.", version=2, actor=cast.us_head, now=NOW)
    browser = sign_in(cast.us_drafter)
    assert tasks(browser) == [("Continue", WITHDRAWAL)]
    assert "returned with a reason" in browser.get(reverse("desk")).text


def test_nobody_else_sees_a_draft_on_a_desk(cast: Cast, sign_in: SignIn) -> None:
    us_draft(cast)
    for other in (cast.russian_head, cast.canadian_officer, cast.administrator):
        assert tasks(sign_in(other)) == []


def test_a_depositary_is_led_from_receipt_to_circulation_to_the_conference(
    cast: Cast, sign_in: SignIn
) -> None:
    browser = sign_in(cast.canadian_officer)
    act = issue(cast)
    assert tasks(browser) == [("Register receipt", WITHDRAWAL)]
    register_receipt(
        notification=act,
        party=cast.party("CAN"),
        on=TODAY,
        actor=cast.canadian_officer,
        now=LATER,
    )
    assert tasks(browser) == [
        ("Circulate", WITHDRAWAL),
        ("Convene the conference", WITHDRAWAL),
    ]
    circulate_notification(notification=act, actor=cast.canadian_officer, now=LATER)
    assert tasks(browser) == [("Convene the conference", WITHDRAWAL)]
    page = browser.get(reverse("desk")).text
    convene_conference(
        notification=act,
        senders=[cast.party("CAN")],
        held_on=date(2020, 7, 6),
        text="",
        actor=cast.canadian_officer,
        now=LATER,
    )
    assert tasks(browser) == []
    assert ">6 July 2020 (Monday)</time>" in browser.get(reverse("desk")).text
    assert "the window opens 21 June 2020 (Sunday), in 30 days" in page


def test_an_addressee_is_asked_to_acknowledge_once(cast: Cast, sign_in: SignIn) -> None:
    act = issue(cast)
    browser = sign_in(cast.russian_drafter)
    assert tasks(browser) == [("Acknowledge", WITHDRAWAL)]
    acknowledge_notification(
        notification=act, party=cast.party("RUS"), actor=cast.russian_head, now=LATER
    )
    assert tasks(browser) == []


def test_an_answer_that_is_asked_for_stands_until_it_is_given(cast: Cast, sign_in: SignIn) -> None:
    act = issue_act(
        cast,
        "breach-allegation",
        {"against": ["RUS"], "respond_by": "2020-05-27", "text": "A breach."},
    )
    browser = sign_in(cast.russian_drafter)
    what = "Allegation of a breach by the United States of America"
    assert tasks(browser) == [("Respond", what)]
    [task] = browser.get(reverse("desk")).context["tasks"]
    assert [step.verb for step in task.steps] == ["Respond", "Acknowledge"]
    assert "in 5 days" in browser.get(reverse("desk")).text
    respond_to_notification(
        notification=act,
        party=cast.party("RUS"),
        position="rejects",
        text="",
        actor=cast.russian_drafter,
        now=LATER,
    )
    assert tasks(browser) == [("Acknowledge", what)]


def test_who_acts_for_two_parties_acknowledges_for_the_one_that_is_named(
    cast: Cast, sign_in: SignIn
) -> None:
    Mandate.objects.create(
        user=cast.russian_drafter,
        party=cast.party("FRA"),
        role=Role.DRAFTER,
        from_on=date(1990, 1, 1),
    )
    act = issue(cast)
    browser = sign_in(cast.russian_drafter)
    found: list[Task] = browser.get(reverse("desk")).context["tasks"]
    steps = [step for task in found for step in task.steps]
    assert [(step.verb, step.party) for step in steps] == [
        ("Acknowledge for France", "FRA"),
        ("Acknowledge for the Russian Federation", "RUS"),
    ]
    page = browser.get(reverse("desk")).text
    assert '<input type="hidden" name="party" value="RUS">' in page
    browser.post(steps[1].url, {"party": steps[1].party})
    report = TransmissionReport.objects.select_related("transmission__party").get()
    assert report.transmission.party.code == "RUS"
    assert act.pk == report.transmission.notification_id


def test_days_that_are_left_are_counted_in_the_zone_of_the_treaty(
    db: None, sign_in: SignIn, clock: Clock
) -> None:
    cast = make_cast(make_treaty("auckland", zone="Pacific/Auckland"))
    issue_act(
        cast,
        "breach-allegation",
        {"against": ["RUS"], "respond_by": "2020-05-27", "text": "A breach."},
    )
    clock(NOW.replace(hour=13))  # 01:00 of 23 May in Auckland
    page = sign_in(cast.russian_drafter).get(reverse("desk"))
    [task] = page.context["tasks"]
    assert task.due.days == 4
    assert page.text.count("in 4 days") == 2
    assert "in 5 days" not in page.text


def test_only_treaties_known_to_be_in_force_for_the_party_are_offered(
    cast: Cast, sign_in: SignIn
) -> None:
    make_treaty("uncertain", members=("USA", "RUS"), is_complete=False)
    left = make_treaty("left", members=("USA", "RUS"))
    Participation.objects.filter(treaty=left, party__code="USA").update(exit_on=TODAY)
    offered = sign_in(cast.us_drafter).get(reverse("desk")).context["treaties"]
    assert [treaty.slug for treaty in offered] == ["open-skies"]
    others = sign_in(cast.russian_drafter).get(reverse("desk")).context["treaties"]
    assert [treaty.slug for treaty in others] == ["left", "open-skies"]


def test_what_ends_within_a_week_comes_before_everything_else(
    cast: Cast, sign_in: SignIn, clock: Clock
) -> None:
    issue(cast)
    issue_act(
        cast,
        "breach-allegation",
        {"against": ["RUS"], "respond_by": "2020-06-30", "text": "A breach."},
    )
    sent = draft_notification(
        treaty=cast.treaty,
        party=cast.party("RUS"),
        act="withdrawal",
        fields=WITHDRAWAL_FIELDS,
        actor=cast.russian_drafter,
        now=NOW,
    )
    send_for_approval(draft=sent, version=1, actor=cast.russian_drafter, now=NOW)
    assert tasks(sign_in(cast.russian_head))[0][0] == "Read and issue"
    clock(NOW + timedelta(days=35))
    assert tasks(sign_in(cast.russian_head))[0][0] == "Respond"


def test_an_observer_has_nothing_to_do_but_sees_what_runs(cast: Cast, sign_in: SignIn) -> None:
    issue(cast)
    page = sign_in(cast.german_observer).get(reverse("desk"))
    assert page.context["tasks"] == []
    assert "22 November 2020 (Sunday)" in page.text
    assert "in 184 days" in page.text


def test_replayed_cases_never_stand_on_a_desk(cast: Cast, sign_in: SignIn) -> None:
    act = issue(cast)
    Case.objects.filter(pk=act.case_id).update(origin="replay", scenario="x")
    for person in (cast.russian_drafter, cast.canadian_officer):
        page = sign_in(person).get(reverse("desk"))
        assert page.context["tasks"] == []
        assert page.context["clocks"] == []
        assert page.context["new"] == []


def test_empty_parts_say_what_would_stand_there(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.japanese_drafter).get(reverse("desk")).text
    assert "Nothing waits for you." in page
    assert "No clock runs." in page
    assert "recorded in no treaty" in page


def test_an_administrator_sees_what_could_not_be_delivered_and_why(
    cast: Cast, sign_in: SignIn
) -> None:
    mandate = cast.russian_drafter.mandates.get()
    lost = Message.objects.create(
        alert=Alert.objects.get(notification=issue(cast), kind="issued"),
        user=cast.russian_drafter,
        mandate=mandate,
        party=mandate.party,
        address=cast.russian_drafter.email,
        message_id="<lost@example.org>",
        state="failed",
        next_at=LATER,
    )
    Delivery.objects.create(
        message=lost, outcome="refused", reply="550 no such person here", at=LATER
    )
    page = sign_in(cast.administrator).get(reverse("desk")).text
    assert "550 no such person here" in page
    assert cast.russian_drafter.name in page
    assert "550" not in sign_in(cast.us_drafter).get(reverse("desk")).text


def test_an_answer_asked_of_the_person_is_found_behind_those_asked_of_a_crowd(
    db: None, sign_in: SignIn
) -> None:
    crowd = [f"A{number:03}" for number in range(120)]
    cast = make_cast(make_treaty("crowd", members=("USA", *crowd, "RUS")))
    asked = {"text": "Assure us.", "respond_by": (TODAY + timedelta(days=30)).isoformat()}
    act = issue_act(cast, "assurance-request", asked)
    places = act.deadlines.order_by("due_at", "pk").values_list("bearer__code", flat=True)
    assert list(places).index("RUS") >= 100
    browser = sign_in(cast.russian_drafter)
    assert ("Respond", "Request for assurances by the United States of America") in tasks(browser)
    shown = browser.get(reverse("desk")).context["clocks"]
    assert len([clock for clock in shown if clock.deadline.notification == act]) == 1


def test_an_officer_sees_whether_all_were_told_under_the_treaties_it_keeps(
    cast: Cast, sign_in: SignIn
) -> None:
    issue(cast)
    page = sign_in(cast.canadian_officer).get(reverse("desk")).text
    assert "0 of 7 in the last 24 hours" in page
    assert "not sent: 7" in page
    assert page.index("not everybody was told") < page.index("What needs me")
    for person in (cast.us_head, cast.administrator):
        assert "in the last 24 hours" not in sign_in(person).get(reverse("desk")).text


def test_an_officer_sees_nothing_of_what_was_said_under_other_treaties(
    cast: Cast, sign_in: SignIn
) -> None:
    make_treaty("other", members=("JPN", "DEU"), depositaries=("JPN",), rules=())
    officer = make_user("Naoko Officer", "JPN", Role.DEPOSITARY_OFFICER)
    issue(cast)
    assert "0 of 0 in the last 24 hours" in sign_in(officer).get(reverse("desk")).text
