"""Events for a reader: what was done, why, and what changed; of restricted acts nothing but ids."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from notifications.models import Event

# What is said in full elsewhere in the admin: the registry, people, clauses, ladders.
OPEN_RECORDS: Final = frozenset(
    {
        "clause",
        "contact",
        "ladder",
        "mandate",
        "participation",
        "party",
        "succession",
        "treaty",
        "user",
    }
)

ACTS: Final[Mapping[str, str]] = {
    "account-closed": _("The account was closed."),
    "account-reopened": _("The account was opened again."),
    "clause-added": _("The clause was added."),
    "clause-changed": _("The rule of the clause was changed."),
    "clause-loaded": _("The clause was loaded from the library."),
    "clocks-moved": _("A changed clause was applied to the clocks."),
    "contact-working": _("The address counts as working again."),
    "ladder-saved": _("The ladder was saved."),
    "mandate-changed": _("The mandate was changed."),
    "mandate-given": _("The mandate was given."),
    "message-bounced": _("The message came back."),
    "message-given-up": _("The message was given up."),
    "message-resent": _("The message was sent again."),
    "notification-acknowledged": _("The notification was acknowledged."),
    "notification-circulated": _("The notification was circulated."),
    "notification-closed": _("Nothing of the notification is open any more."),
    "notification-issued": _("The notification was issued."),
    "participation-saved": _("The participation was saved."),
    "parties-loaded": _("Parties were loaded from the library."),
    "party-saved": _("The party was saved."),
    "receipt-registered": _("A receipt was registered."),
    "response-recorded": _("A response was recorded."),
    "runs-moved": _("A changed clause was applied to its recurring runs."),
    "runs-opened": _("Runs of the recurring clause were opened."),
    "runs-voided": _("Runs of the recurring clause are void: nobody bears them any more."),
    "statement-recorded": _("A statement was recorded."),
    "succession-saved": _("The succession was saved."),
    "treaty-loaded": _("The treaty was loaded from the library."),
    "treaty-saved": _("The treaty was saved."),
    "user-changed": _("The person was changed."),
    "user-registered": _("The person was registered."),
}


@dataclass(frozen=True)
class Change:
    """One column before and after."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Told:
    """One event: what it was and why, what it changed, what else it says, the rows it covers."""

    event: Event
    what: str
    reason: str
    changes: tuple[Change, ...]
    details: tuple[tuple[str, str], ...]
    rows: tuple[str, ...]


def told_of(event: Event, *, is_whole: bool = True) -> Told:
    """An event for a page; where it is not told whole, the ids of its rows are all that is said.

    What the register keeps of the rows themselves (their columns) is proof, and is never shown:
    the rows have pages of their own, with their own rules of who may read them.
    """
    body: dict[str, Any] = json.loads(event.body)
    rows = tuple(body.pop("sealed", {}))
    if not is_whole:
        body = {}
    reason = str(body.pop("reason", ""))
    changes = body.pop("changes", {})
    return Told(
        event=event,
        what=gettext(ACTS[event.act]) if event.act in ACTS else event.act,
        reason=reason,
        changes=tuple(_changes(changes)) if isinstance(changes, dict) else (),
        details=tuple((key, _text(value)) for key, value in sorted(body.items())),
        rows=rows,
    )


def _changes(said: dict[str, Any]) -> Iterable[Change]:
    for name, pair in sorted(said.items()):
        before, after = pair if isinstance(pair, list) and len(pair) == 2 else ("", pair)
        yield Change(name, _text(before), _text(after))


def _text(value: Any) -> str:
    if value is None or value == "":
        return "–"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
