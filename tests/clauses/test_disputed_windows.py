"""A window whose last day the depositary replaced, and to which a party objects."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from notifications.clauses.compute import compute
from notifications.clauses.facts import Facts, Objection, Override
from notifications.clauses.schema import Clause

MakeClause = Callable[..., Clause]
MakeFacts = Callable[..., Facts]


def test_a_window_is_disputed_once_a_party_objects_to_the_day_registered(
    make_clause: MakeClause, make_facts: MakeFacts
) -> None:
    clause = make_clause(
        yields="lapse",
        count=None,
        opens=[{"add": "P30D"}],
        closes=[{"add": "P60D"}],
        override="allowed",
    )
    registered = Override(date(2020, 6, 20), date(2020, 8, 15), "as agreed")
    objection = Objection("RUS", date(2020, 6, 25), "not agreed")
    facts = make_facts("2020-06-01", overridden_to=(registered,))
    disputed = make_facts("2020-06-01", overridden_to=(registered,), objections=(objection,))

    assert compute(clause, facts).status == "computed"
    result = compute(clause, disputed)
    assert (result.status, result.due_on) == ("disputed", date(2020, 8, 15))
    assert "RUS objects to this date: not agreed" in [step.words for step in result.trace]
