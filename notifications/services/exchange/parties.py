"""Parties and their names in files: one row a party."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext

from notifications.clauses.sorting import UN_LANGUAGES
from notifications.errors import RuleBrokenError
from notifications.models import Party, PartyName, User
from notifications.services.exchange.planning import Kind, Progress, Work, write_all
from notifications.services.exchange.reading import Row, Table
from notifications.services.party_rules import (
    NAME_FIELDS,
    PARTY_FIELDS,
    check_name,
    check_party,
    column_values,
)

Names = dict[str, PartyName]


def _column(name_field: str, language: str) -> str:
    return f"{name_field}_{language}"


class Parties(Kind):
    """``code`` says which party it is; a language whose name is empty is taken out."""

    columns: ClassVar = (
        *PARTY_FIELDS,
        *(_column(name, language) for language in UN_LANGUAGES for name in NAME_FIELDS),
    )
    required: ClassVar = ("code", "kind", "name_en")

    def plan(self, table: Table, actor: User | None, *, is_locked: bool) -> Work:  # noqa: ARG002
        """Plan each row; a code stands once in a file."""
        work, seen = Work(), dict[str, int]()
        known = Party.objects.in_bulk(field_name="code")
        names: dict[int, Names] = {}
        for name in PartyName.objects.all():
            names.setdefault(name.party_id, {})[name.language] = name
        for row in table.rows:
            code = row.required("code")
            if code in seen:
                sentence = gettext("%(code)s stands in line %(line)d already.")
                row.fault("code", sentence % {"code": code, "line": seen[code]})
            elif code:
                seen[code] = row.line
                party = known.get(code)
                self._plan_row(row, party, names.get(party.pk, {}) if party else {}, work)
        return work

    def _plan_row(self, row: Row, party: Party | None, names: Names, work: Work) -> None:
        before = self._values(party, names)
        after: dict[str, Any] = {}
        own = _own_values(row, party)
        try:
            check_party(own)
            after |= {name: own[name] for name in PARTY_FIELDS}
        except RuleBrokenError as error:
            row.refuse(error)
        for language in UN_LANGUAGES:
            after |= _name_values(row, language, names.get(language))
        action = work.plan(row.line, row.text("code"), before, after, is_new=party is None)
        if action == "create":
            work.new.append(_Written(Party(), own, names, after))
        elif action == "change" and party is not None:
            work.changed.append(_Written(party, own, names, after))

    def _values(self, party: Party | None, names: Names) -> dict[str, Any]:
        values: dict[str, Any] = {}
        if party is not None:
            values |= {name: getattr(party, name) for name in PARTY_FIELDS}
        for language in UN_LANGUAGES:
            for name, text in column_values(names.get(language)).items():
                values[_column(name, language)] = text
        return values

    def write(self, work: Work, progress: Progress) -> models.Model | None:
        """Parties first, then the names that are new, other or no more."""
        written: list[_Written] = [*work.new, *work.changed]
        for item in written:
            for name, value in item.own.items():
                setattr(item.party, name, value)
        write_all(
            Party,
            new=[item.party for item in work.new],
            changed=[[item.party for item in work.changed]],
            columns=PARTY_FIELDS[1:],
            progress=progress,
        )
        _write_names(written)
        return written[0].party if written else None

    def export(self) -> Iterator[Mapping[str, Any]]:
        """Every party by its code."""
        for party in Party.objects.order_by("code").prefetch_related("names"):
            yield self._values(party, {name.language: name for name in party.names.all()})


@dataclass
class _Written:
    """A party that is written, with its values, the names that stand, and those that are to."""

    party: Party
    own: dict[str, Any]
    names: Names
    wanted: dict[str, Any] = field(default_factory=dict)


def _own_values(row: Row, party: Party | None) -> dict[str, Any]:
    """The party's columns as they will be: those of the file, and what stands of the others."""
    values: dict[str, Any] = {name: getattr(party or Party(), name) for name in PARTY_FIELDS}
    for name in PARTY_FIELDS:
        if row.has(name):
            values[name] = row.day(name) if name.startswith("exists_") else row.text(name)
    return values


def _name_values(row: Row, language: str, standing: PartyName | None) -> dict[str, str]:
    """The columns of one name as they will be; none where the file says nothing of it."""
    columns = {name: _column(name, language) for name in NAME_FIELDS}
    if not any(row.has(column) for column in columns.values()):
        return {}
    before = column_values(standing)
    values = {name: row.text(columns[name]) for name in NAME_FIELDS if row.has(columns[name])}
    is_renamed = "name" in values and values["name"] != before["name"]
    for name in NAME_FIELDS:
        values.setdefault(name, "" if is_renamed and name != "name" else before[name])
    try:
        clean = check_name(language, values)
    except RuleBrokenError as error:
        row.refuse(error)
        return {}
    return {columns[name]: clean[name] for name in NAME_FIELDS}


def _write_names(written: list[_Written]) -> None:
    new: list[PartyName] = []
    changed: list[PartyName] = []
    gone: list[int] = []
    for item in written:
        for language in UN_LANGUAGES:
            if _column("name", language) not in item.wanted:
                continue
            values = {name: item.wanted[_column(name, language)] for name in NAME_FIELDS}
            standing = item.names.get(language)
            if column_values(standing) == values:
                continue
            if not values["name"] and standing is not None:
                gone.append(standing.pk)
            elif standing is None:
                new.append(PartyName(party=item.party, language=language, **values))
            else:
                for name, text in values.items():
                    setattr(standing, name, text)
                changed.append(standing)
    PartyName.objects.filter(pk__in=gone).delete()
    PartyName.objects.bulk_update(changed, NAME_FIELDS, batch_size=200)
    PartyName.objects.bulk_create(new)
