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
    the codes known, ``zone`` the treaty's. ``stated`` are the names of further dates that an act
    may state, because a clause of the treaty counts from them.
    """

    ids: frozenset[str]
    notifications: frozenset[str]
    parties: Collection[str]
    zone: str
    stated: frozenset[str] = frozenset()

    def read(self, section: Section, *, line: int | None) -> ScenarioAct | None:
        """One act, or None where its kind is unknown; faults are noted."""
        section.require("act")
        kind = section.choice("act", words.KINDS)
        if not kind:
            return None
        more = self._stated_of(kind)
        section.admit_keys((*words.keys_of(kind), *more))
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
            way=Way({}) if kind == words.CONFERENCE else self._way(section, at),
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
        said = section.data.get("position")
        if isinstance(said, str) and said.replace(" ", "-") in POSITIONS:
            return said.replace(" ", "-")
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
        for name in self._stated_of(kind):
            moment = read_moment(section, name)
            fields[name] = moment.isoformat() if moment else ""
        return fields

    def _stated_of(self, kind: str) -> list[str]:
        """The dates from which a clause counts and for which the act has no field of its own."""
        if kind not in ACTS:
            return []
        taken = {*words.keys_of(kind), *words.names_of(kind).values()}
        return sorted(self.stated - taken)

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
        received: dict[str | None, Moment] = {}
        for key in ("received", "deposited"):
            for party, moment in self._moments(section, key, at).items():
                if received.setdefault(party, moment) != moment:
                    section.fault(f"Another day of receipt stands for {party or 'it'} too.", key)
        informed = self._days(section, "informed", at)
        circulated = self._one(section, "circulated", at, "An act is circulated once")
        # One day for all is the day on which it was circulated; else who is not named was informed
        # with the last of those who are.
        if circulated is None and informed:
            circulated = max(informed.values())
        circulated_on = circulated and self._given_on(circulated)
        return Way(
            received,
            circulated,
            {code: day for code, day in informed.items() if code and day != circulated_on},
            self._registered_on(section, at),
        )

    def _registered_on(self, section: Section, at: Moment | None) -> date | None:
        found = self._one(section, "registered", at, "An act is registered once")
        return None if found is None else self._given_on(found)

    def _one(self, section: Section, key: str, at: Moment | None, why: str) -> Moment | None:
        moments = set(self._moments(section, key, at).values())
        if len(moments) > 1:
            section.fault(f"{why}: one date must stand here.", key)
        return next(iter(moments), None)

    def _given_on(self, at: Moment) -> date:
        return day_in(self.zone, at) if isinstance(at, datetime) else at

    def _days(self, section: Section, key: str, at: Moment | None) -> dict[str | None, date]:
        """The same as days in the treaty's zone."""
        found = self._moments(section, key, at)
        return {code: self._given_on(moment) for code, moment in found.items()}

    def _moments(self, section: Section, key: str, at: Moment | None) -> dict[str | None, Moment]:
        """One day or instant for all who receive it, or one for each party named."""
        if not section.has(key):
            return {}
        if not isinstance(section.data[key], Mapping):
            moment = read_moment(section, key)
            found: dict[str | None, Moment] = {} if moment is None else {None: moment}
        else:
            found = self._moments_by_party(section, key)
        if at is not None and any(self._is_before(moment, at) for moment in found.values()):
            section.fault("It lies before the day of the act.", key)
        return found

    def _is_before(self, moment: Moment, at: Moment) -> bool:
        if isinstance(moment, datetime) and isinstance(at, datetime):
            return moment < at
        return self._given_on(moment) < self._given_on(at)

    def _moments_by_party(self, section: Section, key: str) -> dict[str | None, Moment]:
        inner = section.section(key)
        found: dict[str | None, Moment] = {}
        for code in inner.data if inner else ():
            if inner is None or not self._check_code(section, code, key):
                continue
            moment = read_moment(inner, code)
            if moment is not None:
                found[code] = moment
        return found


def _index(section: Section) -> int:
    last = section.at[-1]
    return last if isinstance(last, int) else 0
