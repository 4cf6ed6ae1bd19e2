"""The way to a date, told so that a person can follow it."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise

from notifications.clauses.compute import compute
from notifications.clauses.explain import TraceStep, one_sentence, sentences
from notifications.clauses.facts import Facts
from notifications.clauses.schema import Clause

MakeClause = Callable[..., Clause]
MakeFacts = Callable[..., Facts]
NAMES = {"CAN": "Canada", "HUN": "Hungary"}


def test_the_way_reads_as_one_sentence(make_clause: MakeClause, make_facts: MakeFacts) -> None:
    facts = make_facts("2020-05-22", receipts={"CAN": "2020-05-22", "HUN": "2020-05-22"})

    trace = compute(make_clause(count=[{"add": "P6M"}]), facts).trace

    assert one_sentence(trace, party_name=NAMES.__getitem__) == (
        "22 May 2020, received by Canada → + 6 months → 22 November 2020, 00:00 UTC"
    )


def test_each_step_carries_its_dates_and_its_words(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clause = make_clause(count=[{"add": "P1Y1M1W1D"}, {"next": "month"}, {"until": "12-31"}])

    trace = compute(clause, make_facts("2014-12-30")).trace

    assert [step.words for step in trace] == [
        "30 December 2014, the date of the note",
        "+ 1 year, 1 month, 1 week, 1 day → 7 February 2016",
        "the first day of the following month → 1 March 2016",
        "until 31 December → 31 December 2016",
        "31 December 2016, 00:00 UTC",
    ]
    for before, after in pairwise(trace):
        assert after.before == before.after


def test_a_month_end_that_was_clipped_is_said(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    trace = compute(make_clause(count=[{"add": "P6M"}]), make_facts("2004-08-31")).trace

    assert trace[1].words == "+ 6 months, to the last day of a shorter month → 28 February 2005"


def test_a_window_tells_both_its_ends(make_clause: MakeClause, make_facts: MakeFacts) -> None:
    clause = make_clause(
        count=None, opens=[{"add": "P30D"}], closes=[{"add": "P60D"}], yields="lapse"
    )

    trace = compute(clause, make_facts("2020-05-22")).trace

    assert one_sentence(trace) == (
        "22 May 2020, the date of the note → + 30 days → opens 21 June 2020, 00:00 UTC; "
        "+ 60 days → closes 21 July 2020, 24:00 UTC"
    )


def test_a_later_date_stands_between_the_clauses_date_and_the_result(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clause = make_clause(count=[{"add": "P6M"}], minimum=True)

    trace = compute(clause, make_facts("2020-05-22", effective_on="2021-01-01")).trace

    assert one_sentence(trace) == (
        "22 May 2020, the date of the note → + 6 months → 22 November 2020 → "
        "the later date that the notice names → 1 January 2021, 00:00 UTC"
    )


def test_words_are_put_together_after_translation(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    french = {
        "%(date)s, received by %(party)s": "reçu par %(party)s le %(date)s",
        "until %(day)s": "jusqu'au %(day)s",
        "%(day)d %(month)s": "%(day)d %(month)s",
        "December": "décembre",
        "%(date)s, %(time)s %(zone)s": "le %(date)s à %(time)s %(zone)s",
    }
    facts = make_facts("2020-05-22", receipts={"CAN": "2020-05-22"})
    trace = compute(make_clause(count=[{"until": "12-31"}, {"add": "P1M"}]), facts).trace

    told = sentences(
        trace,
        lambda text: french.get(text, text),
        lambda day: f"{day:%d/%m/%Y}",
        lambda code: "le Canada",
        lambda one, many, number: "%(number)d mois",
    )

    assert told == [
        "reçu par le Canada le 22/05/2020",
        "jusqu'au 31 décembre → 31/12/2020",
        "+ 1 mois → 31/01/2021",
        "le 31/01/2021 à 00:00 UTC",
    ]


def test_a_trace_survives_its_storage_as_json(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clause = make_clause(count=[{"add": "P6M"}, {"until": "12-31"}], minimum=True)
    trace = compute(clause, make_facts("2020-05-22", effective_on="2020-06-01")).trace

    stored = json.loads(json.dumps([step.as_data() for step in trace]))

    assert tuple(TraceStep.from_data(step) for step in stored) == trace
    assert sentences(trace) == [step.words for step in trace]
