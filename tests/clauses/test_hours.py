"""Hours and minutes, counted on exact instants; and what becomes of them on the calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from notifications.clauses.compute import Result, compute
from notifications.clauses.explain import one_sentence
from notifications.clauses.facts import Extension, Facts, Objection, Override, ReceiptFact, Stop
from notifications.clauses.schema import Clause

MakeClause = Callable[..., Clause]
MakeFacts = Callable[..., Facts]

ANSWER = {
    "governs": "consultation-request",
    "starts": "received",
    "count": [{"add": "PT48H"}],
    "yields": "duty",
    "duty": {"bearer": "addressee", "act": "response"},
}
MESSAGE = {
    "governs": "formatted-message",
    "starts": {"field": "occurs_at"},
    "yields": "duty",
    "duty": {"bearer": "notifier", "act": "formatted-message"},
}


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def words(result: Result) -> list[str]:
    return [step.words for step in result.trace]


@pytest.fixture
def received(make_facts: MakeFacts) -> Callable[..., Facts]:
    """A request that Hungary received at an instant, read on a date of the treaty's zone."""

    def facts(at: str, on: str | None = None, **keys: object) -> Facts:
        day = date.fromisoformat(on or at[:10])
        receipt = ReceiptFact("HUN", day, at=instant(at))
        made: Facts = make_facts(day.isoformat(), depositaries=frozenset(), **keys)
        return Facts(**{**vars(made), "receipts": (receipt,)})

    return facts


def test_an_answer_is_due_48_hours_after_the_minute_of_the_receipt(
    make_clause: MakeClause, received: Callable[..., Facts]
) -> None:
    result = compute(make_clause(**ANSWER), received("2022-02-11T10:00"))

    assert result.due_at == instant("2022-02-13T10:00")
    assert (result.due_on, result.is_exact) == (date(2022, 2, 13), True)
    assert result.moment == result.due_at
    assert one_sentence(result.trace) == (
        "11 February 2022, 10:00 UTC, received by HUN → + 48 hours → 13 February 2022, 10:00 UTC"
    )


def test_hours_from_a_mere_date_run_from_its_midnight_and_that_is_said(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    facts = make_facts("2022-02-11", receipts={"HUN": "2022-02-11"}, depositaries=frozenset())

    result = compute(make_clause(**ANSWER), facts)

    assert result.due_at == instant("2022-02-13T00:00")
    assert words(result)[1] == ("the hour is not known: from 00:00 UTC, the earliest it can be")


@pytest.mark.parametrize(
    ("zone", "due_at"),
    [
        pytest.param("Asia/Kathmandu", "2022-02-12T18:15", id="five hours and 45 minutes ahead"),
        pytest.param("America/St_Johns", "2022-02-13T03:30", id="three hours and a half behind"),
        pytest.param("Pacific/Kiritimati", "2022-02-12T10:00", id="fourteen hours ahead"),
    ],
)
def test_that_midnight_is_the_one_of_the_zone(
    make_clause: MakeClause, make_facts: MakeFacts, zone: str, due_at: str
) -> None:
    facts = make_facts("2022-02-11", receipts={"HUN": "2022-02-11"}, depositaries=frozenset())

    result = compute(make_clause(**ANSWER, zone=zone), facts)

    assert result.due_at == instant(due_at)
    assert result.due_on == date(2022, 2, 13)


@pytest.mark.parametrize(
    ("received_at", "period", "due_at"),
    [
        pytest.param(
            "2023-03-25T11:00", "PT24H", "2023-03-26T11:00", id="24 hours, clocks forward"
        ),
        pytest.param("2023-10-28T10:00", "PT24H", "2023-10-29T10:00", id="24 hours, clocks back"),
        pytest.param("2023-03-25T11:00", "P1DT1H", "2023-03-26T11:00", id="a day of 23 hours"),
        pytest.param("2023-10-28T10:00", "P1DT1H", "2023-10-29T12:00", id="a day of 25 hours"),
        pytest.param("2023-03-25T11:00", "PT90M", "2023-03-25T12:30", id="minutes"),
        pytest.param("2024-01-31T12:00", "P1MT12H", "2024-03-01T00:00", id="a month, then hours"),
    ],
)
def test_hours_are_hours_and_days_are_days_of_the_calendar_when_clocks_change(
    *,
    make_clause: MakeClause,
    received: Callable[..., Facts],
    received_at: str,
    period: str,
    due_at: str,
) -> None:
    clause = make_clause(**{**ANSWER, "count": [{"add": period}]}, zone="Europe/Paris")

    assert compute(clause, received(received_at)).due_at == instant(due_at)


def test_an_instant_becomes_its_date_in_the_zone_at_the_first_step_without_hours(
    make_clause: MakeClause, received: Callable[..., Facts]
) -> None:
    steps = [{"add": "PT48H"}, {"next": "day"}]
    clause = make_clause(**{**ANSWER, "count": steps}, zone="Asia/Tokyo")

    result = compute(clause, received("2022-02-11T16:00", on="2022-02-12"))

    assert words(result)[1:] == [
        "+ 48 hours → 14 February 2022, 01:00 Asia/Tokyo",
        "the following day → 15 February 2022",
        "15 February 2022, 24:00 Asia/Tokyo",
    ]
    assert result.is_exact is False
    assert result.due_at == instant("2022-02-15T15:00")


def test_days_from_an_announced_instant_are_days_of_the_zone(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    facts = make_facts("2026-03-01", stated={"occurs_at": instant("2026-05-01T23:30")})

    result = compute(
        make_clause(**MESSAGE, count=[{"subtract": "P42D"}], zone="Europe/Vienna"), facts
    )

    assert result.due_on == date(2026, 3, 21)
    assert words(result)[0] == "2 May 2026, stated in the notification (Time announced)"


def test_a_window_of_hours_before_an_event_opens_and_closes_at_its_instants(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    facts = make_facts("2026-04-20", stated={"occurs_at": instant("2026-05-01T09:30")})
    clause = make_clause(
        **MESSAGE, count=None, opens=[{"subtract": "PT120H"}], closes=[{"subtract": "PT36H"}]
    )

    result = compute(clause, facts)

    assert (result.opens_at, result.due_at) == (
        instant("2026-04-26T09:30"),
        instant("2026-04-29T21:30"),
    )
    assert one_sentence(result.trace) == (
        "1 May 2026, 09:30 UTC, stated in the notification (Time announced) → − 120 hours → "
        "opens 26 April 2026, 09:30 UTC; − 36 hours → closes 29 April 2026, 21:30 UTC"
    )


@pytest.mark.parametrize(
    ("starts", "keys", "words_of_start"),
    [
        ("given", {"given_at": instant("2022-02-11T10:00")}, "the date of the note"),
        (
            "circulated",
            {"circulated_at": instant("2022-02-11T10:00"), "circulated_on": "2022-02-11"},
            "circulated by the depositary",
        ),
    ],
)
def test_every_fact_that_is_known_to_the_minute_is_counted_from_it(
    *,
    make_clause: MakeClause,
    make_facts: MakeFacts,
    starts: str,
    keys: dict[str, object],
    words_of_start: str,
) -> None:
    clause = make_clause(**{**ANSWER, "starts": starts})

    result = compute(clause, make_facts("2022-02-11", **keys))

    assert result.due_at == instant("2022-02-13T10:00")
    assert words(result)[0] == f"11 February 2022, 10:00 UTC, {words_of_start}"


def test_of_two_receipts_on_one_day_the_earlier_minute_counts(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    day = date(2022, 2, 11)
    late = ReceiptFact("CAN", day, at=instant("2022-02-11T16:00"))
    early = ReceiptFact("HUN", day, at=instant("2022-02-11T09:00"))
    facts = Facts(**{**vars(make_facts("2022-02-11")), "receipts": (late, early)})
    clause = {**ANSWER, "duty": {"bearer": "depositaries", "act": "correction"}}

    first = compute(make_clause(**clause), facts)
    last = compute(make_clause(**clause, which="last"), facts)

    assert first.due_at == instant("2022-02-13T09:00")
    assert last.due_at == instant("2022-02-13T16:00")


def test_the_hour_of_an_effect_is_kept(
    make_clause: MakeClause, received: Callable[..., Facts]
) -> None:
    clause = make_clause(starts="received", count=[{"add": "PT72H"}])

    result = compute(clause, received("2022-02-11T10:15"))

    assert result.due_at == instant("2022-02-14T10:15")
    assert words(result)[-1] == "14 February 2022, 10:15 UTC"


STOP = Stop(date(2022, 2, 12), date(2022, 2, 15), "talks")
LONGER = Extension(date(2022, 2, 12), date(2022, 2, 15), "asked for", days=2)
UNTIL = Extension(date(2022, 2, 12), date(2022, 2, 20), "agreed")
OTHER = Override(date(2022, 2, 12), date(2022, 2, 18), "as agreed")


@pytest.mark.parametrize(
    ("keys", "due_at", "is_exact"),
    [
        pytest.param({"stops": (STOP,)}, "2022-02-16T10:00", True, id="stopped for three days"),
        pytest.param({"extended_to": (LONGER,)}, "2022-02-15T10:00", True, id="two days more"),
        pytest.param({"extended_to": (UNTIL,)}, "2022-02-21T00:00", False, id="to another date"),
        pytest.param({"overridden_to": (OTHER,)}, "2022-02-19T00:00", False, id="overridden"),
    ],
)
def test_the_ledger_moves_an_instant_by_whole_days_or_to_the_end_of_a_date(
    *,
    make_clause: MakeClause,
    received: Callable[..., Facts],
    keys: dict[str, object],
    due_at: str,
    is_exact: bool,
) -> None:
    result = compute(make_clause(**ANSWER), received("2022-02-11T10:00", **keys))

    assert result.due_at == instant(due_at)
    assert result.is_exact is is_exact
    hour = "10:00" if is_exact else "24:00"
    assert words(result)[-1].endswith(f", {hour} UTC")


def test_a_clock_of_hours_that_is_stopped_keeps_the_instant_counted_so_far(
    make_clause: MakeClause, received: Callable[..., Facts]
) -> None:
    stop = Stop(date(2022, 2, 12), None, "talks")

    result = compute(make_clause(**ANSWER), received("2022-02-11T10:00", stops=(stop,)))

    assert (result.status, result.due_at) == ("suspended", instant("2022-02-13T10:00"))


def test_an_objection_to_another_date_of_a_clock_of_hours_makes_it_disputed(
    make_clause: MakeClause, received: Callable[..., Facts]
) -> None:
    objection = Objection("RUS", date(2022, 2, 14), "not agreed")
    keys = {"overridden_to": (OTHER,), "objections": (objection,)}

    result = compute(
        make_clause(**ANSWER, override="allowed"), received("2022-02-11T10:00", **keys)
    )

    assert (result.status, result.due_on) == ("disputed", date(2022, 2, 18))
    assert "RUS objects to this date: not agreed" in words(result)


def test_a_receipt_disputed_by_the_other_side_disputes_the_hours_too(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    receipt = ReceiptFact(
        "HUN", date(2022, 2, 11), claimed_on=date(2022, 2, 12), at=instant("2022-02-11T10:00")
    )
    made = make_facts("2022-02-11", depositaries=frozenset())
    facts = Facts(**{**vars(made), "receipts": (receipt,)})

    result = compute(make_clause(**ANSWER), facts)

    assert (result.status, result.due_at) == ("disputed", instant("2022-02-13T10:00"))
    assert words(result)[1] == "this date is disputed: the other side states 12 February 2022"
