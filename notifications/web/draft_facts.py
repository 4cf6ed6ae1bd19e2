"""What the pages of a draft read: open matters, parties, and what others changed meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext

from notifications import permissions
from notifications.acts import ACTS, Act
from notifications.acts.common import EVERY, RESPOND_BY
from notifications.clauses.reading import parse_clause
from notifications.models import (
    Case,
    ClauseVersion,
    Concurrence,
    Draft,
    Notification,
    Participation,
    Party,
    Role,
    Treaty,
    User,
)
from notifications.services.circumstances import clauses_on
from notifications.services.findings import DOUBTS, PARTICIPATION_UNKNOWN
from notifications.web import words
from notifications.web.act_fields import said
from notifications.web.act_inputs import COMMON, Lists
from notifications.web.forms import DOUBTED
from notifications.web.names import PartyNames

# Lines of an act on which clauses choose: what they hold decides which clocks start.
NAMED_BY_CLAUSES: Final = frozenset({"format"})


def open_cases(treaty: Treaty, user: User, today: date) -> dict[UUID, Case]:
    """Live matters of a treaty in which the person may read something, the newest first."""
    acts = Notification.objects.visible_to(user, today).filter(case=OuterRef("pk"))
    drafts = Draft.objects.visible_to(user, today).filter(case=OuterRef("pk"))
    cases = Case.objects.live().filter(Exists(acts) | Exists(drafts), treaty=treaty)
    return {case.uid: case for case in cases.order_by("-pk")[:50]}


def lists_for(
    act: Act, treaty: Treaty, today: date, names: PartyNames, *, own: int, for_depositary: bool
) -> Lists:
    """What the form of an act of the party ``own`` offers to choose from: at most four queries."""
    kinds = {field.kind for field in act.fields}
    depositaries = set(treaty.depositary_rows.values_list("party_id", flat=True))
    members = set(Party.objects.party_to(treaty, today).values_list("pk", flat=True))
    ever: set[int] = set()
    if "party" in kinds:
        ever = set(Participation.objects.filter(treaty=treaty).values_list("party_id", flat=True))
    partners = (depositaries if for_depositary else members) - {own}
    return Lists(
        parties=tuple(names.sort(members | depositaries)),
        states=tuple(names.sort(ever)),
        partners=tuple(names.sort(partners)),
        clauses=_clauses(treaty) if "clause" in kinds else (),
        zone=treaty.zone,
        suggested=_suggested(treaty, act),
    )


def _suggested(treaty: Treaty, act: Act) -> dict[str, tuple[tuple[str, str], ...]]:
    """What the treaty's clauses on the act name of these lines, with what each clause says."""
    lines = [field.name for field in act.fields if field.name in NAMED_BY_CLAUSES]
    if not lines:
        return {}
    found: dict[str, dict[str, str]] = {line: {} for line in lines}
    for version in ClauseVersion.objects.governing(treaty, act.kind):
        limits = parse_clause(version.rule).when
        for line in lines:
            for value in limits.get(line, ()):
                summary = words.library_words(version.rule.get("summary", ""))
                found[line].setdefault(value, summary)
    return {line: tuple(sorted(values.items())) for line, values in found.items()}


def _clauses(treaty: Treaty) -> tuple[tuple[str, str], ...]:
    """The time-limits of a treaty by the id of their clause, and the one that a sender sets."""
    current = ClauseVersion.objects.current().filter(clause__treaty=treaty).exclude(governs="")
    limits = [
        (
            version.clause.slug,
            gettext("%(article)s: %(summary)s")
            % {
                "article": words.cited(version.rule["article"]),
                "summary": words.library_words(version.rule.get("summary", ""))
                or words.act_title(version.governs),
            },
        )
        for version in current.select_related("clause").order_by("clause__slug")
    ]
    return ((RESPOND_BY.name, gettext(RESPOND_BY.label)), *limits)


def is_entry_unknown(treaty: Treaty, party_id: int, today: date) -> bool:
    """Whether the form must ask since when the treaty has been in force for the party."""
    if treaty.participants_complete:
        return False
    return not Participation.objects.on(today).filter(treaty=treaty, party=party_id).exists()


def can_be_doubtful(treaty: Treaty, act: str) -> bool:
    """Whether an act can come too early or too late under its clauses, or without any (VCLT 56)."""
    versions = clauses_on(treaty, act)
    return any(
        "admissible" in version.rule or version.clause.treaty_id != treaty.pk
        for version in versions
    )


def first_fields(treaty: Treaty, act: str) -> dict[str, Any]:
    """What a new form holds: the article of the clause that yields the effect, where it is one."""
    if ACTS[act].field("article") is None:
        return {}
    effects = [
        version.rule["article"]
        for version in ClauseVersion.objects.governing(treaty, act)
        if version.rule.get("yields") == "effect"
    ]
    return {"article": effects[0]} if len(effects) == 1 else {}


def initial_values(draft: Draft) -> dict[str, Any]:
    """What the form of a stored draft holds."""
    confirmed = draft.fields.get("confirmed", [])
    return {
        **draft.fields,
        "confirmed": PARTICIPATION_UNKNOWN in confirmed,
        DOUBTED: any(code in confirmed for code in DOUBTS),
        "version": draft.version,
    }


@dataclass(frozen=True)
class Difference:
    """A field that somebody else filled otherwise than the person who typed meanwhile."""

    label: str
    value: str


def differences(draft: Draft, typed: dict[str, Any]) -> list[Difference]:
    """The fields in which the stored draft differs from what was typed, as stored."""
    found = []
    common = [field for field in EVERY if field.name in COMMON]
    for field in (*ACTS[draft.act].fields, *common):
        stored = draft.fields.get(field.name, "")
        mine = typed.get(field.name, "")
        if _plain(stored) != _plain(mine):
            found.append(Difference(gettext(field.label), _plain(stored) or gettext("(empty)")))
    return found


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else ""
    if isinstance(value, list):
        return ", ".join(value)
    return str(value).replace("\r\n", "\n").strip()


def target_of(draft: Draft, user: User, today: date) -> Notification | None:
    """The act a draft refers to, as far as the person may read it."""
    if draft.refers_to_id is None:
        return None
    return Notification.objects.visible_to(user, today).filter(pk=draft.refers_to_id).first()


def shown(draft: Draft, user: User, today: date, names: PartyNames) -> dict[str, Any]:
    """What every page of a draft shows: what it says, on what it is, and with whom it is given."""
    partners = partners_of(draft, names)
    # Those who are asked to agree stand in a list of their own.
    told = {k: v for k, v in draft.fields.items() if k != "joint_with" or not partners}
    return {
        "draft": draft,
        "party_name": names.of(draft.party_id),
        "party_said": names.said(draft.party_id),
        "fields": said(draft.act, told, names, draft.case.treaty.zone),
        "text": draft.fields.get("text", ""),
        "note_language": draft.written_by.language,
        "target": target_of(draft, user, today),
        "partners": partners,
        "is_awaited": any(partner.row.at is None for partner in partners),
    }


@dataclass(frozen=True)
class Partner:
    """A party that is to give the act too, and when it agreed to the text, where it did."""

    name: str
    row: Concurrence


def partners_of(draft: Draft, names: PartyNames) -> list[Partner]:
    """Who is to give the act besides the draft's own party, by name: one query."""
    rows = {row.party_id: row for row in draft.concurrences.select_related("by")}
    return [Partner(named.name, rows[named.pk]) for named in names.sort(rows)]


def asked_of(draft: Draft, user: User, today: date) -> list[Concurrence]:
    """The rows of the parties for which the person can agree to the draft, or decline."""
    own = user.party_ids(today, Role.HEAD_OF_MISSION, Role.DEPOSITARY_OFFICER)
    if not own:
        return []
    rows = draft.concurrences.filter(party__in=own).select_related("party", "by").order_by("pk")
    return [row for row in rows if permissions.can_concur(user, draft, row.party, today)]
