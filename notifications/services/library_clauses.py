"""The library's clauses: a new sealed version where, and only where, the rule changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from notifications.clauses.treaty import TreatyFile
from notifications.models import Clause, ClauseVersion, Treaty
from notifications.register import canonical, digest_of
from notifications.services.library_report import Change, Tally

Key = tuple[int, str]


def load_clauses(
    files: Sequence[TreatyFile],
    treaties: Mapping[str, Treaty],
    changes: Mapping[str, Change],
    tally: Tally,
    *,
    now: datetime,
) -> dict[str, list[ClauseVersion]]:
    """The versions inserted, by treaty; ``changes`` says which clauses they are of.

    A clause that its file no longer holds gets a version that governs nothing: what was computed
    from it keeps its reason, and nothing new is computed from it. A clause whose newest version a
    person entered stays as it is: versions that were loaded name nobody.
    """
    current = _current(treaties)
    clauses = _clauses(files, treaties, current)
    inserted: dict[str, list[ClauseVersion]] = {}
    for file in files:
        rules = {clause.id: (clause.governs, clause.as_data()) for clause in file.clauses}
        key = treaties[file.id].pk
        for slug in [slug for (treaty, slug) in current if treaty == key and slug not in rules]:
            if current[key, slug].governs:
                rules[slug] = ("", current[key, slug].rule)
        for slug, (governs, rule) in rules.items():
            before = current.get((key, slug))
            if before is not None and before.entered_by_id is not None:
                tally.kept += 1
                continue
            version = _version(clauses[key, slug], before, governs, rule, file)
            tally.add(is_new=before is None, is_changed=version is not None)
            if version is not None:
                version.entered_at = now
                inserted.setdefault(file.id, []).append(version)
                changes[file.id].setdefault("clauses", []).append(slug)
    ClauseVersion.objects.bulk_create([row for rows in inserted.values() for row in rows])
    return inserted


def _current(treaties: Mapping[str, Treaty]) -> dict[Key, ClauseVersion]:
    ids = [treaty.pk for treaty in treaties.values()]
    versions = ClauseVersion.objects.current().filter(clause__treaty__in=ids)
    return {
        (version.clause.treaty_id, version.clause.slug): version
        for version in versions.select_related("clause")
    }


def _clauses(
    files: Sequence[TreatyFile],
    treaties: Mapping[str, Treaty],
    current: Mapping[Key, ClauseVersion],
) -> dict[Key, Clause]:
    """Every clause, those of the files that were missing included."""
    known = {key: version.clause for key, version in current.items()}
    missing = [
        Clause(treaty=treaties[file.id], slug=clause.id)
        for file in files
        for clause in file.clauses
        if (treaties[file.id].pk, clause.id) not in known
    ]
    created = Clause.objects.bulk_create(missing)
    return known | {(clause.treaty_id, clause.slug): clause for clause in created}


def _version(
    clause: Clause,
    before: ClauseVersion | None,
    governs: str,
    rule: dict[str, Any],
    file: TreatyFile,
) -> ClauseVersion | None:
    """The next version, or None where nothing changed; ``entered_at`` is still to be set."""
    digest = digest_of(canonical(rule))
    if before is not None and (before.digest, before.governs) == (digest, governs):
        return None
    return ClauseVersion(
        clause=clause,
        no=1 if before is None else before.no + 1,
        governs=governs,
        rule=rule,
        digest=digest,
        reason=f"loaded from {file.file}" if governs else f"no longer in {file.file}",
    )
