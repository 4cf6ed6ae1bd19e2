"""A treaty file with changed clauses held against the register: what it would move."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from django.db import transaction
from django.utils.translation import gettext

from notifications.clauses.loader import load_treaty_file
from notifications.clauses.schema import Clause as Rule
from notifications.clauses.treaty import TreatyFile
from notifications.errors import BadFileError, Problem, RuleBrokenError
from notifications.models import ClauseVersion, Notification, Party, Treaty, User
from notifications.register import canonical, digest_of
from notifications.services.changes import require_administrator
from notifications.services.clause_changes import Move, foresee
from notifications.services.computing import Cause


@dataclass(frozen=True)
class ClauseImpact:
    """What one clause of a file would do: ``state`` says how it stands to the register.

    ``moves`` are the unfinished deadlines of live cases that would come to another day or result,
    ``same`` counts those that keep theirs and get another way to it, ``hidden`` those of acts that
    the person may not read. ``refusal`` says why it cannot be changed so. ``is_kept``: a person
    entered the current version, and loading a file leaves it as it is.
    """

    id: str
    state: Literal["changed", "new", "gone", "same", "refused"]
    moves: tuple[Move, ...] = ()
    same: int = 0
    hidden: int = 0
    refusal: str = ""
    is_kept: bool = False


@dataclass(frozen=True)
class FileImpact:
    """What the clauses of a treaty file would do, in the order of the file, then those gone."""

    treaty: Treaty
    clauses: tuple[ClauseImpact, ...]


def foresee_file(
    path: Path, *, clause_id: str = "", actor: User | None = None, now: datetime
) -> FileImpact:
    """Which running deadlines each clause of a treaty file would move; nothing is stored.

    ``clause_id``: this clause alone. ``actor`` None is the command line, which sees every act; an
    administrator sees those that the admin shows. Raises NotPermittedError, or BadFileError with
    every problem.
    """
    require_administrator(actor)
    known = Party.objects.values_list("code", flat=True)
    file = load_treaty_file(path, known_parties=set(known))
    treaty = Treaty.objects.filter(slug=file.id).first()
    if treaty is None:
        sentence = gettext("The register has no treaty “%(id)s”.") % {"id": file.id}
        raise BadFileError([Problem(str(path), None, "id", sentence)])
    current = _current(treaty)
    rules = {rule.id: rule for rule in file.clauses}
    wanted = [*rules, *(slug for slug in current if slug not in rules)]
    if clause_id and clause_id not in wanted:
        sentence = gettext("Neither the file nor the register has a clause “%(id)s”.")
        raise BadFileError([Problem(str(path), None, "clauses", sentence % {"id": clause_id})])
    chosen = [slug for slug in wanted if clause_id in {"", slug}]
    with transaction.atomic():
        by = Cause("foreseen", actor or _nobody(), now)
        told = [_impact(rules.get(slug), current.get(slug), file, by) for slug in chosen]
        transaction.set_rollback(True)
    return FileImpact(treaty, tuple(told if actor is None else _readable(told, actor, now)))


def _nobody() -> User:
    """Who computes where no person asks: the system, here and until all of it is undone."""
    return User.objects.create_user("foreseen@system.invalid", name="foreseen", is_system=True)


def _current(treaty: Treaty) -> dict[str, ClauseVersion]:
    """The versions that count now, by the clause's id."""
    rows = ClauseVersion.objects.current().filter(clause__treaty=treaty).exclude(governs="")
    return {row.clause.slug: row for row in rows.select_related("clause").order_by("clause__slug")}


def _impact(
    rule: Rule | None, version: ClauseVersion | None, file: TreatyFile, by: Cause
) -> ClauseImpact:
    if version is None:
        return ClauseImpact(rule.id if rule else "", "new")
    slug, is_kept = version.clause.slug, version.entered_by_id is not None
    if rule is None:
        return ClauseImpact(slug, "gone", is_kept=is_kept)
    if digest_of(canonical(rule.as_data())) == version.digest and rule.governs == version.governs:
        return ClauseImpact(slug, "same")
    try:
        moves = foresee(clause=version.clause, rule=rule, by=by, others=file.clauses)
    except RuleBrokenError as error:
        return ClauseImpact(slug, "refused", refusal=error.sentence, is_kept=is_kept)
    moving = tuple(move for move in moves if move.is_moved)
    same = len(moves) - len(moving)
    return ClauseImpact(slug, "changed", moves=moving, same=same, is_kept=is_kept)


def _readable(told: Iterable[ClauseImpact], actor: User, now: datetime) -> Iterator[ClauseImpact]:
    """With the acts alone that an administrator may read as such: never a restricted one."""
    restricted = Notification.Visibility.RESTRICTED
    visible = Notification.objects.visible_to(actor, now.astimezone(UTC).date())
    acts = visible.exclude(visibility=restricted).values_list("pk", flat=True)
    readable = {None, *acts}  # what recurs is started by no act, and is of every party
    for clause in told:
        seen = [move for move in clause.moves if move.deadline.notification_id in readable]
        yield replace(clause, moves=tuple(seen), hidden=len(clause.moves) - len(seen))
