"""Claim: a worker takes all that a person has of one hour, to send it as one mail."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import models, transaction
from django.db.models import F, Min, Prefetch, When

from notifications.delivery.claim import hold, in_case
from notifications.delivery.relevance import with_relevance
from notifications.models import Case, Message, User

# Digests a claim: each is composed by itself, and all of them within one lease.
BATCH: Final = 20


@dataclass(frozen=True)
class Digest:
    """What one person has of one hour: their messages, of which the first carries the others.

    They stand in the order of their keys, so that every try has the same carrier, and with it the
    same Message-ID; only where the carrier itself has become untrue meanwhile is it another mail.
    """

    messages: tuple[Message, ...]

    @property
    def reader(self) -> User:
        """For whom it is."""
        return self.messages[0].user


def claim_digests(
    *, now: datetime, worker: str, lease: timedelta, case: Case | None = None
) -> list[Digest]:
    """Take the digests whose hour has come at ``now``, the longest waiting first.

    The rows of their readers are locked first, so that of several workers one alone takes all that
    a person has of an hour. A lease that ran out is taken over as in ``claim``.
    """
    with transaction.atomic():
        due = in_case(Message.objects.gathered(now), case).order_by()
        first = due.values_list("user", "digest_at").annotate(first=Min("next_at"))
        keys = [(user, hour) for user, hour, _at in first.order_by("first", "user")[:BATCH]]
        if not keys:
            return []
        readers = User.objects.filter(pk__in={user for user, _hour in keys}).order_by("pk")
        free = readers.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True)
        found = _taken(now, case, set(keys), set(free))
        messages = [message for own in found.values() for message in own]
        _lease(messages, worker=worker, until=now + lease)
    return [Digest(tuple(found[key])) for key in keys if key in found]


def _taken(
    now: datetime, case: Case | None, keys: set[tuple[int, datetime | None]], free: set[int]
) -> dict[tuple[int, datetime | None], list[Message]]:
    """The messages of these digests, of the readers that no other worker holds; locked."""
    hours = {hour for user, hour in keys if user in free}
    due = in_case(Message.objects.gathered(now), case).filter(user__in=free, digest_at__in=hours)
    rows = (
        due.select_related("user")
        .prefetch_related(Prefetch("alert", with_relevance()))
        .order_by("pk")
    )
    found: dict[tuple[int, datetime | None], list[Message]] = defaultdict(list)
    for message in rows.select_for_update(of=("self",)):
        key = (message.user_id, message.digest_at)
        if key in keys:
            found[key].append(message)
    return found


def _lease(messages: list[Message], *, worker: str, until: datetime) -> None:
    """Write the lease; one whose lease ran out goes on with the try it was in."""
    Message.objects.filter(pk__in=[message.pk for message in messages]).update(
        tries=models.Case(
            When(lease_by="", then=F("tries") + 1),
            default=F("tries"),
            output_field=models.PositiveSmallIntegerField(),
        ),
        lease_by=worker,
        lease_until=until,
    )
    for message in messages:
        hold(message, worker=worker, until=until)
