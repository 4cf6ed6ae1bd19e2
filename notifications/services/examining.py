"""What stands against issuing an act: refuse, confirm, warn (domain.md, refuse or warn)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from django.utils.translation import get_language, gettext

from notifications.acts import ACTS, is_by_depositary
from notifications.clauses.compute import Result
from notifications.clauses.facts import ReceiptFact
from notifications.clauses.schema import Clause as Rule
from notifications.emails import words
from notifications.emails.words import bare_date, cited
from notifications.errors import RuleBrokenError
from notifications.lifecycle import UNFINISHED, UNTIMELY
from notifications.models import (
    Deadline,
    Draft,
    Notification,
    Participation,
    Party,
    PartyName,
)
from notifications.services.circumstances import Circumstances, givers_of
from notifications.services.clause_facts import completed
from notifications.services.counting import Counting, ordered, owed
from notifications.services.entries import Ledger, ledger_of
from notifications.services.facts import About, stated_facts
from notifications.services.findings import (
    DOUBTS,
    PARTICIPATION_UNKNOWN,
    Finding,
    Level,
    refuse_what_stands_against,
)
from notifications.services.ledger_rules import extended_clocks
from notifications.services.participating import ACTS_OF_JOINING, has_joined, joining_findings
from notifications.services.referring import reference_findings

__all__ = [
    "PARTICIPATION_UNKNOWN",
    "Finding",
    "Level",
    "examine",
    "refuse_what_stands_against",
    "results",
    "warnings",
]

RESPOND_BY = "respond_by"


def examine(draft: Draft, around: Circumstances) -> list[Finding]:
    """Everything that stands against issuing the draft on the day of ``around``."""
    found = [*_missing(draft), *_rules(draft), *reference_findings(draft, around)]
    found += [*_limits(draft, around), *_named(draft, around), *_extended(draft)]
    found += [*_giver(draft, around), *_clauses(draft, around)]
    return found


def _missing(draft: Draft) -> Iterator[Finding]:
    for field in ACTS[draft.act].fields:
        if field.is_required and not draft.fields.get(field.name):
            sentence = gettext("%(field)s is missing.") % {"field": gettext(field.label)}
            yield Finding("refuse", "missing-field", field.name, sentence)


def _rules(draft: Draft) -> Iterator[Finding]:
    """What the fields of the act must agree in, as its entry of data says."""
    target = draft.refers_to.act if draft.refers_to else ""
    for rule in ACTS[draft.act].rules:
        fault = rule.fault(draft.fields, target)
        if fault is not None:
            yield Finding("refuse", fault.code, fault.field, gettext(fault.sentence))


def _limits(draft: Draft, around: Circumstances) -> Iterator[Finding]:
    limit = draft.fields.get(RESPOND_BY)
    if limit and date.fromisoformat(limit) <= around.on:
        sentence = gettext("Answer requested by: the day must come after the day of the note.")
        yield Finding("refuse", "limit-has-passed", RESPOND_BY, sentence)


def _named(draft: Draft, around: Circumstances) -> Iterator[Finding]:
    """The parties that the fields name: known to the treaty, none accused by itself."""
    known = {party.code for party in (*around.members, *around.depositaries)}
    for name in ("addressees", "against", "joint_with"):
        codes = set(draft.fields.get(name, [])) - known
        if name == "joint_with" and codes:  # whether those on record may give it, ``_giver`` says
            codes -= set(Party.objects.filter(code__in=codes).values_list("code", flat=True))
        for code in sorted(codes):
            sentence = gettext("%(code)s is no party to the treaty on this day.") % {"code": code}
            yield Finding("refuse", "not-a-party", name, sentence)
    if draft.party.code in draft.fields.get("against", []):
        sentence = gettext("A party cannot accuse itself.")
        yield Finding("refuse", "against-itself", "against", sentence)
    if draft.party.code in draft.fields.get("joint_with", []):
        sentence = gettext("Joint with: name the others alone, not the party that drafts it.")
        yield Finding("refuse", "joint-with-itself", "joint_with", sentence)


def _extended(draft: Draft) -> Iterator[Finding]:
    """An extension names a time-limit that there is, that is one's own, and a later day."""
    target = draft.refers_to
    if draft.act != "extension" or target is None:
        return
    until = draft.fields.get("until_on")
    if until and date.fromisoformat(until) <= target.given_on:
        sentence = gettext("Extended until: the day must come after the day of that notification.")
        yield Finding("refuse", "not-later", "until_on", sentence)
        return
    try:
        clocks = extended_clocks(target, draft.fields)
    except RuleBrokenError as refusal:
        yield Finding("refuse", "cannot-be-extended", refusal.field or "clause", refusal.sentence)
        return
    if any(clock.owed_by == Deadline.OwedBy.DEPOSITARIES for clock in clocks):
        sentence = gettext(
            "Time-limit extended: this one binds the depositaries; they record in the ledger of "
            "the case what the parties agree on it."
        )
        yield Finding("refuse", "not-its-own", "clause", sentence)


def _giver(draft: Draft, around: Circumstances) -> Iterator[Finding]:
    """Whoever gives it, alone or jointly, may: a depositary, a party, or who is to become one."""
    act = ACTS[draft.act]
    if is_by_depositary(act, draft.fields):
        keeps = {party.code for party in around.depositaries}
        if not {draft.party.code, *draft.fields.get("joint_with", [])} <= keeps:
            sentence = gettext("%(act)s: it is given by a depositary of the treaty.")
            said = {"act": gettext(act.title)}
            yield Finding("refuse", "not-a-depositary", "joint_with", sentence % said)
    elif draft.act in ACTS_OF_JOINING:
        yield from joining_findings(draft, around)
    elif draft.fields.get("mode") != "provisional-application":
        members = {party.pk for party in around.members}
        for party in givers_of(draft):
            if party.pk in members or (act.by_non_parties and has_joined(draft, party)):
                continue
            yield from _participation(draft, party, around)


def _participation(draft: Draft, party: Party, around: Circumstances) -> Iterator[Finding]:
    """What is said of a giver that is on record as no party.

    Only the party that drafts it can state since when it is one: a partner has to be on record.
    """
    treaty, is_partner = draft.case.treaty, party.pk != draft.party_id
    name = PartyName.objects.said(party, get_language() or "en")
    said = {"party": name, "treaty": treaty.short_name}
    if treaty.participants_complete or not draft.case.is_live or is_partner:
        sentence = gettext("%(party)s is no party to %(treaty)s on this day.") % said
        field = "joint_with" if is_partner else ""
        yield Finding("refuse", "not-a-party", field, words.sentence(sentence))
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
    found = results(draft, around)
    for version in around.clauses:
        if version.pk in found:
            rule, result = around.rules[version.pk], found[version.pk]
            yield from _of_clause(rule, result)
            yield from _of_own_notice(rule, result, around.on)
            yield from _doubted(draft, rule, result)
    if draft.act == "withdrawal" and not around.clauses:
        sentence = gettext("No clause on withdrawal is recorded for this treaty: no clock starts.")
        yield Finding("warn", "no-clause", "article", sentence)


def _of_clause(rule: Rule, result: Result) -> Iterator[Finding]:
    said = {"article": rule.article}
    if result.status == "not-permitted":
        sentence = gettext("Article %(article)s admits no such act.") % said
        yield Finding("refuse", "not-permitted", "article", sentence)
    if "earlier-than-clause" in result.flags and result.earliest_on is not None:
        day = bare_date(result.earliest_on)
        sentence = gettext("The earliest date that Article %(article)s allows is %(day)s.")
        yield Finding(
            "refuse", "earlier-than-clause", "effective_on", sentence % {**said, "day": day}
        )
    if "missing-statement" in result.flags:
        sentence = gettext("Article %(article)s asks for a statement of reasons in the notice.")
        yield Finding("refuse", "missing-statement", "reasons", sentence % said)


def _of_own_notice(rule: Rule, result: Result, on: date) -> Iterator[Finding]:
    """What has to be known of a notice that is late, or comes before its time."""
    if not rule.is_own_notice or result.due_on is None:
        return
    said = {"article": cited(rule.article), "day": bare_date(result.due_on)}
    if on > result.due_on:
        sentence = gettext("Late: this notice was to be given by %(day)s (%(article)s).")
        yield Finding("warn", "late-notice", "", sentence % said)
    elif result.opens_on is not None and on < result.opens_on:
        said["day"] = bare_date(result.opens_on)
        sentence = gettext("Early: this notice is to be given from %(day)s on (%(article)s).")
        yield Finding("warn", "early-notice", "", sentence % said)


def _doubted(draft: Draft, rule: Rule, result: Result) -> Iterator[Finding]:
    """What can be given all the same, once it is confirmed: too early, too late, disputed."""
    said = {"article": rule.article}
    if result.lawful_on is not None:
        said["day"] = bare_date(result.lawful_on)
    sentences = {
        "premature": gettext(
            "Too early: Article %(article)s admits it from %(day)s on. Confirm that it is to be "
            "given all the same."
        ),
        "too-late": gettext(
            "Too late: Article %(article)s admitted it until %(day)s. Confirm that it is to be "
            "given all the same."
        ),
        "disputed": gettext(
            "The treaty has no clause on withdrawal, and whether it admits one is disputed "
            "(VCLT 56). Confirm that it is to be given all the same."
        ),
    }
    if result.status in DOUBTS and result.status not in draft.fields.get("confirmed", []):
        sentence = sentences[result.status] % said
        yield Finding("confirm", result.status, "confirmed", sentence)


def results(draft: Draft, around: Circumstances) -> dict[int, Result]:
    """What each clause that counts yields, were the draft issued on the day of ``around``."""
    if not around.clauses:
        return {}
    facts = stated_facts(
        given_on=around.on,
        zone=draft.case.treaty.zone,
        fields=draft.fields,
        depositaries=around.depositaries,
        addressees=around.addressees(draft.act, draft.fields, [draft.party]),
        given_at=around.at,
    )
    target = draft.refers_to.pk if draft.refers_to else None
    act = About(draft.case, draft.act, around.on, draft.fields, (draft.party,), refers_to_id=target)
    ruled = [(version, around.rules[version.pk]) for version in around.clauses]
    rules = [rule for _version, rule in ruled]
    facts = completed(facts, rules, act)
    ledger = ledger_of(draft.case, around.on) if around.has_ledger else Ledger()
    counting = Counting(facts, rules, draft.case.treaty_id, ledger)
    found = {}
    for version, rule in ordered(ruled):
        clock = Deadline(clause=version.clause, bearer=draft.party, owed_by=owed(rule))
        result = counting.result(clock, rule)
        if result is not None and result.status == "awaiting" and rule.admissible is not None:
            result = _untimely(clock, rule, counting) or result
        if result is not None:
            found[version.pk] = result
    return found


def _untimely(clock: Deadline, rule: Rule, counting: Counting) -> Result | None:
    """Too early or too late, were it received on the day on which it is given: the earliest day."""
    facts = counting.facts
    codes = facts.depositaries | (facts.addressees or frozenset())
    received = tuple(ReceiptFact(code, facts.given_on) for code in sorted(codes))
    assumed = replace(facts, receipts=received, registered_on=facts.given_on)
    supposed = replace(counting, facts=assumed, yielded=dict(counting.yielded))
    result = supposed.result(clock, rule)
    return result if result is not None and result.status in UNTIMELY else None


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
        deadlines__status__in=UNFINISHED,
    )
    if running.exists():
        sentence = gettext("A withdrawal of this party is already under way.")
        yield Finding("warn", "already-under-way", "", sentence)
    exits = Participation.objects.filter(treaty=treaty, party=party, exit_on__isnull=False)
    for exit_on in exits.order_by("exit_on").values_list("exit_on", flat=True):
        if exit_on is not None:
            day = bare_date(exit_on)
            sentence = gettext("The library already knows that it left on %(day)s.")
            yield Finding("warn", "already-left", "", sentence % {"day": day})
