"""How a party came to be bound, as treaty files say it, and what else they say of a treaty."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from notifications.clauses.loader import load_treaty_file
from notifications.clauses.treaty import PartyEntry, TreatyFile
from notifications.errors import Problem

ProblemsOf = Callable[[str], list[Problem]]

KNOWN = {"USA", "RUS", "SUN", "CAN", "HUN", "KGZ"}
HEAD = "id: pact\ntitle: Pact\ndepositaries: [CAN]\nzone: UTC\nin_force: 1990-01-01\n"


def read(folder: Path, text: str) -> TreatyFile:
    file = folder / "pact.yaml"
    file.write_text(HEAD + text)
    return load_treaty_file(file, known_parties=KNOWN)


def test_signature_consent_and_succession_are_read(tmp_path: Path) -> None:
    treaty = read(
        tmp_path,
        "parties:\n"
        "  - {party: USA, signed: 1989-05-01, consent: ratification, consented: 1989-12-01}\n"
        "  - {party: CAN, consent: accession, consented: 1995-02-01, in_force: 1995-03-01}\n"
        "  - {party: SUN, until: 1991-12-26}\n"
        "  - {party: RUS, consent: succession, consented: 1992-01-13, in_force: 1991-12-26,\n"
        "     succeeds: SUN}\n",
    )
    usa, canada, _union, russia = treaty.parties
    assert usa == PartyEntry(
        "USA",
        date(1990, 1, 1),
        signed=date(1989, 5, 1),
        consent="ratification",
        consented=date(1989, 12, 1),
        is_assumed=True,  # the treaty's own day of entry stands for its own
    )
    assert not canada.is_assumed
    assert (canada.in_force, canada.consent) == (date(1995, 3, 1), "accession")
    # A successor is bound from the date of succession, and says so later.
    assert (russia.in_force, russia.consented) == (date(1991, 12, 26), date(1992, 1, 13))
    assert russia.succeeds == "SUN"


@pytest.mark.parametrize(
    "entry",
    [
        "{party: KGZ, signed: 1989-12-15}",
        "{party: KGZ, consent: ratification, consented: 1995-01-01, in_force: null}",
    ],
)
def test_who_only_signed_or_waits_for_the_entry_into_force_is_no_party_yet(
    tmp_path: Path, entry: str
) -> None:
    (kyrgyzstan,) = read(tmp_path, f"parties: [{entry}]\n").parties
    assert kyrgyzstan.is_pending
    assert kyrgyzstan.in_force is None


@pytest.mark.parametrize(
    ("entries", "key", "sentence"),
    [
        ("{party: USA, consent: conquest}", "parties[USA].consent", "is none of"),
        ("{party: USA, consented: 1989-12-01}", "parties[USA].consent", "Say how"),
        (
            "{party: USA, signed: 1989-12-02, consent: ratification, consented: 1989-12-01}",
            "parties[USA].consented",
            "on the day it signed or later",
        ),
        (
            "{party: USA, consent: accession, consented: 1995-01-01}",
            "parties[USA].consented",
            "not before",
        ),
        (
            "{party: USA, consent: accession, consented: 1995-01-01, in_force: 1994-01-01}",
            "parties[USA].in_force",
            "not before",
        ),
        (
            "{party: RUS, consent: accession, succeeds: SUN}",
            "parties[RUS].succeeds",
            "by succession",
        ),
        ("{party: RUS, succeeds: RUS}", "parties[RUS].succeeds", "its own successor"),
        ("{party: RUS, succeeds: XXX}", "parties[RUS]", '"XXX" is unknown'),
        ("{party: HUN, signed: 1989-12-15, until: 1999-01-01}", "parties[HUN].until", "never was"),
        (
            "{party: HUN, signed: 1989-12-15}, {party: HUN, in_force: 1995-01-01}",
            "parties[HUN]",
            "twice for the same time",
        ),
    ],
)
def test_what_cannot_be_is_refused(
    *, treaty_text: str, problems_of: ProblemsOf, entries: str, key: str, sentence: str
) -> None:
    text = treaty_text.replace("zone: UTC", "zone: UTC\nin_force: 1990-01-01", 1)
    found = problems_of(f"{text}parties: [{entries}]\n".replace("SUN", "CAN"))
    assert [problem.key for problem in found] == [key]
    assert sentence in found[0].sentence


def test_registration_parent_and_authentic_languages_are_read(tmp_path: Path) -> None:
    treaty = read(
        tmp_path, "registration: UNTS I-1234\nparent: big-pact\nauthentic_languages: [en, fr]\n"
    )
    assert (treaty.registration, treaty.parent) == ("UNTS I-1234", "big-pact")
    assert treaty.authentic_languages == ("en", "fr")


@pytest.mark.parametrize(
    ("line", "key", "sentence"),
    [
        ("parent: lake-pact", "parent", "its own parent"),
        ("parent: Lake Pact", "parent", "is no id"),
        ("authentic_languages: [English]", "authentic_languages[0]", "ISO 639"),
        ("authentic_languages: [en, en]", "authentic_languages[1]", "twice"),
        ("registration: 1234", "registration", "not text"),
    ],
)
def test_a_parent_or_a_language_that_cannot_be_is_refused(
    *, treaty_text: str, problems_of: ProblemsOf, line: str, key: str, sentence: str
) -> None:
    found = problems_of(treaty_text.replace("zone: UTC", f"zone: UTC\n{line}", 1))
    assert [problem.key for problem in found] == [key]
    assert sentence in found[0].sentence
