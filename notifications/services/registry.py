"""Parties, their names and successions, and treaties: written by administrators, with a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from notifications.errors import RuleBrokenError
from notifications.models import Party, PartyName, Succession, Treaty, TreatyDepositary, User
from notifications.register import Entry, append, plain
from notifications.services.changes import (
    Changes,
    refuse_unknown,
    require_administrator,
    require_reason,
    set_fields,
    take_turns,
)
from notifications.services.party_rules import (
    NAME_FIELDS,
    PARTY_FIELDS,
    check_name,
    check_party,
    check_succession,
    column_values,
)
from notifications.services.treaty_rules import (
    TREATY_FIELDS,
    check_depositaries,
    check_treaty,
    refuse_circle,
    treaties_that_count_on_one,
)


@transaction.atomic
def save_party(
    *,
    party: Party | None,
    fields: Mapping[str, Any],
    names: Mapping[str, Mapping[str, str]],
    actor: User | None,
    now: datetime,
    reason: str,
) -> Party:
    """Enter a party (``party`` None), or change one: its columns, and its names by language.

    ``fields`` are those of ``PARTY_FIELDS``; what is not named stays. A language with an empty
    ``name`` is taken out. A code stays what it was: sealed acts hold it. ``actor`` None is the
    command line.

    Raises NotPermittedError, or RuleBrokenError naming the field.
    """
    require_administrator(actor)
    why = require_reason(reason)
    refuse_unknown(fields, PARTY_FIELDS)
    take_turns()
    record = Party.objects.get(pk=party.pk) if party else Party()
    _refuse_another_code(party, "code", fields)
    changes = set_fields(record, fields)
    check_party({name: getattr(record, name) for name in PARTY_FIELDS})
    if party is None and Party.objects.filter(code=record.code).exists():
        sentence = gettext("Code: there is a party %(code)s already.") % {"code": record.code}
        raise RuleBrokenError(sentence, field="code")
    if changes or party is None:
        record.save()
    changes |= _save_names(record, names)
    if changes:
        body = {"is_new": party is None, "changes": changes, "reason": why}
        append(Entry("party-saved", record, at=now, actor=actor, body=body))
    return record


def _save_names(party: Party, names: Mapping[str, Mapping[str, str]]) -> Changes:
    """Write the names; what that changed, by columns such as ``name_fr``."""
    standing = {name.language: name for name in party.names.all()}
    if "en" not in {**standing, **names}:
        sentence = gettext("Name (en): a party has an English name.")
        raise RuleBrokenError(sentence, field="name_en")
    changes: Changes = {}
    for language, values in names.items():
        known = standing.get(language)
        before, after = column_values(known), check_name(language, values)
        if before == after:
            continue
        for field in NAME_FIELDS:
            if before[field] != after[field]:
                changes[f"{field}_{language}"] = [before[field], after[field]]
        if not after["name"] and known is not None:
            known.delete()
        else:
            PartyName.objects.update_or_create(party=party, language=language, defaults=after)
    return changes


@transaction.atomic
def save_succession(
    *,
    old: Party,
    new: Party,
    on: date,
    kind: str,
    actor: User | None,
    now: datetime,
    reason: str,
    succession: Succession | None = None,
    source: str = "",
) -> Succession:
    """Record who took the place of a party, or correct such a record.

    Raises NotPermittedError, or RuleBrokenError naming the field: a successor of itself, a circle,
    a pair that stands already, a day on which the old party did not exist.
    """
    require_administrator(actor)
    why = require_reason(reason)
    take_turns()
    record = Succession.objects.get(pk=succession.pk) if succession else Succession()
    check_succession(old, new, on, kind, succession)
    changes: Changes = {}
    wanted = {"old": old, "new": new, "on": on, "kind": str(kind), "source": source.strip()}
    for name, after in wanted.items():
        before = None if succession is None else getattr(record, name)
        if before != after and not (succession is None and after == ""):
            changes[name] = [_code(before), _code(after)]
        setattr(record, name, after)
    if changes:
        record.save()
        body = {"is_new": succession is None, "changes": changes, "reason": why}
        append(Entry("succession-saved", record, at=now, actor=actor, body=body))
    return record


@transaction.atomic
def save_treaty(
    *,
    treaty: Treaty | None,
    fields: Mapping[str, Any],
    depositaries: Sequence[Party],
    actor: User | None,
    now: datetime,
    reason: str,
) -> Treaty:
    """Enter a treaty (``treaty`` None) or change its particulars and its depositaries.

    ``fields`` are those of ``TREATY_FIELDS``; what is not named stays. Its id stays what it was:
    numbers of circulated acts hold it. Running clocks are not counted anew.

    Raises NotPermittedError, or RuleBrokenError naming the field.
    """
    require_administrator(actor)
    why = require_reason(reason)
    refuse_unknown(fields, TREATY_FIELDS)
    take_turns()
    record = Treaty.objects.select_related("parent").get(pk=treaty.pk) if treaty else Treaty()
    _refuse_another_code(treaty, "slug", fields)
    changes = set_fields(record, fields)
    if not record.short_title:
        changes |= set_fields(record, {"short_title": record.title})
    check_treaty({name: getattr(record, name) for name in TREATY_FIELDS})
    parents = dict(Treaty.objects.values_list("slug", "parent__slug"))
    if treaty is None and record.slug in parents:
        sentence = gettext("Id: there is a treaty %(slug)s already.") % {"slug": record.slug}
        raise RuleBrokenError(sentence, field="slug")
    refuse_circle(record.slug, record.parent.slug if record.parent else None, parents)
    counting = treaties_that_count_on_one(record) if treaty else {}
    check_depositaries([party.code for party in depositaries], counting.get(record.pk))
    if changes or treaty is None:
        record.save()
    changes |= _save_depositaries(record, depositaries)
    if changes:
        body = {"is_new": treaty is None, "changes": changes, "reason": why}
        append(Entry("treaty-saved", record, at=now, actor=actor, body=body))
    return record


def _save_depositaries(treaty: Treaty, depositaries: Sequence[Party]) -> Changes:
    standing = {row.party.code: row for row in treaty.depositary_rows.select_related("party")}
    wanted = {party.code: party for party in depositaries}
    if set(standing) == set(wanted):
        return {}
    gone = [row.pk for code, row in standing.items() if code not in wanted]
    TreatyDepositary.objects.filter(pk__in=gone).delete()
    TreatyDepositary.objects.bulk_create(
        TreatyDepositary(treaty=treaty, party=party)
        for code, party in wanted.items()
        if code not in standing
    )
    return {"depositaries": [sorted(standing), sorted(wanted)]}


def _refuse_another_code(
    record: Party | Treaty | None, column: str, fields: Mapping[str, Any]
) -> None:
    """What the record is known by in sealed acts does not change."""
    if record is None or column not in fields or fields[column] == getattr(record, column):
        return
    sentence = (
        gettext("Code: it stays what it was, for sealed acts hold it.")
        if column == "code"
        else gettext("Id: it stays what it was, for numbers and addresses hold it.")
    )
    raise RuleBrokenError(sentence, field=column)


def _code(value: Any) -> Any:
    return value.code if isinstance(value, Party) else plain(value)
