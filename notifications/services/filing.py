"""Sealing an act: the one way in which a notification comes into the register.

One transaction of the caller: the sealed act, its senders, its transmissions, the deadlines it
starts, the alerts, the event; or none of them.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from notifications.acts import ACTS, VOIDING, is_by_depositary
from notifications.models import (
    Alert,
    Case,
    Circulation,
    Draft,
    Fact,
    Notification,
    Party,
    Progress,
    Sender,
    Transmission,
    User,
)
from notifications.queue import nudge
from notifications.register import Entry, append, canonical, content, digest_of
from notifications.services.alerts import act_alert, chase_alert
from notifications.services.calendar import day_in
from notifications.services.circumstances import Circumstances
from notifications.services.computing import Clocks, cause_told
from notifications.services.deadlines import open_clocks
from notifications.services.facts import stated_facts
from notifications.services.fulfilment import fulfil
from notifications.services.ledger import bring_facts
from notifications.services.moving import recounted
from notifications.services.numbering import give_number
from notifications.services.papers import attach_named
from notifications.services.participating import record_joining
from notifications.services.transmitting import transmissions_label, transmit

# Acts that move clocks of the act they refer to, through the ledger.
BRINGING_FACTS: Final = ("extension",)


@dataclass(frozen=True)
class Filing:
    """An act about to be sealed: what it says, who gives it, who drafted and who approved it.

    ``at`` is the instant at which it is given; ``is_dated`` says that only its day is known. Of a
    paper note ``at`` is the instant of its entry and ``dated_on`` the day on which it was given.
    """

    case: Case
    act: str
    senders: tuple[Party, ...]
    fields: dict[str, Any]
    drafted_by: User
    approved_by: User
    at: datetime
    is_dated: bool = False
    refers_to: Notification | None = None
    draft: Draft | None = None
    external_ref: str = ""
    uid: uuid.UUID | None = None
    dated_on: date | None = None
    is_paper: bool = False
    language: str = ""
    flags: list[dict[str, str]] = field(default_factory=list)

    @property
    def given_on(self) -> date:
        """The day of the note in the treaty's zone."""
        return self.dated_on or day_in(self.case.treaty.zone, self.at)

    @property
    def is_by_depositary(self) -> bool:
        """Whether a depositary gives it as such."""
        return is_by_depositary(ACTS[self.act], self.fields)


def seal(filing: Filing, around: Circumstances) -> Notification:
    """Insert the act and everything that follows from it; the event comes last.

    A fixed number of queries, whatever the number of parties.
    """
    senders = list(filing.senders)
    addressees = around.addressees(filing.act, filing.fields, senders)
    notification = _insert(filing, senders, addressees)
    sender_rows = Sender.objects.bulk_create(
        [Sender(notification=notification, party=party) for party in senders]
    )
    papers = attach_named(notification, actor=filing.approved_by, now=filing.at)
    sent = transmit(notification, addressees, role=Transmission.Role.ISSUE, now=filing.at)
    circulation = _number_at_issue(notification, filing, around, addressees)
    _insert_progress(notification, filing, circulation)
    is_numbered = circulation is not None
    clocks = _open_clocks(
        notification, filing, around, addressees=addressees, is_numbered=is_numbered
    )
    done, facts, moved = _do(notification, filing, senders)
    issued = act_alert(notification, Alert.Kind.ISSUED, now=filing.at)
    chased = [chase_alert(notification, now=filing.at)] if filing.case.is_live else []
    Alert.objects.bulk_create([issued, *chased, *clocks.alerts, *moved.alerts])
    label = transmissions_label(notification, Transmission.Role.ISSUE)
    rows = (notification, *sender_rows, *papers, *clocks.versions, *facts, *moved.versions)
    rows = (*rows, *([circulation] if circulation else []))
    body = {"case": filing.case.pk, **done}
    entry = Entry("notification-issued", notification, filing.at, filing.approved_by, rows, body)
    append(entry.covering({label: sent}))
    if filing.case.is_live:
        nudge("send_alerts")
    return notification


def _do(
    notification: Notification, filing: Filing, senders: list[Party]
) -> tuple[dict[str, Any], list[Fact], Clocks]:
    """What the act does besides starting its own clocks: for the event, and the rows it inserted.

    A void act does nothing.
    """
    if any(flag["code"] in VOIDING for flag in filing.flags):
        return {"settled": {}}, [], Clocks()
    done = {"settled": fulfil(notification, senders, today=filing.given_on)}
    done |= record_joining(notification, senders)
    if filing.act not in BRINGING_FACTS:
        return done, [], _moved_by(notification, filing)
    return done, *bring_facts(notification, filing.approved_by, filing.at)


def _moved_by(notification: Notification, filing: Filing) -> Clocks:
    """The clocks for which it matters how many such acts have come in: one more, or one less."""
    target = notification.refers_to
    if target is None:
        return Clocks()
    cause = cause_told("issued", filing.approved_by, filing.at)
    if notification.act == "rescission":
        return recounted(target, cause=cause, is_taken_back=True)
    return recounted(notification, cause=cause)


def _insert(filing: Filing, senders: list[Party], addressees: list[Party]) -> Notification:
    fields = {
        key: value for key, value in filing.fields.items() if key not in ("text", "visibility")
    }
    if filing.flags:
        fields["flags"] = filing.flags
    notification = Notification(
        uid=filing.uid or uuid.uuid4(),
        case=filing.case,
        draft=filing.draft,
        external_ref=filing.external_ref or None,
        act=filing.act,
        treaty=filing.case.treaty,
        given_on=filing.given_on,
        given_at=None if filing.is_dated else filing.at,
        zone=filing.case.treaty.zone,
        entered_at=filing.at,
        text=filing.fields.get("text", ""),
        fields=fields,
        visibility=filing.fields.get("visibility", Notification.Visibility.PARTIES),
        language=filing.language or filing.drafted_by.language,
        is_paper=filing.is_paper,
        refers_to=filing.refers_to,
        drafted_by=filing.drafted_by,
        approved_by=filing.approved_by,
    )
    said = content(notification)
    said["senders"] = [party.code for party in senders]
    said["addressees"] = [party.code for party in addressees]
    said["treaty"] = filing.case.treaty.slug
    notification.canonical = canonical(said)
    notification.digest = digest_of(notification.canonical)
    notification.save(force_insert=True)
    return notification


def _number_at_issue(
    notification: Notification,
    filing: Filing,
    around: Circumstances,
    addressees: list[Party],
) -> Circulation | None:
    """A number at once where no depositary will give one: its own act, or none is addressed."""
    depositaries = {party.pk for party in around.depositaries}
    if not filing.is_by_depositary and depositaries & {p.pk for p in addressees}:
        return None
    return give_number(notification, actor=filing.approved_by, now=filing.at)


def _insert_progress(
    notification: Notification, filing: Filing, circulation: Circulation | None
) -> None:
    is_circulated = circulation is not None and filing.is_by_depositary
    Progress.objects.create(
        notification=notification,
        status="circulated" if is_circulated else "issued",
        circulated_at=filing.at if is_circulated else None,
    )


def _open_clocks(
    notification: Notification,
    filing: Filing,
    around: Circumstances,
    *,
    addressees: list[Party],
    is_numbered: bool,
) -> Clocks:
    facts = stated_facts(
        given_on=notification.given_on,
        zone=notification.zone,
        fields=notification.fields,
        depositaries=around.depositaries,
        addressees=addressees,
        circulated_at=filing.at if is_numbered else None,
        given_at=notification.given_at,
    )
    if not around.clauses and not notification.fields.get("respond_by"):
        return Clocks()
    return open_clocks(
        notification,
        rules=[(version, around.rules[version.pk]) for version in around.clauses],
        facts=facts,
        senders=filing.senders,
        addressees=addressees,
        members=around.members,
        has_ledger=around.has_ledger,
        cause=cause_told("issued", filing.approved_by, filing.at),
    )
