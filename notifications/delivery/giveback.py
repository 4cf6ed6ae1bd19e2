"""Give back: what was not accepted is tried again later, or stands as failed with its reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db.models import F

from notifications.models import Delivery, Message

# The minutes to wait after the first try, the second, and so on; the last try has no next.
BACK_OFF: Final = (1, 2, 4, 8, 16, 32, 60)
TRIES: Final = len(BACK_OFF) + 1


class Attempt(NamedTuple):
    """One try at one message: how it ended, the words of the server, and the instant.

    ``is_of_address``: it was refused because of the address it went to. ``is_unsaid``: no server
    could say anything of it; none was reached, or the mail could not be written.
    """

    message: Message
    outcome: Delivery.Outcome
    reply: str
    at: datetime
    is_of_address: bool = False
    is_unsaid: bool = False


@dataclass(frozen=True)
class GivenBack:
    """How each attempt ended, by message, and those that ended their message for good."""

    outcomes: dict[int, Delivery.Outcome] = field(default_factory=dict)
    failed: tuple[Attempt, ...] = ()


def next_try(attempt: Attempt) -> datetime | None:
    """When a message that failed for now is tried again; None: no more.

    That no server can be reached says nothing of a message: it waits for as long as that lasts. So
    it does for a fault of our own.
    """
    tries, longest = attempt.message.tries, len(BACK_OFF)
    if attempt.is_unsaid:
        tries = min(tries, longest)
    else:
        tries -= attempt.message.unsaid_tries
    return attempt.at + timedelta(minutes=BACK_OFF[tries - 1]) if tries < TRIES else None


def give_back(attempts: Sequence[Attempt], *, worker: str) -> GivenBack:
    """Put messages back with their back-off, or end them.

    A refusal ends a message at once, a temporary failure of a server after the last try. The reason
    is that of the attempt. Only what the worker still holds is changed.
    """
    if not attempts:
        return GivenBack()
    held = held_by(worker, [attempt.message for attempt in attempts])
    outcomes: dict[int, Delivery.Outcome] = {}
    groups: dict[tuple[datetime | None, bool], list[int]] = defaultdict(list)
    for attempt in attempts:
        message, outcome = attempt.message, attempt.outcome
        again = next_try(attempt)
        if outcome == Delivery.Outcome.DEFERRED and again is None:
            outcome = Delivery.Outcome.GIVEN_UP
        outcomes[message.pk] = outcome
        if message.pk in held:
            is_over = outcome != Delivery.Outcome.DEFERRED
            groups[None if is_over else again, attempt.is_unsaid].append(message.pk)
    for (again, is_unsaid), keys in groups.items():
        rows = Message.objects.filter(pk__in=keys)
        if again is None:
            rows.update(state="failed", lease_by="", lease_until=None)
        else:
            unsaid = F("unsaid_tries") + int(is_unsaid)
            rows.update(next_at=again, unsaid_tries=unsaid, lease_by="", lease_until=None)
    failed = {key for (again, _), keys in groups.items() if again is None for key in keys}
    return GivenBack(outcomes, tuple(try_ for try_ in attempts if try_.message.pk in failed))


def held_by(worker: str, messages: Iterable[Message]) -> set[int]:
    """The keys of those that the worker still holds, locked."""
    keys = [message.pk for message in messages]
    rows = Message.objects.filter(pk__in=keys, state="pending", lease_by=worker)
    return {message.pk for message in rows.order_by("pk").select_for_update().only("pk")}
