"""The dossier: everything about one notice, on one page and in one file, as far as one may read."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from notifications.delivery import expand
from notifications.models import Notification, Rendering, User
from notifications.services.ledger import record_fact
from notifications.services.outcomes import confirm_outcome
from notifications.services.papers import Upload
from notifications.services.responding import respond_to_notification
from notifications.services.sweeps import send_alerts, track_deadlines
from tests.factories import NOW, Cast, issue, issue_act, make_cast, make_treaty
from tests.paper import pdf
from tests.services.ledgers import INFORMED, at, circulate, clock_of

pytestmark = pytest.mark.django_db


def sign_in(user: User) -> Client:
    """A browser in which the person is signed in."""
    client = Client()
    client.force_login(user)
    return client


def answered(cast: Cast) -> Notification:
    """A withdrawal that Russia rejects."""
    act = issue(cast)
    respond_to_notification(
        notification=act,
        party=cast.party("RUS"),
        position="rejects",
        text="The accusation is unfounded.",
        actor=cast.russian_drafter,
        now=NOW,
    )
    return act


def unpacked(client: Client, act: Notification) -> zipfile.ZipFile:
    """The file as it was downloaded."""
    response = client.get(reverse("dossier-file", kwargs={"uid": act.uid}))
    assert response["Content-Type"] == "application/zip"
    return zipfile.ZipFile(io.BytesIO(response.getvalue()))


def test_the_page_says_what_was_done_what_follows_and_who_answered(cast: Cast) -> None:
    act = answered(cast)
    page = sign_in(cast.us_drafter).get(reverse("dossier", kwargs={"uid": act.uid}))
    text = page.content.decode()
    for said in ("In short", "22 November 2020", "The accusation is unfounded.", act.digest):
        assert said in text
    assert "rejects" in text


def test_each_file_has_the_digest_that_the_list_and_the_register_name(cast: Cast) -> None:
    act = answered(cast)
    packed = unpacked(sign_in(cast.canadian_officer), act)
    listed = dict(
        reversed(line.split("  ", 1)) for line in packed.read("SHA256SUMS").decode().splitlines()
    )
    names = set(packed.namelist()) - {"SHA256SUMS"}
    assert set(listed) == names
    for name in names:
        assert hashlib.sha256(packed.read(name)).hexdigest() == listed[name]
    [sealed] = [name for name in names if name.startswith("acts/") and name.endswith(".json")]
    assert listed[sealed] == act.digest


def test_the_data_hold_the_dates_with_their_steps_and_no_address_of_a_person(cast: Cast) -> None:
    act = answered(cast)
    packed = unpacked(sign_in(cast.canadian_officer), act)
    data = json.loads(packed.read("dossier.json"))
    [stored] = data["acts"]
    effect = next(one for one in stored["deadlines"] if one["clause"] == "xv-2")
    assert effect["versions"][-1]["due_on"] == "2020-11-22"
    assert effect["versions"][-1]["steps"]
    assert [one["party"] for one in stored["responses"]] == ["RUS"]
    everything = b"".join(packed.read(name) for name in packed.namelist()).decode()
    assert "@" not in everything.replace("alerts@", "")


def test_a_mission_sees_what_itself_was_told_and_a_depositary_what_all_were(cast: Cast) -> None:
    act = answered(cast)
    send_alerts(now=NOW)
    own = json.loads(unpacked(sign_in(cast.russian_drafter), act).read("dossier.json"))["told"]
    every = json.loads(unpacked(sign_in(cast.canadian_officer), act).read("dossier.json"))["told"]
    assert {line["party"] for line in own} == {"RUS"}
    assert {line["party"] for line in every} > {"RUS"}


def test_an_act_that_one_may_not_read_stands_in_nobody_elses_dossier(cast: Cast) -> None:
    act = answered(cast)
    issue_act(
        cast,
        "dialogue-proposal",
        {"addressees": ["RUS"], "text": "In confidence.", "visibility": "restricted"},
        refers_to=act,
    )
    german = unpacked(sign_in(cast.german_observer), act)
    assert len(json.loads(german.read("dossier.json"))["acts"]) == 1
    assert not any(b"In confidence." in german.read(name) for name in german.namelist())
    russian = unpacked(sign_in(cast.russian_drafter), act)
    assert len(json.loads(russian.read("dossier.json"))["acts"]) == 2


def test_the_number_of_queries_does_not_grow_with_the_case(cast: Cast) -> None:
    act = answered(cast)
    client = sign_in(cast.canadian_officer)
    address = reverse("dossier", kwargs={"uid": act.uid})
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(3):
        issue_act(
            cast,
            "assurance-request",
            {"text": f"Request {number}", "respond_by": date(2020, 7, 1)},
            refers_to=act,
        )
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few)


def test_the_same_dossier_gives_the_same_files(cast: Cast) -> None:
    act = answered(cast)
    client = sign_in(cast.us_drafter)
    first, second = unpacked(client, act), unpacked(client, act)
    assert first.namelist() == second.namelist()
    for name in first.namelist():
        if name not in {"README.txt", "dossier.json", "SHA256SUMS"}:  # these name the instant
            assert first.read(name) == second.read(name)


def test_a_stop_of_the_clock_stands_there_with_its_days_and_its_reason(cast: Cast) -> None:
    act = answered(cast)
    effect = act.deadlines.get(clause__slug="xv-2")
    record_fact(
        case=act.case,
        kind="stop",
        deadline=effect,
        on=date(2020, 6, 1),
        until=date(2020, 6, 11),
        reason="agreed by all parties",
        actor=cast.canadian_officer,
        now=NOW + timedelta(days=40),
    )
    client = sign_in(cast.us_drafter)
    page = client.get(reverse("dossier", kwargs={"uid": act.uid})).content.decode()
    assert "agreed by all parties" in page
    assert "2 December 2020" in page  # ten days later
    data = json.loads(unpacked(client, act).read("dossier.json"))
    [fact] = data["facts"]
    assert (fact["on"], fact["until"]) == ("2020-06-01", "2020-06-11")
    assert "fact-recorded" in [event["act"] for event in data["register"]["events"]]


def test_an_instant_a_reference_and_the_name_of_a_text_stand_there_as_on_their_own_pages(
    cast: Cast,
) -> None:
    treaty = cast.treaty
    treaty.zone = "Europe/Vienna"
    treaty.save()
    said = {"format": "F17", "occurs_at": "2020-06-01T08:30+02:00", "text": "F17//"}
    act = issue_act(cast, "formatted-message", said)
    issue_act(cast, "conference-request", {"text": "Convene."}, refers_to=act)
    client = sign_in(cast.us_drafter)
    page = client.get(reverse("dossier", kwargs={"uid": act.uid})).content.decode()
    packed = unpacked(client, act)
    texts = [packed.read(name).decode() for name in packed.namelist() if name.endswith(".txt")]
    assert "1 June 2020, 08:30 Europe/Vienna" in page
    assert any("1 June 2020, 08:30 Europe/Vienna" in text for text in texts)
    assert "<h3>Content of the message</h3>" in page
    assert f'<a href="{reverse("notification", kwargs={"uid": act.uid})}">Formatted message' in page
    assert any("Refers to: Formatted message by the United States" in text for text in texts)


def test_papers_stand_with_what_they_came_with_and_the_data_name_their_files(cast: Cast) -> None:
    act = issue(cast)
    respond_to_notification(
        notification=act,
        party=cast.party("RUS"),
        position="rejects",
        text="See the annex.",
        actor=cast.russian_drafter,
        now=NOW,
        files=[Upload(pdf(), "Annex to the note.pdf")],
    )
    client = sign_in(cast.us_drafter)
    packed = unpacked(client, act)
    [stored] = json.loads(packed.read("dossier.json"))["acts"]
    [paper] = stored["responses"][0]["papers"]
    assert stored["papers"] == []
    assert paper["file"] == "papers/01-Annex-to-the-note.pdf"
    assert hashlib.sha256(packed.read(paper["file"])).hexdigest() == paper["sha256"]
    page = client.get(reverse("dossier", kwargs={"uid": act.uid})).content.decode()
    assert "Annex to the note.pdf" in page


def test_what_was_told_begins_as_a_sentence_does(cast: Cast) -> None:
    act = issue(cast)
    send_alerts(now=NOW)
    page = sign_in(cast.canadian_officer).get(reverse("dossier", kwargs={"uid": act.uid}))
    assert "A notification was issued: Withdrawal" in page.content.decode()


def test_words_stand_in_the_file_once_they_were_sent(cast: Cast) -> None:
    act, client = issue(cast), sign_in(cast.canadian_officer)

    def messages() -> list[str]:
        return [name for name in unpacked(client, act).namelist() if name.startswith("messages/")]

    expand(now=NOW)
    assert Rendering.objects.exists()
    assert messages() == []
    send_alerts(now=NOW)
    assert [name for name in messages() if "issued" in name]


def test_what_a_silence_was_found_to_mean_stands_on_the_page_and_in_the_data() -> None:
    cast = make_cast(make_treaty("lake", rules=[INFORMED]))
    act = issue(cast)
    circulate(cast, act, "2020-05-25")
    track_deadlines(now=at("2020-08-24"))
    clock = clock_of(act, "xx-5", "RUS")
    confirm_outcome(
        deadline=clock,
        is_confirmed=True,
        reason="As the practice has it.",
        actor=cast.canadian_officer,
        now=at("2020-08-26"),
    )
    client = sign_in(cast.us_drafter)
    page = client.get(reverse("dossier", kwargs={"uid": act.uid})).content.decode()
    assert "Whoever kept silent is deemed to have accepted." in page
    assert "5 parties kept silent: Canada, France" in page
    assert "As the practice has it." in page
    [found] = json.loads(unpacked(client, act).read("dossier.json"))["outcomes"]
    assert found["deadline"] in {str(one.uid) for one in act.deadlines.all()}


def test_answers_asked_of_many_parties_are_told_as_one_with_where_each_stands(cast: Cast) -> None:
    asked = {"text": "Assure us.", "respond_by": "2020-07-01"}
    act = issue_act(cast, "assurance-request", asked)
    client = sign_in(cast.german_observer)
    for name in ("dossier", "notification"):
        page = client.get(reverse(name, kwargs={"uid": act.uid})).content.decode()
        assert page.count("Answer to: request for assurances</h") <= 1
        assert "5: running" in page
    short = unpacked(client, act).read("in-short.txt").decode()
    assert short.count("Answer to: request for assurances: running, until 1 July 2020") == 1
