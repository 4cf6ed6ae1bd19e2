"""What a signature and an instrument do to who is a party; a replay never writes Participation.

Source: VCLT 10–12, 14–16, 24, 25; the 1978 Vienna Convention on Succession of States in Respect of
Treaties (VCST), Articles 22 and 23.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, Final

from django.utils.translation import get_language, gettext

from notifications.emails import words
from notifications.errors import RuleBrokenError
from notifications.models import (
    Alert,
    Deadline,
    Draft,
    Notification,
    Participation,
    Party,
    PartyName,
    Succession,
    counted,
)
from notifications.services.alerts import act_alert
from notifications.services.circumstances import Circumstances, givers_of
from notifications.services.findings import Finding, Level
from notifications.services.participation_rules import refuse_overlap

logger = logging.getLogger(__name__)

ACTS_OF_JOINING: Final = ("signature", "instrument")
SUCCESSION: Final = "succession"
PROVISIONAL: Final = "provisional-application"


def joining_findings(draft: Draft, around: Circumstances) -> Iterator[Finding]:
    """What stands against becoming a party: it is one already, the dates, the predecessor.

    Each of those that give it jointly is looked at.
    """
    for party in givers_of(draft):
        yield from _joining(draft, party, around)
    for name, label in (
        ("signed_on", gettext("Signed on: the day is still to come.")),
        ("succession_on", gettext("Date of succession: the day is still to come.")),
    ):
        if draft.fields.get(name, "") > around.on.isoformat():
            yield Finding("refuse", "day-to-come", name, label)
    if draft.act == "instrument" and not around.clauses and draft.case.is_live:
        sentence = gettext(
            "No clause on entry into force for a new party is recorded for this treaty: the date "
            "has to be entered in the registry."
        )
        yield Finding("warn", "no-clause", "mode", sentence)


def _joining(draft: Draft, party: Party, around: Circumstances) -> Iterator[Finding]:
    said = {"party": _name(party), "treaty": draft.case.treaty.short_name}
    if party.pk in {member.pk for member in around.members}:
        sentence = gettext("%(party)s is a party to %(treaty)s already.") % said
        field = "joint_with" if party.pk != draft.party_id else ""
        yield Finding("refuse", "already-a-party", field, words.sentence(sentence))
    elif draft.case.is_live:
        yield from _on_record(draft, party, said)
    if draft.fields.get("mode") == SUCCESSION:
        yield from _predecessor(draft, party)


def has_joined(draft: Draft, party: Party) -> bool:
    """Whether a party that gives the draft has signed or consented, in force for it or not.

    Reservations, declarations and objections are made on the way to become a party (VCLT 19, 20).
    """
    on_record = Participation.objects.filter(party=party, treaty=draft.case.treaty, exit_on=None)
    given = Notification.objects.filter(
        case=draft.case.pk or 0, act__in=ACTS_OF_JOINING, sender_rows__party=party
    )
    return (draft.case.is_live and on_record.exists()) or given.exists()


def _on_record(draft: Draft, party: Party, said: dict[str, str]) -> Iterator[Finding]:
    rows = Participation.objects.filter(party=party, treaty=draft.case.treaty, exit_on=None)
    row = rows.first()
    if row is None:
        return
    if draft.act == "signature" and row.signed_on:
        sentence = gettext("The signature of %(treaty)s by %(party)s is recorded already.")
        yield Finding("refuse", "signed-already", "signed_on", sentence % said)
    is_consent = draft.act == "instrument" and draft.fields.get("mode") != PROVISIONAL
    if is_consent and row.consent_on:
        sentence = gettext("Consent to be bound by %(treaty)s is recorded already: %(party)s.")
        yield Finding("refuse", "consented-already", "mode", sentence % said)


def _predecessor(draft: Draft, party: Party) -> Iterator[Finding]:
    """Who is succeeded to: another one on record, which was a party on the day of succession."""
    code = draft.fields.get("predecessor", "")
    if not code:
        return
    former = Party.objects.filter(code=code).first()
    if former is None or former == party:
        sentence = gettext("Predecessor: name another state by its code.")
        yield Finding("refuse", "unknown-predecessor", "predecessor", sentence)
        return
    said = {
        "former": _name(former),
        "party": _name(party),
        "treaty": draft.case.treaty.short_name,
    }
    if not Succession.objects.filter(old=former, new=party).exists():
        sentence = gettext("It is not on record that %(party)s is a successor of %(former)s.")
        yield Finding("refuse", "unknown-predecessor", "predecessor", sentence % said)
    on = draft.fields.get("succession_on")
    if draft.case.is_live and on and not _was_bound(former, draft, date.fromisoformat(on)):
        sentence = gettext("%(former)s was no party to %(treaty)s until that day.")
        level: Level = "refuse" if draft.case.treaty.participants_complete else "warn"
        told = words.sentence(sentence % said)
        yield Finding(level, "predecessor-not-bound", "succession_on", told)


def _was_bound(former: Party, draft: Draft, on: date) -> bool:
    """Whether the treaty was in force for it up to the day of succession."""
    rows = Participation.objects.filter(party=former, treaty=draft.case.treaty)
    return any(
        row.in_force_on is not None
        and row.in_force_on <= on
        and (row.exit_on is None or row.exit_on >= on)
        for row in rows
    )


def _name(party: Party) -> str:
    return PartyName.objects.said(party, get_language() or "en")


def record_joining(notification: Notification, senders: Sequence[Party]) -> dict[str, Any]:
    """Record the signature, or the consent to be bound, of each sender as the act is sealed.

    What the event must say of it is returned: nothing in a replay, and of provisional application,
    which binds to nothing that a participation holds (VCLT 25). What is on record already, where a
    paper note says it once more, stays.
    """
    fields = notification.fields
    is_provisional = fields.get("mode") == PROVISIONAL
    if notification.act not in ACTS_OF_JOINING or not notification.case.is_live or is_provisional:
        return {}
    recorded: dict[str, int | None] = {}
    enter = _sign if notification.act == "signature" else _consent
    for party in senders:
        row = _open_row(party, notification) or _new_row(party, notification)
        is_entered = enter(row, notification)
        if is_entered:
            row.save()
        recorded[party.code] = row.pk if is_entered else None
    return {"participations": recorded}


def _open_row(party: Party, notification: Notification) -> Participation | None:
    """The participation that is not ended, locked."""
    rows = Participation.objects.select_for_update(of=("self",)).filter(
        party=party, treaty=notification.treaty, exit_on=None
    )
    return rows.first()


def _new_row(party: Party, notification: Notification) -> Participation:
    return Participation(party=party, treaty=notification.treaty)


def _sign(row: Participation, notification: Notification) -> bool:
    """A signature that is not subject to ratification expresses consent itself (VCLT 12)."""
    stated = notification.fields.get("signed_on")
    on = date.fromisoformat(stated) if stated else notification.given_on
    on = min(on, notification.given_on)  # a note may name a day to come; it was signed by its own
    if row.signed_on or any(known and known < on for known in (row.consent_on, row.in_force_on)):
        return False
    row.signed_on = on
    if not notification.fields.get("is_subject_to_ratification") and not row.consent_on:
        row.consent = Participation.Consent.SIGNATURE
        row.consent_on, row.instrument = row.signed_on, notification
    return True


def _consent(row: Participation, notification: Notification) -> bool:
    if row.consent_on or row.in_force_on:
        return False
    row.consent = notification.fields.get("mode", "")
    row.consent_on, row.instrument = notification.given_on, notification
    if row.consent == SUCCESSION:
        former = Party.objects.filter(code=notification.fields.get("predecessor"))
        row.succeeds = former.exclude(pk=row.party_id).first()
    return True


def record_deposit(notification: Notification, *, now: datetime) -> dict[str, Any]:
    """What the receipt of an instrument establishes (VCLT 16): consent dates from its deposit.

    The earliest receipt that stands counts. A succession has its effect with it, from the date of
    succession on (VCST 22 and 23). What the event must say of it is returned.
    """
    if notification.act != "instrument" or not notification.case.is_live:
        return {}
    receipts = counted(notification.receipts.select_related("party")).values()
    on = min((row.on for row, _claim in receipts), default=None)
    if on is None:
        return {}
    said: dict[str, Any] = {}
    rows = Participation.objects.select_for_update(of=("self",)).filter(instrument=notification)
    for row in rows.select_related("party", "succeeds", "treaty").order_by("pk"):
        row.consent_on = on
        row.save(update_fields=["consent_on"])
        said[row.party.code] = {"consent_on": on.isoformat()}
        if row.consent == SUCCESSION and row.in_force_on is None:
            said[row.party.code] |= _begin(row, _succession_day(notification) or on)
            if said[row.party.code]["outcome"] == "began":
                tell_of_participation(notification, row.party, now)
    return {"participations": said} if said else {}


def tell_of_participation(notification: Notification, party: Party, now: datetime) -> None:
    """That a party left or became one: once, whichever of several clauses brought it about."""
    kind = Alert.Kind.PARTICIPATION
    told = notification.alerts.filter(kind=kind, stage=party.code)
    if not told.exists():
        act_alert(notification, kind, now=now, stage=party.code).save()


def begin_participation(deadline: Deadline) -> dict[str, Any]:
    """Record that the bearer of an effect is a party from now on; what the event says is returned.

    ``outcome``: ``began``; ``confirmed`` where the same day is known already; ``differs``, never
    overwritten, where another one is, or where it would stand beside another participation;
    ``provisional`` and ``replayed``, which write nothing.
    """
    notification, party = deadline.act, deadline.bearer
    day = deadline.version.due_on
    said: dict[str, Any] = {"in_force_on": day.isoformat() if day else None}
    if notification.fields.get("mode") == PROVISIONAL:
        return {**said, "outcome": "provisional"}
    if not deadline.case.is_live or day is None or party is None:
        return {**said, "outcome": "replayed"}
    row = _open_row(party, notification)
    if row is None:
        row = _new_row(party, notification)
        row.consent, row.consent_on = _consent_of(notification), notification.given_on
        row.instrument = notification
    return {**said, **_begin(row, _succession_day(notification) or day)}


def _consent_of(notification: Notification) -> str:
    if notification.act == "signature":
        return Participation.Consent.SIGNATURE
    return str(notification.fields.get("mode", ""))


def _succession_day(notification: Notification) -> date | None:
    on = notification.fields.get("succession_on")
    return date.fromisoformat(on) if on else None


def _begin(row: Participation, day: date) -> dict[str, Any]:
    """Enter the day; the treaty is in force for nobody before it is in force itself (VCLT 24)."""
    day = max(day, row.treaty.in_force_on or day)
    if row.in_force_on is not None:
        outcome = "confirmed" if row.in_force_on == day else "differs"
        return {"outcome": outcome, "on_record": row.in_force_on.isoformat()}
    try:
        refuse_overlap(row.party, row.treaty, day, None, but=row if row.pk else None)
    except RuleBrokenError:
        logger.warning("a participation in treaty %s would overlap another one", row.treaty_id)
        return {"outcome": "differs"}
    row.in_force_on = day
    row.save()
    said: dict[str, Any] = {"outcome": "began", "in_force_on": day.isoformat()}
    if row.succeeds is not None:
        said |= _end_of_predecessor(row.succeeds, row, day)
    return said


def _end_of_predecessor(former: Party, row: Participation, day: date) -> dict[str, Any]:
    """A predecessor that is no more ends its participation; one that goes on, stays a party."""
    if former.exists_to is None or former.exists_to > day:
        return {}
    ended = Participation.objects.filter(
        party=former, treaty=row.treaty, exit_on=None, in_force_on__lt=day
    ).update(exit_on=day, notification=row.instrument)
    return {"taken_over_from": former.code, "ended": ended}
