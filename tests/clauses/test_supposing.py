"""What a clause would yield were certain facts so, and which facts it asks for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from notifications.clauses.asking import asked
from notifications.clauses.events import Event
from notifications.clauses.published import yielded
from notifications.clauses.schema import Clause
from notifications.clauses.setting import Setting
from notifications.clauses.supposing import Supposed, contradicts, suppose
from notifications.clauses.treaty import PartyEntry
from notifications.clauses.typed import NoMomentError, OutOfRangeError, typed_day, typed_moment

DAY = date(2020, 5, 22)
DUTY = {
    "governs": "conference-request",
    "yields": "duty",
    "duty": {"bearer": "addressee", "act": "response"},
}


@pytest.fixture
def setting() -> Callable[..., Setting]:
    """A treaty in force since 2000 with two depositaries, one party and these clauses."""

    def make(*clauses: Clause, **keys: object) -> Setting:
        values: dict[str, object] = {
            "zone": "UTC",
            "depositaries": ("CAN", "HUN"),
            "in_force_on": date(2000, 1, 1),
            "parties": (
                PartyEntry("USA", date(2001, 1, 1), until=date(2005, 1, 1)),
                PartyEntry("USA", date(2010, 1, 1)),
                PartyEntry("RUS", date(2002, 1, 1)),
            ),
            **keys,
        }
        return Setting(clauses=clauses, **values)  # type: ignore[arg-type]

    return make


MakeClause = Callable[..., Clause]
MakeSetting = Callable[..., Setting]


def test_whoever_has_to_receive_it_does_so_on_the_day_that_is_supposed(
    make_clause: MakeClause, setting: MakeSetting
) -> None:
    to_depositary = make_clause(starts="received")
    to_party = make_clause(**DUTY, starts="received")
    both = setting(to_depositary, to_party)
    supposed = Supposed(received={"": DAY})
    assert suppose(both, to_depositary, supposed).trace[0].params["party"] == "CAN"
    assert suppose(both, to_party, supposed).trace[0].params["party"] == "the addressee"
    alone = setting(to_depositary, depositaries=())
    assert suppose(alone, to_depositary, supposed).trace[0].params["party"] == "the addressee"


def test_one_named_receipt_stands_beside_the_general_one(
    make_clause: MakeClause, setting: MakeSetting
) -> None:
    clause = make_clause(starts="received", which="last")
    later = {"": DAY, "HUN": date(2020, 6, 1)}
    assert suppose(setting(clause), clause, Supposed(received=later)).due_on == date(2020, 6, 1)


def test_a_party_counts_by_its_latest_entry_before_the_note(
    make_clause: MakeClause, setting: MakeSetting
) -> None:
    clause = make_clause(starts="in_force_for_party")
    treaty = setting(clause)

    def entered(given: date, party: str = "USA") -> date | None:
        return suppose(treaty, clause, Supposed(given=given, party=party)).due_on

    assert entered(date(2004, 1, 1)) == date(2001, 1, 1)
    assert entered(date(2020, 1, 1)) == date(2010, 1, 1)
    assert entered(date(2020, 1, 1), "FRA") == date(2000, 1, 1)


def test_without_a_note_a_clause_that_counts_from_it_waits(
    make_clause: MakeClause, setting: MakeSetting
) -> None:
    clause = make_clause(starts="given", addressees=["depositaries"])
    treaty = setting(clause)
    for supposed in (Supposed(), Supposed(circulated=DAY), Supposed(received={"RUS": DAY})):
        result = suppose(treaty, clause, supposed)
        assert (result.status, result.awaiting) == ("awaiting", "given")
    assert suppose(treaty, clause, Supposed(received={"CAN": DAY})).due_on == DAY


def test_what_the_other_clause_waits_for_is_what_is_awaited(
    make_clause: MakeClause, setting: MakeSetting
) -> None:
    first = make_clause(id="i", article="I", starts="circulated", when={"mode": "denunciation"})
    second = make_clause(id="ii", article="II", starts={"clause": "i"}, count=[{"add": "P1M"}])
    treaty = setting(first, second)
    assert suppose(treaty, second, Supposed(given=DAY)).awaiting == "circulated"
    assert suppose(treaty, second, Supposed(circulated=DAY)).due_on == date(2020, 6, 22)
    assert suppose(treaty, second, Supposed(yielded={"i": DAY})).due_on == date(2020, 6, 22)


def test_shares_are_of_the_parties_on_record_only_where_all_are(
    make_clause: MakeClause, setting: MakeSetting
) -> None:
    clause = make_clause(starts={"count_of": "acceptance", "reaches": "all"}, yields="right")
    acts = (
        ("acceptance", DAY),
        ("acceptance", date(2020, 5, 23)),
        ("acceptance", date(2021, 1, 1)),
    )
    supposed = Supposed(given=DAY, acts=acts)
    assert suppose(setting(clause), clause, supposed).awaiting == "count_of"
    assert suppose(setting(clause, is_complete=True), clause, supposed).due_on == date(2020, 5, 23)
    three = Supposed(given=DAY, acts=acts, parties=3)
    assert suppose(setting(clause), clause, three).due_on == date(2021, 1, 1)


def test_all_dates_can_be_read_in_another_zone(
    make_clause: MakeClause, setting: MakeSetting
) -> None:
    clause = make_clause(zone="Asia/Tokyo")
    moved = setting(clause).in_zone("America/New_York")
    result = suppose(moved, moved.clauses[0], Supposed(given=DAY))
    assert result.due_at == datetime(2020, 5, 22, 4, tzinfo=UTC)


def test_a_field_that_the_clause_is_not_for_is_named(
    make_clause: MakeClause, setting: MakeSetting
) -> None:
    clause = make_clause(when={"mode": ["denunciation", "termination"]})
    around = setting(clause)
    assert contradicts(around, clause, Supposed(fields={"mode": "withdrawal"})) == ["mode"]
    assert contradicts(around, clause, Supposed(fields={"mode": "termination"})) == []
    assert contradicts(around, clause, Supposed()) == []


def test_a_party_that_the_clause_is_not_for_is_named(
    make_clause: MakeClause, setting: MakeSetting
) -> None:
    clause = make_clause(when={"party": ["annex-i"]})
    around = setting(clause, lists={"annex-i": ("USA",)})
    assert contradicts(around, clause, Supposed(given=DAY, party="RUS")) == ["party"]
    assert contradicts(around, clause, Supposed(given=DAY, party="USA")) == []
    assert contradicts(around, clause, Supposed(given=DAY)) == []


def test_a_clause_asks_for_the_facts_of_its_conditions_too(
    make_clause: MakeClause, setting: MakeSetting
) -> None:
    clause = make_clause(
        starts="registered",
        admissible={"not_before": {"starts": "in_force_for_party", "count": [{"add": "P3Y"}]}},
    )
    wanted = asked(setting(clause), clause)
    assert wanted.facts == {"registered", "in_force_for_party"}
    assert wanted.receivers == ("CAN", "HUN")
    assert (wanted.of_party, wanted.names_date, wanted.has_hours) == (True, True, False)


def test_where_no_clause_decides_the_result_says_so(
    make_clause: MakeClause, setting: MakeSetting
) -> None:
    clause = make_clause(governs="instrument", when={"mode": "accession"})
    event = Event("ev1", state="USA", act="instrument", given_on=DAY, mode="ratification")
    result = yielded(event, setting(clause))
    assert (result.status, result.trace[0].kind) == ("awaiting", "no-such-clause")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2020-05-22", DAY),
        (" 2020-05-22 ", DAY),
        ("2022-02-11T10:00Z", datetime(2022, 2, 11, 10, tzinfo=UTC)),
        ("2022-02-11 10:00+02:00", datetime(2022, 2, 11, 8, tzinfo=UTC)),
        ("2022-02-11 10:00:30 Z", datetime(2022, 2, 11, 10, tzinfo=UTC)),
        ("2022-07-11T10:00", datetime(2022, 7, 11, 8, tzinfo=UTC)),
    ],
)
def test_dates_and_instants_are_read_as_typed(text: str, moment: date) -> None:
    assert typed_moment(text, "Europe/Paris") == moment


@pytest.mark.parametrize(
    "text",
    ["", "20200522", "2020-5-22", "2020-02-30", "22 May 2020", "2020-05-22T24:61", "٢٠٢٠-٠٥-٢٢"],
)
def test_other_texts_are_no_moments(text: str) -> None:
    with pytest.raises(NoMomentError):
        typed_moment(text, "UTC")
    with pytest.raises(NoMomentError):
        typed_day(text)


@pytest.mark.parametrize("text", ["1799-12-31", "2301-01-01"])
def test_a_year_far_away_is_told_apart(text: str) -> None:
    with pytest.raises(OutOfRangeError):
        typed_day(text)
    with pytest.raises(OutOfRangeError):
        typed_moment(f"{text}T10:00Z", "UTC")
