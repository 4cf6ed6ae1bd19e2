"""Adding and changing in the admin: by a service, with a reason; a refusal changes nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from notifications.models import (
    Event,
    Ladder,
    Mandate,
    Participation,
    Party,
    Succession,
    Treaty,
    TreatyDepositary,
    User,
)
from tests.factories import Cast, make_cast, make_party

EMPTY_ROWS = {"TOTAL_FORMS": "0", "INITIAL_FORMS": "0", "MIN_NUM_FORMS": "0", "MAX_NUM_FORMS": "0"}


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast alone."""
    return make_cast()


def rows(*prefixes: str) -> dict[str, str]:
    return {f"{prefix}-{key}": value for prefix in prefixes for key, value in EMPTY_ROWS.items()}


def address(model: str, record: Any = None) -> str:
    if record is None:
        return reverse(f"admin:notifications_{model}_add")
    return reverse(f"admin:notifications_{model}_change", args=[record.pk])


def said_errors(response: Any) -> dict[str, list[str]]:
    """What the page says is wrong, by field."""
    assert response.status_code == 200
    errors = response.context["adminform"].form.errors
    return {name: list(found) for name, found in errors.items()}


def last_event() -> tuple[str, dict[str, Any]]:
    event = Event.objects.latest("pk")
    return event.act, json.loads(event.body)


PARTY = {
    "code": "osce",
    "kind": "organisation",
    "un_standing": "",
    "exists_from": "",
    "exists_to": "",
    "source": "",
    "name_en": "OSCE",
    "reason": "It keeps the archive.",
    **rows("successions", "predecessions"),
}


def test_a_party_is_entered_with_its_names(administrator: Client) -> None:
    answer = administrator.post(address("party"), {**PARTY, "name_ar": "منظمة"})
    assert answer.status_code == 302
    party = Party.objects.get(code="osce")
    assert dict(party.names.values_list("language", "name")) == {"en": "OSCE", "ar": "منظمة"}
    act, body = last_event()
    assert (act, body["reason"]) == ("party-saved", "It keeps the archive.")


def test_a_party_is_changed_and_its_history_says_why(administrator: Client) -> None:
    party = make_party("CAN")
    changed = {**PARTY, "code": "CAN", "kind": "state", "name_en": "Canada", "name_fr": "Canada"}
    answer = administrator.post(address("party", party), {**changed, "exists_from": "1867-07-01"})
    assert answer.status_code == 302
    history = administrator.get(reverse("admin:notifications_party_history", args=[party.pk]))
    page = history.content.decode()
    assert "It keeps the archive." in page
    assert "1867-07-01" in page


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("reason", {"reason": ""}, "Reason is missing."),
        ("code", {"code": "USA", "kind": "state"}, "Code: there is a party USA already."),
        ("kind", {"kind": "planet"}, "Kind: choose one of the list."),
        ("exists_from", {"exists_from": "2020-02-30"}, "no day of the calendar"),
        ("name_en", {"name_en": ""}, "a party has an English name"),
    ],
)
def test_a_refusal_stands_at_its_field_and_nothing_is_stored(
    cast: Cast, administrator: Client, field: str, typed: dict[str, str], sentence: str
) -> None:
    parties, events = Party.objects.count(), Event.objects.count()
    answer = administrator.post(address("party"), {**PARTY, "source": "Typed here.", **typed})
    found = said_errors(answer)
    assert list(found) == [field]
    assert sentence in found[field][0]
    assert "Typed here." in answer.content.decode()
    assert (Party.objects.count(), Event.objects.count()) == (parties, events)


def test_a_succession_of_itself_is_refused(cast: Cast, administrator: Client) -> None:
    usa = cast.party("USA").pk
    typed = {"old": usa, "new": usa, "on": "1991-12-24", "kind": "continuation", "reason": "x"}
    assert "new" in said_errors(administrator.post(address("succession"), typed))
    assert not Succession.objects.exists()
    typed["new"] = cast.party("RUS").pk
    assert administrator.post(address("succession"), typed).status_code == 302
    assert Succession.objects.get().old.code == "USA"


TREATY = {
    "slug": "lake-pact",
    "title": "Pact on the Lake",
    "short_title": "Lake Pact",
    "zone": "Europe/Zurich",
    "authentic_languages": "en, fr",
    "reason": "It was registered.",
    **rows("clauses"),
}


def test_a_treaty_is_entered_and_changed_with_its_depositaries(
    cast: Cast, administrator: Client
) -> None:
    keepers = [cast.party(code).pk for code in ("CAN", "HUN")]
    answer = administrator.post(address("treaty"), {**TREATY, "depositaries": keepers})
    assert answer.status_code == 302
    treaty = Treaty.objects.get(slug="lake-pact")
    assert (treaty.zone, treaty.authentic_languages) == ("Europe/Zurich", ["en", "fr"])
    page = administrator.get(address("treaty", treaty)).content.decode()
    assert page.count("selected") >= 2
    only = {**TREATY, "depositaries": keepers[:1], "subject": "water"}
    assert administrator.post(address("treaty", treaty), only).status_code == 302
    codes = TreatyDepositary.objects.filter(treaty=treaty).values_list("party__code", flat=True)
    assert list(codes) == ["CAN"]


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("zone", {"zone": "Europe/Atlantis"}),
        ("authentic_languages", {"authentic_languages": "english!"}),
        ("slug", {"slug": "open-skies"}),
        ("title", {"title": ""}),
    ],
)
def test_a_treaty_that_cannot_be_is_refused(
    cast: Cast, administrator: Client, field: str, typed: dict[str, str]
) -> None:
    assert field in said_errors(administrator.post(address("treaty"), {**TREATY, **typed}))
    assert Treaty.objects.count() == 1


def participation(cast: Cast, **typed: Any) -> dict[str, Any]:
    own = {"party": cast.party("USA").pk, "treaty": cast.treaty.pk, "reason": "A letter."}
    return {**own, "in_force_on": "2010-01-01", **typed}


def test_overlapping_participations_are_refused_naming_the_rule(
    cast: Cast, administrator: Client
) -> None:
    found = said_errors(administrator.post(address("participation"), participation(cast)))
    assert list(found) == ["in_force_on"]
    assert Participation.objects.filter(party__code="USA").count() == 1


def test_a_participation_is_ended_and_begun_anew(cast: Cast, administrator: Client) -> None:
    first = Participation.objects.get(party__code="USA", treaty=cast.treaty)
    ended = {"in_force_on": "2002-01-01", "exit_on": "2009-01-01", "reason": "It left."}
    assert administrator.post(address("participation", first), ended).status_code == 302
    assert administrator.post(address("participation"), participation(cast)).status_code == 302
    assert Participation.objects.filter(party__code="USA", treaty=cast.treaty).count() == 2
    before_entry = {**ended, "exit_on": "2001-01-01"}
    assert "exit_on" in said_errors(
        administrator.post(address("participation", first), before_entry)
    )


PERSON = {
    "email": "nora@example.org",
    "name": "Nora New",
    "language": "en",
    "zone": "UTC",
    "password": "",
    "reason": "She was appointed.",
}
# The page of a person who stands shows mandates and wishes.
STANDING = {**PERSON, **rows("mandates", "preference")}


def test_a_person_is_registered_changed_and_the_account_closed(
    cast: Cast, administrator: Client
) -> None:
    assert administrator.post(address("user"), PERSON).status_code == 302
    person = User.objects.get(email="nora@example.org")
    assert not person.has_usable_password()
    changed = {**STANDING, "name": "Nora Newer", "is_active": "on"}
    assert administrator.post(address("user", person), changed).status_code == 302
    closed = {key: value for key, value in changed.items() if key != "is_active"}
    assert administrator.post(address("user", person), closed).status_code == 302
    person.refresh_from_db()
    assert (person.name, person.is_active) == ("Nora Newer", False)
    acts = list(Event.objects.order_by("-pk").values_list("act", flat=True)[:3])
    assert acts == ["account-closed", "user-changed", "user-registered"]


def test_a_refused_half_of_a_change_undoes_the_other_half(
    cast: Cast, administrator: Client
) -> None:
    me = cast.administrator
    own = {**STANDING, "email": me.email, "name": "Somebody Else", "is_staff": "on"}
    found = said_errors(administrator.post(address("user", me), own))
    assert "Nobody closes their own account" in found["__all__"][0]
    me.refresh_from_db()
    assert (me.name, me.is_active) == ("Ada Administrator", True)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("email", {"email": "no address"}),
        ("email", {"email": "alice.drafter@example.org"}),
        ("zone", {"zone": "Mars"}),
        ("password", {"password": "password"}),
    ],
)
def test_a_person_who_cannot_be_registered_is_refused(
    cast: Cast, administrator: Client, field: str, typed: dict[str, str]
) -> None:
    people = User.objects.count()
    assert field in said_errors(administrator.post(address("user"), {**PERSON, **typed}))
    assert User.objects.count() == people


def test_a_mandate_is_given_ended_and_not_given_twice(cast: Cast, administrator: Client) -> None:
    user, party = cast.us_drafter.pk, cast.party("RUS").pk
    given = {"user": user, "party": party, "role": "observer", "order": 1, "reason": "A note."}
    given["from_on"] = "2020-01-01"
    assert administrator.post(address("mandate"), given).status_code == 302
    assert last_event()[1]["reason"] == "A note."
    found = said_errors(administrator.post(address("mandate"), given))
    assert list(found) == ["from_on"]
    mandate = Mandate.objects.get(user=user, party=party)
    ended = {"order": 1, "from_on": "2020-01-01", "to_on": "2020-06-30", "reason": "It ended."}
    assert administrator.post(address("mandate", mandate), ended).status_code == 302
    mandate.refresh_from_db()
    assert str(mandate.to_on) == "2020-06-30"
    wrong = {**ended, "to_on": "2019-12-31"}
    assert "to_on" in said_errors(administrator.post(address("mandate", mandate), wrong))


def test_a_ladder_is_saved_from_what_is_typed(cast: Cast, administrator: Client) -> None:
    typed = {
        "name": "Duties",
        "applies_to": "duty",
        "stages": "3; 21, 7",
        "hours": "2, 36",
        "reason": "Earlier.",
    }
    assert administrator.post(address("ladder"), typed).status_code == 302
    assert (Ladder.objects.get().stages, Ladder.objects.get().hours) == ([21, 7, 3], [36, 2])
    others = {**typed, "applies_to": "lapse", "name": "L"}
    for wrong in ("soon", "6, 6", "0", "721", "", "1.5"):
        answer = administrator.post(address("ladder"), {**others, "hours": wrong})
        assert list(said_errors(answer)) == ["hours"], wrong
    for wrong in ("soon", "7, 7", "0", "-3", "", "1.5"):
        answer = administrator.post(address("ladder"), {**others, "stages": wrong})
        assert list(said_errors(answer)) == ["stages"], wrong


def test_every_choice_is_there_without_scripts(cast: Cast, administrator: Client) -> None:
    page = administrator.get(address("participation")).content.decode()
    assert "Russian Federation (RUS)" in page
    assert "Open Skies" in page


def test_a_search_as_one_types_finds_parties_and_people_by_name(
    cast: Cast, administrator: Client
) -> None:
    for field, term, found in (("party", "russ", "Russian Federation"), ("user", "alice", "Alice")):
        asked = {"app_label": "notifications", "model_name": "mandate", "field_name": field}
        answer = administrator.get(reverse("admin:autocomplete"), {**asked, "term": term})
        assert found in answer.json()["results"][0]["text"]


def test_the_list_of_ladders_says_what_holds_where_it_names_none(
    cast: Cast, administrator: Client
) -> None:
    page = administrator.get(reverse("admin:notifications_ladder_changelist")).content.decode()
    assert "a deadline is told of 90, 60, 30, 14, 7, 3, 1 days before its date" in page
