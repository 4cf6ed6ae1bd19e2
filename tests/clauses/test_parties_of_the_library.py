"""The parties of the product: held against ISO 3166 and the scripts of six languages."""

from __future__ import annotations

import re
from pathlib import Path

import pycountry
import pytest

import notifications
from notifications.clauses.loader import load_party_file
from notifications.clauses.parties import PartyRecord
from notifications.clauses.sorting import UN_LANGUAGES

FILE = Path(notifications.__file__).parent / "library" / "parties.yaml"

SCRIPTS = {
    "en": r"[A-Za-zÀ-ÿ' ,()-]+",
    "fr": r"[A-Za-zÀ-ÿœŒ’ ,()-]+",
    "es": r"[A-Za-zÀ-ÿ' ,()-]+",
    "ru": r"[А-Яа-яЁё' ,()—-]+",
    "ar": r"[\u0600-\u06ff ()-]+",
    "zh": r"[\u4e00-\u9fff、（）]+",
}


@pytest.fixture(scope="module")
def parties() -> dict[str, PartyRecord]:
    return {record.code: record for record in load_party_file(FILE)}


def codes(parties: dict[str, PartyRecord], **wanted: str) -> set[str]:
    return {
        code
        for code, record in parties.items()
        if all(getattr(record, name) == value for name, value in wanted.items())
    }


def test_there_are_193_members_of_the_united_nations_and_two_observers(
    parties: dict[str, PartyRecord],
) -> None:
    assert len(codes(parties, un="member")) == 193
    assert codes(parties, un="observer") == {"VAT", "PSE"}


def test_every_country_of_today_has_its_code_of_iso_3166_1(
    parties: dict[str, PartyRecord],
) -> None:
    of_today = {country.alpha_3 for country in pycountry.countries}
    standing = {
        code
        for code, record in parties.items()
        if record.kind != "organisation" and record.exists_to is None
    }
    assert standing <= of_today
    assert codes(parties, un="member") <= of_today


def test_every_former_country_of_iso_3166_3_is_there_and_none_besides(
    parties: dict[str, PartyRecord],
) -> None:
    of_today = {country.alpha_3 for country in pycountry.countries}
    former = {
        country.alpha_4 if country.alpha_3 in of_today else country.alpha_3
        for country in pycountry.historic_countries
    }
    gone = {code for code, record in parties.items() if record.exists_to}
    assert gone == former
    assert {"SUN", "YUG", "SCG", "CSK", "DDR", "YMD"} < gone


def test_whoever_is_no_more_has_dated_successors_and_nobody_else_has_any(
    parties: dict[str, PartyRecord],
) -> None:
    for record in parties.values():
        assert bool(record.successors) is (record.exists_to is not None), record.code
        for succession in record.successors:
            assert parties[succession.new].code == succession.new
            begins = parties[succession.new].exists_from
            assert begins is None or begins <= succession.on, (record.code, succession.new)


def test_the_soviet_union_is_continued_by_russia_and_succeeded_by_eleven(
    parties: dict[str, PartyRecord],
) -> None:
    kinds = {succession.new: succession.kind for succession in parties["SUN"].successors}
    assert kinds.pop("RUS") == "continuation"
    assert len(kinds) == 11
    assert set(kinds.values()) == {"succession"}
    assert {"EST", "LVA", "LTU"}.isdisjoint(kinds)


def test_every_party_has_a_name_in_six_languages_in_its_own_script(
    parties: dict[str, PartyRecord],
) -> None:
    for record in parties.values():
        assert record.names.keys() == set(UN_LANGUAGES), record.code
        for language, name in record.names.items():
            assert re.fullmatch(SCRIPTS[language], name), (record.code, language, name)


def test_no_two_parties_of_one_time_have_one_name(parties: dict[str, PartyRecord]) -> None:
    standing = [record for record in parties.values() if record.exists_to is None]
    for language in UN_LANGUAGES:
        names = [record.names[language] for record in standing]
        assert len(set(names)) == len(names), language


def test_sort_keys_are_folded_and_chinese_ones_are_sounds(
    parties: dict[str, PartyRecord],
) -> None:
    for record in parties.values():
        for language in ("en", "fr", "es", "zh"):
            assert re.fullmatch(r"[a-z~ ]+", record.sort_keys[language]), (record.code, language)
        for key in record.sort_keys.values():
            assert key == key.casefold()


@pytest.mark.parametrize(
    ("language", "ordered"),
    [
        ("en", ["CHE", "SYR", "THA", "TUR", "TKM", "TUV", "GBR"]),
        ("fr", ["EST", "SWZ", "USA", "ETH", "FJI"]),
        ("es", ["SLV", "ESP", "EST", "FIN"]),
        ("ar", ["ETH", "ARG", "ISR", "BHR", "BRA", "MEX", "YEM"]),
        ("zh", ["EGY", "AND", "FRA", "CHN"]),
    ],
)
def test_lists_stand_in_the_order_of_the_language(
    parties: dict[str, PartyRecord], language: str, ordered: list[str]
) -> None:
    wanted = [code for code in ordered if code in parties]
    found = sorted(wanted, key=lambda code: parties[code].sort_keys[language])
    assert found == wanted, [parties[code].sort_keys[language] for code in found]


@pytest.mark.parametrize(
    ("code", "english", "french"),
    [
        ("USA", "the United States of America", "les États-Unis d’Amérique"),
        ("RUS", "the Russian Federation", "la Fédération de Russie"),
        ("NLD", "the Kingdom of the Netherlands", "le Royaume des Pays-Bas"),
        ("IRN", "the Islamic Republic of Iran", "la République islamique d’Iran"),
        ("FRA", "France", "la France"),
        ("CAN", "Canada", "le Canada"),
        ("DEU", "Germany", "l’Allemagne"),
        ("ISR", "Israel", "Israël"),
        ("CUB", "Cuba", "Cuba"),
        ("CYP", "Cyprus", "Chypre"),
        ("MEX", "Mexico", "le Mexique"),
        ("HUN", "Hungary", "la Hongrie"),
        ("HTI", "Haiti", "Haïti"),
        ("PHL", "the Philippines", "les Philippines"),
        ("SSD", "South Sudan", "le Soudan du Sud"),
        ("NGA", "Nigeria", "le Nigéria"),
        ("PSE", "the State of Palestine", "l’État de Palestine"),
        ("SUN", "the Union of Soviet Socialist Republics", None),
        ("eu", "the European Union", "l’Union européenne"),
        (
            "un-sg",
            "the Secretary-General of the United Nations",
            "le Secrétaire général de l’Organisation des Nations Unies",
        ),
    ],
)
def test_names_in_running_text_have_the_article_that_their_language_gives_them(
    parties: dict[str, PartyRecord], code: str, english: str, french: str | None
) -> None:
    record = parties[code]
    assert record.in_text.get("en", record.names["en"]) == english
    if french:
        assert record.in_text.get("fr", record.names["fr"]) == french


def test_french_elides_before_a_vowel_and_nowhere_else(
    parties: dict[str, PartyRecord],
) -> None:
    for record in parties.values():
        said = record.in_text.get("fr", "")
        if said.startswith("l'"):
            assert re.match(r"l'[AEÉÈIÎOUY]", said), said
        else:
            assert not re.match(r"l[ea] [AEÉÈIÎOU]", said), said


def test_a_code_is_written_as_its_kind_asks_and_every_depositary_is_described(
    parties: dict[str, PartyRecord],
) -> None:
    organisations = codes(parties, kind="organisation")
    assert {"un-sg", "coe-sg", "imo-sg", "iaea", "eu"} <= organisations
    assert not any(code.isupper() for code in organisations)
    assert all(code.isupper() for code in parties.keys() - organisations)
