"""Send digests: claimed, written, sent and marked as single messages are, several rows a mail."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings

from notifications import emails
from notifications.delivery.attempts import attempt_of, line_down, own_address
from notifications.delivery.claim import release
from notifications.delivery.digest_claim import Digest, claim_digests
from notifications.delivery.digest_write import Composed, write_digests
from notifications.delivery.giveback import Attempt
from notifications.delivery.letters import (
    BEGIN_SHARE,
    END_SHARE,
    Answer,
    Letter,
    LineDownError,
    Transport,
)
from notifications.delivery.marker import Mark, Marker
from notifications.delivery.recording import record
from notifications.delivery.relevance import undue_among
from notifications.delivery.repeating import is_dealt_with, over_among
from notifications.models import Case, Delivery, Message, Rendering


class Ended(NamedTuple):
    """How the messages of a batch of digests ended, by outcome; how many were void."""

    outcomes: Counter[str]
    void: int
    is_line_down: bool


class DigestRun:
    """One worker's run over the digests whose hour has come, on a way out that is open."""

    def __init__(
        self,
        *,
        line: Transport,
        marker: Marker,
        worker: str,
        clock: Callable[[], datetime],
        case: Case | None,
    ) -> None:
        self._line = line
        self._marker = marker
        self._worker = worker
        self._clock = clock
        self._case = case
        self._lease = settings.TREATYFLOW_LEASE_SECONDS
        self._claimed_at = 0.0  # monotonic seconds

    def deliver_batch(self) -> Ended | None:
        """Claim a few digests, send and record them; None where no hour has come."""
        lease = timedelta(seconds=self._lease)
        self._claimed_at = time.monotonic()
        claimed = claim_digests(
            now=self._clock(), worker=self._worker, lease=lease, case=self._case
        )
        if not claimed:
            return None
        void = _undue(claimed, now=self._clock())
        left_out = {message.pk for message in void}
        digests = [
            Digest(told)
            for digest in claimed
            if (told := tuple(m for m in digest.messages if m.pk not in left_out))
        ]
        attempts, is_line_down = self._try(digests)
        self._marker.settle()
        outcomes = record(attempts, void, worker=self._worker, at=self._clock())
        return Ended(outcomes, len(void), is_line_down)

    def _try(self, digests: Sequence[Digest]) -> tuple[list[Attempt], bool]:
        """Try one digest after another, as single messages are tried."""
        ends = self._claimed_at + self._lease * BEGIN_SHARE
        attempts: list[Attempt] = []
        if digests:
            self._marker.ready()
        composed = write_digests(digests, now=self._clock()) if digests else []
        for position, one in enumerate(composed):
            left = [m for other in composed[position:] for m in (*other.messages, *other.failed)]
            if position and time.monotonic() > ends:
                self._marker.settle()  # its lease ends as well
                release(left, worker=self._worker)
                break
            try:
                attempts += self._attempts(one)
            except LineDownError as down:
                return attempts + line_down(left, down, at=self._clock()), True
        return attempts, False

    def _attempts(self, one: Composed) -> list[Attempt]:
        """One try at a digest, which is one at each of its messages."""
        at = self._clock()
        attempts = [
            Attempt(message, Delivery.Outcome.DEFERRED, one.faults[message.pk], at, is_unsaid=True)
            for message in one.failed
        ]
        if one.rendering is not None:
            carrier = self._attempt(one, one.rendering)
            attempts += [carrier._replace(message=message) for message in one.messages]
        return attempts

    def _attempt(self, one: Composed, rendering: Rendering) -> Attempt:
        """One try at its carrier; its mark is due when it returns."""
        carrier, carried = one.messages[0], one.messages[1:]
        sender = own_address()
        try:
            recipient = emails.deliverable(carrier.user.email)
        except emails.UnusableAddressError as error:
            return attempt_of(carrier, Answer("refused", str(error)), self._clock())
        headers = emails.digest_headers_of(
            carrier,
            rendering.language,
            address=recipient,
            at=self._clock(),
            may_leave=one.may_leave,
        )
        mail = headers.encode("ascii") + rendering.mime
        until = self._claimed_at + self._lease * END_SHARE
        answer = self._line.send(Letter(sender, recipient, mail, until, self._marker.begin))
        at = self._clock()
        if answer.outcome == "accepted":
            self._marker.mark(Mark(carrier, headers, rendering, recipient, at, carried))
        return attempt_of(carrier, answer, at)


def _undue(digests: Sequence[Digest], *, now: datetime) -> list[Message]:
    """What is true no more, was dealt with meanwhile, or has nobody to read it."""
    messages = [message for digest in digests for message in digest.messages]
    over = over_among([message.alert for message in messages], now=now)
    undue = {message.pk for message in undue_among(messages, now=now)}
    return [m for m in messages if m.pk in undue or is_dealt_with(m.alert, over)]
