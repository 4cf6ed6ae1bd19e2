"""What stands against issuing an act: refuse, confirm, warn (domain.md, refuse or warn)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.utils import formats
from django.utils.translation import get_language, gettext

from notifications.acts import ACTS
from notifications.clauses.compute import Result, compute
from notifications.clauses.schema import Clause as Rule
from notifications.errors import RuleBrokenError
from notifications.models import Draft, Notification, Participation, PartyName
from notifications.services.circumstances import Circumstances
from notifications.services.facts import stated_facts
from notifications.services.fulfilment import refuse_late_rescission

Level = Literal["refuse", "confirm", "warn"]
PARTICIPATION_UNKNOWN = "participation-unknown"
WRONG_REFERENCE = "wrong-reference"
CANNOT_BE_TAKEN_BACK = "cannot-be-taken-back"


@dataclass(frozen=True)
class Finding:
    """One thing to say about a draft: refused, to be confirmed, or only to be known."""

    level: Level
    code: str
    field: str
    sentence: str


def examine(draft: Draft, around: Circumstances) -> list[Finding]:
    """Everything that stands against issuing the draft on the day of ``around``."""
    found = [*_missing(draft), *_reference(draft, around), *_limits(draft, around)]
    found += [*_participation(draft, around), *_clauses(draft, around)]
    return found


def refuse_what_stands_against(findings: list[Finding]) -> None:
    """Raise RuleBrokenError for the first finding that refuses or was not confirmed."""
    for finding in findings:
        if finding.level in ("refuse", "confirm"):
            raise RuleBrokenError(finding.sentence, field=finding.field)


def _missing(draft: Draft) -> Iterator[Finding]:
    for field in ACTS[draft.act].fields:
        if field.is_required and not draft.fields.get(field.name):
            sentence = gettext("%(field)s is missing.") % {"field": gettext(field.label)}
            yield Finding("refuse", "missing-field", field.name, sentence)


def _reference(draft: Draft, around: Circumstances) -> Iterator[Finding]:
    act, target = ACTS[draft.act], draft.refers_to
    title = gettext(act.title)
    if target is None:
        if act.must_refer:
            sentence = gettext("%(act)s: name the notification it refers to.") % {"act": title}
            yield Finding("refuse", "missing-reference", "refers_to", sentence)
        return
    if target.act not in act.refers_to or target.case_id != draft.case_id:
        sentence = gettext("%(act)s: it cannot refer to this notification.") % {"act": title}
        yield Finding("refuse", WRONG_REFERENCE, "refers_to", sentence)
    if draft.act == "rescission":
        try:
            refuse_late_rescission(target, [draft.party], now=around.at)
        except RuleBrokenError as refusal:
            yield Finding("refuse", CANNOT_BE_TAKEN_BACK, "refers_to", refusal.sentence)


def _limits(draft: Draft, around: Circumstances) -> Iterator[Finding]:
    limit = draft.fields.get("respond_by")
    if limit and date.fromisoformat(limit) <= around.on:
        sentence = gettext("Answer requested by: the day must come after the day of the note.")
        yield Finding("refuse", "limit-has-passed", "respond_by", sentence)
    known = {party.code for party in (*around.members, *around.depositaries)}
    for name in ("addressees", "against", "joint_with"):
        for code in sorted(set(draft.fields.get(name, [])) - known):
            sentence = gettext("%(code)s is no party to the treaty on this day.") % {"code": code}
            yield Finding("refuse", "not-a-party", name, sentence)
    if draft.party.code in draft.fields.get("against", []):
        sentence = gettext("A party cannot accuse itself.")
        yield Finding("refuse", "against-itself", "against", sentence)


def _participation(draft: Draft, around: Circumstances) -> Iterator[Finding]:
    if draft.party_id in {party.pk for party in around.members}:
        return
    treaty = draft.case.treaty
    name = PartyName.objects.of(draft.party, get_language() or "en")
    said = {"party": name, "treaty": treaty.short_title}
    if treaty.participants_complete or not draft.case.is_live:
        sentence = gettext("%(party)s is no party to %(treaty)s on this day.") % said
        yield Finding("refuse", "not-a-party", "", sentence)
    elif str(draft.fields.get("in_force_for_party", "")) > around.on.isoformat():
        sentence = gettext("In force for the party since: the day is still to come.")
        yield Finding("refuse", "not-in-force-yet", "in_force_for_party", sentence)
    elif not draft.fields.get("in_force_for_party"):
        sentence = gettext(
            "It is not recorded whether %(party)s is a party to %(treaty)s: say since when the "
            "treaty has been in force for it."
        )
        yield Finding("confirm", PARTICIPATION_UNKNOWN, "in_force_for_party", sentence % said)
    elif PARTICIPATION_UNKNOWN not in draft.fields.get("confirmed", []):
        sentence = gettext(
            "It is not recorded whether %(party)s is a party to %(treaty)s: confirm that it is."
        )
        yield Finding("confirm", PARTICIPATION_UNKNOWN, "confirmed", sentence % said)


def _clauses(draft: Draft, around: Circumstances) -> Iterator[Finding]:
    for version in around.clauses:
        rule = around.rules[version.pk]
        result = results(draft, around)[version.pk]
        yield from _of_clause(rule, result)
    if draft.act == "withdrawal" and not around.clauses:
        sentence = gettext("No clause on withdrawal is recorded for this treaty: no clock starts.")
        yield Finding("warn", "no-clause", "article", sentence)


def _of_clause(rule: Rule, result: Result) -> Iterator[Finding]:
    said = {"article": rule.article}
    if result.status == "not-permitted":
        sentence = gettext("Article %(article)s admits no such act.") % said
        yield Finding("refuse", "not-permitted", "article", sentence)
    if "earlier-than-clause" in result.flags and result.earliest_on is not None:
        day = formats.date_format(result.earliest_on, "j F Y")
        sentence = gettext("The earliest date that Article %(article)s allows is %(day)s.")
        yield Finding(
            "refuse", "earlier-than-clause", "effective_on", sentence % {**said, "day": day}
        )
    if "missing-statement" in result.flags:
        sentence = gettext("Article %(article)s asks for a statement of reasons in the notice.")
        yield Finding("refuse", "missing-statement", "reasons", sentence % said)


def results(draft: Draft, around: Circumstances) -> dict[int, Result]:
    """What each governing clause yields for the draft, were it issued on the day of ``around``."""
    facts = stated_facts(
        given_on=around.on,
        zone=draft.case.treaty.zone,
        fields=draft.fields,
        depositaries=around.depositaries,
        addressees=around.addressees(draft.act, draft.fields, [draft.party]),
    )
    return {version.pk: compute(around.rules[version.pk], facts) for version in around.clauses}


def warnings(draft: Draft) -> Iterator[Finding]:
    """What a person should know first: a notice already under way, an exit already known."""
    if draft.act != "withdrawal":
        return
    treaty, party = draft.case.treaty, draft.party
    running = Notification.objects.filter(
        treaty=treaty,
        act="withdrawal",
        case__origin="live",
        senders=party,
        deadlines__status__in=("awaiting", "running"),
    )
    if running.exists():
        sentence = gettext("A withdrawal of this party is already under way.")
        yield Finding("warn", "already-under-way", "", sentence)
    exits = Participation.objects.filter(treaty=treaty, party=party, exit_on__isnull=False)
    for exit_on in exits.order_by("exit_on").values_list("exit_on", flat=True):
        if exit_on is not None:
            day = formats.date_format(exit_on, "j F Y")
            sentence = gettext("The library already knows that it left on %(day)s.")
            yield Finding("warn", "already-left", "", sentence % {"day": day})
