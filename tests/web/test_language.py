"""Which language a page is in: the person's, else the one chosen, else the browser's."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from notifications.models import PartyName, User
from tests.factories import Cast, issue

SignIn = Callable[[User], Client]


@pytest.fixture
def french(cast: Cast) -> User:
    """The Russian drafter reads French."""
    cast.russian_drafter.language = "fr"
    cast.russian_drafter.save()
    said = {
        "USA": ("États-Unis d’Amérique", "etats unis d amerique", "les États-Unis d’Amérique"),
        "DEU": ("Allemagne", "allemagne", "l’Allemagne"),
        "HUN": ("Hongrie", "hongrie", "la Hongrie"),
        "CAN": ("Canada", "canada", "le Canada"),
        "RUS": ("Fédération de Russie", "federation de russie", "la Fédération de Russie"),
    }
    for code, (name, sort_key, in_text) in said.items():
        PartyName.objects.create(
            party=cast.party(code), language="fr", name=name, sort_key=sort_key, in_text=in_text
        )
    return cast.russian_drafter


def test_the_sign_in_page_is_in_the_language_of_the_browser(cast: Cast, client: Client) -> None:
    page = client.get(reverse("sign-in"), headers={"Accept-Language": "fr-CA,fr;q=0.9,en;q=0.5"})
    assert re.search(r'<html lang="fr"\s+dir="ltr">', page.text)
    assert "Se connecter" in page.text
    assert page.headers["Content-Language"] == "fr"
    assert {"Accept-Language", "Cookie"} <= set(page.headers["Vary"].split(", "))


@pytest.mark.parametrize("asked", ["", "de-DE,de;q=0.9", "*", "x" * 5000, "fr;q=nonsense"])
def test_a_browser_that_asks_for_no_language_spoken_here_gets_english(
    cast: Cast, client: Client, asked: str
) -> None:
    page = client.get(reverse("sign-in"), headers={"Accept-Language": asked})
    assert re.search(r'<html lang="(en|fr)"', page.text)
    assert ("Sign in" in page.text) is (page.headers["Content-Language"] == "en")


def test_the_language_chosen_before_sign_in_is_kept_and_leads_back(
    cast: Cast, client: Client
) -> None:
    page = client.get(f"{reverse('sign-in')}?next=/register/")
    assert 'value="/sign-in/?next=/register/"' in page.text.replace("%2F", "/")
    chosen = client.post(
        reverse("language"), {"language": "fr", "next": "/sign-in/?next=/register/"}
    )
    assert chosen.headers["Location"] == "/sign-in/?next=/register/"
    cookie = client.cookies["django_language"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert 'lang="fr"' in client.get(reverse("sign-in")).text


@pytest.mark.parametrize("language", ["tlh", "", "../../etc", "ar"])
def test_a_language_that_is_not_spoken_here_is_not_chosen(
    cast: Cast, client: Client, language: str
) -> None:
    client.post(reverse("language"), {"language": language, "next": "/sign-in/"})
    assert re.search(r'<html lang="en"', client.get(reverse("sign-in")).text)


def test_choosing_a_language_leads_to_no_other_host(cast: Cast, client: Client) -> None:
    answer = client.post(reverse("language"), {"language": "fr", "next": "//elsewhere.example/"})
    assert answer.headers["Location"] == "/"


def test_a_language_is_not_chosen_by_a_link(cast: Cast, client: Client) -> None:
    assert client.get(reverse("language"), {"language": "fr"}).status_code == 405


def test_the_language_of_the_account_comes_before_that_of_the_browser(
    cast: Cast, sign_in: SignIn, french: User
) -> None:
    page = sign_in(french).get(reverse("desk"), headers={"Accept-Language": "en"})
    assert "Mon bureau" in page.text
    assert re.search(r'<html lang="fr"', page.text)


def test_a_person_of_an_unknown_language_reads_english(cast: Cast, sign_in: SignIn) -> None:
    User.objects.filter(pk=cast.us_drafter.pk).update(language="tlh")
    page = sign_in(cast.us_drafter).get(reverse("desk"))
    assert re.search(r'<html lang="en"', page.text)


def test_a_french_page_tells_names_dates_and_reasons_in_french(
    cast: Cast, sign_in: SignIn, french: User
) -> None:
    act = issue(cast)
    page = sign_in(french).get(reverse("notification", kwargs={"uid": act.uid})).text
    assert "Retrait par les États-Unis d’Amérique" in page
    assert "vendredi 22 mai 2020" in page
    assert "22 mai 2020, date de la note" in page
    assert "+ 6 mois → 22 novembre 2020" in page
    assert "la notification a été émise" in page
    table = page[page.index("Ce que l’on sait de chaque destinataire") :]
    order = [table.index(name) for name in ("Allemagne", "Canada", "Fédération de Russie")]
    assert order == sorted(order)


def test_a_refusal_is_said_in_the_language_of_whoever_acts(
    cast: Cast, sign_in: SignIn, french: User
) -> None:
    answer = sign_in(french).post(
        reverse("file-act", kwargs={"slug": cast.treaty.slug, "act": "withdrawal"}),
        {"do": "send", "article": ""},
    )
    assert "Article invoqué" in answer.text
    assert "champ manquant" in answer.text


def test_the_account_page_changes_language_and_zone_at_once(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.us_drafter)
    typed = {"language": "fr", "zone": "Europe/Paris"}
    page = browser.post(reverse("account"), typed, follow=True).text
    assert "Vos réglages sont enregistrés." in page
    assert 'value="Europe/Paris"' in page
    cast.us_drafter.refresh_from_db()
    assert (cast.us_drafter.language, cast.us_drafter.zone) == ("fr", "Europe/Paris")


def test_an_unknown_zone_is_refused_at_its_field_and_what_was_typed_stays(
    cast: Cast, sign_in: SignIn
) -> None:
    typed = {"language": "fr", "zone": "Mars/Olympus"}
    page = sign_in(cast.us_drafter).post(reverse("account"), typed).text
    assert "“Mars/Olympus” is no time zone, such as Europe/Budapest." in page
    assert 'value="Mars/Olympus"' in page
    cast.us_drafter.refresh_from_db()
    assert cast.us_drafter.language == "en"


def test_an_empty_account_form_names_what_is_missing(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.us_drafter).post(reverse("account"), {"language": "", "zone": ""}).text
    assert "Language is missing." in page
    assert "Time zone is missing." in page
