"""Deliver: claim, write, send, mark and give back, batch after batch, until nothing is left."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from notifications.delivery.attempts import (
    Composer,
    Ready,
    attempt_of,
    line_down,
    make_ready,
    own_address,
)
from notifications.delivery.claim import claim, release
from notifications.delivery.digest_run import DigestRun
from notifications.delivery.expand import BATCH as ALERTS
from notifications.delivery.expand import Expansion
from notifications.delivery.giveback import Attempt
from notifications.delivery.letters import (
    BEGIN_SHARE,
    END_SHARE,
    Letter,
    LineDownError,
    Transport,
)
from notifications.delivery.marker import Mark, Marker
from notifications.delivery.recording import record, record_interrupted
from notifications.delivery.relevance import awaiting_newer, look_again, undue_among
from notifications.delivery.send import transport_for
from notifications.delivery.sparing import Expander
from notifications.delivery.tallies import Deliveries, tally
from notifications.delivery.write import write
from notifications.models import Case, Message

logger = logging.getLogger(__name__)

# Messages a claim, and seconds after which a run begins no new one: the next knock goes on.
BATCH: Final = 400
RUN_SECONDS: Final = 50.0
# While a batch is sent, what became untrue meanwhile is looked for as often.
LOOK_SECONDS: Final = 1.0
# How long an older stage waits for a newer one that is due to become messages.
EXPANDED_WITHIN: Final = timedelta(minutes=1)

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Sweep:
    """What one knock did."""

    expansion: Expansion
    deliveries: Deliveries


def deliver(
    *,
    now: datetime,
    worker: str = "",
    transport: Transport | None = None,
    case: Case | None = None,
    limit: int | None = None,
    clock: Clock | None = None,
) -> Deliveries:
    """Send the messages that are pending, of one case or of all live ones.

    First what an interrupted worker had marked is recorded. ``limit`` is the most messages to be
    claimed, and no digest then. ``clock`` gives the instants of leases and marks; without it, a
    live run's goes on from ``now``, and a replay's stands still at it.
    """
    record_interrupted(now=now, case=case)
    run = _Run(now, worker, transport or transport_for(case), case, clock)
    with run.line, run.marker:
        done = run.deliver(limit)
        if limit is None and not done.is_line_down:
            done += run.deliver_digests()
        return done


def send_due(
    *,
    now: datetime,
    worker: str = "",
    transport: Transport | None = None,
    case: Case | None = None,
    clock: Clock | None = None,
    call_help: Callable[[], None] | None = None,
) -> Sweep:
    """Expand what is due and deliver it, in turns: nothing waits until all is expanded.

    ``call_help`` wakes another worker. It is called once, when more waits than one claim takes, or
    more may be due than was expanded so far; whoever comes calls the next, until all that are free
    are at it. It is called once more where the time of the run is over before all is done.
    """
    record_interrupted(now=now, case=case)
    run = _Run(now, worker, transport or transport_for(case), case, clock)
    run.call_help = call_help
    expander = Expander(now=now, case=case)
    run.faulty = expander.faulty
    limit = 1
    expansion = last = expander.next(limit)
    with run.line, run.marker:
        deliveries = run.deliver()
        # Fewer may come than were asked for, where another worker holds a part of a deadline.
        while last.alerts and not run.is_over:
            limit = _next_limit(last)
            last = expander.next(limit)
            expansion += last
            if last.alerts >= limit:
                run.ask_for_help()
            if last.messages and not deliveries.is_line_down:
                deliveries += run.deliver()
        # Last: whatever fell due up to now stands in them.
        if not deliveries.is_line_down:
            deliveries += run.deliver_digests()
    if run.is_over and call_help is not None:
        call_help()  # to go on with what is left, after whatever else waits for a worker
    return Sweep(expansion, deliveries)


def _next_limit(last: Expansion) -> int:
    """So many alerts as come to what one claim takes, by what the last ones came to.

    The workers that came to help expand the others meanwhile, instead of waiting for this one.
    """
    return min(ALERTS, max(1, BATCH * last.alerts // max(1, last.messages)))


def _going_on_from(now: datetime) -> Clock:
    """The instant ``now`` and what has passed since: a run of many messages takes its time."""
    began = time.monotonic()
    return lambda: now + timedelta(seconds=time.monotonic() - began)


class _Run:
    """One worker's run over one way out."""

    def __init__(
        self, now: datetime, worker: str, line: Transport, case: Case | None, clock: Clock | None
    ) -> None:
        is_live = case is None or case.is_live
        self.line = line
        self.marker = Marker()
        self.call_help: Callable[[], None] | None = None
        self.faulty: Collection[int] = ()  # keys of alerts that cannot be expanded
        self._case = case
        self._worker = worker or f"{socket.gethostname()[:50]}:{os.getpid()}:{secrets.token_hex(4)}"
        self._clock = clock or (_going_on_from(now) if is_live else lambda: now)
        self._composer = Composer(self._clock)
        self._lease = settings.TREATYFLOW_LEASE_SECONDS
        self._ends = time.monotonic() + RUN_SECONDS
        self._claimed_at = self._looked_at = 0.0  # monotonic seconds
        self._void: dict[int, Message] = {}  # of the batch, by key

    @property
    def is_over(self) -> bool:
        """Whether the run has had its time."""
        return time.monotonic() > self._ends

    def deliver(self, limit: int | None = None) -> Deliveries:
        """Batch after batch, until nothing is pending, the limit is reached or the line is down."""
        total, claimed = Deliveries(), 0
        while not (total.is_line_down or self.is_over):
            most = BATCH if limit is None else min(BATCH, limit - claimed)
            batch = self._claim(most) if most > 0 else []
            if not batch:
                break
            claimed += len(batch)
            if len(batch) == BATCH:
                self.ask_for_help()
            total += self._deliver(batch)
        return total

    def ask_for_help(self) -> None:
        """Wake another worker, once."""
        call, self.call_help = self.call_help, None
        if call is not None:
            call()

    def _claim(self, most: int) -> list[Message]:
        self._claimed_at = time.monotonic()
        return claim(
            now=self._clock(),
            worker=self._worker,
            limit=most,
            lease=timedelta(seconds=self._lease),
            case=self._case,
        )

    def _deliver(self, batch: Sequence[Message]) -> Deliveries:
        now = self._clock()
        self._void = {m.pk: m for m in undue_among(batch, now=now)}
        self._looked_at = time.monotonic()
        early = {
            m.pk: m for m in awaiting_newer(batch, self.faulty, now=now) if m.pk not in self._void
        }
        release(early.values(), worker=self._worker, next_at=now + EXPANDED_WITHIN)
        left_out = self._void.keys() | early.keys()
        attempts, is_line_down = self._try([m for m in batch if m.pk not in left_out])
        self.marker.settle()
        void = list(self._void.values())
        ended = record(attempts, void, worker=self._worker, at=self._clock())
        return tally(ended, len(void), is_line_down=is_line_down)

    def _is_void(self, ready: Sequence[Ready], position: int) -> bool:
        """Whether the one whose turn it is became untrue since the batch was claimed."""
        if time.monotonic() - self._looked_at >= LOOK_SECONDS:
            left = [one.message for one in ready[position:]]
            self._void |= {m.pk: m for m in look_again(left, now=self._clock())}
            self._looked_at = time.monotonic()
        return ready[position].message.pk in self._void

    def deliver_digests(self) -> Deliveries:
        """The digests whose hour has come, after all that is sent singly; a replay has none."""
        total = Deliveries()
        if self._case is not None and not self._case.is_live:
            return total
        run = DigestRun(
            line=self.line,
            marker=self.marker,
            worker=self._worker,
            clock=self._clock,
            case=self._case,
        )
        # One batch has its turn in any case: what is sent singly may take all the time for days.
        while (batch := run.deliver_batch()) is not None:
            total += tally(batch.outcomes, batch.void, is_line_down=batch.is_line_down)
            if total.is_line_down or self.is_over:
                break
        return total

    def _try(self, messages: Sequence[Message]) -> tuple[list[Attempt], bool]:
        """Try one message after another; returns the attempts, and whether the line went down.

        When the line is down, all that are left of the batch have had one try. When the lease draws
        to its end, those whose turn did not come are let go without one; the first always has it.
        """
        ends = self._claimed_at + self._lease * BEGIN_SHARE
        contents = write(messages, now=self._clock())
        ready, attempts = make_ready(messages, contents, at=self._clock())
        if ready:
            self.marker.ready()
        following: list[Ready | None] = [*ready[1:], None]
        for position, one in enumerate(ready):
            if position and time.monotonic() > ends:
                self.marker.settle()  # its lease ends as well
                release(self._left(ready, position), worker=self._worker)
                break
            if self._is_void(ready, position):
                continue
            try:
                attempts.append(self._attempt(one, following[position]))
            except LineDownError as down:
                left = self._left(ready, position)
                return attempts + line_down(left, down, at=self._clock()), True
        return attempts, False

    def _left(self, ready: Sequence[Ready], position: int) -> list[Message]:
        """Those whose turn did not come, so far as they are not void."""
        messages = (one.message for one in ready[position:])
        return [message for message in messages if message.pk not in self._void]

    @property
    def _until(self) -> float:
        """When a letter is given up: another worker may take its message soon after."""
        return self._claimed_at + self._lease * END_SHARE

    def _attempt(self, one: Ready, following: Ready | None) -> Attempt:
        """One try; the mark of what was accepted is due when it returns."""
        sender, mail = own_address(), self._composer.mail_of(one)

        def meanwhile() -> None:
            """Begin the mark that is due; where none is, compose the next mail."""
            if not self.marker.begin() and following is not None:
                self._composer.go_ahead(following)

        announced = following.recipient if following else ""
        letter = Letter(sender, one.recipient, mail.content, self._until, meanwhile, announced)
        answer = self.line.send(letter)
        at = self._clock()
        if answer.outcome == "accepted":
            self.marker.mark(Mark(one.message, mail.headers, one.content, one.recipient, at))
        return attempt_of(one.message, answer, at)
