"""What the clauses of one treaty must agree in; faults go into the section of the clause."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from notifications.clauses.documents import KeyPath
from notifications.clauses.origins import ClauseStart, Start
from notifications.clauses.schema import Clause
from notifications.clauses.sections import Section

# What takes a depositary.
_BY_DEPOSITARY: Final = {
    "deposited": "The treaty has no depositary with whom anything is deposited.",
    "registered": "The treaty has no depositary who registers anything.",
    "informed": "The treaty has no depositary who informs the parties.",
}
# The keys under which it stands from what something is counted.
_STARTING: Final = ("starts", "from", "of")
_DECIDING: Final = ("effect", "not-permitted")


def check_in_treaty(
    section: Section, clause: Clause, depositaries: tuple[str, ...], known: frozenset[str]
) -> None:
    """Whom it names is known, and a depositary does what takes one."""
    for index, code in enumerate(clause.addressees):
        if code not in {"depositaries", "parties", *depositaries, *known}:
            sentence = f'"{code}" is neither depositaries, parties nor a party that is known.'
            section.fault(sentence, "addressees", index)
    if depositaries:
        return
    for start, sentence in _BY_DEPOSITARY.items():
        for at in _places(section.data, start):
            section.fault(sentence, *at)
    if clause.duty and clause.duty.bearer == "depositaries":
        section.fault("The treaty has no depositaries to bear a duty.", "duty", "bearer")


def check_lists(
    section: Section, clause: Clause, lists: Iterable[str], known: frozenset[str]
) -> None:
    """The parties to which a clause is limited are known, each or as a list of the treaty."""
    for code in (*clause.when.get("party", ()), *clause.when.get("list", ())):
        if code not in known and code not in lists:
            sentence = f'"{code}" is neither a party that is known nor a list of the treaty.'
            section.fault(sentence, "when", "party" if "party" in clause.when else "list")


def check_choice(section: Section, clause: Clause, others: Iterable[Clause]) -> None:
    """One clause at most decides on an act without a condition: nothing would choose among two."""
    rival = rival_of(clause, others)
    if rival is not None:
        section.fault(
            f'"{rival.id}" and "{clause.id}" both say how the act {clause.governs} ends: '
            "without a `when` only one clause can.",
            "yields",
        )


def rival_of(clause: Clause, others: Iterable[Clause]) -> Clause | None:
    """Another clause that, like this one, decides on the act without a condition."""
    if clause.yields not in _DECIDING or clause.when:
        return None
    for other in others:
        is_of_act = other.governs == clause.governs and other.id != clause.id
        if is_of_act and other.yields in _DECIDING and not other.when:
            return other
    return None


def check_references(
    found: Sequence[tuple[Section, Clause]], others: Iterable[Clause] = ()
) -> None:
    """What a clause starts from is there, and no clause starts from itself in the end."""
    clauses = {clause.id: clause for clause in others}
    clauses |= {clause.id: clause for _section, clause in found}
    for section, clause in found:
        for name in dict.fromkeys(_starts_from(clause)):
            if name in clauses:
                continue
            for at in _places(section.data, ClauseStart(name)):
                section.fault(f'The treaty has no clause "{name}".', *at, "clause")
        if circle := _circle(clause.id, clauses):
            way = " → ".join(circle)
            at = next(_places(section.data, ClauseStart(circle[1])))
            section.fault(f"The clauses start from one another in a circle: {way}.", *at)


def _starts_from(clause: Clause) -> list[str]:
    return [start.clause for start in clause.all_starts if isinstance(start, ClauseStart)]


def _places(data: object, start: Start, at: KeyPath = ()) -> Iterator[KeyPath]:
    """The places of a clause at which a clock, a term or a run starts from this."""
    items: Iterable[tuple[str | int, object]] = ()
    if isinstance(data, Mapping):
        items = data.items()
    elif isinstance(data, list):
        items = enumerate(data)
    for key, value in items:
        if key in _STARTING and _is_from(value, start):
            yield (*at, key)
        else:
            yield from _places(value, start, (*at, key))


def _is_from(value: object, start: Start) -> bool:
    if isinstance(start, ClauseStart):
        return isinstance(value, Mapping) and value.get("clause") == start.clause
    return value == start


def _circle(clause_id: str, clauses: dict[str, Clause]) -> list[str]:
    """The way from a clause back to itself, or nothing."""
    waiting = [[clause_id]]
    seen: set[str] = set()
    while waiting:
        way = waiting.pop()
        for name in _starts_from(clauses[way[-1]]) if way[-1] in clauses else ():
            if name == clause_id:
                return [*way, name]
            if name not in seen:
                seen.add(name)
                waiting.append([*way, name])
    return []


def check_cascades(
    section: Section, clause: Clause, own: str, known: Collection[str] | None
) -> None:
    """The treaties to which an effect would carry over, and that are not there or its own one.

    ``known`` are the ids of all treaties (None: which there are is not checked), ``own`` is the id
    of the clause's treaty.
    """
    for index, name in enumerate(clause.cascades):
        sentence = _cascade_fault(name, own, known)
        if sentence:
            section.fault(sentence, "cascades", index)


def _cascade_fault(name: str, own: str, known: Collection[str] | None) -> str:
    if name == own:
        return "An effect carries over to other treaties, not to its own."
    return "" if known is None or name in known else f'The treaty "{name}" is not in the library.'
