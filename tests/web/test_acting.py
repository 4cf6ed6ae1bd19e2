"""Receipt, circulation, acknowledgement, response, conference: by their pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.forms import Form
from django.test import Client
from django.urls import reverse

from notifications.models import (
    Circulation,
    Event,
    Notification,
    Receipt,
    Response,
    TransmissionReport,
    User,
)
from tests.factories import Cast, filing_page, issue

SignIn = Callable[[User], Client]


def at(page: str, act: Notification) -> str:
    return reverse(page, kwargs={"uid": act.uid})


def test_a_receipt_is_registered_for_the_day_on_which_it_came(cast: Cast, sign_in: SignIn) -> None:
    act, browser = issue(cast), sign_in(cast.canadian_officer)
    assert "VCLT 78(b)" in browser.get(at("receipt", act)).text
    done = browser.post(at("receipt", act), {"on": "2020-05-22"}, follow=True)
    receipt = Receipt.objects.get()
    assert (receipt.party.code, receipt.on.isoformat()) == ("CAN", "2020-05-22")
    assert "Receipt registered" in done.text
    again = browser.get(at("receipt", act), follow=True)
    assert "has been registered already" in again.text


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("2020-05-23", "the day is still to come"),
        ("2020-05-21", "not before"),
        ("2020-02-30", "no date of the calendar"),
        ("", "is missing"),
        ("<b>", "no date of the calendar"),
    ],
)
def test_an_impossible_day_of_receipt_is_refused_at_its_field(
    cast: Cast, sign_in: SignIn, day: str, sentence: str
) -> None:
    act, browser = issue(cast), sign_in(cast.canadian_officer)
    events = Event.objects.count()
    page = browser.post(at("receipt", act), {"on": day})
    assert any(sentence in error for error in page.context["form"].errors["on"])
    assert page.context["form"]["on"].value() == day
    assert "<b>" not in page.text
    assert not Receipt.objects.exists()
    assert Event.objects.count() == events


def test_circulation_waits_for_the_receipt_and_gives_one_number(
    cast: Cast, sign_in: SignIn
) -> None:
    act, browser = issue(cast), sign_in(cast.canadian_officer)
    refused = browser.post(at("circulate", act))
    assert "Register its receipt first" in refused.text
    assert not Circulation.objects.exists()
    browser.post(at("receipt", act), {"on": "2020-05-22"})
    done = browser.post(at("circulate", act), follow=True)
    assert "TF.1.2020.OPEN-SKIES.withdrawal" in done.text
    other = sign_in(cast.hungarian_officer).post(at("circulate", act), follow=True)
    assert Circulation.objects.count() == 1
    assert [(note.level_tag, note.message) for note in other.context["messages"]] == [
        ("info", "Canada circulated it already, as TF.1.2020.OPEN-SKIES.withdrawal.")
    ]


def test_one_click_acknowledges_once(cast: Cast, sign_in: SignIn) -> None:
    act, browser = issue(cast), sign_in(cast.russian_drafter)
    browser.post(at("acknowledge", act), {"party": "RUS"})
    page = browser.post(at("acknowledge", act), {"party": "RUS"}, follow=True)
    assert TransmissionReport.objects.count() == 1
    assert "not what you think of it" in page.text


def test_nobody_acknowledges_for_a_party_that_is_not_theirs(cast: Cast, sign_in: SignIn) -> None:
    act = issue(cast)
    answer = sign_in(cast.russian_drafter).post(at("acknowledge", act), {"party": "DEU"})
    assert answer.status_code == 404
    assert not TransmissionReport.objects.exists()


def test_two_clicks_record_one_response_and_a_new_form_records_another(
    cast: Cast, sign_in: SignIn
) -> None:
    act, browser = issue(cast), sign_in(cast.russian_drafter)
    text = "Line one\r\n<i>two</i> & “three”"
    uid = browser.get(at("respond", act)).context["form"]["uid"].value()
    typed = {"uid": str(uid), "position": "rejects", "text": text}
    browser.post(at("respond", act), typed)
    page = browser.post(at("respond", act), typed, follow=True)
    response = Response.objects.get()
    assert response.text == text.replace("\r\n", "\n")
    assert "&lt;i&gt;two&lt;/i&gt; &amp; “three”" in page.text
    other = browser.get(at("respond", act)).context["form"]["uid"].value()
    browser.post(at("respond", act), {**typed, "uid": str(other), "position": "takes-note"})
    assert Response.objects.latest("pk").supersedes == response


@pytest.mark.parametrize("position", ["", "shrugs"])
def test_a_response_without_a_position_keeps_its_text(
    cast: Cast, sign_in: SignIn, position: str
) -> None:
    act, browser = issue(cast), sign_in(cast.russian_drafter)
    uid = browser.get(at("respond", act)).context["form"]["uid"].value()
    page = browser.post(
        at("respond", act), {"uid": str(uid), "position": position, "text": "My words"}
    )
    form = page.context["form"]
    assert form.errors["position"]
    assert form["text"].value() == "My words"
    assert str(form["uid"].value()) == str(uid)
    assert not Response.objects.exists()


def test_a_conference_is_convened_with_its_window_in_sight(cast: Cast, sign_in: SignIn) -> None:
    act, browser = issue(cast), sign_in(cast.canadian_officer)
    browser.post(at("receipt", act), {"on": "2020-05-22"})
    page = browser.get(at("conference", act)).text
    assert "21 June 2020 (Sunday)" in page
    assert "21 July 2020 (Tuesday)" in page
    early = browser.post(at("conference", act), {"held_on": "2020-05-01", "text": "Vienna"})
    assert "before the day of the note" in early.text
    assert early.context["form"]["text"].value() == "Vienna"
    browser.post(at("conference", act), {"held_on": "2020-07-06", "text": "Vienna"})
    running = browser.get(at("notification", act)).text.replace("<wbr>", "")
    assert ">6 July 2020 (Monday)</time>" in running
    assert ">TF.1.2020.OPEN-SKIES.conference</bdi></a>)" in running
    convened = Notification.objects.get(act="conference")
    assert convened.fields["held_on"] == "2020-07-06"
    assert [row.party.code for row in convened.sender_rows.all()] == ["CAN"]
    assert browser.get(at("notification", act)).context["steps"].convenes is False


def test_a_conference_before_its_window_leaves_the_duty_open_and_says_so(
    cast: Cast, sign_in: SignIn
) -> None:
    act, browser = issue(cast), sign_in(cast.canadian_officer)
    browser.post(at("receipt", act), {"on": "2020-05-22"})
    done = browser.post(at("conference", act), {"held_on": "2020-06-01"}, follow=True)
    assert "before the window: the duty runs on" in done.text
    assert done.context["steps"].convenes is True


def convene(browser: Client, act: Notification, held_on: str, **fields: str) -> Form:
    """The form as it is after pressing the button: unbound where all went well."""
    page = browser.post(at("conference", act), {"held_on": held_on, "text": "Vienna", **fields})
    return page.context["form"] if page.status_code == 200 else Form()


def test_a_second_conference_is_listed_and_wants_a_tick(cast: Cast, sign_in: SignIn) -> None:
    act, browser = issue(cast), sign_in(cast.canadian_officer)
    browser.post(at("receipt", act), {"on": "2020-05-22"})
    assert "Convene it all the same" not in browser.get(at("conference", act)).text
    convene(browser, act, "2020-07-06")
    other = sign_in(cast.hungarian_officer)
    page = other.get(at("conference", act)).text.replace("<wbr>", "")
    assert "Conference on 6 July 2020, convened by Canada" in page
    assert "TF.1.2020.OPEN-SKIES.conference" in page
    form = convene(other, act, "2020-07-07")
    [error] = form.errors["all_the_same"]
    assert "stands already for 6 July 2020, as TF.1.2020.OPEN-SKIES.conference" in error
    assert form["text"].value() == "Vienna"
    assert Notification.objects.filter(act="conference").count() == 1
    convene(other, act, "2020-07-07", all_the_same="on")
    assert Notification.objects.filter(act="conference").count() == 2


def test_a_conference_after_its_window_wants_a_tick(cast: Cast, sign_in: SignIn) -> None:
    act, browser = issue(cast), sign_in(cast.canadian_officer)
    browser.post(at("receipt", act), {"on": "2020-05-22"})
    form = convene(browser, act, "2020-07-22")
    [error] = form.errors["all_the_same"]
    assert "22 July 2020 lies after the window, which closes on 21 July 2020." in error
    assert not Notification.objects.filter(act="conference").exists()
    convene(browser, act, "2020-07-22", all_the_same="on")
    assert Notification.objects.get(act="conference").fields["held_on"] == "2020-07-22"


def test_whom_a_response_goes_to_is_said_as_it_is(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.russian_drafter).get(at("respond", issue(cast))).text
    assert "The sender and the depositaries are told of it." in page
    assert "Readable for: the parties to the treaty." in page
    assert "On behalf of the Russian Federation." in page


def test_a_draft_cannot_be_responded_to(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.us_drafter)
    filing = filing_page(cast.treaty)
    saved = browser.post(filing, {"article": "XV(2)", "do": "save"})
    uid = saved.headers["Location"].split("/")[2]
    address = reverse("respond", kwargs={"uid": uid})
    assert sign_in(cast.russian_drafter).post(address, {"position": "rejects"}).status_code == 404
