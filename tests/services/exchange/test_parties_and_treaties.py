"""Parties and treaties from files: what they create and change, and what they may not."""

from __future__ import annotations

import json

import pytest

from notifications.models import Event, Party, Treaty
from notifications.register import verify
from tests.factories import add_clause, make_party, make_treaty
from tests.services.exchange.files import bring, dry, places, problems_of

pytestmark = pytest.mark.django_db


def test_a_dry_run_shows_each_row_and_changes_nothing() -> None:
    make_party("FRA")
    plan = dry(
        "parties",
        "code,kind,name_en,name_fr",
        "FRA,state,France,la-bas",
        "BEL,state,Belgium,Belgique",
    )
    assert plan.counts == {"create": 1, "change": 1, "same": 0}
    first, second = plan.rows
    assert (first.line, first.action, first.label) == (2, "change", "FRA")
    assert ("name_fr", "", "la-bas") in first.changes
    assert ("name_en", "France", "France") not in first.changes
    assert second.action == "create"
    assert not Party.objects.filter(code="BEL").exists()
    assert not Event.objects.exists()


def test_an_import_enters_and_changes_parties_with_one_event() -> None:
    make_party("FRA")
    plan = bring(
        "parties",
        "code,kind,un_standing,exists_from,name_en,name_fr,in_text_fr",
        "FRA,state,member,,France,France,la France",
        "BEL,state,member,1830-10-04,Belgium,Belgique,la Belgique",
    )
    assert plan.counts == {"create": 1, "change": 1, "same": 0}
    belgium = Party.objects.get(code="BEL")
    french = belgium.names.get(language="fr")
    assert (french.name, french.sort_key, french.in_text) == ("Belgique", "belgique", "la Belgique")
    event = Event.objects.get()
    body = json.loads(event.body)
    assert (event.act, body["kind"], body["file"]) == ("registry-imported", "parties", "a.csv")
    told = dict(body["records"])
    assert told["FRA"]["un_standing"] == ["", "member"]
    assert told["BEL"]["exists_from"] == "1830-10-04"
    assert verify().ok


def test_columns_that_a_file_does_not_have_leave_what_stands() -> None:
    bring(
        "parties", "code,kind,name_en,name_fr,in_text_fr", "BEL,state,Belgium,Belgique,la Belgique"
    )
    bring("parties", "code,kind,name_en,un_standing", "BEL,state,Belgium,member")
    french = Party.objects.get(code="BEL").names.get(language="fr")
    assert (french.name, french.in_text) == ("Belgique", "la Belgique")
    bring("parties", "code,kind,name_en,name_fr", "BEL,state,Belgium,Royaume de Belgique")
    french.refresh_from_db()
    assert (french.sort_key, french.in_text) == ("royaume de belgique", "")
    bring("parties", "code,kind,name_en,name_fr", "BEL,state,Belgium,")
    assert not Party.objects.get(code="BEL").names.filter(language="fr").exists()


def test_every_problem_of_a_file_of_parties_is_told_by_line() -> None:
    found = problems_of(
        "parties",
        "code,kind,un_standing,exists_from,exists_to,name_en,name_fr,in_text_fr",
        "fra,state,,,,France,,",
        "BEL,country,,,,Belgium,,",
        "ITA,state,guest,,,Italy,,",
        "CSK,state,,1993-01-01,1918-10-28,Czechoslovakia,,",
        "CSK,state,,,,Czechoslovakia,,",
        "DEU,state,,03.10.1990,,Germany,,",
        "ESP,state,,2023-02-29,,,,l'Espagne",
        ",state,,,,Nowhere,,",
    )
    assert places(found) == [
        (2, "code"),
        (3, "kind"),
        (4, "un_standing"),
        (5, "exists_to"),
        (6, "code"),
        (7, "exists_from"),
        (8, "exists_from"),
        (8, "name_en"),
        (8, "in_text_fr"),
        (9, "code"),
    ]
    assert "line 5 already" in found[4][2]
    assert not Party.objects.exists()
    assert not Event.objects.exists()


TREATIES = "slug,title,zone,parent,depositaries,authentic_languages,participants_complete"


def test_treaties_are_entered_with_parent_depositaries_and_languages() -> None:
    make_party("CHE")
    make_party("FRA")
    plan = bring(
        "treaties",
        TREATIES,
        "pact-i,Protocol I,UTC,pact,,,",
        "pact,Pact,Europe/Zurich,,FRA CHE,en fr,TRUE",
    )
    assert plan.counts["create"] == 2
    pact, protocol = Treaty.objects.get(slug="pact"), Treaty.objects.get(slug="pact-i")
    assert protocol.parent == pact
    assert (pact.short_title, pact.zone) == ("Pact", "Europe/Zurich")
    assert (pact.authentic_languages, pact.participants_complete) == (["en", "fr"], True)
    assert {party.code for party in pact.depositaries.all()} == {"CHE", "FRA"}
    assert verify().ok


def test_a_treaty_is_changed_where_the_file_differs() -> None:
    make_treaty(rules=())
    bring("treaties", "slug,title,depositaries,parent", "open-skies,Open Skies,USA,")
    treaty = Treaty.objects.get()
    assert treaty.title == "Open Skies"
    assert [party.code for party in treaty.depositaries.all()] == ["USA"]
    told = json.loads(Event.objects.get(act="registry-imported").body)["records"]
    assert told == [
        [
            "open-skies",
            {"title": ["Treaty open-skies", "Open Skies"], "depositaries": ["CAN HUN", "USA"]},
        ]
    ]


def test_every_problem_of_a_file_of_treaties_is_told_by_line() -> None:
    make_treaty()
    found = problems_of(
        "treaties",
        TREATIES,
        "Big Pact,Pact,UTC,,,,",
        "one,,UTC,,,,",
        "two,Two,Middle/Earth,,,,",
        "three,Three,UTC,nowhere,,,",
        "four,Four,UTC,four,,,",
        "five,Five,UTC,six,,,",
        "six,Six,UTC,five,,,",
        "seven,Seven,UTC,,XXX,,",
        "eight,Eight,UTC,,USA USA,,",
        "nine,Nine,UTC,,,English,",
        "nine,Nine,UTC,,,,",
        "ten,Ten,UTC,,,,yes",
        "open-skies,Open Skies,UTC,,,,",
    )
    assert places(found) == [
        (2, "slug"),
        (3, "title"),
        (4, "zone"),
        (5, "parent"),
        (6, "parent"),
        (7, "parent"),
        (8, "parent"),
        (9, "depositaries"),
        (10, "depositaries"),
        (11, "authentic_languages"),
        (12, "slug"),
        (13, "participants_complete"),
        (14, "depositaries"),
    ]
    assert "XV(3)" in found[-1][2]
    assert Treaty.objects.count() == 1


def test_a_treaty_whose_clauses_need_no_depositary_may_lose_them() -> None:
    treaty = make_treaty(rules=())
    rule = {"id": "i", "article": "I", "governs": "withdrawal", "starts": "given", "count": []}
    add_clause(treaty, {**rule, "yields": "effect"})
    bring("treaties", "slug,title,depositaries", "open-skies,Treaty open-skies,")
    assert not treaty.depositary_rows.exists()
