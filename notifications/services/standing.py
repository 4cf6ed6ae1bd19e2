"""Whether the house does its work: what ``/readyz`` says, and the signs of life that it reads.

A fixed, small number of queries, none of which counts: it may be asked every few seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Exists, OuterRef, Q

from notifications import queue
from notifications.models import Alert, Deadline, Delivery, Heartbeat, Message
from notifications.register import missing_triggers

# Beat knocks every minute: three knocks in a row went unheard.
SEEN_WITHIN: Final = timedelta(minutes=3)
# A sweep finds what is due within a minute; past this, something holds it up.
DONE_WITHIN: Final = timedelta(minutes=10)
# When the silence alarm last found that all were told, and when that somebody was not.
SILENCE_AGREED: Final = "silence_agreed"
SILENCE_FOUND: Final = "silence_found"
# The part that looks, as it stands among the signs of life: when it last began to.
SILENCE_WATCH: Final = "silence_alarm"
# It looks every hour.
LOOKED_WITHIN: Final = timedelta(hours=2)


@dataclass(frozen=True)
class Check:
    """One thing that must hold; ``says`` tells an operator what does not. Nobody is named."""

    name: str
    is_ok: bool
    says: str = ""


def note_seen(seen: dict[str, datetime]) -> None:
    """Record when parts of the system were last seen, by name, in one statement.

    Machine state: no event.
    """
    rows = [Heartbeat(name=name, seen_at=at) for name, at in seen.items()]
    Heartbeat.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["name"], update_fields=["seen_at"]
    )


def look(*, now: datetime) -> list[Check]:
    """Every check, in the order in which an operator should read them.

    Where the database does not answer, nothing else that stands in it is asked.
    """
    broker = Check("broker", queue.is_answering(), "The broker of REDIS_URL does not answer.")
    checks = [_database()]
    if checks[0].is_ok:
        checks += [_asked(name, ask, now) for name, ask in _ASKED]
    else:
        checks += [Check(name, is_ok=False, says="Not known.") for name, _ask in _ASKED]
    return [_silent_when_ok(check) for check in (checks[0], broker, *checks[1:])]


def _silent_when_ok(check: Check) -> Check:
    return Check(check.name, is_ok=True) if check.is_ok else check


def _database() -> Check:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return Check("database", is_ok=False, says="The database does not answer.")
    return Check("database", is_ok=True)


def _asked(name: str, ask: Callable[[datetime], str], now: datetime) -> Check:
    try:
        says = ask(now)
    except DatabaseError as error:
        says = f"The database refused the question ({type(error).__name__})."
    return Check(name, not says, says)


@cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    """Those of this code: read once a process."""
    return frozenset(MigrationLoader(None).disk_migrations)


def _migrations(_now: datetime) -> str:
    recorded = MigrationRecorder(connection).migration_qs.values_list("app", "name")
    missing = sorted(_known_migrations() - set(recorded))
    if not missing:
        return ""
    app, name = missing[0]
    return f"{len(missing)} migrations are not applied, the first is {app}.{name}."


def _triggers(_now: datetime) -> str:
    missing = missing_triggers()
    return f"{len(missing)} triggers are missing, the first is {missing[0]}." if missing else ""


def _seen(name: str) -> Callable[[datetime], str]:
    def ask(now: datetime) -> str:
        at = Heartbeat.objects.filter(name=name).values_list("seen_at", flat=True).first()
        if at is None:
            return "Never seen."
        return "" if at > now - SEEN_WITHIN else f"Last seen at {at.isoformat(timespec='seconds')}."

    return ask


def _alerts(now: datetime) -> str:
    since = now - DONE_WITHIN
    if Alert.objects.due(since).in_case(None).exists():
        return "An alert that fell due more than ten minutes ago has not become messages."
    # What nobody has tried yet and is to leave later waits because its reader wished so.
    tried = Delivery.objects.filter(message=OuterRef("pk"), at__lte=since)
    waiting = Message.objects.filter(
        Exists(tried) | Q(next_at__lte=since),
        is_open=True,
        state="pending",
        alert__due_at__lte=since,
        alert__case__origin="live",
    )
    if waiting.exists():
        return "A message of an alert that fell due more than ten minutes ago has not left."
    return ""


def _deadlines(now: datetime) -> str:
    late = Deadline.objects.due(now - DONE_WITHIN).in_case(None)
    # Of the others no sweep settles anything.
    if late.filter(origin__in=(Deadline.Origin.CLAUSE, Deadline.Origin.RESPOND_BY)).exists():
        return "A deadline that ended more than ten minutes ago is not settled."
    return ""


def _silence(now: datetime) -> str:
    """What the last look of the silence alarm came to, and whether it looks at all."""
    rows = Heartbeat.objects.filter(name__in=(SILENCE_AGREED, SILENCE_FOUND, SILENCE_WATCH))
    seen = dict(rows.values_list("name", "seen_at"))
    found, agreed = seen.get(SILENCE_FOUND), seen.get(SILENCE_AGREED)
    ended = max((at for at in (found, agreed) if at), default=None)
    if ended is not None and ended < now - LOOKED_WITHIN:
        return f"The silence alarm has not looked since {ended.isoformat(timespec='seconds')}."
    if ended is None and seen.get(SILENCE_WATCH, now) < now - DONE_WITHIN:
        return "The silence alarm has not come to an end of its first look."
    if found is None or (agreed is not None and agreed > found):
        return ""
    at = found.isoformat(timespec="seconds")
    return f"At {at} somebody had not been told what they must know; see mail health."


_ASKED: Final[tuple[tuple[str, Callable[[datetime], str]], ...]] = (
    ("migrations", _migrations),
    ("triggers", _triggers),
    ("worker", _seen("worker")),
    ("beat", _seen("beat")),
    ("alerts", _alerts),
    ("deadlines", _deadlines),
    ("silence", _silence),
)
