"""French, as a French mission reads it: traces of the published cases, mails, dates, lists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.utils import translation
from django.utils.translation import gettext, ngettext

from notifications.clauses.compute import compute
from notifications.clauses.explain import one_sentence
from notifications.clauses.facts import Facts
from notifications.clauses.loader import load_party_file, load_treaty_directory
from notifications.emails.words import bare_date, distance, full_date, listed, short_date
from notifications.models import PartyName
from notifications.services.library import PARTIES, TREATIES
from tests.clauses.conftest import make_facts
from tests.delivery.records import World
from tests.emails.reading import conference, days_before, write

__all__ = ["make_facts"]

MakeFacts = Callable[..., Facts]


@pytest.mark.parametrize(
    ("treaty", "clause", "given", "receipts", "sentence"),
    [
        (
            "open-skies",
            "xv-2",
            "2020-05-22",
            {"CAN": "2020-05-22"},
            "22 mai 2020, réception par le Canada → + 6 mois → 22 novembre 2020, 00:00 UTC",
        ),
        (
            "open-skies",
            "xv-3",
            "2020-05-22",
            {"HUN": "2020-05-22"},
            (
                "22 mai 2020, réception par la Hongrie → + 30 jours → ouverture le 21 juin 2020, "
                "00:00 UTC\u202f; + 60 jours → clôture le 21 juillet 2020, 24:00 UTC"
            ),
        ),
        (
            "cfe",
            "xix-2",
            "2023-06-09",
            {"NLD": "2023-06-09"},
            (
                "9 juin 2023, réception par le Royaume des Pays-Bas → + 150 jours → "
                "6 novembre 2023 → le jour suivant → 7 novembre 2023, 00:00 UTC"
            ),
        ),
        (
            "cfe",
            "xxi-4",
            "2023-09-10",
            {"NLD": "2023-09-10"},
            (
                "10 septembre 2023, réception par le Royaume des Pays-Bas → + 21 jours → "
                "1er octobre 2023, 24:00 UTC"
            ),
        ),
    ],
)
def test_the_way_to_a_date_reads_well_in_french(
    *,
    make_facts: MakeFacts,
    treaty: str,
    clause: str,
    given: str,
    receipts: dict[str, str],
    sentence: str,
) -> None:
    parties = {record.code: record for record in load_party_file(PARTIES)}
    files = {file.id: file for file in load_treaty_directory(TREATIES, known_parties=parties)}
    rule = next(one for one in files[treaty].clauses if one.id == clause)
    keeps = frozenset(files[treaty].depositaries)
    result = compute(rule, make_facts(given, receipts=receipts, zone="UTC", depositaries=keeps))

    def name_of(code: str) -> str:
        return parties[code].in_text.get("fr") or parties[code].names["fr"]

    with translation.override("fr"):
        assert one_sentence(result.trace, gettext, bare_date, name_of, ngettext) == sentence


@pytest.mark.parametrize(
    ("day", "full", "bare", "short"),
    [
        (date(2020, 5, 1), "vendredi 1er mai 2020", "1er mai 2020", "1er mai 2020"),
        (date(2020, 8, 2), "dimanche 2 août 2020", "2 août 2020", "2 août 2020"),
        (date(2020, 11, 22), "dimanche 22 novembre 2020", "22 novembre 2020", "22 nov. 2020"),
        (date(2020, 12, 21), "lundi 21 décembre 2020", "21 décembre 2020", "21 déc. 2020"),
    ],
)
def test_the_first_of_a_month_is_an_ordinal_in_french(
    day: date, full: str, bare: str, short: str
) -> None:
    with translation.override("fr"):
        assert (full_date(day), bare_date(day), short_date(day)) == (full, bare, short)


def test_distances_and_lists_are_said_as_in_french() -> None:
    with translation.override("fr"):
        assert [distance(days) for days in (0, 1, -1, 41, -3)] == [
            "aujourd’hui",
            "demain",
            "hier",
            "dans 41 jours",
            "il y a 3 jours",
        ]
        assert listed(["le Canada", "la France", "l’Allemagne"]) == (
            "le Canada, la France et l’Allemagne"
        )


@pytest.fixture
def french_names(world: World) -> None:
    """Names of the parties in French, as the library has them."""
    for record in load_party_file(PARTIES):
        if record.code in world.parties:
            PartyName.objects.create(
                party=world.parties[record.code],
                language="fr",
                name=record.names["fr"],
                sort_key=record.names["fr"],
                in_text=record.in_text.get("fr", ""),
            )


@pytest.mark.usefixtures("french_names")
@pytest.mark.django_db
def test_a_mail_on_an_act_is_french_from_its_subject_to_its_foot(world: World) -> None:
    world.circulate()
    mail = write(world.alert(kind="circulated"), "fr")

    assert mail.subject == (
        "Ciel ouvert : retrait par les États-Unis d’Amérique – communication aux Parties "
        "[TF.1.2020.OPEN-SKIES.withdrawal]"
    )
    assert mail.text.startswith(
        "Communication aux Parties\u00a0: retrait par les États-Unis d’Amérique"
    )
    assert "Date de la note\u00a0: vendredi 22 mai 2020" in mail.text
    assert "Ce qu’il y a à faire" in mail.text
    assert '<html lang="fr" dir="ltr">' in mail.html
    assert "Ouvrir la notification" in mail.html


@pytest.mark.usefixtures("french_names")
@pytest.mark.django_db
def test_a_mail_on_a_deadline_and_its_calendar_file_are_french(world: World) -> None:
    version = conference(world)
    alert = world.alert(version=version, stage="opens", at=days_before(version, 30))
    mail = write(alert, "fr")
    (event,) = mail.calendar().events

    assert mail.subject.startswith("Ciel ouvert : conférence des Parties – la période est")
    assert "réception par le Canada → + 30 jours → ouverture le 21 juin 2020" in mail.text
    assert str(event["summary"]) == (
        "Ciel ouvert\u00a0: Conférence des Parties – États-Unis d’Amérique"
    )
    assert "réception par le Canada" in str(event["description"])
