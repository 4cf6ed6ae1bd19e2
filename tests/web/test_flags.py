"""Flags and causes, kept in English, told again in the reader's language."""

from __future__ import annotations

import pytest
from django.utils import translation

from notifications.models import DeadlineVersion, PartyName
from notifications.services.receiving import register_receipt
from notifications.web.flags import SENTENCES, flag_sentences
from notifications.web.names import PartyNames
from notifications.web.thread import case_title
from notifications.web.words import cause_of
from tests.factories import NOW, TODAY, Cast, issue


@pytest.fixture
def names(cast: Cast) -> PartyNames:
    PartyName.objects.create(
        party=cast.party("CAN"),
        language="fr",
        name="Canada",
        sort_key="canada",
        in_text="le Canada",
    )
    return PartyNames("fr")


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        (
            "The earliest date that Article XV(2) allows is 1 December 2020.",
            "La première date que permet l’article XV(2) est le 1er décembre 2020.",
        ),
        (
            "Canada is no party to Open Skies on this day.",
            "le Canada\u00a0: aucune participation au traité ce jour-là (Ciel ouvert).",
        ),
        ("Signed by is missing.", "Signataire\u00a0: champ manquant."),
        ("A party cannot accuse itself.", "Une Partie ne peut se mettre elle-même en cause."),
        ("Something that an older version said.", "Something that an older version said."),
    ],
)
def test_a_flag_is_told_again_in_french(names: PartyNames, kept: str, told: str) -> None:
    with translation.override("fr"):
        assert flag_sentences([{"sentence": kept}], names) == [told]
    assert flag_sentences([{"sentence": kept}], names) == [kept]


def test_every_sentence_that_is_taken_apart_is_in_the_catalogue() -> None:
    with translation.override("fr"):
        assert [text for text in SENTENCES if translation.gettext(text) == text] == []


def test_the_cause_of_a_date_is_told_again_in_french(cast: Cast, names: PartyNames) -> None:
    act = issue(cast)
    canada = cast.party("CAN")
    register_receipt(notification=act, party=canada, on=TODAY, actor=cast.canadian_officer, now=NOW)
    version = DeadlineVersion.objects.latest("pk")
    assert version.cause == "received by Canada on 22 May 2020"
    with translation.override("fr"):
        assert cause_of(version, names.said_of_code) == "réception par le Canada le 22 mai 2020"


def test_the_cause_that_a_person_gave_stays_as_it_was_given(names: PartyNames) -> None:
    version = DeadlineVersion(cause="The clause was read wrongly.", cause_told={})
    with translation.override("fr"):
        assert cause_of(version, names.said_of_code) == "The clause was read wrongly."


def test_a_matter_is_named_in_the_language_of_its_reader(cast: Cast, names: PartyNames) -> None:
    case = issue(cast).case
    with translation.override("fr"):
        title = case_title(case, cast.treaty, names)
    assert title == "Ciel ouvert\u00a0: Retrait – United States of America"
    case.opened_by = {}
    assert case_title(case, cast.treaty, names) == case.title
