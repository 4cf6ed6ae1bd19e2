"""Treaties in files: one row a treaty; depositaries and languages with spaces between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final

from django.db import models
from django.utils.translation import gettext

from notifications.errors import RuleBrokenError
from notifications.models import Party, Treaty, TreatyDepositary, User
from notifications.services.exchange.planning import Kind, Progress, Work, write_all
from notifications.services.exchange.reading import Row, Table
from notifications.services.treaty_rules import (
    TREATY_FIELDS,
    check_depositaries,
    check_treaty,
    refuse_circle,
    treaties_that_count_on_one,
)

_OWN: Final = tuple(name for name in TREATY_FIELDS if name != "parent")


class Treaties(Kind):
    """``slug`` says which treaty it is; a parent may stand further down in the same file."""

    columns: ClassVar = (*TREATY_FIELDS, "depositaries")
    required: ClassVar = ("slug", "title")

    def plan(self, table: Table, actor: User | None, *, is_locked: bool) -> Work:  # noqa: ARG002
        """Plan each row; a slug stands once in a file."""
        work, rows = Work(), dict[str, Row]()
        for row in table.rows:
            slug = row.required("slug")
            if slug in rows:
                sentence = gettext("%(slug)s stands in line %(line)d already.")
                row.fault("slug", sentence % {"slug": slug, "line": rows[slug].line})
            elif slug:
                rows[slug] = row
        standing = _Standing(rows)
        for row in rows.values():
            _plan_row(row, standing, work)
        return work

    def write(self, work: Work, progress: Progress) -> models.Model | None:
        """Treaties first, then what points from one to another, then the depositaries."""
        written: list[_Written] = [*work.new, *work.changed]
        columns = [name for name in _OWN if name != "slug"]
        for item in written:
            for name in _OWN:
                setattr(item.treaty, name, item.values[name])
        write_all(
            Treaty,
            new=[item.treaty for item in work.new],
            changed=[[item.treaty for item in work.changed]],
            columns=columns,
            progress=progress,
        )
        _write_parents(written)
        _write_depositaries(written)
        return written[0].treaty if written else None

    def export(self) -> Iterator[Mapping[str, Any]]:
        """Every treaty by its slug."""
        found = Treaty.objects.order_by("slug").select_related("parent")
        for treaty in found.prefetch_related("depositary_rows__party"):
            yield _values_of(treaty)


class _Standing:
    """What stands in the registry, read with a fixed number of queries."""

    def __init__(self, rows: Mapping[str, Row]) -> None:
        found = Treaty.objects.select_related("parent").prefetch_related("depositary_rows__party")
        self.treaties = {treaty.slug: treaty for treaty in found}
        self.parties = Party.objects.in_bulk(field_name="code")
        self.counting = treaties_that_count_on_one(None)
        self.parents: dict[str, str | None] = {
            slug: treaty.parent.slug if treaty.parent else None
            for slug, treaty in self.treaties.items()
        }
        for slug, row in rows.items():
            self.parents.setdefault(slug, None)
            if row.has("parent"):
                self.parents[slug] = row.text("parent") or None


class _Written:
    """A treaty that is written, with what its columns are to hold."""

    def __init__(self, treaty: Treaty, values: dict[str, Any]) -> None:
        self.treaty = treaty
        self.values = values


def _values_of(treaty: Treaty | None) -> dict[str, Any]:
    """What stands; of a new treaty, what holds where a file says nothing."""
    record = treaty or Treaty()
    values = {name: getattr(record, name) for name in _OWN}
    values["parent"] = record.parent.slug if record.parent else None
    rows = treaty.depositary_rows.all() if treaty else ()
    values["depositaries"] = sorted(row.party.code for row in rows)
    return values


def _plan_row(row: Row, standing: _Standing, work: Work) -> None:
    treaty = standing.treaties.get(row.text("slug"))
    before = _values_of(treaty)
    after = before | _read(row)
    after["short_title"] = after["short_title"] or after["title"]
    try:
        check_treaty(after)
        _check_links(row, after, treaty, standing)
    except RuleBrokenError as error:
        row.refuse(error)
        return
    is_new = treaty is None
    action = work.plan(row.line, row.text("slug"), {} if is_new else before, after, is_new=is_new)
    depositaries = [standing.parties[code] for code in after["depositaries"]]
    written = _Written(treaty or Treaty(), {**after, "depositaries": depositaries})
    if action != "same":
        (work.new if is_new else work.changed).append(written)


def _read(row: Row) -> dict[str, Any]:
    """What the cells of a row say."""
    said: dict[str, Any] = {}
    for name in TREATY_FIELDS:
        if not row.has(name):
            continue
        if name.endswith("_on"):
            said[name] = row.day(name)
        elif name == "participants_complete":
            said[name] = row.flag(name)
        elif name == "authentic_languages":
            said[name] = row.words(name)
        else:
            said[name] = row.text(name)
    if "parent" in said:
        said["parent"] = said["parent"] or None
    if said.get("zone") == "":
        said["zone"] = "UTC"
    if row.has("depositaries"):
        said["depositaries"] = sorted(row.words("depositaries"))
    return said


def _check_links(
    row: Row, after: Mapping[str, Any], treaty: Treaty | None, standing: _Standing
) -> None:
    """The parent and the depositaries: known, and as the rules admit. Raises RuleBrokenError."""
    if after["parent"] is not None and after["parent"] not in standing.parents:
        sentence = gettext("Parent treaty: there is no treaty “%(slug)s”.")
        raise RuleBrokenError(sentence % {"slug": after["parent"]}, field="parent")
    refuse_circle(row.text("slug"), after["parent"], standing.parents)
    for code in after["depositaries"]:
        if code not in standing.parties:
            sentence = gettext("Depositaries: there is no party “%(code)s”.") % {"code": code}
            raise RuleBrokenError(sentence, field="depositaries")
    check_depositaries(after["depositaries"], standing.counting.get(treaty.pk if treaty else None))


def _write_parents(written: list[_Written]) -> None:
    slugs = {item.values["parent"] for item in written} - {None}
    found = Treaty.objects.in_bulk(sorted(slugs), field_name="slug")
    moved: list[Treaty] = []
    for item in written:
        parent = found.get(item.values["parent"])
        if item.treaty.parent_id != (parent.pk if parent else None):
            item.treaty.parent = parent
            moved.append(item.treaty)
    Treaty.objects.bulk_update(moved, ["parent"], batch_size=200)


def _write_depositaries(written: list[_Written]) -> None:
    keys = [item.treaty.pk for item in written]
    rows = {
        (row.treaty_id, row.party_id): row.pk
        for row in TreatyDepositary.objects.filter(treaty__in=keys)
    }
    new: list[TreatyDepositary] = []
    for item in written:
        new += [
            TreatyDepositary(treaty=item.treaty, party=party)
            for party in item.values["depositaries"]
            if rows.pop((item.treaty.pk, party.pk), None) is None
        ]
    TreatyDepositary.objects.filter(pk__in=rows.values()).delete()
    TreatyDepositary.objects.bulk_create(new)
