"""``manage.py compute``: the worked examples of the language, and what is refused."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from notifications.services.supposing import find_tried
from tests.factories import make_cast

pytestmark = pytest.mark.django_db

WORKED = """\
id: worked
title: Worked examples
depositaries: [CAN, HUN]
zone: UTC
in_force: 2000-01-01
participants_complete: true
parties: [{party: USA, in_force: 2001-02-03}, RUS, CAN, HUN]
clauses:
"""
CLAUSES = """\
{id: xv-2, starts: given, count: [{add: P6M}], minimum: true}
{id: xix-2, starts: given, count: [{add: P150D}, {next: day}]}
{id: a-126-2, starts: deposited, count: [{add: P60D}, {next: month}]}
{id: xi, starts: given, count: [{until: "01-01"}, {until: "06-30"}]}
{id: ii-6, starts: given, count: [{add: P1Y}, {until: "12-31"}]}
{id: a-47, starts: received, count: [{add: P1Y}, {next: day}]}
{id: a-16, starts: registered, count: [{add: P1Y}], \
admissible: {window: {starts: in_force, first: P10Y, every: P10Y, for: P1Y}}}
{id: year, starts: given, count: [{add: P1Y}]}
{id: later, later_of: [{starts: informed, count: [{add: P12M}]}, {starts: consented, count: []}]}
{id: lasts, starts: in_force_for_party, count: [{add: P3Y}], survives: P20Y}
{id: shut, starts: given, count: [{add: P1Y}], open_while: armed-conflict}
{id: follows, starts: {clause: xv-2}, count: [{add: P1M}]}
{id: reasoned, starts: given, count: [{add: P3M}], \
requires: [statement-of-extraordinary-events]}
{id: quarter, starts: {every: P5Y, from: in_force, first: P3Y}, count: [], governs: none, \
yields: duty, duty: {bearer: parties, act: conference}}
{id: xv-3, starts: received, opens: [{add: P30D}], closes: [{add: P60D}], yields: duty, \
duty: {bearer: depositaries, act: conference}}
{id: para-16-1, starts: received, count: [{add: PT48H}], governs: consultation-request, \
yields: duty, duty: {bearer: addressee, act: response}}
{id: third, starts: {count_of: conference-request, reaches: 3, within: P90D, of: circulated}, \
count: [{add: P60D}], yields: duty, duty: {bearer: depositaries, act: conference}}
{id: most, starts: {count_of: acceptance, reaches: "2/3"}, count: [], \
governs: amendment-proposal, yields: right}
{id: ahead, starts: {field: occurs_at}, count: [{subtract: PT72H}], governs: formatted-message, \
yields: duty, duty: {bearer: notifier, act: formatted-message}}
{id: joins, starts: deposited, count: [], governs: instrument, when: {mode: accession}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the worked examples as clauses of one treaty."""
    lines = []
    for line in CLAUSES.splitlines():
        name = line.removeprefix("{id: ").partition(",")[0]
        keys = [f"article: {name}"]
        keys += [] if "governs:" in line else ["governs: withdrawal"]
        keys += [] if "yields:" in line else ["yields: effect"]
        # One clause alone may decide without a condition, so each has one of its own.
        decides = "yields:" not in line and "when:" not in line
        keys += [f"when: {{mode: {name}}}"] if decides else []
        lines.append(f"  - {{{', '.join(keys)}, {line.removeprefix('{')}")
    (tmp_path / "worked.yaml").write_text(WORKED + "\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


def run(*words: str | Path) -> str:
    out = StringIO()
    call_command("compute", *map(str, words), stdout=out)
    return out.getvalue()


def compute(folder: Path, clause: str, *words: str) -> dict[str, Any]:
    """What the command says in JSON of a clause of the worked examples."""
    found: dict[str, Any] = json.loads(
        run("worked", clause, *words, "--treaties", folder, "--json")
    )
    return found


def refusal(*words: str | Path) -> str:
    """Why the command refuses."""
    with pytest.raises(CommandError) as refused:
        run(*words)
    assert refused.value.returncode == 2
    return str(refused.value)


@pytest.mark.parametrize(
    ("clause", "facts", "due"),
    [
        ("xv-2", "--given 2020-05-22", "2020-11-22"),
        ("xix-2", "--given 2023-06-09", "2023-11-07"),
        ("a-126-2", "--deposited 2002-07-01", "2002-09-01"),
        ("xi", "--given 2018-12-26", "2019-06-30"),
        ("ii-6", "--given 2017-10-12", "2018-12-31"),
        ("a-47", "--received 2014-12-31", "2016-01-01"),
        ("a-16", "--registered 2010-06-01", "2011-06-01"),
        ("xv-2", "--given 2004-08-31", "2005-02-28"),
        ("year", "--given 2024-02-29", "2025-02-28"),
        ("later", "--informed 2024-01-15 --consented 2025-03-01", "2025-03-01"),
        ("third", ("--circulated 2020-05-22 --act conference-request=2020-06-01 "
         "--act conference-request=2020-08-20 --act conference-request=2020-07-01"), "2020-10-19"),
        ("most", ("--parties 4 --act acceptance=2020-01-01 --act acceptance=2020-01-02 "
         "--act acceptance=2020-01-03"), "2020-01-03"),
        ("quarter", "--from 2009-01-01", "2013-01-01"),
        ("follows", "--given 2020-05-22", "2020-12-22"),
        ("follows", "--date-of xv-2=2021-01-31", "2021-02-28"),
        ("shut", "--given 2020-05-22 --fact armed-conflict=2021-01-01..2022-03-04", "2022-03-04"),
    ],
)  # fmt: skip
def test_the_worked_examples(folder: Path, clause: str, facts: str, due: str) -> None:
    found = compute(folder, clause, *facts.split())
    assert (found["due"], found["result"]) == (due, "computed")


def test_a_window_opens_and_closes(folder: Path) -> None:
    found = compute(folder, "xv-3", "--received", "CAN=2020-05-22", "--received", "HUN=2020-05-23")
    assert (found["opens"], found["due"]) == ("2020-06-21", "2020-07-21")
    assert found["sentence"].startswith("22 May 2020, received by CAN → + 30 days")


def test_hours_count_from_the_instant(folder: Path) -> None:
    found = compute(folder, "para-16-1", "--received", "2022-02-11T10:00Z")
    assert (found["due_at"], found["is_exact"]) == ("2022-02-13T10:00:00+00:00", True)
    assert "received by the addressee" in found["sentence"]
    ahead = compute(folder, "ahead", "--field", "occurs_at=2026-05-04 12:00+02:00")
    assert ahead["due_at"] == "2026-05-01T10:00:00+00:00"


def test_a_time_without_an_offset_is_read_in_the_zone(folder: Path) -> None:
    words = ("--zone", "Europe/Paris", "--received", "2022-02-11T10:00")
    assert compute(folder, "para-16-1", *words)["due_at"] == "2022-02-13T09:00:00+00:00"


def test_outside_its_window_an_act_is_premature(folder: Path) -> None:
    found = compute(folder, "a-16", "--registered", "2005-06-01")
    assert (found["result"], found["lawful"], found["due"]) == ("premature", "2010-01-01", None)
    text = run("worked", "a-16", "--registered", "2005-06-01", "--treaties", folder)
    assert "first lawful day: 1 January 2010" in text


def test_a_later_date_that_the_notice_names_wins(folder: Path) -> None:
    later = compute(folder, "xv-2", "--given", "2020-05-22", "--effective", "2021-01-01")
    assert (later["due"], later["earliest"]) == ("2021-01-01", "2020-11-22")
    sooner = compute(folder, "xv-2", "--given", "2020-05-22", "--effective", "2020-06-01")
    assert (sooner["due"], sooner["flags"]) == ("2020-11-22", ["earlier-than-clause"])


def test_obligations_that_outlast_the_effect_have_their_own_date(folder: Path) -> None:
    found = compute(folder, "lasts", "--given", "2020-05-22", "--party", "USA")
    assert (found["due"], found["survives"]) == ("2004-02-03", "2024-02-03")
    other = compute(folder, "lasts", "--given", "2020-05-22")
    assert other["due"] == "2003-01-01"
    assert "for the party no day is recorded" in other["sentence"]


def test_reasons_can_be_stated(folder: Path) -> None:
    words = ("--given", "2020-05-22")
    assert compute(folder, "reasoned", *words)["flags"] == ["missing-statement"]
    assert compute(folder, "reasoned", *words, "--reasons")["flags"] == []


def test_a_fact_that_lasts_keeps_the_date_open(folder: Path) -> None:
    words = ("--given", "2020-05-22", "--fact", "armed-conflict=2021-01-01")
    assert compute(folder, "shut", *words)["result"] == "open"


@pytest.mark.parametrize(
    ("clause", "facts", "awaiting"),
    [
        ("xv-2", "", "given"),
        ("xv-3", "--given 2020-05-22", "received"),
        ("third", "--act conference-request=2020-06-01", "circulated"),
        ("third", "--circulated 2020-05-22", "count_of"),
        ("most", "", "count_of"),
        ("ahead", "--given 2020-05-22", "field"),
        ("follows", "", "given"),
        ("later", "--informed 2020-05-22", "consented"),
    ],
)
def test_a_missing_fact_is_named(folder: Path, clause: str, facts: str, awaiting: str) -> None:
    found = compute(folder, clause, *facts.split())
    assert (found["result"], found["awaiting"], found["due"]) == ("awaiting", awaiting, None)


def test_people_read_the_date_its_way_and_where_the_clause_is_from(folder: Path) -> None:
    text = run("worked", "xv-2", "--given", "2020-05-22", "--treaties", folder)
    assert text.splitlines() == [
        "Worked examples, Article xv-2 (xv-2)",
        "taken from the files of the folder",
        "computed: 22 November 2020 (Sunday)",
        "22 May 2020, the date of the note → + 6 months → 22 November 2020, 00:00 UTC",
        "  1. 22 May 2020, the date of the note",
        "  2. + 6 months → 22 November 2020",
        "  3. 22 November 2020, 00:00 UTC",
    ]


def test_a_clause_for_other_acts_says_so(folder: Path) -> None:
    words = ("worked", "joins", "--deposited", "2020-05-22", "--treaties", folder)
    assert "The clause is for acts with mode: accession." in run(*words, "--field", "mode=approval")
    assert "The clause is for acts" not in run(*words, "--field", "mode=accession")


def test_a_treaty_of_the_database_goes_before_that_of_the_library() -> None:
    words = ("open-skies", "XV(2)", "--given", "2020-05-22")
    assert "taken from the files of the library" in run(*words)
    make_cast()
    text = run(*words)
    assert "taken from the database" in text
    assert "22 November 2020 (Sunday)" in text


def test_a_treaty_without_an_exit_clause_has_that_of_the_convention(tmp_path: Path) -> None:
    text = "id: silent\ntitle: Pact\ndepositaries: []\nzone: UTC\nclauses: []\n"
    (tmp_path / "silent.yaml").write_text(text, encoding="utf-8")
    found = json.loads(
        run("silent", "56-2", "--given", "2020-05-22", "--treaties", tmp_path, "--json")
    )
    assert (found["due"], found["result"]) == ("2021-05-22", "disputed")


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ("--given 2020-02-30", '--given: "2020-02-30" is no date'),
        ("--in-force-for-party soon", '--in-force-for-party: "soon" is no date'),
        ("--given 2020-05-22T25:00Z", '--given: "2020-05-22T25:00Z" is no date'),
        ("--effective 1512-01-01", "--effective: The year must lie between 1800 and 2300."),
        ("--received =2020-05-22", '--received: "" is no code of a party'),
        ("--received 2020-05-22 --received 2020-05-23", "--received: It stands twice"),
        ("--received CAN=2020-05-22 --received CAN=2020-05-23", "--received: It stands twice for"),
        ("--received !=2020-05-22", '--received: "!" is no code of a party'),
        ("--field mode", '--field: "mode" is not written as NAME=VALUE.'),
        ("--field occurs_at=2020-13-01", '--field: "2020-13-01" is no date'),
        ("--fact war=2020-01-01", '--fact: "war" is none of: armed-conflict.'),
        ("--fact armed-conflict=2020-01-02..2020-01-02", "--fact: It is over after 2020-01-02"),
        ("--act party=2020-01-01", '--act: "party" is none of: withdrawal, '),
        ("--party U!", '--party: "U!" is no code of a party'),
        ("--parties 0", "--parties: A whole number from 1 to 1000"),
        ("--zone Mars", '--zone: "Mars" is no IANA time zone'),
        ("--from 2020-01-01T10:00Z", '--from: "2020-01-01T10:00Z" is no date of the calendar'),
        ("--date-of xv-2=never", '--date-of: "never" is no date'),
    ],
)
def test_bad_input_is_refused_with_the_name_of_the_option(
    folder: Path, facts: str, sentence: str
) -> None:
    said = refusal("worked", "xv-2", *facts.split(), "--treaties", folder)
    assert said.startswith(sentence)


def test_unknown_treaties_and_clauses_are_refused(folder: Path) -> None:
    said = refusal("worked", "xv-4", "--treaties", folder)
    assert said.startswith('CLAUSE: worked has no clause "xv-4"; it has: xv-2, xix-2, ')
    assert refusal("atlantis", "i").startswith('TREATY: "atlantis" is neither')
    (folder / "bad.yaml").write_text("id: bad\n", encoding="utf-8")
    assert "bad.yaml" in refusal("worked", "xv-2", "--treaties", folder)


def test_without_a_database_the_files_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    from notifications.models import Treaty

    def fail(**_keys: object) -> None:
        raise OperationalError

    monkeypatch.setattr(Treaty.objects, "filter", fail)
    tried = find_tried("open-skies")
    assert tried is not None
    assert tried.origin == "library"
