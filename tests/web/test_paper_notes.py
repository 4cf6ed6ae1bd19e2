"""The page on which the secretariat enters a note given on paper."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from notifications.models import Event, Mandate, Notification, Role, User
from tests import paper
from tests.factories import NOW, TODAY, Cast, issue, issue_act, make_treaty, make_user

SignIn = Callable[[User], Client]
GIVEN = (TODAY - timedelta(days=12)).isoformat()
UID = "0b0a9d4c-7f9b-4a6e-9d1c-5a6b7c8d9e0f"


@pytest.fixture
def secretary(cast: Cast) -> User:
    """A person of the secretariat."""
    return make_user("Sofia Secretary", "UNO", Role.SECRETARIAT)


@pytest.fixture
def browser(secretary: User, sign_in: SignIn) -> Client:
    """The browser of the secretariat."""
    return sign_in(secretary)


def scan(data: bytes = b"", name: str = "note.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data or paper.pdf(), content_type="text/html")


def typed(cast: Cast, **changed: Any) -> dict[str, Any]:
    """A whole withdrawal of the United States, as the form sends it."""
    whole: dict[str, Any] = {
        "treaty": cast.treaty.slug,
        "party": "USA",
        "act": "withdrawal",
        "uid": UID,
        "given_on": GIVEN,
        "received_CAN": GIVEN,
        "received_HUN": TODAY.isoformat(),
        "article": "XV(2)",
        "signed_by": "Secretary of State",
        "text": "The United States gives notice.",
        "visibility": "parties",
        "language": "en",
        "do": "enter",
    }
    return {**whole, "scan": scan(), **changed}


def page_of(cast: Cast, act: str = "withdrawal", **more: str) -> dict[str, str]:
    return {"treaty": cast.treaty.slug, "party": "USA", "act": act, **more}


def errors(page: Any) -> dict[str, list[str]]:
    return {name: list(said) for name, said in page.context["form"].errors.items()}


def test_first_the_note_is_chosen_then_its_form_is_shown(cast: Cast, browser: Client) -> None:
    address = reverse("paper-note")
    first = browser.get(address)
    assert "None yet." in first.text
    assert "Enter a paper note" in first.text
    form = browser.get(address, page_of(cast)).text
    assert 'enctype="multipart/form-data"' in form
    for name in ("given_on", "received_CAN", "received_HUN", "scan", "files", "signed_by"):
        assert f'name="{name}"' in form
    assert 'name="as_it_stands"' not in form
    assert "Given on paper, by the United States of America." in form


@pytest.mark.parametrize(
    "asked",
    [
        {"treaty": "nowhere", "party": "USA", "act": "withdrawal"},
        {"treaty": "open-skies", "party": "XXX", "act": "withdrawal"},
        {"treaty": "open-skies", "party": "USA", "act": "conference"},
        {"treaty": "open-skies", "party": "USA"},
    ],
)
def test_what_is_not_in_the_lists_is_asked_for_again(
    cast: Cast, browser: Client, asked: dict[str, str]
) -> None:
    page = browser.get(reverse("paper-note"), asked)
    assert page.status_code == 200
    assert len(page.context["form"].errors) == 1


def test_a_note_is_entered_with_its_scan_receipts_and_enclosures(
    cast: Cast, browser: Client
) -> None:
    files = [scan(paper.png(), "map.png"), scan(paper.jpeg(), "seal.jpg")]
    done = browser.post(reverse("paper-note"), typed(cast, files=files), follow=True)
    note = Notification.objects.get()
    assert done.redirect_chain[-1][0] == reverse("notification", kwargs={"uid": note.uid})
    assert (note.is_paper, note.given_on.isoformat(), str(note.uid)) == (True, GIVEN, UID)
    assert note.receipts.count() == 2
    assert [one.name for one in note.attachments.order_by("pk")] == [
        "note.pdf",
        "map.png",
        "seal.jpg",
    ]
    text = done.text
    assert "entered on 22 May 2020, 12 days after it was received" in text
    assert "Sofia Secretary of the secretariat" in text
    assert "scan of the note" in text
    assert "Written by" not in text


def test_a_second_click_enters_nothing_twice(cast: Cast, browser: Client) -> None:
    for _click in range(2):
        answer = browser.post(reverse("paper-note"), typed(cast))
        assert answer.status_code == 302
    assert Notification.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"given_on": "2020-05-23"}, "given_on", "Given on: the day is still to come."),
        ({"given_on": ""}, "given_on", "Given on is missing."),
        ({"given_on": "2020-02-30"}, "given_on", "“2020-02-30” is no date of the calendar."),
        ({"received_CAN": "2020-05-01"}, "received_CAN", "was given on 10 May 2020, not before."),
        ({"received_HUN": "2020-05-23"}, "received_HUN", "the day is still to come."),
        ({"received_CAN": "soon"}, "received_CAN", "“soon” is no date of the calendar."),
        ({"scan": ""}, "scan", "Scan of the note is missing."),
        ({"scan": scan(b"<html>")}, "scan", "PDF, PNG, JPEG or TIFF"),
        ({"scan": scan(paper.pdf_with_file_inside())}, "scan", "another file inside"),
        ({"files": [scan(b"MZ", "run.exe")]}, "files", "“run.exe”: The file is none"),
        ({"effective_on": "2020-02-30"}, "effective_on", "no date of the calendar."),
        ({"language": "tlh"}, "language", "choose one of the list."),
        ({"joint_with": ["XXX"]}, "joint_with", "choose one of the list."),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_what_was_typed_is_kept(
    cast: Cast, browser: Client, changed: dict[str, Any], field: str, sentence: str
) -> None:
    events = Event.objects.count()
    page = browser.post(reverse("paper-note"), typed(cast, **changed))
    assert page.status_code == 200
    assert any(sentence in said for said in errors(page)[field]), errors(page)
    assert "The United States gives notice." in page.text
    assert "have to be chosen again" in page.text
    assert not Notification.objects.exists()
    assert Event.objects.count() == events


def test_a_party_that_sends_to_itself_is_refused(cast: Cast, browser: Client) -> None:
    fields = {"act": "breach-allegation", "against": ["USA"], "text": "A breach."}
    page = browser.post(reverse("paper-note"), typed(cast, **fields))
    assert errors(page) == {"against": ["A party cannot send a note to itself."]}


def test_what_stands_against_it_is_shown_and_confirmed_never_refused(
    cast: Cast, browser: Client
) -> None:
    odd = {"signed_by": "", "effective_on": "2020-05-20"}
    page = browser.post(reverse("paper-note"), typed(cast, **odd))
    (said,) = errors(page)["as_it_stands"]
    assert "Signed by is missing." in said
    assert "The note names an earlier date than the treaty allows" in said
    assert 'name="as_it_stands"' in page.text
    assert not Notification.objects.exists()
    browser.post(reverse("paper-note"), typed(cast, **odd, as_it_stands="on"))
    note = Notification.objects.get()
    assert {flag["code"] for flag in note.fields["flags"]} == {
        "missing-field",
        "earlier-than-clause",
    }


def test_looking_stores_nothing_and_shows_what_it_starts(cast: Cast, browser: Client) -> None:
    events = Event.objects.count()
    page = browser.post(reverse("paper-note"), typed(cast, do="look", signed_by=""))
    assert "10 November 2020" in page.text
    assert "Will be flagged" in page.text
    panel = browser.post(
        reverse("paper-note"), typed(cast, given_on="nonsense"), headers={"HX-Request": "true"}
    )
    assert "<html" not in panel.text
    assert "Deadlines" in panel.text
    assert Event.objects.count() == events


def test_it_refers_to_an_act_and_joins_its_matter(cast: Cast, browser: Client) -> None:
    notice = issue(cast)
    form = browser.get(reverse("paper-note"), page_of(cast, "rescission", to=str(notice.uid)))
    assert f'<option value="{notice.uid}" selected' in form.text
    fields = {"act": "rescission", "refers_to": str(notice.uid), "given_on": TODAY.isoformat()}
    browser.post(reverse("paper-note"), typed(cast, **fields, received_CAN="", received_HUN=""))
    rescission = Notification.objects.get(act="rescission")
    assert (rescission.refers_to, rescission.case) == (notice, notice.case)


def test_a_restricted_act_is_not_offered_to_be_referred_to(cast: Cast, browser: Client) -> None:
    hidden = issue_act(
        cast,
        "breach-allegation",
        {"against": ["RUS"], "addressees": ["RUS"], "visibility": "restricted", "text": "x"},
    )
    form = browser.get(reverse("paper-note"), page_of(cast, "dialogue-proposal"))
    assert str(hidden.uid) not in form.text
    fields = {"act": "dialogue-proposal", "refers_to": str(hidden.uid), "text": "Let us talk."}
    browser.post(reverse("paper-note"), typed(cast, **fields))
    assert Notification.objects.get(act="dialogue-proposal").refers_to is None


def test_a_joint_note_is_given_by_all_its_senders(cast: Cast, browser: Client) -> None:
    browser.post(reverse("paper-note"), typed(cast, joint_with=["FRA", "DEU"]))
    note = Notification.objects.get()
    assert sorted(party.code for party in note.senders.all()) == ["DEU", "FRA", "USA"]


def test_without_depositary_the_other_party_received_it(cast: Cast, browser: Client) -> None:
    cast.treaty = make_treaty("bilateral", members=("USA", "RUS"), depositaries=())
    browser.post(reverse("paper-note"), typed(cast, received_RUS=GIVEN))
    assert Notification.objects.get().receipts.get().party.code == "RUS"


def test_the_desk_and_the_list_lead_there(cast: Cast, browser: Client, sign_in: SignIn) -> None:
    address = reverse("paper-note")
    assert address in browser.get(reverse("desk")).text
    assert address not in sign_in(cast.us_drafter).get(reverse("desk")).text
    browser.post(address, typed(cast))
    listed = browser.get(address).text
    assert "Withdrawal by the United States of America" in listed


def test_every_act_of_a_party_has_its_form(cast: Cast, browser: Client) -> None:
    cast.treaty.participants_complete = False
    cast.treaty.save()
    page = browser.get(reverse("paper-note"))
    groups = dict(page.context["form"].fields["act"].choices)
    acts = [kind for group in groups.values() if isinstance(group, list) for kind, _title in group]
    assert len(acts) > 15
    for act in acts:
        asked = {**page_of(cast, act), "party": "JPN"}
        assert browser.get(reverse("paper-note"), asked).status_code == 200, act
        typed_in = typed(cast, act=act, party="JPN", do="look")
        assert browser.post(reverse("paper-note"), typed_in).status_code == 200, act


def test_who_does_not_serve_in_the_secretariat_any_more_is_told_of_no_page(
    cast: Cast, secretary: User, browser: Client
) -> None:
    held = Mandate.objects.filter(user=secretary)
    held.update(to_on=NOW.date() - timedelta(days=1))
    assert browser.get(reverse("paper-note")).status_code == 404
    assert browser.post(reverse("paper-note"), typed(cast)).status_code == 404
    assert not Notification.objects.exists()
