"""``manage.py import_registry``: parties, treaties, participations or mandates from a CSV file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from notifications.errors import DomainError
from notifications.services.exchange import KINDS, ImportPlan, apply_import, plan_import

ACTIONS: Final = {"create": "new", "change": "changed", "same": "the same"}


class Command(BaseCommand):
    """Import a file as the administrator's page does: all its rows, or none of them."""

    help = (
        "Import parties, treaties, participations or mandates from a CSV file (UTF-8, commas or "
        "semicolons), such as export_registry writes. Exit status 2: the file is refused, with "
        "every problem by line, and nothing is imported."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=KINDS)
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would change, and change nothing"
        )
        parser.add_argument("--reason", default="", help="why; it stands in the register")
        parser.add_argument("--json", action="store_true", help="print the plan as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        kind, path = options["kind"], options["file"]
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.", returncode=2) from error
        common = {"file": path.name, "actor": None, "now": timezone.now()}
        try:
            if options["dry_run"]:
                plan = plan_import(kind, data, **common)
            else:
                reason = options["reason"] or f"imported from {path.name}"
                plan = apply_import(kind, data, **common, reason=reason, progress=self._progress)
        except DomainError as error:
            raise CommandError(str(error), returncode=2) from error
        if options["json"]:
            self.stdout.write(json.dumps(_as_data(plan, is_dry=options["dry_run"]), indent=2))
        else:
            self._tell(plan, is_dry=options["dry_run"])

    def _progress(self, done: int, total: int) -> None:
        """One line that counts on, where somebody looks; else a line each time."""
        is_watched = self.stderr.isatty()
        ending = "\n" if not is_watched or done == total else "\r"
        self.stderr.write(f"{done:,} of {total:,} rows written", lambda text: text, ending)
        self.stderr.flush()

    def _tell(self, plan: ImportPlan, *, is_dry: bool) -> None:
        for row in plan.rows:
            if row.action != "same" and is_dry:
                said = "; ".join(_change(*change) for change in row.changes)
                self.stdout.write(f"line {row.line}: {row.label}: {ACTIONS[row.action]}: {said}")
        counts = ", ".join(f"{count} {ACTIONS[name]}" for name, count in plan.counts.items())
        ending = " (nothing was changed)" if is_dry else ""
        self.stdout.write(f"{plan.kind}: {counts}{ending}")


def _change(column: str, before: str, after: str) -> str:
    return f"{column} “{before}” → “{after}”" if before else f"{column} “{after}”"


def _as_data(plan: ImportPlan, *, is_dry: bool) -> dict[str, Any]:
    rows = [
        {
            "line": row.line,
            "action": row.action,
            "label": row.label,
            "changes": [
                {"column": column, "before": before, "after": after}
                for column, before, after in row.changes
            ],
        }
        for row in plan.rows
    ]
    return {
        "kind": plan.kind,
        "file": plan.file,
        "is_dry_run": is_dry,
        "counts": plan.counts,
        "rows": rows,
    }
