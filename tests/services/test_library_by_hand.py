"""What administrators saved or imported outlives the library, which is loaded at every start."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from notifications.clauses.reading import parse_clause
from notifications.models import (
    Clause,
    ClauseVersion,
    Participation,
    Party,
    PartyName,
    Succession,
    Treaty,
    User,
)
from notifications.services.clause_changes import add_clause, change_clause
from notifications.services.exchange import apply_import
from notifications.services.library import TREATIES, load_library
from notifications.services.library_report import LibraryReport
from notifications.services.participations import save_participation
from notifications.services.registry import save_party, save_succession, save_treaty
from tests.factories import make_user

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
TREATY = "open-skies"


@pytest.fixture
def common(db: None) -> dict[str, Any]:
    """The library, and what every change of an administrator says."""
    load()
    administrator = make_user("Ada Administrator", is_staff=True)
    return {"actor": administrator, "now": NOW, "reason": "We know better."}


def load() -> LibraryReport:
    return load_library(directories=[TREATIES], now=NOW)


def party(code: str) -> Party:
    return Party.objects.get(code=code)


def treaty() -> Treaty:
    return Treaty.objects.get(slug=TREATY)


def test_a_party_stays_as_it_was_saved(common: dict[str, Any]) -> None:
    names = {"en": {"name": "Swiss Confederation", "sort_key": "swiss", "in_text": ""}}
    fields = {"exists_from": date(1848, 9, 12)}
    save_party(party=party("CHE"), fields=fields, names=names, **common)
    report = load()
    assert party("CHE").exists_from == date(1848, 9, 12)
    name = PartyName.objects.get(party__code="CHE", language="en").name
    assert name == "Swiss Confederation"
    assert (report.parties.kept, report.parties.changed) == (1, 0)


def test_a_treaty_and_its_depositaries_stay_as_they_were_saved(common: dict[str, Any]) -> None:
    fields = {"subject": "overflights"}
    save_treaty(treaty=treaty(), fields=fields, depositaries=[party("CAN")], **common)
    report = load()
    assert treaty().subject == "overflights"
    assert [row.party.code for row in treaty().depositary_rows.all()] == ["CAN"]
    assert report.treaties.kept == 1


def test_a_participation_stays_as_it_was_saved(common: dict[str, Any]) -> None:
    first = Participation.objects.get(party__code="DEU", treaty__slug=TREATY)
    fields = {"exit_on": date(2025, 1, 1)}
    save_participation(participation=first, fields=fields, **common)
    new = {"party": party("JPN"), "treaty": treaty(), "in_force_on": date(2010, 1, 1)}
    save_participation(participation=None, fields=new, **common)
    report = load()
    first.refresh_from_db()
    assert first.exit_on == date(2025, 1, 1)
    assert Participation.objects.filter(party__code="JPN", treaty__slug=TREATY).exists()
    assert (report.participations.kept, report.participations.removed) == (2, 0)


def test_a_succession_stays_as_it_was_saved(common: dict[str, Any]) -> None:
    succession = Succession.objects.get(old__code="SUN", new__code="RUS")
    save_succession(
        succession=succession,
        old=succession.old,
        new=succession.new,
        on=date(1991, 12, 25),
        kind=succession.kind,
        **common,
    )
    load()
    succession.refresh_from_db()
    assert succession.on == date(1991, 12, 25)


def test_a_changed_and_an_added_clause_stay(common: dict[str, Any]) -> None:
    clause = Clause.objects.get(treaty__slug=TREATY, slug="xv-2")
    stored = clause.versions.get().rule
    nine = parse_clause({**stored, "count": [{"add": "P9M"}]})
    change_clause(clause=clause, rule=nine, **common)
    added = parse_clause({**stored, "id": "xx", "article": "XX", "governs": "suspension"})
    add_clause(treaty=treaty(), rule=added, **common)
    report = load()
    newest = ClauseVersion.objects.current().filter(clause__treaty__slug=TREATY)
    rules = {version.clause.slug: version for version in newest}
    assert rules["xv-2"].rule["count"] == [{"add": "P9M"}]
    assert rules["xx"].governs == "suspension"
    assert (report.clauses.kept, report.clauses.changed) == (2, 0)


def test_what_was_imported_stays_too(common: dict[str, Any]) -> None:
    for kind, text in (
        ("parties", "code,kind,name_en\nCHE,state,Helvetia\n"),
        ("treaties", f"slug,title,subject\n{TREATY},{treaty().title},overflights\n"),
        ("participations", f"treaty,party,in_force_on\n{TREATY},JPN,2010-01-01\n"),
    ):
        apply_import(kind, text.encode(), file="list.csv", **common)
    load()
    assert PartyName.objects.get(party__code="CHE", language="en").name == "Helvetia"
    assert treaty().subject == "overflights"
    assert Participation.objects.filter(party__code="JPN", treaty__slug=TREATY).exists()


def test_everything_else_goes_on_following_the_files(common: dict[str, Any]) -> None:
    save_party(party=party("CHE"), fields={"exists_from": date(1848, 9, 12)}, names={}, **common)
    Party.objects.filter(code="DEU").update(exists_from=date(1700, 1, 1))
    Treaty.objects.filter(slug=TREATY).update(subject="something else")
    load()
    assert party("DEU").exists_from != date(1700, 1, 1)
    assert treaty().subject != "something else"
    assert User.objects.get().is_staff
