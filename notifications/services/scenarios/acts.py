"""One act of a scenario file, read key by key."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from notifications.acts import ACTS, POSITIONS, ActField
from notifications.clauses.sections import Section
from notifications.services.calendar import day_in
from notifications.services.scenarios import words
from notifications.services.scenarios.content import Lasting, Moment, ScenarioAct, Way
from notifications.services.scenarios.moments import (
    read_day,
    read_id,
    read_instant,
    read_moment,
    read_number,
)

ROLES = ("depositaries", "parties")
_PLAIN: Final[dict[str, Callable[[Section, str], Any]]] = {
    "date": read_day,
    "instant": read_instant,
    "number": read_number,
    "yes-no": Section.flag,
}


@dataclass(frozen=True)
class ActReader:
    """Reads the acts of one file.

    ``ids`` are those of all its acts, ``notifications`` those that others may refer to, ``parties``
    the codes known, ``zone`` the treaty's.
    """

    ids: frozenset[str]
    notifications: frozenset[str]
    parties: Collection[str]
    zone: str

    def read(self, section: Section, *, line: int | None) -> ScenarioAct | None:
        """One act, or None where its kind is unknown; faults are noted."""
        section.require("act")
        kind = section.choice("act", words.KINDS)
        if not kind:
            return None
        section.admit_keys(words.keys_of(kind))
        section.require(*(("fact", "from") if kind == words.FACT else ("at", "by")))
        if kind in words.MUST_REFER:
            section.require("to")
        fact = self._fact(section) if kind == words.FACT else None
        at = read_moment(section, "at") or (fact.on if fact else None)
        act = ScenarioAct(
            index=_index(section),
            ref=self._ref(section),
            line=line,
            at=at or date.min,
            act=kind,
            by=self._codes(section, "by"),
            way=self._way(section, at),
            to=self._reference(section),
            position=self._position(section, kind),
            text=section.text("text"),
            source=section.text("source"),
            is_approximate=section.choice("dated", ("approximate",)) != "",
            fields=self._fields(section, kind, at) if kind in ACTS else None,
            fact=fact,
        )
        if kind == words.STATEMENT:
            section.require("text")
        return None if at is None else act

    def _fact(self, section: Section) -> Lasting | None:
        """What a fact states: from when, and the first day on which it is over."""
        kind = section.choice("fact", words.FACTS)
        on, until = read_day(section, "from"), read_day(section, "until")
        if on is not None and until is not None and until <= on:
            section.fault("It ends before it has begun.", "until")
        at = read_moment(section, "at")
        if on is not None and at is not None and self._given_on(at) < on:
            section.fault("It is stated before it has begun.", "at")
        return Lasting(kind, on, until) if on is not None else None

    def _ref(self, section: Section) -> str:
        if section.has("id"):
            return read_id(section)
        made = f"act-{_index(section) + 1}"
        return made if made not in self.ids else f"{made}-"

    def _reference(self, section: Section) -> str:
        to = section.text("to")
        if to and to not in self.ids:
            section.fault(f'No act has the id "{to}".', "to")
        elif to and to not in self.notifications:
            section.fault(f'"{to}" is no notification, so nothing refers to it.', "to")
        return to

    def _codes(self, section: Section, key: str, *more: str) -> tuple[str, ...]:
        """One code or a list of them, each of a known party."""
        if not section.has(key):
            return ()
        value = section.data[key]
        if isinstance(value, list):
            if not value:
                section.fault("At least one party must stand here.", key)
            codes = section.texts(key)
        else:
            code = section.text(key)
            codes = (code,) if code else ()
        for code in codes:
            self._check_code(section, code, key, *more)
        return codes

    def _check_code(self, section: Section, code: str, key: str, *more: str) -> bool:
        if code in self.parties or code in more:
            return True
        section.fault(f'The party "{code}" is unknown.', key)
        return False

    def _position(self, section: Section, kind: str) -> str:
        if kind != words.RESPONSE:
            return ""
        section.require("position")
        return section.choice("position", tuple(POSITIONS))

    def _fields(self, section: Section, kind: str, at: Moment | None) -> dict[str, Any]:
        """The fields of a notification, by their names in ``acts``."""
        fields: dict[str, Any] = {}
        names, act = words.names_of(kind), ACTS[kind]
        for key in ("article", "condition", "reasons", "mode"):
            own = act.field(names[key])
            fields[names[key]] = self._value(section, key, own) if own else section.text(key)
        for key in ("effective", "respond_by"):
            day = read_day(section, key)
            if day is not None and at is not None and day < self._given_on(at):
                section.fault("It lies before the day of the act.", key)
            fields[names[key]] = day.isoformat() if day else ""
        fields["against"] = list(self._codes(section, "against"))
        fields["addressees"] = list(self._codes(section, "addressees", *ROLES))
        for name in words.own_fields(kind):
            own = act.field(name)
            if own is not None and section.has(name):
                fields[name] = self._value(section, name, own)
        return fields

    def _value(self, section: Section, key: str, field: ActField) -> Any:
        """What stands under the key of a field, read as its kind asks."""
        if field.kind in _PLAIN:
            return _PLAIN[field.kind](section, key)
        if field.kind == "choice":
            return section.choice(key, tuple(value for value, _label in field.choices))
        if field.kind in ("party", "parties"):
            codes = list(self._codes(section, key))
            return codes if field.kind == "parties" else next(iter(codes), "")
        return section.text(key)

    def _way(self, section: Section, at: Moment | None) -> Way:
        received: dict[str | None, date] = {}
        for key in ("received", "deposited"):
            for party, day in self._days(section, key, at).items():
                if received.setdefault(party, day) != day:
                    section.fault(f"Another day of receipt stands for {party or 'it'} too.", key)
        informed = self._days(section, "informed", at)
        circulated_on = self._one_day(section, "circulated", at, "An act is circulated once")
        # One day for all is the day on which it was circulated; else who is not named was informed
        # with the last of those who are.
        if circulated_on is None and informed:
            circulated_on = max(informed.values())
        return Way(
            received,
            circulated_on,
            {code: day for code, day in informed.items() if code and day != circulated_on},
            self._one_day(section, "registered", at, "An act is registered once"),
        )

    def _one_day(self, section: Section, key: str, at: Moment | None, why: str) -> date | None:
        days = set(self._days(section, key, at).values())
        if len(days) > 1:
            section.fault(f"{why}: one date must stand here.", key)
        return min(days, default=None)

    def _given_on(self, at: Moment) -> date:
        return day_in(self.zone, at) if isinstance(at, datetime) else at

    def _days(self, section: Section, key: str, at: Moment | None) -> dict[str | None, date]:
        """One day for all who receive it, or one for each party named."""
        if not section.has(key):
            return {}
        if not isinstance(section.data[key], Mapping):
            day = read_day(section, key)
            days: dict[str | None, date] = {} if day is None else {None: day}
        else:
            days = self._days_by_party(section, key)
        if at is not None and any(day < self._given_on(at) for day in days.values()):
            section.fault("It lies before the day of the act.", key)
        return days

    def _days_by_party(self, section: Section, key: str) -> dict[str | None, date]:
        inner = section.section(key)
        days: dict[str | None, date] = {}
        for code in inner.data if inner else ():
            if inner is None or not self._check_code(section, code, key):
                continue
            day = read_day(inner, code)
            if day is not None:
                days[code] = day
        return days


def _index(section: Section) -> int:
    last = section.at[-1]
    return last if isinstance(last, int) else 0
