"""Sealing an act: the one way in which a notification comes into the register.

One transaction of the caller: the sealed act, its senders, its transmissions, the deadlines it
starts, the alerts, the event; or none of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from notifications.acts import ACTS, VOIDING
from notifications.models import (
    Alert,
    Case,
    Circulation,
    Draft,
    Notification,
    Party,
    Progress,
    Sender,
    Transmission,
    User,
)
from notifications.queue import nudge
from notifications.register import Entry, append, canonical, content, digest_of
from notifications.services.alerts import act_alert
from notifications.services.calendar import day_in
from notifications.services.circumstances import Circumstances
from notifications.services.deadlines import Cause, Clocks, open_clocks
from notifications.services.facts import stated_facts
from notifications.services.fulfilment import fulfil
from notifications.services.numbering import give_number
from notifications.services.transmitting import transmissions_label, transmit


@dataclass(frozen=True)
class Filing:
    """An act about to be sealed: what it says, who gives it, who drafted and who approved it.

    ``at`` is the instant at which it is given; ``is_dated`` says that only its day is known.
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
    flags: list[dict[str, str]] = field(default_factory=list)

    @property
    def given_on(self) -> date:
        """The day of the note in the treaty's zone."""
        return day_in(self.case.treaty.zone, self.at)


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
    sent = transmit(notification, addressees, role=Transmission.Role.ISSUE, now=filing.at)
    circulation = _number_at_issue(notification, filing, around, addressees)
    _insert_progress(notification, filing, circulation)
    is_numbered = circulation is not None
    clocks = _open_clocks(
        notification, filing, around, addressees=addressees, is_numbered=is_numbered
    )
    alerts = [act_alert(notification, Alert.Kind.ISSUED, now=filing.at), *clocks.alerts]
    Alert.objects.bulk_create(alerts)
    is_void = any(flag["code"] in VOIDING for flag in filing.flags)
    settled = {} if is_void else fulfil(notification, senders, today=filing.given_on)
    label = transmissions_label(notification, Transmission.Role.ISSUE)
    rows = (notification, *sender_rows, *clocks.versions, *([circulation] if circulation else []))
    body = {"case": filing.case.pk, "settled": settled}
    entry = Entry("notification-issued", notification, filing.at, filing.approved_by, rows, body)
    append(entry.covering({label: sent}))
    if filing.case.is_live:
        nudge("send_alerts")
    return notification


def _insert(filing: Filing, senders: list[Party], addressees: list[Party]) -> Notification:
    fields = {
        key: value for key, value in filing.fields.items() if key not in ("text", "visibility")
    }
    if filing.flags:
        fields["flags"] = filing.flags
    notification = Notification(
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
        language=filing.drafted_by.language,
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
    if ACTS[filing.act].filed_by == "party" and depositaries & {p.pk for p in addressees}:
        return None
    return give_number(notification, actor=filing.approved_by, now=filing.at)


def _insert_progress(
    notification: Notification, filing: Filing, circulation: Circulation | None
) -> None:
    is_circulated = circulation is not None and ACTS[filing.act].filed_by == "depositary"
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
        circulated_on=notification.given_on if is_numbered else None,
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
        cause=Cause("the notification was issued", filing.approved_by, filing.at),
    )
