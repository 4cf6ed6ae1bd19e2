"""What a person can do with a notification, and what remains to be done with it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext, ngettext

from notifications import permissions
from notifications.lifecycle import COUNTING
from notifications.models import Notification, Party, TreatyDepositary
from notifications.services.convening import conference_duties
from notifications.web.acting_parties import answering_parties, unreceived_by
from notifications.web.clocks import is_arranged
from notifications.web.grid import Row
from notifications.web.names import Named, PartyNames
from notifications.web.thread import CaseRecords

MOST_NAMED = 3


@dataclass(frozen=True)
class Steps:
    """What the person can do with a notification now; the first one is the primary one."""

    receives: list[Party]
    circulates: bool
    acknowledges: list[Named]
    convenes: bool
    responds: list[Named]
    has_answered: bool

    @property
    def is_any(self) -> bool:
        """Whether there is something to do at all."""
        return bool(self.primary or self.responds)

    @property
    def primary(self) -> str:
        """The step that comes next, or nothing; a second answer never is."""
        steps = (
            ("receipt", self.receives),
            ("circulate", self.circulates),
            ("acknowledge", self.acknowledges),
            ("conference", self.convenes),
            ("respond", self.responds and not self.has_answered),
        )
        return next((name for name, able in steps if able), "")


NOTHING = Steps(
    receives=[],
    circulates=False,
    acknowledges=[],
    convenes=False,
    responds=[],
    has_answered=False,
)


def steps_of(
    found: Notification, records: CaseRecords, names: PartyNames, rows: list[Row]
) -> Steps:
    """What the person can do with the notification; nothing with that of a replayed case."""
    if not found.case.is_live:
        return NOTHING
    user, today = records.user, records.today
    is_officer = permissions.can_circulate(user, found, today)
    answering = answering_parties(user, today, names, {row.party_id for row in rows})
    known = {row.party_id for row in rows if row.acknowledged_at}
    answered = {row.party_id for row in rows if row.response}
    conferences = records.conferences_on(found)
    is_conference_due = is_officer and any(
        duty.status in {*COUNTING, "lapsed"} and not is_arranged(duty.version, conferences)
        for duty in conference_duties(found)
    )
    return Steps(
        receives=unreceived_by(user, found, today),
        circulates=is_officer and found.progress.status == "received",
        acknowledges=[party for party in answering if party.pk not in known],
        convenes=is_conference_due,
        responds=answering,
        has_answered=not {party.pk for party in answering} - answered,
    )


def remaining(found: Notification, steps: Steps, rows: list[Row], names: PartyNames) -> str:
    """What the notification waits for, in one line, the reader's own part first."""
    if not found.case.is_live:
        return gettext("A replayed case: nothing is to be done with it.")
    own = {
        "receipt": gettext("Waits for you to register its receipt."),
        "circulate": gettext("Received; waits for you to circulate it."),
        "acknowledge": gettext("Waits for you to acknowledge that you have it."),
        "conference": gettext("Waits for you to convene the conference."),
    }
    if steps.primary in own:
        return own[steps.primary]
    if waits := _waits(found, rows, names):
        return waits
    opening = gettext("Nothing remains for you.")
    if steps.primary == "respond":
        opening = gettext("You can respond.")
    return f"{opening} {_unacknowledged(rows)}"


def _waits(found: Notification, rows: list[Row], names: PartyNames) -> str:
    """What it waits for on its way to the parties; nothing where it has come to them."""
    status, offices = found.progress.status, _depositaries(found)
    if status == "closed":
        return gettext("Closed.")
    if status == "issued":
        keepers = names.said_any(_receivers(rows, offices))
        who = keepers or gettext("an addressee")
        return gettext("Waits for %(who)s to register its receipt.") % {"who": who}
    if status == "received" and offices:
        who = names.said_any(offices)
        return gettext("Received; waits for %(who)s to circulate it.") % {"who": who}
    return ""


def _depositaries(found: Notification) -> set[int]:
    kept = TreatyDepositary.objects.filter(treaty=found.treaty_id)
    return set(kept.values_list("party_id", flat=True))


def _receivers(rows: list[Row], offices: set[int]) -> set[int]:
    """Who registers the receipt: a depositary addressed, else the addressees where they are few."""
    addressed = {row.party_id for row in rows if row.sent_at}
    receivers = addressed & offices or addressed
    return receivers if len(receivers) <= MOST_NAMED else set()


def _unacknowledged(rows: list[Row]) -> str:
    left = sum(1 for row in rows if not row.acknowledged_at)
    if not left:
        return gettext("Every party that was sent it has acknowledged it.")
    sentence = ngettext(
        "%(left)d of %(all)d parties has not acknowledged it.",
        "%(left)d of %(all)d parties have not acknowledged it.",
        left,
    )
    return sentence % {"left": left, "all": len(rows)}
