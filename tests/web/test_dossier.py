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

from notifications.models import Notification, User
from notifications.services.ledger import record_fact
from notifications.services.responding import respond_to_notification
from notifications.services.sweeps import send_alerts
from tests.factories import NOW, Cast, issue, issue_act

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
