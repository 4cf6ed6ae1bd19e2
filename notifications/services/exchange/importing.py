"""Files into the registry and out of it: planned whole, refused whole, written in bulk."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext

from notifications import permissions
from notifications.errors import NotPermittedError
from notifications.models import User
from notifications.register import Entry, append, digest_of
from notifications.services.changes import require_administrator, require_reason, take_turns
from notifications.services.exchange.cells import guarded, written
from notifications.services.exchange.mandates import Mandates
from notifications.services.exchange.participations import Participations
from notifications.services.exchange.parties import Parties
from notifications.services.exchange.planning import (
    ImportPlan,
    Kind,
    PlannedRow,
    Progress,
    Work,
)
from notifications.services.exchange.reading import read_table
from notifications.services.exchange.treaties import Treaties

_KINDS: Final[dict[str, Kind]] = {
    "parties": Parties(),
    "treaties": Treaties(),
    "participations": Participations(),
    "mandates": Mandates(),
}
KINDS: Final = tuple(_KINDS)
COLUMNS: Final = {name: kind.columns for name, kind in _KINDS.items()}

# So that a spreadsheet takes the file for what it is.
BYTE_ORDER_MARK: Final = "\ufeff"


def plan_import(
    kind: str, data: bytes, *, file: str, actor: User | None, now: datetime
) -> ImportPlan:
    """What an import of this CSV file would do, row by row; nothing is changed.

    ``file`` is what problems call it; ``actor`` None is the command line.

    Raises NotPermittedError, or BadFileError with every problem by line.
    """
    _check_actor(kind, actor, now.astimezone(UTC).date())
    work = _plan(kind, data, file, actor, is_locked=False)
    return ImportPlan(kind, file, _in_order(work))


@transaction.atomic
def apply_import(
    kind: str,
    data: bytes,
    *,
    file: str,
    actor: User | None,
    now: datetime,
    reason: str,
    progress: Progress | None = None,
) -> ImportPlan:
    """Import a CSV file: all its rows, or none of them.

    It is planned anew under the lock that orders the changes of the registry, written in bulk, and
    told in one event, which names every record that was entered or changed (people by their keys).
    ``progress`` is called with how many rows are written, of how many. Running clocks are not
    counted anew.

    Raises NotPermittedError, RuleBrokenError where there is no reason, or BadFileError with every
    problem by line.
    """
    _check_actor(kind, actor, now.astimezone(UTC).date())
    why = require_reason(reason)
    take_turns()
    work = _plan(kind, data, file, actor, is_locked=True)
    plan = ImportPlan(kind, file, _in_order(work))
    record = _KINDS[kind].write(work, progress or _unheard)
    if record is not None:
        body = {
            "kind": kind,
            "file": file,
            "digest": digest_of(data),
            "counts": plan.counts,
            "records": work.told,
            "reason": why,
        }
        append(Entry("registry-imported", record, at=now, actor=actor, body=body))
    return plan


def export(kind: str, user: User | None, today: date) -> Iterator[str]:
    """Every record of a kind as the lines of a CSV file that an import takes back unchanged.

    ``user`` None is the command line. Raises NotPermittedError at once, not at the first line.
    """
    _check_actor(kind, user, today)
    return _lines(_KINDS[kind])


def _lines(kind: Kind) -> Iterator[str]:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(kind.columns)
    yield BYTE_ORDER_MARK + buffer.getvalue()
    for values in kind.export():
        buffer.seek(0)
        buffer.truncate()
        writer.writerow([guarded(written(values.get(name))) for name in kind.columns])
        yield buffer.getvalue()


def _plan(kind: str, data: bytes, file: str, actor: User | None, *, is_locked: bool) -> Work:
    chosen = _KINDS[kind]
    table = read_table(data, file=file, columns=chosen.columns, required=chosen.required)
    work = chosen.plan(table, actor, is_locked=is_locked)
    table.finish()
    return work


def _in_order(work: Work) -> list[PlannedRow]:
    return sorted(work.rows, key=lambda row: row.line)


def _check_actor(kind: str, actor: User | None, today: date) -> None:
    """Mandates are the secretariat's too; all else is the administrators'."""
    if kind != "mandates":
        require_administrator(actor)
    elif actor is not None and not permissions.can_manage_mandates(actor, today):
        sentence = gettext("Only an administrator or the secretariat manages mandates.")
        raise NotPermittedError(sentence)


def _unheard(done: int, total: int) -> None:
    """Progress that nobody asked for."""
