"""Participations in files: one row a party, treaty and time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext

from notifications.errors import RuleBrokenError
from notifications.models import Participation, Party, Treaty, User
from notifications.services.changes import Changes
from notifications.services.exchange.cells import written
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
from notifications.services.participation_rules import (
    PARTICIPATION_FIELDS,
    Period,
    Successions,
    check_participation,
    said_period,
)
from notifications.services.participations import refuse_acts_changes, successions

Pair = tuple[str, str]


class Participations(Kind):
    """A row is known by its treaty, its party and its time; see ``pairing``."""

    columns: ClassVar = ("treaty", "party", *PARTICIPATION_FIELDS)
    required: ClassVar = ("treaty", "party", "in_force_on")

    def plan(self, table: Table, actor: User | None, *, is_locked: bool) -> Work:  # noqa: ARG002
        """Plan each row: six queries, however many there are."""
        known = _Known()
        said: dict[Pair, list[Said]] = defaultdict(list)
        for row in table.rows:
            found = known.find(row)
            if found is not None:
                said[found].append(_said(row))
        standing = _standing(known, {slug for slug, _code in said})
        work = Work()
        planned: list[tuple[Row, Participation | None, Pair]] = []
        for both, rows in said.items():
            planned += _plan_pair(both, rows, standing.get(both, []))
        for row, record, both in sorted(planned, key=lambda item: item[0].line):
            _plan_row(row, record, both, known, work)
        return work

    def write(self, work: Work, progress: Progress) -> models.Model | None:
        """What ends first, then what stays open, then what is new: one open row a pair."""
        for record, values in [*work.changed, *work.new]:
            for name, value in values.items():
                setattr(record, name, value)
        changed = [record for record, _values in work.changed]
        write_all(
            Participation,
            new=[record for record, _values in work.new],
            changed=[
                [record for record in changed if record.exit_on is not None],
                [record for record in changed if record.exit_on is None],
            ],
            columns=PARTICIPATION_FIELDS,
            progress=progress,
        )
        touched = changed or [record for record, _values in work.new]
        return touched[0] if touched else None

    def export(self) -> Iterator[Mapping[str, Any]]:
        """Every participation by treaty, party and time."""
        rows = Participation.objects.select_related("treaty", "party", "succeeds")
        ordered = rows.order_by("treaty__slug", "party__code", "in_force_on", "pk")
        for row in ordered.iterator(2000):
            yield {name: getattr(row, name) for name in self.columns}


class _Known:
    """The codes that rows may name, and the successions on record."""

    def __init__(self) -> None:
        self.parties = Party.objects.in_bulk(field_name="code")
        self.codes = {party.pk: code for code, party in self.parties.items()}
        self.treaties = Treaty.objects.in_bulk(field_name="slug")
        self.successions: Successions = successions()

    def find(self, row: Row) -> Pair | None:
        """The treaty and the party of a row; None, with a fault, where one is unknown."""
        slug, code = row.required("treaty"), row.required("party")
        if slug and slug not in self.treaties:
            sentence = gettext("There is no treaty “%(slug)s”.") % {"slug": slug}
            row.fault("treaty", sentence)
        if code and code not in self.parties:
            row.fault("party", gettext("There is no party “%(code)s”.") % {"code": code})
        former = row.text("succeeds")
        if former and former not in self.parties:
            row.fault("succeeds", gettext("There is no party “%(code)s”.") % {"code": former})
            return None
        return (slug, code) if slug in self.treaties and code in self.parties else None


def _said(row: Row) -> Said:
    return Said(row, Period(row.day("in_force_on"), row.day("exit_on")))


def _standing(known: _Known, slugs: set[str]) -> dict[Pair, list[Standing[Participation]]]:
    """What the table holds of these treaties, by treaty and party."""
    found: dict[Pair, list[Standing[Participation]]] = defaultdict(list)
    keys = {known.treaties[slug].pk: slug for slug in sorted(slugs)}
    for some in in_chunks(list(keys)):
        for row in Participation.objects.filter(treaty__in=some).order_by("pk"):
            period = Period(row.in_force_on, row.exit_on)
            both = (keys[row.treaty_id], known.codes[row.party_id])
            found[both].append(Standing(row, period, said_period(row)))
    return found


def _plan_pair(
    both: Pair, rows: list[Said], standing: list[Standing[Participation]]
) -> Iterator[tuple[Row, Participation | None, Pair]]:
    """Which participation each row of one party in one treaty is; overlaps are noted."""
    found, left = pair(once_each(rows), standing)
    placed = [Placed(_period(said, item), said.row) for said, item in found]
    placed += [Placed(item.period, None, item.words) for item in left]
    refuse_overlaps(placed, column="in_force_on")
    for said, item in found:
        yield said.row, item.record if item else None, both


def _period(said: Said, item: Standing[Participation] | None) -> Period:
    """The time as it will be: a file without the column leaves the end as it is."""
    if item is None or said.row.has("exit_on"):
        return said.period
    return Period(said.period.in_force_on, item.period.exit_on)


def _plan_row(
    row: Row, record: Participation | None, both: Pair, known: _Known, work: Work
) -> None:
    treaty, party = known.treaties[both[0]], known.parties[both[1]]
    before = _values(record, known) if record else {}
    after = _values(record or Participation(), known) | _read(row, known)
    differing: Changes = {
        name: [before[name], after[name]]
        for name in before
        if written(before[name]) != written(after[name])
    }
    if record is None or differing:
        try:
            check_participation(after, party=party, treaty=treaty, successions=known.successions)
            if record is not None:
                refuse_acts_changes(record, differing)
        except RuleBrokenError as error:
            row.refuse(error)
            return
    action = work.plan(row.line, " ".join(both), before, after, is_new=record is None)
    if action == "create":
        work.new.append((Participation(treaty=treaty, party=party), after))
    elif action == "change":
        work.changed.append((record, after))


def _values(record: Participation, known: _Known) -> dict[str, Any]:
    """What stands, the predecessor from what is at hand."""
    values = {name: getattr(record, name) for name in PARTICIPATION_FIELDS if name != "succeeds"}
    former = record.succeeds_id
    values["succeeds"] = None if former is None else known.parties[known.codes[former]]
    return values


def _read(row: Row, known: _Known) -> dict[str, Any]:
    """What the cells of a row say."""
    said: dict[str, Any] = {}
    for name in PARTICIPATION_FIELDS:
        if not row.has(name):
            continue
        if name.endswith("_on"):
            said[name] = row.day(name)
        elif name == "succeeds":
            said[name] = known.parties.get(row.text(name))
        else:
            said[name] = row.text(name)
    return said
