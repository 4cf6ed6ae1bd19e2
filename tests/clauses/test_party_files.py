"""The file of parties: what is read from it, and that all its faults come in one report."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from notifications.clauses.loader import load_party_file
from notifications.clauses.parties import PartyRecord, SuccessionRecord
from notifications.clauses.sorting import sort_key_of
from notifications.errors import BadFileError

Read = Callable[[str], list[PartyRecord]]

ONCE = "{party: FTH, on: 1990-01-01, kind: union}"
TWICE = f"[{ONCE}, {ONCE}]"


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read_text(text: str) -> list[PartyRecord]:
        path = tmp_path / "parties.yaml"
        path.write_text(text, encoding="utf-8")
        return load_party_file(path)

    return read_text


def test_a_party_file_gives_names_sort_keys_and_the_name_in_running_text(read: Read) -> None:
    ivory, office = read(
        "- {code: CIV, kind: state, un: member, names: {en: Côte d'Ivoire, zh: 科特迪瓦},\n"
        "   sort: {zh: ke te di wa}, in_text: {en: the Côte d'Ivoire}}\n"
        "- {code: un-sg, kind: organisation, names: {en: Secretary-General}}\n"
    )

    assert ivory.sort_keys == {"en": "cote d ivoire", "zh": "ke te di wa"}
    assert (ivory.un, ivory.in_text) == ("member", {"en": "the Côte d'Ivoire"})
    assert (office.code, office.kind, office.un) == ("un-sg", "organisation", "")


def test_a_party_that_is_no_more_names_its_days_and_its_successors(read: Read) -> None:
    former, *_new = read(
        "- {code: CSK, kind: state, from: 1918-10-28, to: 1993-01-01,\n"
        "   names: {en: Czechoslovakia},\n"
        "   successors: [{party: CZE, on: 1993-01-01, kind: succession},\n"
        "                {party: SVK, on: '1993-01-01', kind: succession, source: a letter}]}\n"
        "- {code: CZE, kind: state, names: {en: Czechia}}\n"
        "- {code: SVK, kind: state, names: {en: Slovakia}}\n"
    )

    assert (former.exists_from, former.exists_to) == (date(1918, 10, 28), date(1993, 1, 1))
    assert former.successors == (
        SuccessionRecord("CZE", date(1993, 1, 1), "succession"),
        SuccessionRecord("SVK", date(1993, 1, 1), "succession", "a letter"),
    )


def test_a_party_file_is_refused_with_all_its_problems(read: Read) -> None:
    with pytest.raises(BadFileError) as refusal:
        read(
            "- {code: USA, kind: state, names: {en: United States}}\n"
            "- {code: USA, kind: state, names: {en: United States}}\n"
            "- {code: usa, kind: state, names: {en: United States}}\n"
            "- {code: CAN, kind: country, names: {fr: Canada}}\n"
            "- {code: HUN, kind: state, names: {en: Hungary}, sort: {fr: Hongrie}, flag: x}\n"
            "- Peru\n"
            "- {code: ITA, kind: state, names: {en: Italy, tlh: Italia}, in_text: {fr: l'Italie}}\n"
            "- {code: DDR, kind: state, from: 1990-10-03, to: 1949-10-07, names: {en: GDR}}\n"
            "- {code: eu, kind: organisation, un: member, names: {en: European Union}}\n"
            "- {code: BEL, kind: state, un: guest, names: {en: Belgium}}\n"
        )

    assert [(problem.line, problem.key) for problem in refusal.value.problems] == [
        (2, "[USA].code"),
        (3, "[usa].code"),
        (4, "[CAN].kind"),
        (4, "[CAN].names"),
        (5, "[HUN].flag"),
        (5, "[HUN].sort.fr"),
        (6, "[5]"),
        (7, "[ITA].names.tlh"),
        (7, "[ITA].in_text.fr"),
        (8, "[DDR].to"),
        (9, "[eu].un"),
        (10, "[BEL].un"),
    ]


@pytest.mark.parametrize(
    ("successors", "sentence"),
    [
        ("[{party: OLD, on: 1990-01-01, kind: union}]", "No party is its own successor"),
        ("[{party: XXX, on: 1990-01-01, kind: union}]", '"XXX" is unknown'),
        ("[{party: NEW, on: 1990-01-01, kind: union}]", "successor of its own successor NEW"),
        ("[{party: THD, on: 1990-01-01, kind: union}]", "successor of its own successor THD"),
        ("[{party: FTH, on: 1949-12-31, kind: union}]", "OLD did not exist on 1949-12-31"),
        ("[{party: FTH, on: 1995-01-02, kind: union}]", "OLD did not exist on 1995-01-02"),
        ("[{party: FTH, on: 1990-01-01, kind: conquest}]", '"conquest" is none of'),
        ("[{party: FTH, kind: union}]", "This key is required"),
        (
            TWICE,
            '"FTH" stands twice',
        ),
    ],
)
def test_a_succession_that_cannot_be_is_refused(read: Read, successors: str, sentence: str) -> None:
    text = (
        f"- {{code: OLD, kind: state, from: 1950-01-01, to: 1995-01-01, names: {{en: Old}},\n"
        f"   successors: {successors}}}\n"
        "- {code: NEW, kind: state, names: {en: New},\n"
        "   successors: [{party: THD, on: 1999-01-01, kind: union}]}\n"
        "- {code: THD, kind: state, names: {en: Third},\n"
        "   successors: [{party: OLD, on: 1994-01-01, kind: union}]}\n"
        "- {code: FTH, kind: state, names: {en: Fourth}}\n"
    )
    with pytest.raises(BadFileError, match=sentence):
        read(text)


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("en", ["Chad", "Côte d'Ivoire", "Croatia"]),
        ("fr", ["Équateur", "Érythrée", "Espagne", "État de Palestine", "États-Unis d’Amérique"]),
        ("es", ["Escocia", "Espanto", "España", "Estonia"]),
        ("ru", ["Алжир", "Ёлка", "Египет", "Юта"]),
        ("ar", ["إثيوبيا", "الأرجنتين", "إسبانيا", "البحرين", "بلغاريا", "اليابان"]),
    ],
)
def test_names_sort_as_readers_of_the_language_look_them_up(
    language: str, names: list[str]
) -> None:
    ordered = sorted(names, key=lambda name: sort_key_of(name, language))
    if language == "ru":  # ё is looked up as е
        assert ordered == ["Алжир", "Египет", "Ёлка", "Юта"]
    else:
        assert ordered == names


def test_a_chinese_name_sorts_by_its_sound_alone() -> None:
    assert sort_key_of("中国", "zh") == "中国"
