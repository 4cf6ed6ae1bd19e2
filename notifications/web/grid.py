"""The grid of addressees: what each was sent, acknowledged and answered; who is silent since."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min

from notifications.acts import ACTS, is_by_depositary
from notifications.models import (
    Message,
    Notification,
    Response,
    Transmission,
    TransmissionReport,
)
from notifications.web.names import PartyNames


@dataclass
class Row:
    """One party to which the notification was sent; instants, and None where nothing is known.

    ``response`` is its answer; ``own_act`` an act of its own that refers to the notification, which
    ends its silence and is no answer. The channels say by which way it was sent.
    """

    party_id: int
    name: str
    sent_at: datetime | None = None
    sent_by: str = ""
    circulated_at: datetime | None = None
    circulated_by: str = ""
    accepted_at: datetime | None = None
    acknowledged_at: datetime | None = None
    response: Response | None = None
    own_act: Notification | None = None

    @property
    def reached_at(self) -> datetime:
        """When it was first sent to the party."""
        instants = [at for at in (self.sent_at, self.circulated_at) if at is not None]
        return min(instants)

    @property
    def silent_since(self) -> datetime | None:
        """The last thing known of a party that neither answered nor filed an act of its own."""
        if self.response or self.own_act:
            return None
        return self.acknowledged_at or self.reached_at

    @property
    def is_silent(self) -> bool:
        """Whether neither an acknowledgement nor an answer nor an act of its own came."""
        return self.silent_since is not None and self.acknowledged_at is None


def addressees(
    notification: Notification,
    names: PartyNames,
    *,
    responses: Iterable[Response],
    reports: Iterable[TransmissionReport],
    acts: Iterable[Notification],
) -> list[Row]:
    """One row a party, sorted by name: two queries, whatever their number.

    ``responses``, ``reports`` and ``acts`` are those of the whole case, read once for the page.
    """
    rows = _sent_to(notification, names)
    _add_mail(notification, rows)
    for report in reports:
        if report.transmission.notification_id == notification.pk:
            rows[report.transmission.party_id].acknowledged_at = report.at
    for response in responses:
        if response.notification_id == notification.pk and response.party_id in rows:
            rows[response.party_id].response = response
    for act in acts:
        if act.refers_to_id == notification.pk:
            _add_act(act, rows)
    return [rows[named.pk] for named in names.sort(rows)]


def _sent_to(notification: Notification, names: PartyNames) -> dict[int, Row]:
    rows: dict[int, Row] = {}
    for sent in Transmission.objects.filter(notification=notification).order_by("pk"):
        row = rows.setdefault(sent.party_id, Row(sent.party_id, names.of(sent.party_id)))
        if sent.role == Transmission.Role.ISSUE:
            row.sent_at, row.sent_by = sent.at, sent.channel
        else:
            row.circulated_at, row.circulated_by = sent.at, sent.channel
    return rows


def _add_act(act: Notification, rows: dict[int, Row]) -> None:
    """An act of a party; what a depositary files as such is not what its state thinks of it."""
    if is_by_depositary(ACTS[act.act], act.fields):
        return
    for sender in act.sender_rows.all():
        if sender.party_id in rows:
            rows[sender.party_id].own_act = act


def _add_mail(notification: Notification, rows: dict[int, Row]) -> None:
    """When the server first took a message for somebody of the party."""
    taken = (
        Message.objects.filter(alert__notification=notification, state="sent")
        .values("party")
        .annotate(first=Min("sent_at"))
    )
    for found in taken:
        if found["party"] in rows:
            rows[found["party"]].accepted_at = found["first"]


@dataclass(frozen=True)
class Tally:
    """How many were sent it, acknowledged it, answered it, filed an act of their own, are silent.

    An answer is a response; ``acted`` counts those that only filed an act that refers to it.
    """

    sent: int
    acknowledged: int
    answered: int
    acted: int
    silent: int


def tally(rows: list[Row]) -> Tally:
    """Count the grid."""
    return Tally(
        sent=len(rows),
        acknowledged=sum(1 for row in rows if row.acknowledged_at),
        answered=sum(1 for row in rows if row.response),
        acted=sum(1 for row in rows if row.own_act and not row.response),
        silent=sum(1 for row in rows if row.is_silent),
    )
