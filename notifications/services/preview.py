"""What a draft would start, were it issued today: read only, nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from notifications.acts import ACTS
from notifications.clauses.compute import Result, limit_set
from notifications.clauses.explain import TraceStep
from notifications.clauses.schema import Clause as Rule
from notifications.emails.words import library_words
from notifications.models import ClauseVersion, Deadline, Draft, Party, Treaty
from notifications.services.circumstances import Circumstances, circumstances
from notifications.services.counting import owed
from notifications.services.deadlines import asked
from notifications.services.examining import Finding, examine, results, warnings


@dataclass(frozen=True)
class Foreseen:
    """One deadline that would start: its date, or the fact it still awaits, and the way there.

    ``act`` is what takes effect or what the duty asks for; empty for an answer that is asked for.
    """

    article: str
    summary: str
    source: str
    yields: str
    act: str
    owed_by: str
    bearers: tuple[Party, ...]
    opens_on: date | None
    due_on: date | None
    awaiting: str
    zone: str
    trace: tuple[TraceStep, ...]
    status: str = "computed"
    exact_at: datetime | None = None
    lawful_on: date | None = None
    survives_on: date | None = None
    cascades: tuple[Treaty, ...] = ()


@dataclass(frozen=True)
class Preview:
    """What this starts, who will be told, and what stands against it."""

    deadlines: tuple[Foreseen, ...]
    depositaries: tuple[Party, ...]
    parties: tuple[Party, ...]
    findings: tuple[Finding, ...]

    @property
    def is_ready(self) -> bool:
        """Whether nothing refuses it and nothing is left to be confirmed."""
        return all(finding.level == "warn" for finding in self.findings)


def preview(*, draft: Draft, today: date) -> Preview:
    """Foresee a draft, saved or not, on a day in the treaty's zone: a fixed number of queries."""
    around = circumstances(draft.case, draft.act, today)
    addressees = around.addressees(draft.act, draft.fields, [draft.party])
    depositaries = {party.pk for party in around.depositaries}
    found = results(draft, around)
    deadlines = [
        _foreseen(draft, version, around, found[version.pk])
        for version in around.clauses
        if version.pk in found
    ]
    return Preview(
        deadlines=(
            *(item for item in deadlines if item is not None),
            *_answers(draft, today, asked(draft.fields, addressees, around.members)),
        ),
        depositaries=tuple(p for p in addressees if p.pk in depositaries),
        parties=tuple(p for p in addressees if p.pk not in depositaries),
        findings=(*examine(draft, around), *warnings(draft)),
    )


def _foreseen(
    draft: Draft, version: ClauseVersion, around: Circumstances, result: Result
) -> Foreseen | None:
    rule = around.rules[version.pk]
    if rule.yields == "not-permitted":
        return None
    owed_by = owed(rule)
    return Foreseen(
        article=rule.article,
        summary=library_words(rule.summary),
        source=rule.source,
        yields=rule.yields,
        act=rule.duty.act if rule.duty else ACTS[draft.act].kind,
        owed_by=owed_by,
        bearers=_bearers(draft, around, owed_by),
        opens_on=result.opens_on,
        due_on=result.due_on,
        awaiting=result.awaiting,
        zone=result.zone,
        trace=result.trace,
        status=result.status,
        exact_at=result.due_at if result.is_exact else None,
        lawful_on=result.lawful_on,
        survives_on=result.survives_on,
        cascades=_carried_over(rule),
    )


def _carried_over(rule: Rule) -> tuple[Treaty, ...]:
    """The treaties to which the effect carries over, as far as the registry has them."""
    if not rule.cascades:
        return ()
    return tuple(Treaty.objects.filter(slug__in=rule.cascades).order_by("short_title"))


def _bearers(draft: Draft, around: Circumstances, owed_by: str) -> tuple[Party, ...]:
    """Who would bear a clock: none where it is the parties as one."""
    givers = {draft.party.code, *draft.fields.get("joint_with", [])}
    if owed_by == Deadline.OwedBy.DEPOSITARIES:
        return around.depositaries
    if owed_by == Deadline.OwedBy.NOTIFIER:
        return (draft.party, *(p for p in around.members if p.code in givers - {draft.party.code}))
    if owed_by == Deadline.OwedBy.ADDRESSEE:
        addressees = around.addressees(draft.act, draft.fields, [draft.party])
        return tuple(asked(draft.fields, addressees, around.members))
    if owed_by == Deadline.OwedBy.EACH_PARTY:
        return tuple(party for party in around.members if party.code not in givers)
    return ()


def _answers(draft: Draft, today: date, bearers: list[Party]) -> list[Foreseen]:
    limit = draft.fields.get("respond_by")
    if not limit:
        return []
    zone = draft.case.treaty.zone
    result = limit_set(today, date.fromisoformat(limit), zone)
    return [
        Foreseen(
            article="",
            summary="",
            source="",
            yields="lapse",
            act="",
            owed_by="addressee",
            bearers=tuple(bearers),
            opens_on=None,
            due_on=result.due_on,
            awaiting="",
            zone=zone,
            trace=result.trace,
        )
    ]
