"""Which clauses count for an act: `when`, the first that holds, and where a treaty is silent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from notifications.clauses.choosing import (
    DEFAULT_EXIT,
    compute_all,
    counts,
    holds,
    in_order,
    needs_default_exit,
    with_default_exit,
)
from notifications.clauses.facts import Facts, Lasting
from notifications.clauses.schema import Clause

MakeClause = Callable[..., Clause]
MakeFacts = Callable[..., Facts]

WAR = Lasting("armed-conflict", date(2020, 1, 1), date(2020, 6, 1))


@pytest.mark.parametrize(
    ("when", "keys", "expected"),
    [
        ({"mode": "accession"}, {"fields": {"mode": "accession"}}, True),
        ({"mode": "accession"}, {"fields": {"mode": "ratification"}}, False),
        ({"mode": "accession"}, {}, False),
        ({"mode": ["accession", "succession"]}, {"fields": {"mode": "succession"}}, True),
        ({"format": "VD11-05"}, {"fields": {"format": "VD11-05"}}, True),
        ({"format": "VD11-05"}, {"fields": {"format": "VD11-5"}}, False),
        ({"has_full_powers": True}, {"fields": {"has_full_powers": True}}, True),
        ({"has_full_powers": True}, {"fields": {"has_full_powers": False}}, False),
        ({"languages": "fr"}, {"fields": {"languages": ["en", "fr"]}}, True),
        ({"languages": "de"}, {"fields": {"languages": ["en", "fr"]}}, False),
        ({"party": "USA"}, {"sender": "USA"}, True),
        ({"party": ["RUS", "USA"]}, {"sender": "USA"}, True),
        ({"party": "USA"}, {"sender": "RUS"}, False),
        ({"party": "annex-i"}, {"sender": "USA", "lists": {"annex-i": ("FRA", "USA")}}, True),
        ({"list": "annex-i"}, {"sender": "USA", "lists": {"annex-i": ("FRA", "USA")}}, True),
        ({"list": "annex-i"}, {"sender": "RUS", "lists": {"annex-i": ("FRA", "USA")}}, False),
        ({"list": "annex-i"}, {"sender": "USA"}, False),
        ({"annex-i": True}, {"sender": "USA", "lists": {"annex-i": ("FRA", "USA")}}, True),
        ({"annex-i": False}, {"sender": "USA", "lists": {"annex-i": ("FRA", "USA")}}, False),
        ({"annex-i": True}, {"sender": "RUS", "lists": {"annex-i": ("FRA", "USA")}}, False),
        ({"fact": "armed-conflict"}, {"lasting": (WAR,)}, True),
        ({"fact": "armed-conflict"}, {}, False),
        (
            {"mode": "accession", "party": "USA"},
            {"fields": {"mode": "accession"}, "sender": "RUS"},
            False,
        ),
    ],
)
def test_a_clause_is_limited_to_acts_with_these_values(
    *,
    make_clause: MakeClause,
    make_facts: MakeFacts,
    when: dict[str, object],
    keys: dict[str, object],
    expected: bool,
) -> None:
    assert holds(make_clause(when=when), make_facts("2020-05-22", **keys)) is expected


@pytest.mark.parametrize(
    ("given", "by", "expected"),
    [
        ("2020-05-31", "", True),
        pytest.param("2020-06-01", "", False, id="over on that day"),
        pytest.param("2019-12-31", "", False, id="before it began"),
        pytest.param("2020-05-31", "USA", True, id="of the party itself"),
        pytest.param("2020-05-31", "RUS", False, id="of another party"),
    ],
)
def test_a_lasting_fact_holds_on_the_day_of_the_notice_for_those_it_concerns(
    *, make_clause: MakeClause, make_facts: MakeFacts, given: str, by: str, expected: bool
) -> None:
    spell = Lasting(WAR.kind, WAR.on, WAR.until, by=by)
    facts = make_facts(given, sender="USA", lasting=(spell,))

    assert holds(make_clause(when={"fact": "armed-conflict"}), facts) is expected


# --- of several effects of one act


def rules(make_clause: MakeClause) -> list[Clause]:
    """Three effects of an instrument: two for some modes, and one for all others."""
    common = {"governs": "instrument"}
    return [
        make_clause(**common, id="a-1", article="A(1)", when={"mode": "accession"}),
        make_clause(**common, id="a-2", article="A(2)", when={"mode": ["accession", "acceptance"]}),
        make_clause(**common, id="a-3", article="A(3)"),
    ]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("accession", ["a-1"]), ("acceptance", ["a-2"]), ("ratification", ["a-3"]), ("", ["a-3"])],
)
def test_the_first_whose_condition_holds_counts_and_one_without_only_if_none_does(
    make_clause: MakeClause, make_facts: MakeFacts, mode: str, expected: list[str]
) -> None:
    clauses = rules(make_clause)
    facts = make_facts("2020-05-22", fields={"mode": mode})

    assert [one.id for one in clauses if counts(one, clauses, facts)] == expected
    assert list(compute_all(clauses, facts)) == expected


def test_the_order_of_the_file_decides_and_not_where_the_one_without_condition_stands(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    first, second, general = rules(make_clause)
    facts = make_facts("2020-05-22", fields={"mode": "accession"})

    assert list(compute_all([general, second, first], facts)) == ["a-2"]


def test_a_clause_on_another_act_is_no_rival(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    other = make_clause(id="a-9", article="A(9)", governs="declaration", when={"mode": "accession"})
    clauses = [*rules(make_clause), other]

    assert list(compute_all(clauses, make_facts("2020-05-22", fields={"mode": "accession"}))) == [
        "a-1",
        "a-9",
    ]


def test_duties_and_lapses_count_beside_the_effect_wherever_they_hold(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    duty = {"yields": "duty", "duty": {"bearer": "depositaries", "act": "conference"}}
    clauses = [
        make_clause(when={"mode": "denunciation"}),
        make_clause(id="xv-3", article="XV(3)", **duty),
        make_clause(id="xv-4", article="XV(4)", when={"mode": "denunciation"}, **duty),
        make_clause(id="xv-5", article="XV(5)", when={"mode": "withdrawal"}, **duty),
    ]

    result = compute_all(clauses, make_facts("2020-05-22", fields={"mode": "denunciation"}))

    assert list(result) == ["xv-2", "xv-3", "xv-4"]


def test_an_act_that_is_not_permitted_for_some_yields_an_effect_for_the_others(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    forbidden = make_clause(
        id="iv",
        article="IV",
        starts=None,
        count=None,
        yields="not-permitted",
        when={"fact": "armed-conflict"},
    )
    clauses = [make_clause(count=[{"add": "P6M"}]), forbidden]

    at_war = compute_all(clauses, make_facts("2020-05-22", lasting=(WAR,)))
    at_peace = compute_all(clauses, make_facts("2020-06-22", lasting=(WAR,)))

    assert {key: result.status for key, result in at_war.items()} == {"iv": "not-permitted"}
    assert {key: result.status for key, result in at_peace.items()} == {"xv-2": "computed"}


# --- one clause after another


def test_clauses_are_counted_after_those_from_whose_dates_they_start(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clauses = [
        make_clause(
            id="c",
            article="C",
            yields="lapse",
            starts={"clause": "b"},
            count=[{"add": "P1M"}],
        ),
        make_clause(
            id="b",
            article="B",
            yields="lapse",
            starts={"clause": "xv-2"},
            count=[{"add": "P1M"}],
        ),
        make_clause(count=[{"add": "P6M"}]),
    ]

    results = compute_all(clauses, make_facts("2020-05-22"))

    assert [clause.id for clause in in_order(clauses)] == ["xv-2", "b", "c"]
    assert {key: str(result.due_on) for key, result in results.items()} == {
        "c": "2021-01-22",
        "b": "2020-12-22",
        "xv-2": "2020-11-22",
    }
    assert results["c"].trace[0].words == "22 December 2020, the date under “B”"


def test_a_date_that_another_act_yielded_is_taken_where_no_clause_here_yields_one(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clause = make_clause(governs="resumption", starts={"clause": "xv-2"}, id="xvi", article="XVI")
    facts = make_facts("2020-05-22", yielded={"xv-2": date(2019, 1, 1)})

    assert compute_all([clause], facts)["xvi"].due_on == date(2019, 1, 1)


def test_what_waits_for_an_open_date_waits(make_clause: MakeClause, make_facts: MakeFacts) -> None:
    clauses = [
        make_clause(count=[{"add": "P6M"}], open_while="armed-conflict"),
        make_clause(id="x", article="X", yields="lapse", starts={"clause": "xv-2"}, count=[]),
    ]
    war = Lasting("armed-conflict", date(2020, 1, 1), None)

    results = compute_all(clauses, make_facts("2020-05-22", lasting=(war,)))

    assert (results["xv-2"].status, results["x"].status) == ("open", "awaiting")
    assert results["x"].awaiting == "clause"


# --- no clause on withdrawal at all


def test_a_treaty_that_is_silent_on_withdrawal_has_twelve_months_and_they_are_disputed(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clauses = with_default_exit([make_clause(governs="declaration", id="d", article="D")])

    result = compute_all(clauses, make_facts("1997-08-23"))[DEFAULT_EXIT.id]

    assert (result.status, result.due_on) == ("disputed", date(1998, 8, 23))
    assert [step.words for step in result.trace] == [
        "23 August 1997, the date of the note",
        (
            "the treaty has no clause on withdrawal, and whether it admits one is disputed; "
            "where it does, at least twelve months’ notice is due (VCLT 56(2))"
        ),
        "+ 12 months → 23 August 1998",
        "23 August 1998, 00:00 UTC",
    ]


def test_a_later_date_that_such_a_notice_names_counts(make_facts: MakeFacts) -> None:
    facts = make_facts("1997-08-23", effective_on="1999-01-01")

    assert compute_all([DEFAULT_EXIT], facts)[DEFAULT_EXIT.id].due_on == date(1999, 1, 1)


@pytest.mark.parametrize(
    ("keys", "needed"),
    [
        pytest.param({}, False, id="an effect"),
        pytest.param(
            {"starts": None, "count": None, "yields": "not-permitted"}, False, id="not permitted"
        ),
        pytest.param({"yields": "right"}, False, id="a right that begins"),
        pytest.param({"when": {"mode": "termination"}}, True, id="for some acts alone"),
        pytest.param({"yields": "lapse"}, True, id="no more than a time-limit"),
        pytest.param({"governs": "suspension"}, True, id="on another act"),
    ],
)
def test_the_default_stands_in_where_no_clause_says_how_every_party_leaves(
    make_clause: MakeClause, keys: dict[str, object], needed: bool
) -> None:
    clause = make_clause(**keys)

    assert needs_default_exit([clause]) is needed
    assert (DEFAULT_EXIT in with_default_exit([clause])) is needed


def test_the_default_gives_way_to_a_clause_whose_condition_holds(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clauses = with_default_exit([make_clause(when={"party": "USA"}, count=[{"add": "P1Y"}])])

    own = compute_all(clauses, make_facts("2020-07-06", sender="USA"))
    others = compute_all(clauses, make_facts("2020-07-06", sender="ARG"))

    assert {key: result.status for key, result in own.items()} == {"xv-2": "computed"}
    assert {key: result.status for key, result in others.items()} == {"56-2": "disputed"}
