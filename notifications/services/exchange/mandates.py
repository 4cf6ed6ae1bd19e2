"""Mandates in files: one row a person, party, role and time. People are registered before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, ClassVar, Final

from django.db import models
from django.utils.translation import gettext

from notifications.errors import RuleBrokenError
from notifications.models import Mandate, Party, User
from notifications.services.exchange.pairing import (
    Placed,
    Said,
    Standing,
    once_each,
    pair,
    refuse_overlaps,
)
from notifications.services.exchange.planning import Kind, Progress, Work, in_chunks, write_all
from notifications.services.exchange.reading import Row, Table
from notifications.services.mandate_rules import check_mandate
from notifications.services.participation_rules import Period

Key = tuple[str, str, str]

_OWN: Final = ("order", "from_on", "to_on")


class Mandates(Kind):
    """A row is known by its person, party, role and time; see ``pairing``."""

    columns: ClassVar = ("email", "party", "role", *_OWN)
    required: ClassVar = ("email", "party", "role", "from_on")

    def plan(self, table: Table, actor: User | None, *, is_locked: bool) -> Work:
        """Plan each row; with ``is_locked`` the people concerned are locked first."""
        known = _Known(table, is_locked=is_locked)
        said: dict[Key, list[Said]] = defaultdict(list)
        for row in table.rows:
            key = known.find(row, actor)
            if key is not None:
                said[key].append(Said(row, _period(row.day("from_on"), row.day("to_on"))))
        standing = known.standing()
        work = Work()
        planned: list[tuple[Row, Mandate | None, Key]] = []
        for key, rows in said.items():
            found, left = pair(once_each(rows), standing.get(key, []))
            placed = [Placed(_as_it_will_be(item, same), item.row) for item, same in found]
            placed += [Placed(item.period, None, item.words) for item in left]
            refuse_overlaps(placed, column="from_on")
            planned += [(item.row, same.record if same else None, key) for item, same in found]
        for row, record, key in sorted(planned, key=lambda item: item[0].line):
            _plan_row(row, record, key, known, work)
        return work

    def write(self, work: Work, progress: Progress) -> models.Model | None:
        """Changes first, then what is new."""
        for record, values in [*work.changed, *work.new]:
            for name, value in values.items():
                setattr(record, name, value)
        changed = [record for record, _values in work.changed]
        new = [record for record, _values in work.new]
        write_all(Mandate, new=new, changed=[changed], columns=_OWN, progress=progress)
        touched = changed or new
        return touched[0] if touched else None

    def export(self) -> Iterator[Mapping[str, Any]]:
        """Every mandate by person, party, role and time."""
        rows = Mandate.objects.filter(user__is_system=False).select_related("user", "party")
        for row in rows.order_by("user__email", "party__code", "role", "from_on").iterator(2000):
            values = {name: getattr(row, name) for name in ("party", "role", *_OWN)}
            yield {"email": row.user.email, **values}


class _Known:
    """The parties, and the people whom the file names."""

    def __init__(self, table: Table, *, is_locked: bool) -> None:
        self.parties = Party.objects.in_bulk(field_name="code")
        self.people: dict[str, User] = {}
        for some in in_chunks(sorted({row.text("email").lower() for row in table.rows})):
            found = User.objects.filter(email__in=some, is_system=False).order_by("pk")
            if is_locked:
                found = found.select_for_update(no_key=True)
            self.people |= {user.email: user for user in found}

    def find(self, row: Row, actor: User | None) -> Key | None:
        """Whose mandate it is, for whom, and what; None, with a fault, where one is unknown."""
        email, code = row.required("email").lower(), row.required("party")
        role = row.required("role")
        person = self.people.get(email)
        if email and person is None:
            sentence = gettext("Nobody is registered under “%(address)s”.") % {"address": email}
            row.fault("email", sentence)
        if person is not None and actor is not None and person.pk == actor.pk:
            row.fault("email", gettext("Nobody gives or changes a mandate of their own."))
        if code and code not in self.parties:
            row.fault("party", gettext("There is no party “%(code)s”.") % {"code": code})
        if not row.required("from_on"):
            return None
        return (email, code, role) if person and code in self.parties and role else None

    def standing(self) -> dict[Key, list[Standing[Mandate]]]:
        """What the table holds of these people."""
        emails = {user.pk: email for email, user in self.people.items()}
        codes = {party.pk: code for code, party in self.parties.items()}
        found: dict[Key, list[Standing[Mandate]]] = defaultdict(list)
        for some in in_chunks(sorted(emails)):
            for row in Mandate.objects.filter(user__in=some).order_by("pk"):
                key = (emails[row.user_id], codes[row.party_id], row.role)
                period = _period(row.from_on, row.to_on)
                found[key].append(Standing(row, period, _in_words(row)))
        return found


def _period(from_on: date | None, to_on: date | None) -> Period:
    """From the first day to the one after the last, which still counts."""
    is_endless = to_on is None or to_on == date.max
    return Period(from_on, None if is_endless or to_on is None else to_on + timedelta(days=1))


def _in_words(row: Mandate) -> str:
    values = {"from": row.from_on.isoformat(), "to": row.to_on and row.to_on.isoformat()}
    if row.to_on is None:
        return gettext("from %(from)s on") % values
    return gettext("from %(from)s until %(to)s") % values


def _as_it_will_be(said: Said, same: Standing[Mandate] | None) -> Period:
    """The time as it will be: a file without the column leaves the end as it is."""
    if same is None or said.row.has("to_on"):
        return said.period
    return Period(said.period.in_force_on, same.period.exit_on)


def _plan_row(row: Row, record: Mandate | None, key: Key, known: _Known, work: Work) -> None:
    email, code, role = key
    user, party = known.people[email], known.parties[code]
    before = {name: getattr(record, name) for name in _OWN} if record else {}
    order = before.get("order", 1)
    after = {
        "order": row.number("order", 1) if row.has("order") else order,
        "from_on": row.day("from_on"),
        "to_on": row.day("to_on") if row.has("to_on") else before.get("to_on"),
    }
    try:
        check_mandate({"role": role, **after}, party=party)
    except RuleBrokenError as error:
        row.refuse(error)
        return
    label = f"{email} {code} {role}"
    told_as = [user.pk, code, role]
    is_new = record is None
    action = work.plan(row.line, label, before, after, is_new=is_new, told_as=told_as)
    if action == "create":
        work.new.append((Mandate(user=user, party=party, role=role), after))
    elif action == "change":
        work.changed.append((record, after))
