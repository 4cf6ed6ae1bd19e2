"""``manage.py clause_impact``: which running deadlines a changed treaty file would move."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from notifications.emails.awaited import awaited
from notifications.emails.words import (
    act_by,
    bare_date,
    bearer_of,
    deadline_title,
    kind_of,
    listed,
    reason_of,
    sentence,
)
from notifications.errors import DomainError
from notifications.management.asking import add_person, person_of
from notifications.models import DeadlineVersion, Notification, PartyName
from notifications.services.clause_changes import Move
from notifications.services.clause_impact import ClauseImpact, FileImpact, foresee_file

STATES: Final = {
    "changed": "changed",
    "new": "new: it counts for what is issued once it is loaded",
    "gone": "no longer in the file: what was computed from it stays, nothing new is",
    "same": "as it is",
    "refused": "cannot be changed so",
}


class Command(BaseCommand):
    """Hold a treaty file against the register, and store nothing."""

    help = (
        "For every clause of a treaty file that differs from the register: which running deadlines "
        "of live cases would move, from where to where. Nothing is stored. Exit status 2: a bad "
        "file, or a treaty that the register does not have."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="the treaty file (YAML)")
        parser.add_argument("--clause", default="", metavar="ID", help="this clause alone")
        add_person(parser)
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = foresee_file(
                options["file"],
                clause_id=options["clause"],
                actor=person_of(options["email"]),
                now=timezone.now(),
            )
        except DomainError as error:
            raise CommandError(str(error), returncode=2) from error
        if options["json"]:
            self.stdout.write(json.dumps(self._as_data(found), indent=2))
        else:
            self._tell(found)

    def _tell(self, found: FileImpact) -> None:
        self.stdout.write(self.style.MIGRATE_HEADING(found.treaty.short_title))
        told = [clause for clause in found.clauses if clause.state != "same"]
        for clause in told:
            self.stdout.write(f"  {clause.id}: {STATES[clause.state]}")
            for line in self._lines(clause):
                self.stdout.write(f"    {line}")
        unchanged = len(found.clauses) - len(told)
        moves = sum(len(clause.moves) + clause.hidden for clause in told)
        self.stdout.write(
            f"clauses: {len(told)} differ, {unchanged} unchanged; deadlines that would move: "
            f"{moves} (nothing was stored)"
        )

    def _lines(self, clause: ClauseImpact) -> list[str]:
        lines = [clause.refusal] if clause.refusal else []
        if clause.is_kept:
            lines.append("an administrator entered it: loading the file leaves it as it is")
        for move in clause.moves:
            said = self._move(move)
            head = f"{said['notification']}: {said['title']}, {said['bearer']}"
            lines += [f"{head}: {said['before']} → {said['after']}", f"  {said['reason']}"]
        if clause.hidden:
            lines.append(f"{clause.hidden} more, of acts that this person may not read")
        if clause.same:
            lines.append(f"{clause.same} keep their day, and the way to it is told anew")
        if clause.state == "changed" and not (clause.moves or clause.hidden):
            lines.append("no running deadline would move")
        return lines

    def _as_data(self, found: FileImpact) -> dict[str, Any]:
        clauses = [
            {
                "id": clause.id,
                "state": clause.state,
                "moves": [self._move(move) for move in clause.moves],
                "same": clause.same,
                "hidden": clause.hidden,
                "refusal": clause.refusal,
                "kept": clause.is_kept,
            }
            for clause in found.clauses
        ]
        return {"treaty": found.treaty.slug, "clauses": clauses}

    def _move(self, move: Move) -> dict[str, str]:
        deadline, act = move.deadline, move.deadline.notification
        reason = reason_of(move.after, self._name)
        return {
            "notification": self._act(act) if act else f"{deadline.case.treaty}, recurring",
            "title": deadline_title(kind_of(deadline), move.after),
            "bearer": bearer_of(deadline, self._name),
            "before": _days(move.before),
            "after": "none: the clause counts for it no more"
            if move.is_void
            else _days(move.after),
            "reason": "" if move.is_void else reason,
        }

    def _act(self, act: Notification) -> str:
        """The act by its number, where it has one, and in words."""
        by = listed([self._name(party.code) for party in act.senders.order_by("code")])
        words = f"{sentence(act_by(act.act, by))}, {bare_date(act.given_on)}"
        circulation = getattr(act, "circulation", None)
        return f"{circulation.number} ({words})" if circulation else words

    def _name(self, code: str) -> str:
        return self._names.get(code, code)

    @cached_property
    def _names(self) -> dict[str, str]:
        rows = PartyName.objects.filter(language="en").values_list("party__code", "name", "in_text")
        return {code: in_text or name for code, name, in_text in rows}


def _days(version: DeadlineVersion) -> str:
    """The day, or the window, of a version; else why it has none."""
    if version.due_on is None:
        return (
            f"no date: it waits for {awaited(version.awaiting)}" if version.awaiting else "no date"
        )
    if version.opens_on is None:
        return version.due_on.isoformat()
    return f"{version.opens_on.isoformat()} to {version.due_on.isoformat()}"
