"""Treaties whose clauses the ledger moves, for the tests of the ledger."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from notifications.models import Deadline, Fact, Notification, Receipt
from notifications.services.circulating import circulate_notification
from notifications.services.ledger import record_fact
from notifications.services.receiving import register_receipt
from tests.factories import Cast

EFFECT: dict[str, Any] = {
    "id": "xv-2",
    "article": "XV(2)",
    "governs": "withdrawal",
    "starts": "given",
    "count": [{"add": "P6M"}],
    "yields": "effect",
    "override": "allowed",
    "open_while": "armed-conflict",
}
INFORMED: dict[str, Any] = {
    "id": "xx-5",
    "article": "XX(5)",
    "governs": "withdrawal",
    "starts": "informed",
    "count": [{"add": "P90D"}],
    "yields": "lapse",
    "silence": "acceptance",
}
CIRCULATED: dict[str, Any] = {**INFORMED, "id": "xx-6", "article": "XX(6)", "starts": "circulated"}

SIX_MONTHS: dict[str, Any] = {
    "id": "9",
    "article": "9",
    "governs": "withdrawal",
    "starts": "given",
    "count": [{"add": "P6M"}],
    "yields": "effect",
}
IN_CONFLICT: dict[str, Any] = {
    **SIX_MONTHS,
    "id": "9-bis",
    "article": "9 bis",
    "when": {"fact": "armed-conflict"},
    "count": [{"add": "P2Y"}],
}


def at(text: str) -> datetime:
    """Ten o'clock of a day."""
    return datetime.fromisoformat(f"{text}T10:00:00").replace(tzinfo=UTC)


def day(text: str) -> date:
    """A day."""
    return date.fromisoformat(text)


def clock_of(notification: Notification, slug: str, code: str = "") -> Deadline:
    """The clock of a clause as it stands, of one party where there are several."""
    found = notification.deadlines.filter(clause__slug=slug).with_reasons()
    if code:
        found = found.filter(bearer__code=code)
    return found.select_related("notification__treaty", "notification__case", "case").get()


def receive(cast: Cast, notification: Notification, on: str, code: str = "CAN") -> Receipt:
    """The receipt by a depositary, registered on its day."""
    officer = {"CAN": cast.canadian_officer, "HUN": cast.hungarian_officer}[code]
    return register_receipt(
        notification=notification, party=cast.party(code), on=day(on), actor=officer, now=at(on)
    )


def circulate(cast: Cast, notification: Notification, on: str) -> None:
    """Received and circulated on a day."""
    receive(cast, notification, on)
    fresh = Notification.objects.with_way().get(pk=notification.pk)
    circulate_notification(notification=fresh, actor=cast.canadian_officer, now=at(on))


def conflict(cast: Cast, notice: Notification, on: str, before: Fact | None = None) -> Fact:
    """A conflict of the United States from a day on, recorded on 1 June 2020."""
    return record_fact(
        case=notice.case,
        kind="armed-conflict",
        on=day(on),
        until=None,
        reason="fighting broke out",
        party=cast.party("USA"),
        actor=cast.canadian_officer,
        now=at("2020-06-01"),
        supersedes=before,
    )
