"""A replay: a case filed act by act on a simulated clock that stops at every deadline and alert."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Final

from django.db import transaction
from django.db.models import Min
from django.utils.translation import gettext

from notifications.clauses.instants import start_of_day
from notifications.clauses.origins import FieldStart
from notifications.clauses.reading import parse_clause
from notifications.errors import BadFileError, DomainError, Problem, RuleBrokenError
from notifications.models import (
    Alert,
    Case,
    CaseParty,
    ClauseVersion,
    Deadline,
    Fact,
    Party,
    RegisterHead,
    Treaty,
    User,
)
from notifications.register import Entry, append
from notifications.services.calendar import day_in
from notifications.services.library import TREATIES, load_library
from notifications.services.people import register_user
from notifications.services.scenarios.content import Moment, Scenario, ScenarioAct
from notifications.services.scenarios.filing import Filer
from notifications.services.scenarios.members import members_at_start
from notifications.services.scenarios.reading import Known, read_scenario
from notifications.services.scenarios.reporting import Report, report_on
from notifications.services.scenarios.sending import send_waiting, write_due
from notifications.services.sweeps import record_responses, send_alerts, track_deadlines

SYSTEM_ADDRESS: Final = "replay@system.invalid"


def replay(
    *,
    path: Path,
    now: datetime,
    treaties: Path | None = None,
    sends: bool = False,
) -> Report:
    """Replay a scenario file, or report on it again where it has been replayed already.

    ``now`` is the machine's clock, under which the library (where there is none yet) and the files
    of ``treaties`` are loaded; the case runs on its own. All of it is one transaction: half a case
    is never left. Its mail stays in the mailbox; where it ``sends``, what is waiting is handed to
    the configured server after that, and what the server does not take waits for another run.

    Raises BadFileError with all problems of the files, or RuleBrokenError where another content was
    replayed under the same id.
    """
    scenario, case = _file(path, now, treaties, sends=sends)
    if sends:
        send_waiting(case, now)
    return report_on(case, scenario)


@transaction.atomic(durable=True)
def _file(
    path: Path, now: datetime, treaties: Path | None, *, sends: bool
) -> tuple[Scenario, Case]:
    """The file read, and its case: replayed now, or found as it was replayed before."""
    if not Treaty.objects.exists():
        load_library(directories=[TREATIES], now=now)
    if treaties is not None:
        load_library(directories=[treaties], now=now)
    # Two replays at once follow one another: the second finds what the first has made.
    RegisterHead.objects.select_for_update().filter(pk=1).first()
    scenario = read_scenario(path, known=_known())
    case = Case.objects.select_related("treaty").filter(scenario=scenario.id).first()
    if case is None:
        case = _Replay(scenario, path, _system_user(now), sends=sends).run()
    elif case.scenario_digest != scenario.digest:
        sentence = gettext("The scenario “%(id)s” was replayed before with another content.")
        raise RuleBrokenError(sentence % {"id": scenario.id})
    return scenario, case


def _known() -> Known:
    treaties = Treaty.objects
    return Known(
        zones=dict(treaties.values_list("slug", "zone")),
        parties=frozenset(Party.objects.values_list("code", flat=True)),
        undated=frozenset(
            treaties.filter(in_force_on=None, adopted_on=None, signed_on=None).values_list(
                "slug", flat=True
            )
        ),
        stated=_stated(),
    )


def _stated() -> dict[str, frozenset[str]]:
    """The fields from whose dates the clauses of each treaty count."""
    found: dict[str, set[str]] = {}
    current = ClauseVersion.objects.current().exclude(governs="")
    for slug, rule in current.values_list("clause__treaty__slug", "rule"):
        starts = parse_clause(rule).all_starts
        names = {start.field for start in starts if isinstance(start, FieldStart)}
        found.setdefault(slug, set()).update(names)
    return {slug: frozenset(names) for slug, names in found.items()}


def _system_user(now: datetime) -> User:
    user = User.objects.filter(email=SYSTEM_ADDRESS).first()
    if user is not None:
        return user
    return register_user(email=SYSTEM_ADDRESS, name="replay", actor=None, now=now, is_system=True)


@dataclass(frozen=True)
class _Step:
    """Something that happens at an instant, in the order of the file."""

    at: datetime
    order: tuple[int, int]
    act: ScenarioAct
    run: Callable[[datetime], None]


class _Replay:
    def __init__(self, scenario: Scenario, path: Path, actor: User, *, sends: bool) -> None:
        self.scenario, self.path, self.actor, self.sends = scenario, path, actor, sends
        treaty = Treaty.objects.get(slug=scenario.treaty)
        self.case = Case.objects.create(
            treaty=treaty,
            origin=Case.Origin.REPLAY,
            scenario=scenario.id,
            scenario_digest=scenario.digest,
            title=scenario.title,
        )
        self.at = scenario.instant(scenario.acts[0].at)
        self.filer = Filer(
            case=self.case,
            actor=actor,
            parties=Party.objects.in_bulk(field_name="code"),
            depositaries=frozenset(
                Party.objects.depositary_of(treaty).values_list("pk", flat=True)
            ),
        )

    def run(self) -> Case:
        """Open the case and walk from act to act, to the end of the clock."""
        self._open()
        for at, steps in groupby(self._steps(), key=lambda step: step.at):
            self._walk_to(at)
            self._sweep(at)
            for step in steps:
                self._take(step)
            # What the acts of this instant started and made due is due now, not at the next stop.
            self._sweep(at)
        end = self.scenario.instant(self.scenario.until)
        self._walk_to(end)
        self._sweep(end)
        return self.case

    def _open(self) -> None:
        day = day_in(self.scenario.zone, self.at)
        rows = CaseParty.objects.bulk_create(members_at_start(self.case, self.scenario, day))
        body = {"scenario": self.scenario.id, "content": self.scenario.digest}
        append(Entry("case-opened", self.case, self.at, self.actor, tuple(rows), body))

    def _steps(self) -> list[_Step]:
        steps = [step for act in self.scenario.acts for step in self._steps_of(act)]
        return sorted(steps, key=lambda step: (step.at, step.order))

    def _steps_of(self, act: ScenarioAct) -> Iterator[_Step]:
        """The act, each of its receipts on its day, its circulation where its day is known.

        Besides, each party that was informed on a day of its own, its registration, the end of a
        fact.
        """
        given = self.scenario.instant(act.at)
        yield _Step(given, (act.index, 0), act, partial(self.filer.file, act))
        circulated, instant = act.way.circulated, self.scenario.instant
        received = act.way.received.items()
        receipts = sorted(received, key=lambda item: (instant(item[1]), item[0] or ""))
        for number, (code, moment) in enumerate(receipts, start=1):
            at = max(given, instant(moment))
            is_alone = circulated is None
            receive = partial(self._receive, act, code, moment, in_the_same_breath=is_alone)
            yield _Step(at, (act.index, number), act, receive)
        if circulated is not None:
            at = max(given, self.scenario.instant(circulated))
            last = len(receipts) + 1
            yield _Step(at, (act.index, last), act, partial(self.filer.circulate, act.ref))
        yield from self._recorded_of(act, given)

    def _recorded_of(self, act: ScenarioAct, given: datetime) -> Iterator[_Step]:
        """What the ledger learns of an act, or of a fact, on later days."""
        later = (act.index, len(act.way.received) + 2)
        for code, day in sorted(act.way.informed.items(), key=lambda item: (item[1], item[0])):
            at = max(given, self.scenario.instant(day))
            yield _Step(at, later, act, partial(self.filer.books.inform, act, code))
        if act.way.registered_on is not None:
            at = max(given, self.scenario.instant(act.way.registered_on))
            yield _Step(at, later, act, partial(self.filer.books.register, act))
        end = act.fact.until if act.fact else None
        if end is not None and given < (at := self.scenario.instant(end)) <= self._end:
            yield _Step(at, later, act, partial(self.filer.books.end, act))

    @property
    def _end(self) -> datetime:
        return self.scenario.instant(self.scenario.until)

    def _receive(
        self,
        act: ScenarioAct,
        code: str | None,
        moment: Moment,
        now: datetime,
        *,
        in_the_same_breath: bool,
    ) -> None:
        self.filer.receive(act.ref, code, moment, now)
        if in_the_same_breath and self.filer.is_with_depositary(act.ref):
            self.filer.circulate(act.ref, now)

    def _take(self, step: _Step) -> None:
        """Let it happen; what a service refuses is a problem of the file at that act."""
        try:
            step.run(step.at)
        except DomainError as error:
            key = f"acts[{step.act.ref}]" + (f".{error.field}" if error.field else "")
            problem = Problem(str(self.path), step.act.line, key, error.sentence)
            raise BadFileError([problem]) from error

    def _walk_to(self, end: datetime) -> None:
        """Stop at every instant before ``end`` at which a clock, an alert or a fact is due."""
        while (due := self._next_due()) is not None and due < end:
            self._sweep(due)

    def _next_due(self) -> datetime | None:
        running = Deadline.objects.running().filter(case=self.case, due_at__gt=self.at)
        planned = Alert.objects.planned().filter(case=self.case, due_at__gt=self.at)
        found = [rows.aggregate(first=Min("due_at"))["first"] for rows in (running, planned)]
        found.append(self._next_turn())
        return min((at for at in found if at is not None), default=None)

    def _next_turn(self) -> datetime | None:
        """The next beginning or end of a fact in the ledger of this case: 00:00 of its day."""
        facts = Fact.objects.standing().filter(case=self.case).values_list("on", "until")
        days = {day for span in facts for day in span if day is not None}
        instants = (start_of_day(day, self.scenario.zone) for day in days)
        return min((at for at in instants if at > self.at), default=None)

    def _sweep(self, now: datetime) -> None:
        self.at = now
        track_deadlines(now=now, case=self.case)
        record_responses(now=now, case=self.case)
        if self.sends:
            write_due(self.case, now)
        else:
            send_alerts(now=now, case=self.case)
