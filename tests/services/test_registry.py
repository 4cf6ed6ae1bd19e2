"""Parties, successions and treaties, written by administrators: what is recorded and refused."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from notifications.errors import NotPermittedError, RuleBrokenError
from notifications.models import Event, Party, Succession, Treaty
from notifications.register import verify
from notifications.services.registry import save_party, save_succession, save_treaty
from tests.factories import NOW, Cast, make_party, make_treaty

pytestmark = pytest.mark.django_db

CZECHIA: dict[str, Any] = {
    "party": None,
    "fields": {"code": "CZE", "kind": "state", "un_standing": "member"},
    "names": {"en": {"name": "Czechia"}, "fr": {"name": "Tchéquie", "in_text": "la Tchéquie"}},
    "reason": "it was missing",
    "now": NOW,
}
PACT: dict[str, Any] = {
    "treaty": None,
    "fields": {"slug": "pact", "title": "Pact on the Lake", "zone": "Europe/Zurich"},
    "depositaries": [],
    "reason": "a new treaty",
    "now": NOW,
}


def last_body() -> dict[str, Any]:
    body: dict[str, Any] = json.loads(Event.objects.latest("pk").body)
    return body


def test_a_party_is_entered_with_its_names_and_their_sort_keys(cast: Cast) -> None:
    party = save_party(**CZECHIA, actor=cast.administrator)
    names = {name.language: name for name in party.names.all()}
    assert (names["fr"].sort_key, names["fr"].in_text) == ("tchequie", "la Tchéquie")
    body = last_body()
    assert body["is_new"] is True
    assert body["reason"] == "it was missing"
    assert body["changes"]["code"] == ["", "CZE"]
    assert body["changes"]["name_fr"] == ["", "Tchéquie"]
    assert verify().ok


def test_a_change_says_what_stood_there_before_and_nothing_else(cast: Cast) -> None:
    party = save_party(**CZECHIA, actor=cast.administrator)
    save_party(
        party=party,
        fields={"exists_from": date(1993, 1, 1)},
        names={"en": {"name": "Czech Republic", "in_text": "the Czech Republic"}},
        actor=cast.administrator,
        now=NOW,
        reason="as it was named then",
    )
    assert last_body()["changes"] == {
        "exists_from": [None, "1993-01-01"],
        "name_en": ["Czechia", "Czech Republic"],
        "sort_key_en": ["czechia", "czech republic"],
        "in_text_en": ["", "the Czech Republic"],
    }
    assert party.names.get(language="fr").name == "Tchéquie"


def test_a_change_that_changes_nothing_writes_no_event(cast: Cast) -> None:
    party = save_party(**CZECHIA, actor=cast.administrator)
    events = Event.objects.count()
    save_party(**{**CZECHIA, "party": party}, actor=cast.administrator)
    assert Event.objects.count() == events


def test_a_name_that_is_emptied_is_taken_out_but_the_english_one(cast: Cast) -> None:
    party = save_party(**CZECHIA, actor=cast.administrator)
    emptied: dict[str, Any] = {"party": party, "fields": {}, "actor": cast.administrator}
    emptied |= {"now": NOW, "reason": "wrong"}
    save_party(**emptied, names={"fr": {"name": ""}})
    assert [name.language for name in party.names.all()] == ["en"]
    with pytest.raises(RuleBrokenError) as refused:
        save_party(**emptied, names={"en": {"name": " "}})
    assert refused.value.field == "name_en"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"fields": {"code": "cze", "kind": "state"}}, "code"),
        ({"fields": {"code": "CZE", "kind": "organisation"}}, "code"),
        ({"fields": {"code": "USA", "kind": "state"}}, "code"),
        ({"fields": {"code": "CZE", "kind": "country"}}, "kind"),
        (
            {"fields": {"code": "eu", "kind": "organisation", "un_standing": "member"}},
            "un_standing",
        ),
        (
            {
                "fields": {
                    "code": "CZE",
                    "kind": "state",
                    "exists_from": date(1993, 1, 1),
                    "exists_to": date(1993, 1, 1),
                }
            },
            "exists_to",
        ),
        ({"fields": {"code": "CZE", "kind": "state", "exists_from": date(3, 1, 1)}}, "exists_from"),
        ({"names": {"fr": {"name": "Tchéquie"}}}, "name_en"),
        ({"names": {"en": {"name": "Cz\nech"}}}, "name_en"),
        ({"names": {"en": {"name": "x" * 201}}}, "name_en"),
        ({"names": {"en": {"name": "Czechia"}, "tlh": {"name": "x"}}}, "names"),
        ({"names": {"en": {"name": "Czechia"}, "fr": {"in_text": "la"}}}, "in_text_fr"),
        ({"reason": "  "}, "reason"),
    ],
)
def test_a_party_that_cannot_be_is_refused_at_its_field(
    cast: Cast, change: dict[str, Any], field: str
) -> None:
    parties, events = Party.objects.count(), Event.objects.count()
    with pytest.raises(RuleBrokenError) as refused:
        save_party(**{**CZECHIA, **change}, actor=cast.administrator)
    assert refused.value.field == field
    assert (Party.objects.count(), Event.objects.count()) == (parties, events)


def test_a_code_stays_what_it_was(cast: Cast) -> None:
    party = save_party(**CZECHIA, actor=cast.administrator)
    with pytest.raises(RuleBrokenError, match="it stays what it was") as refused:
        save_party(
            **{**CZECHIA, "party": party, "fields": {"code": "CSK"}}, actor=cast.administrator
        )
    assert refused.value.field == "code"


def test_only_administrators_with_an_open_account_change_the_registry(cast: Cast) -> None:
    with pytest.raises(NotPermittedError):
        save_party(**CZECHIA, actor=cast.us_head)
    with pytest.raises(NotPermittedError):
        save_treaty(**PACT, actor=cast.canadian_officer)
    with pytest.raises(NotPermittedError):
        succeed("USA", "RUS", actor=cast.us_head)
    cast.administrator.is_active = False
    with pytest.raises(NotPermittedError):
        save_party(**CZECHIA, actor=cast.administrator)
    assert not Party.objects.filter(code="CZE").exists()


def succeed(old: str, new: str, **other: Any) -> Succession:
    given = {
        "on": date(1993, 1, 1),
        "kind": "succession",
        "actor": None,
        "reason": "known",
        **other,
    }
    return save_succession(old=make_party(old), new=make_party(new), now=NOW, **given)


def test_a_succession_is_recorded_and_corrected() -> None:
    succession = succeed("CSK", "CZE")
    assert last_body()["changes"]["old"] == [None, "CSK"]
    succeed("CSK", "CZE", succession=succession, kind="continuation")
    assert last_body()["changes"] == {"kind": ["succession", "continuation"]}
    assert Succession.objects.get().kind == "continuation"


@pytest.mark.parametrize(
    ("old", "new", "other", "field", "sentence"),
    [
        ("CSK", "CSK", {}, "new", "its own successor"),
        ("CSK", "CZE", {}, "new", "already"),
        ("CZE", "CSK", {}, "new", "itself succeeds to it"),
        ("ZZZ", "CSK", {}, "new", "directly or through others"),
        ("CSK", "SVK", {"kind": "conquest"}, "kind", "choose one"),
        ("CSK", "SVK", {"on": date(1993, 1, 2)}, "on", "did not exist"),
        ("CSK", "SVK", {"on": date(1918, 1, 2)}, "on", "did not exist"),
    ],
)
def test_a_succession_that_cannot_be_is_refused(
    *, old: str, new: str, other: dict[str, Any], field: str, sentence: str
) -> None:
    former = make_party("CSK")
    former.exists_from, former.exists_to = date(1918, 10, 28), date(1993, 1, 1)
    former.save()
    succeed("CSK", "CZE")
    succeed("CZE", "ZZZ")
    with pytest.raises(RuleBrokenError, match=sentence) as refused:
        succeed(old, new, **other)
    assert refused.value.field == field
    assert Succession.objects.count() == 2


def test_a_treaty_is_entered_under_its_title_where_it_has_no_shorter_one(cast: Cast) -> None:
    hungary = cast.party("HUN")
    treaty = save_treaty(**{**PACT, "depositaries": [hungary]}, actor=cast.administrator)
    assert (treaty.short_title, treaty.zone) == ("Pact on the Lake", "Europe/Zurich")
    assert last_body()["changes"]["depositaries"] == [[], ["HUN"]]
    protocol = save_treaty(
        treaty=None,
        fields={"slug": "pact-i", "title": "Protocol I", "parent": treaty},
        depositaries=[],
        actor=cast.administrator,
        now=NOW,
        reason="its protocol",
    )
    assert protocol.parent == treaty
    assert last_body()["changes"]["parent"] == [None, "pact"]


def test_a_treaty_is_changed_with_what_stood_before(cast: Cast) -> None:
    save_treaty(
        treaty=cast.treaty,
        fields={"in_force_on": date(2002, 1, 2), "authentic_languages": ["en", "fr"]},
        depositaries=[cast.party("CAN")],
        actor=cast.administrator,
        now=NOW,
        reason="corrected",
    )
    assert last_body()["changes"] == {
        "in_force_on": ["2002-01-01", "2002-01-02"],
        "authentic_languages": [[], ["en", "fr"]],
        "depositaries": [["CAN", "HUN"], ["CAN"]],
    }
    assert verify().ok


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"slug": "Big Pact"}, "slug", "lower-case letters"),
        ({"slug": "open-skies"}, "slug", "already"),
        ({"zone": "Middle/Earth"}, "zone", "Middle/Earth"),
        ({"title": ""}, "title", "required"),
        ({"short_title": "x" * 121}, "short_title", "120"),
        ({"authentic_languages": ["English"]}, "authentic_languages", "ISO 639"),
        ({"authentic_languages": ["en", "en"]}, "authentic_languages", "twice"),
        ({"adopted_on": date(1492, 1, 1)}, "adopted_on", "1800"),
    ],
)
def test_a_treaty_that_cannot_be_is_refused_at_its_field(
    *, cast: Cast, fields: dict[str, Any], field: str, sentence: str
) -> None:
    with pytest.raises(RuleBrokenError, match=sentence) as refused:
        save_treaty(**{**PACT, "fields": {**PACT["fields"], **fields}}, actor=cast.administrator)
    assert refused.value.field == field
    assert Treaty.objects.count() == 1


def test_no_treaty_is_its_own_parent_directly_or_through_others(cast: Cast) -> None:
    pact = save_treaty(**PACT, actor=cast.administrator)
    given: dict[str, Any] = {"depositaries": [], "actor": None, "now": NOW, "reason": "known"}
    part = {"slug": "pact-i", "title": "Protocol I", "parent": pact}
    protocol = save_treaty(treaty=None, fields=part, **given)
    for parent in (pact, protocol):
        with pytest.raises(RuleBrokenError) as refused:
            save_treaty(treaty=pact, fields={"parent": parent}, **given)
        assert refused.value.field == "parent"


def test_a_branch_that_counts_on_a_depositary_keeps_one_too(cast: Cast) -> None:
    ways = [{"starts": "given", "count": []}, {"starts": "registered", "count": []}]
    rule = {"id": "ix", "article": "IX", "governs": "suspension", "yields": "effect"}
    treaty = make_treaty("pact", depositaries=("CAN",), rules=[{**rule, "later_of": ways}])
    with pytest.raises(RuleBrokenError, match="article IX of this treaty counts on one"):
        save_treaty(
            treaty=treaty,
            fields={},
            depositaries=[],
            actor=cast.administrator,
            now=NOW,
            reason="known",
        )


def test_depositaries_stand_once_and_stay_where_a_clause_counts_on_one(cast: Cast) -> None:
    given: dict[str, Any] = {"fields": {}, "actor": None, "now": NOW, "reason": "known"}
    hungary = cast.party("HUN")
    with pytest.raises(RuleBrokenError, match="twice") as refused:
        save_treaty(treaty=cast.treaty, depositaries=[hungary, hungary], **given)
    assert refused.value.field == "depositaries"
    with pytest.raises(RuleBrokenError, match=r"XV\(3\)"):
        save_treaty(treaty=cast.treaty, depositaries=[], **given)
    assert cast.treaty.depositary_rows.count() == 2
