"""Which of a treaty's clauses count for an act, and in which order they are computed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from notifications.clauses.compute import compute
from notifications.clauses.explain import trace_step
from notifications.clauses.facts import Facts
from notifications.clauses.instants import Moment
from notifications.clauses.origins import ClauseStart
from notifications.clauses.periods import Period
from notifications.clauses.results import Result
from notifications.clauses.schema import Clause
from notifications.clauses.steps import Add

# The clause that counts where a treaty says nothing of withdrawal: VCLT 56(2).
DEFAULT_EXIT: Final = Clause(
    id="56-2",
    article="56(2)",
    governs="withdrawal",
    yields="effect",
    starts="given",
    count=(Add(Period(months=12)),),
    minimum=True,
    addressees=("depositaries", "parties"),
)
# What says how an act ends, or that it is not admitted: one of them counts.
_DECIDING: Final = ("effect", "not-permitted")


def counts(clause: Clause, others: Iterable[Clause], facts: Facts) -> bool:
    """Whether a clause counts for an act; ``others`` are the treaty's, itself among them or not.

    Of several that decide on one act the first whose ``when`` holds counts, one without ``when``
    only if none does (clauses.md).
    """
    if not holds(clause, facts):
        return False
    if clause.yields not in _DECIDING:
        return True
    rivals = [
        other
        for other in others
        if other.governs == clause.governs and other.yields in _DECIDING and other.when
    ]
    first = next((rival for rival in rivals if holds(rival, facts)), None)
    return first is None if not clause.when else first is None or first.id == clause.id


def holds(clause: Clause, facts: Facts) -> bool:
    """Whether the act is one to which the clause is limited."""
    return all(key_holds(key, values, facts) for key, values in clause.when.items())


def key_holds(key: str, values: Sequence[str], facts: Facts) -> bool:
    """Whether one key of a ``when`` holds for the act."""
    if key == "fact":
        return any(
            spell.kind in values and spell.by in {"", facts.sender} and spell.covers(facts.given_on)
            for spell in facts.lasting
        )
    if key in {"party", "list"}:
        named = {code for value in values for code in facts.lists.get(value, (value,))}
        return bool((facts.senders or {facts.sender}) & named)
    if key in facts.lists:
        is_listed = bool((facts.senders or {facts.sender}) & set(facts.lists[key]))
        return _text(is_listed) in values
    stated = facts.fields.get(key)
    if isinstance(stated, (list, tuple)):
        return bool(set(stated) & set(values))
    return _text(stated) in values


def _text(stated: object) -> str:
    if isinstance(stated, bool):
        return "true" if stated else "false"
    return "" if stated is None else str(stated)


def needs_default_exit(clauses: Iterable[Clause]) -> bool:
    """Whether the treaty leaves it open, for some acts or all, how a party leaves it."""
    return not any(
        clause.governs == "withdrawal"
        and clause.yields in {*_DECIDING, "right"}
        and not clause.when
        for clause in clauses
    )


def with_default_exit(clauses: Sequence[Clause]) -> list[Clause]:
    """The clauses on withdrawal, and VCLT 56(2) for the acts of which none of them speaks."""
    return [*clauses, DEFAULT_EXIT] if needs_default_exit(clauses) else list(clauses)


def disputed_exit(result: Result) -> Result:
    """What VCLT 56(2) yields where the treaty is silent: its date, and that it is disputed."""
    if result.status != "computed":
        return result
    start, *others = result.trace
    step = trace_step("no-exit-clause", start.after, start.after)
    return replace(result, status="disputed", trace=(start, step, *others))


def in_order(clauses: Iterable[Clause]) -> list[Clause]:
    """The clauses with those first from whose dates others start; else as they stood."""
    known = {clause.id: clause for clause in clauses}
    ordered: dict[str, Clause] = {}

    def take(clause: Clause, waiting: tuple[str, ...]) -> None:
        for start in clause.all_starts:
            before = known.get(start.clause) if isinstance(start, ClauseStart) else None
            if before is not None and before.id not in waiting:
                take(before, (*waiting, clause.id))
        ordered.setdefault(clause.id, clause)

    for clause in known.values():
        take(clause, (clause.id,))
    return list(ordered.values())


def compute_all(clauses: Sequence[Clause], facts: Facts) -> dict[str, Result]:
    """What each clause that counts yields for an act, by its id; each knows what came before it."""
    yielded: dict[str, Moment | None] = dict(facts.yielded)
    articles = {clause.id: clause.article for clause in clauses}
    results: dict[str, Result] = {}
    for clause in in_order(clauses):
        if counts(clause, clauses, facts):
            known = replace(facts, yielded=yielded, articles={**facts.articles, **articles})
            result = compute(clause, known)
            results[clause.id] = disputed_exit(result) if clause is DEFAULT_EXIT else result
            yielded[clause.id] = results[clause.id].moment
    return {clause.id: results[clause.id] for clause in clauses if clause.id in results}
