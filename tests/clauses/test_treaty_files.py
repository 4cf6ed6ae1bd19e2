"""Sound treaty files: what is read from them, and that any treaty counts, not only ours."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from notifications.clauses.compute import compute
from notifications.clauses.facts import Facts
from notifications.clauses.loader import load_treaty_directory
from notifications.clauses.reading import parse_clause, slug_of
from notifications.clauses.treaty import PartyEntry, TreatyFile

Load = Callable[[str], TreatyFile]

SALT_ROAD = """\
id: salt-road
title: Convention on the Salt Road
short_name: Salt Road
depositaries: [road-office, HUN]
zone: Europe/Budapest
adopted: '1999-03-01'
signed: 1999-03-02
in_force: 2000-01-01
subject: transport
participants_complete: true
source: https://example.org/salt-road
parties:
  - {party: USA}
  - {party: RUS, in_force: '2001-06-01', until: 2019-01-01, source: https://example.org/exit}
  - RUS-RETURN
clauses:
  - id: para-16-1
    article: para 16.1
    governs: withdrawal
    summary: Two years, to the end of the year.
    starts: deposited
    count: [{add: P2Y}, {until: "12-31"}]
    minimum: true
    yields: effect
    requires: [statement-of-extraordinary-events]
    confidence: low
  - id: 17
    article: "17"
    governs: reservation
    starts: circulated
    count: [{add: P12M}]
    yields: lapse
    duty: {bearer: each-party, act: objection}
""".replace("id: 17", 'id: "17"').replace("RUS-RETURN", "{party: RUS, in_force: 2021-01-01}")

ORCHARD = """\
id: orchard-accord
title: Accord on the Common Orchard
depositaries: []
zone: Pacific/Auckland
clauses:
  - id: iv
    article: IV
    governs: withdrawal
    starts: received
    count: [{add: P1W}, {next: month}]
    yields: effect
"""

ETERNAL = """\
id: eternal-charter
title: Charter without End
depositaries: [un-sg]
zone: UTC
clauses:
  - {id: ii-1, article: II(1), governs: withdrawal, yields: not-permitted}
  - id: ii-2
    article: II(2)
    governs: conference-request
    starts: received
    which: last
    opens: [{next: day}]
    closes: [{add: P3M}]
    yields: duty
    zone: Asia/Kathmandu
    duty: {bearer: depositaries, act: conference}
"""


def test_three_invented_treaties_load_and_count(
    tmp_path: Path, make_facts: Callable[..., Facts]
) -> None:
    for name, text in (("a", SALT_ROAD), ("b", ORCHARD), ("c", ETERNAL)):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")

    salt_road, orchard, eternal = load_treaty_directory(
        tmp_path, known_parties={"HUN", "RUS", "USA"}
    )

    facts = make_facts(
        "2010-05-01",
        receipts={"road-office": "2010-05-04"},
        depositaries=frozenset(salt_road.depositaries),
        zone=salt_road.zone,
    )
    assert compute(salt_road.clauses[0], facts).due_on == date(2012, 12, 31)
    bilateral = make_facts("2010-05-27", receipts={"USA": "2010-05-28"}, depositaries=frozenset())
    assert compute(orchard.clauses[0], bilateral).due_on == date(2010, 7, 1)
    assert compute(eternal.clauses[0], bilateral).status == "not-permitted"
    asked = make_facts(
        "2010-11-29", receipts={"un-sg": "2010-11-30"}, depositaries=frozenset({"un-sg"})
    )
    window = compute(eternal.clauses[1], asked)
    assert (window.opens_on, window.due_on) == (date(2010, 12, 1), date(2011, 2, 28))
    assert window.zone == "Asia/Kathmandu"


def test_every_key_of_a_treaty_file_arrives(load: Load) -> None:
    treaty = load(SALT_ROAD)

    assert (treaty.id, treaty.short_name) == ("salt-road", "Salt Road")
    assert treaty.depositaries == ("road-office", "HUN")
    assert (treaty.adopted, treaty.signed) == (date(1999, 3, 1), date(1999, 3, 2))
    assert treaty.participants_complete is True
    assert treaty.source == "https://example.org/salt-road"
    assert treaty.parties == (
        PartyEntry("USA", date(2000, 1, 1), is_assumed=True),
        PartyEntry("RUS", date(2001, 6, 1), date(2019, 1, 1), "https://example.org/exit"),
        PartyEntry("RUS", date(2021, 1, 1)),
    )
    assert [clause.id for clause in treaty.clauses] == ["para-16-1", "17"]


def test_what_a_file_leaves_out_has_plain_defaults(load: Load, treaty_text: str) -> None:
    treaty = load(treaty_text)

    assert treaty.short_name == treaty.title == "Pact on the Lake"
    assert (treaty.adopted, treaty.signed, treaty.in_force) == (None, None, None)
    assert treaty.participants_complete is False
    assert treaty.parties == ()
    (clause,) = treaty.clauses
    assert (clause.which, clause.minimum, clause.zone, clause.duty) == ("first", False, None, None)


@pytest.mark.parametrize("text", [SALT_ROAD, ORCHARD, ETERNAL])
def test_a_clause_survives_its_storage_as_json(load: Load, text: str) -> None:
    for clause in load(text).clauses:
        stored = json.loads(json.dumps(clause.as_data()))

        assert parse_clause(stored) == clause
        assert None not in stored.values()


def test_a_stored_rule_says_what_the_file_said(load: Load) -> None:
    assert load(SALT_ROAD).clauses[1].as_data() == {
        "id": "17",
        "article": "17",
        "governs": "reservation",
        "starts": "circulated",
        "yields": "lapse",
        "count": [{"add": "P12M"}],
        "duty": {"bearer": "each-party", "act": "objection"},
    }


@pytest.mark.parametrize(
    ("article", "slug"),
    [("XV(2)", "xv-2"), ("para 16.1", "para-16-1"), ("IX(2)-(3)", "ix-2-3"), ("34", "34")],
)
def test_a_clauses_id_is_the_slug_of_its_article(article: str, slug: str) -> None:
    assert slug_of(article) == slug
